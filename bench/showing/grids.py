"""What was measured as tables of text, which the terminal and the page show alike."""

from __future__ import annotations

import attrs

from bench.measuring.figures import ANY_SIZE, Cell, Column, JobResult, NotRun, Sample, Unit

OURS = "plandoc"


@attrs.frozen
class Grid:
    """A table of text.

    Attributes:
        title: Above it.
        header: Of the columns; the first is that of the names.
        rows: As long as the header.
        is_prose: Whether all columns hold text, not figures.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_prose: bool = False


def grid_of(result: JobResult) -> Grid:
    """Return a job's table: medians with quartiles, and how each compares with ours in the last column."""
    columns, unit = result.columns, result.unit.value
    title = f"{result.title}{f', in {unit}' if unit else ''}"
    factor = ours_is_measured(result)
    header = ("", *(_column(column) for column in columns), *((f"/ {OURS}",) if factor else ()))
    rows = tuple(
        (
            contender,
            *(_cell(result, contender, column) for column in columns),
            *((_factor(result, contender),) if factor else ()),
        )
        for contender in result.contenders
    )
    return Grid(title, header, rows)


def ours_is_measured(result: JobResult) -> bool:
    """Return whether there is something to compare with, in a table of times."""
    return result.unit is Unit.SECONDS and result.median(OURS, result.columns[-1]) is not None


def figure(value: float, unit: Unit) -> str:
    """Return a figure in its unit, with three digits that matter."""
    if unit is Unit.SECONDS:
        return _digits(value * 1e3)
    if unit is Unit.BYTES:
        return _digits(value / 1e6)
    if unit is Unit.BYTES_WRITTEN:
        return _digits(value / 1e3)
    return f"{value:g}"


def spaced(number: float) -> str:
    """Return a whole number with a thin space between thousands."""
    return f"{number:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _digits(value: float) -> str:
    if abs(value) >= 100:
        return spaced(value)
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.095 else f"{value:.3f}"


def _column(column: Column) -> str:
    if column == ANY_SIZE:
        return "any N"
    return f"N = {spaced(column)}" if isinstance(column, int) else column


def _cell(result: JobResult, contender: str, column: Column) -> str:
    found = result.cells.get(Cell(contender, column))
    if found is None:
        return ""
    if isinstance(found, NotRun):
        return f"not run ({found.reason})"
    return _sample(found, result)


def _sample(sample: Sample, result: JobResult) -> str:
    text = figure(sample.median, result.unit)
    if len(sample.values) > 1:
        low, high = (figure(value, result.unit) for value in sample.quartiles)
        text += f" ({low}\N{EN DASH}{high})"
    runs = len(sample.values)
    return text if runs == result.rounds else f"{text} {runs} {'run' if runs == 1 else 'runs'}"


def _factor(result: JobResult, contender: str) -> str:
    ours, theirs = (result.median(name, result.columns[-1]) for name in (OURS, contender))
    return "" if ours is None or theirs is None else f"{_digits(theirs / ours)} x"
