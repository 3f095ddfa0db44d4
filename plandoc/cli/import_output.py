"""What an import shows: its counts, its rows on request, its notes; and its mistakes, alike ones together."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence

from plandoc.cli import printing
from plandoc.errors import ImportRefusedError, PlandocError, Problem, ValidationError, hints, shorten
from plandoc.exchange import ImportReport
from plandoc.exchange.import_report import RowOutcome
from plandoc.exchange.merge import THE_SAME
from plandoc.tables import CATALOG_TABLES

# More rows would push out of sight what is below them.
_MOST_ROWS = 20
# Fewer mistakes of one kind are shown one by one.
_FEWEST_TOGETHER = 4
_MOST_VALUES = 8

_LABELS = {table.name: table.label.lower() for table in CATALOG_TABLES}

# What differs in messages of one kind: texts in quotes, and numbers.
_VALUE = re.compile(r"'[^']*'|\"[^\"]*\"|\d[\d.,]*")


def print_report(report: ImportReport, *, verbose: bool) -> None:
    """Print how many rows of each table were created and so on, what was changed, and the notes."""
    print_counts(report)
    listed = report.rows if verbose else [row for row in report.rows if row.reason not in ("", THE_SAME)]
    shown = listed if verbose else listed[:_MOST_ROWS]
    for row in shown:
        printing.say(hints.for_command(row.text))
    if len(shown) < len(listed):
        printing.say(f"and {len(listed) - len(shown)} more; --verbose shows every row")
    for note in report.notes:
        printing.say(f"note: {hints.for_command(note)}")
    if report.dry_run:
        printing.say("dry run: nothing was changed")


def print_rows(report: ImportReport) -> None:
    """Print what became of the few rows of one thing of the catalog, and the notes."""
    for row in report.rows:
        if row.outcome is not RowOutcome.SKIPPED:
            why = f": {hints.for_command(row.reason)}" if row.reason else ""
            printing.say(f"{row.outcome.value} {_LABELS[row.table]} {shorten(row.name)}{why}")
    if all(row.outcome is RowOutcome.SKIPPED for row in report.rows) and not report.notes:
        printing.say("the text means the same as before; nothing was changed")
    for note in report.notes:
        printing.say(f"note: {hints.for_command(note)}")


def mistakes(error: ValidationError, *, everything: bool) -> ValidationError:
    """Return the error with what is wrong in a table: alike mistakes together, unless all are to be listed."""
    problems = _together(error.problems, everything=everything)
    return ValidationError([Problem("nothing was imported:"), *problems])


def refusal(error: ImportRefusedError, report: ImportReport, *, everything: bool) -> PlandocError:
    """Return the error with what is wrong in an export: alike mistakes together, then the notes."""
    problems = [Problem(row.reason, table=row.table, row=row.name) for row in report.rows]
    lines = [hints.joined("", ["  ", _of_row(problem)]) for problem in _together(problems, everything=everything)]
    lines += [hints.joined("", ["note: ", note]) for note in report.notes]
    return PlandocError(hints.joined("\n", [error.heading, *lines, *([error.hint] if error.hint else [])]))


def _of_row(problem: Problem) -> hints.Wording:
    where = ", ".join(part for part in (problem.table, problem.row) if part)
    return hints.joined(": ", [where, problem.message] if where else [problem.message])


def print_counts(report: ImportReport) -> None:
    """Print how many rows of each table had which outcome."""
    columns = [printing.Column("table"), printing.Column("outcome"), printing.Column("rows", is_number=True)]
    rows = [
        (table, outcome.value, count)
        for table, outcomes in report.counts().items()
        for outcome, count in outcomes.items()
    ]
    printing.print_table("Import", columns, rows, when_empty="the file contains nothing to import")


def _together(problems: Sequence[Problem], *, everything: bool) -> list[Problem]:
    """Return problems, many of a kind as one; all of them on request, and where a program reads them."""
    if everything or not sys.stderr.isatty():
        return list(problems)
    kinds: dict[object, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(_kind(problem), []).append(problem)
    shown: list[Problem] = []
    for problem in problems:
        alike = kinds[_kind(problem)]
        if len(alike) < _FEWEST_TOGETHER:
            shown.append(problem)
        elif problem is alike[0]:
            shown.append(_as_one(alike))
    return [*shown, Problem("--all lists each of them")] if len(shown) < len(problems) else shown


def _kind(problem: Problem) -> object:
    """Return what problems of one kind have in common; what helps with one of them only sets it apart."""
    if problem.line is None and problem.row is None:
        return problem
    field = None if problem.field is None else re.sub(r"\[\d+\]", "", problem.field)
    return problem.file, problem.table, field, _VALUE.sub("", problem.message), problem.hint


def _as_one(alike: Sequence[Problem]) -> Problem:
    first = alike[0]
    # A row of an export has a name, a row of a table a line.
    where = [problem.row or "" for problem in alike] if first.row else [str(problem.line) for problem in alike]
    number = f"{len(alike)} {'rows' if first.row else 'lines'} ({_listed(_runs(where))})"
    message = f"{number}: {_with_all_values([problem.message for problem in alike])}"
    return Problem(message, first.file, None, first.table, None, first.field, first.hint)


def _with_all_values(messages: Sequence[str]) -> str:
    """Return the first of some messages with the last of its values replaced by those of all of them.

    >>> _with_all_values(["wanted a number, found 'some'", "wanted a number, found '1/2'"])
    "wanted a number, found 'some', '1/2'"
    """
    last = [list(_VALUE.finditer(message))[-1:] for message in messages]
    values = list(dict.fromkeys(found[0].group() for found in last if found))
    if len(values) < 2:
        return messages[0]
    (found,) = last[0]
    return f"{messages[0][: found.start()]}{_listed(values)}{messages[0][found.end() :]}"


def _runs(lines: Iterable[str]) -> list[str]:
    """Return numbers of lines with those that follow each other as one.

    >>> _runs(["2", "3", "4", "9"])
    ['2-4', '9']
    """
    runs: list[list[str]] = []
    for line in lines:
        if runs and line.isdecimal() and runs[-1][-1].isdecimal() and int(line) == int(runs[-1][-1]) + 1:
            runs[-1] = [runs[-1][0], line]
        else:
            runs.append([line])
    return ["-".join(run) for run in runs]


def _listed(texts: Sequence[str]) -> str:
    left = len(texts) - _MOST_VALUES
    return ", ".join(texts[:_MOST_VALUES]) + (f" and {left} more" if left > 0 else "")
