"""What a hand-written file wants to be stored, and bringing it in: checked as a whole first, then all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from plandoc.domain.containment import check_nesting
from plandoc.engine.session import Session
from plandoc.errors import ValidationError
from plandoc.exchange.import_report import ImportReport, Row
from plandoc.exchange.merge import row_of
from plandoc.exchange.sinks import DryTarget, SessionTarget, Target
from plandoc.exchange.tabular.cells import CellReader, shown

# Gives the id of what a draft refers to, which is a record of the folder or another draft.
IdOf = Callable[[Any], int]


@attrs.define(eq=False)
class Draft:
    """A record to be.

    Attributes:
        record_type: What becomes of it.
        name: What a person calls it.
        line: Where it begins in the file.
        present: The record that it changes; None when it is a new one.
        parts: What it refers to: records of the folder, and other drafts.
        make: Makes the record, given the ids of what it refers to.
    """

    record_type: type[Any]
    name: str
    line: int
    present: Any | None
    make: Callable[[IdOf], Any]
    parts: tuple[Any, ...] = ()


def bring_in(
    cells: CellReader, drafts: Iterable[Draft], notes: Iterable[str], session: Session, *, dry_run: bool
) -> ImportReport:
    """Store drafts, or only say what would become of them.

    Raises:
        ValidationError: with everything that is wrong in the file; nothing was changed.
    """
    cells.check()
    ordered = list(drafts)
    # Only what no single cell shows can still be wrong, such as too many lines.
    for draft in ordered:
        _check_record(cells, draft)
    cells.check()
    # Tried without a trace first, so that a refusal leaves the session as it was, even one that the caller keeps.
    rows = _merged(ordered, DryTarget(session))
    if not dry_run:
        rows = _merged(ordered, SessionTarget(session))
    return ImportReport(tuple(rows), tuple(notes), dry_run)


def check_parts(
    cells: CellReader, drafts: Iterable[Draft], stored: Mapping[int, Any], parts_of: Callable[[Any], Iterable[int]]
) -> None:
    """Refuse drafts by which something would contain itself, or nest too deep.

    Args:
        cells: Keeps the problems.
        drafts: All of one type; others among their parts are no matter.
        stored: The records of this type that are in the folder, by id.
        parts_of: Ids of the records of this type that are directly in one of them.
    """
    changed = list(drafts)
    # A draft without a record gets a number that no record has.
    numbers = {id(draft): draft.present.id if draft.present else -n for n, draft in enumerate(changed, start=1)}
    numbers |= {id(record): number for number, record in stored.items()}
    names = {number: record.name for number, record in stored.items()}
    inside = {number: [part for part in parts_of(record) if part in stored] for number, record in stored.items()}
    for draft in changed:
        names[numbers[id(draft)]] = draft.name
        inside[numbers[id(draft)]] = [numbers[id(part)] for part in draft.parts if id(part) in numbers]
    lines = {numbers[id(draft)]: draft.line for draft in changed}
    # The drafts first: what is stored is only in trouble because of them, and they have a line.
    for number in (*lines, *inside):
        if number not in lines and cells.problems:
            return
        try:
            check_nesting(number, inside.__getitem__, lambda i: shown(names[i]), "")
        except ValidationError as error:
            cells.refuse(error.problems[0].message, lines.get(number, 1))


def _check_record(cells: CellReader, draft: Draft) -> None:
    try:
        draft.make(lambda _: 1)
    except ValidationError as error:
        for problem in error.problems:
            cells.refuse(problem.message, draft.line, problem.field, problem.hint)


def _merged(drafts: list[Draft], target: Target) -> list[Row]:
    rows: list[Row] = []
    stored: dict[int, Any] = {}

    def id_of(thing: Any) -> int:
        if not isinstance(thing, Draft):
            return int(thing.id)
        if id(thing) not in stored:
            # What a record refers to is stored first; nothing here goes in circles, for that has been checked.
            record, outcome = target.put(thing.make(id_of), thing.present)
            stored[id(thing)] = record
            rows.append(row_of(thing.record_type, thing.name, outcome))
        return int(stored[id(thing)].id)

    for draft in drafts:
        id_of(draft)
    return rows
