"""`plandoc progress`: how far the baking and the packing of an event have come, with bars."""

from __future__ import annotations

import os
import sys

from plandoc.cli import printing
from plandoc.cli.data_folder import Folder
from plandoc.cli.lookup import event_id
from plandoc.cli.rows import as_json
from plandoc.cli.wrapping import width
from plandoc.domain.batches import batches_in_words
from plandoc.domain.progress import GoodProgress, Progress, UnitProgress
from plandoc.records import FinishedUnit, PlanState
from plandoc.workflow.production import get_progress

# Terminals below this have no room for bars.
_WIDE = 80
_WIDTH = 10
_EIGHTHS = "▏▎▍▌▋▊▉█"
_TRACK = "░"
_MAX_NAMED = 2


def progress(event: str, /, *, json: bool = False, folder: Folder) -> None:
    """Show how far an event has come: what is baked and packed, what remains, and what is missing.

    Args:
        json: Print the progress as JSON.

    Examples:
        plandoc progress harbour-market
    """
    found = folder.read(lambda session: get_progress(event_id(event, session), session=session))
    if json:
        printing.print_json(as_json(found))
        return
    printing.say(_summary_line(found))
    _print_units(found)
    _print_goods(found)


def bar(done: int, of: int, *, in_blocks: bool) -> str:
    """Return a bar as wide as ten characters; it is empty only when nothing is done and full only when everything is.

    Args:
        done: How much is done.
        of: Of how much; when that is nothing, the bar is full as soon as anything is done.
        in_blocks: Draw it in blocks and eighths of blocks; else in ASCII.

    >>> bar(1, 4, in_blocks=True), bar(1, 4, in_blocks=False), bar(999, 1000, in_blocks=False)
    ('██▌░░░░░░░', '##--------', '#########-')
    """
    steps = 8 if in_blocks else 1
    filled = _filled(done, of, _WIDTH * steps)
    whole, rest = divmod(filled, steps)
    if not in_blocks:
        return "#" * whole + "-" * (_WIDTH - whole)
    part = _EIGHTHS[rest - 1] if rest else ""
    return _EIGHTHS[-1] * whole + part + _TRACK * (_WIDTH - whole - len(part))


def _filled(done: int, of: int, steps: int) -> int:
    if done >= of:
        return steps if done else 0
    return max(1, done * steps // of) if done else 0


def _can_show_blocks() -> bool:
    try:
        (_EIGHTHS + _TRACK).encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return os.environ.get("TERM") != "dumb"


def _summary_line(found: Progress) -> str:
    # Extra batches of one unit do not make up for missing batches of another.
    baked = sum(min(one.batches_done, one.batches_decided) for one in found.units)
    packed = sum(min(one.assembled, one.wanted) for one in found.goods)
    decided, wanted = sum(one.batches_decided for one in found.units), sum(one.wanted for one in found.goods)
    counts = f"{baked} of {decided} batches baked, {packed} of {wanted} goods packed"
    return f"{found.event.name}: {_how_far(found)}; {counts}"


def _how_far(found: Progress) -> str:
    if not _is_over(found):
        return found.overall.value.replace("_", " ")
    left = left_undone(found)
    return f"completed with {left} left undone" if left else "completed"


def left_undone(found: Progress) -> str:
    """Return how many batches and goods are planned and not done; blank when all are."""
    batches, goods = sum(one.batches_undone for one in found.units), sum(one.undone for one in found.goods)
    left = [batches_in_words(batches)] if batches else []
    left.extend(["1 good" if goods == 1 else f"{goods} goods"] if goods else [])
    return " and ".join(left)


def _is_over(found: Progress) -> bool:
    return found.event.plan_state is PlanState.COMPLETED


def _print_units(found: Progress) -> None:
    undone = "not baked" if _is_over(found) else "to bake"
    names = ["unit", "batches", undone, "made", "lost", "needed", "in the end"]
    # What a broken good takes is unknown.
    unneeded = "need unknown" if any(good.problem is not None for good in found.goods) else "not needed"
    rows = [(one.batches_done, one.batches_decided, _unit_row(one, unneeded)) for one in found.units]
    _print_with_bars("Baking", names, rows, when_empty="nothing is needed or decided")


def _unit_row(one: UnitProgress, unneeded: str) -> tuple[object, ...]:
    batches = f"{one.batches_done} of {one.batches_decided}"
    return one.unit.name, batches, one.batches_undone, one.made, one.lost, one.needed, _in_the_end(one, unneeded)


def _in_the_end(one: UnitProgress, unneeded: str) -> str:
    notes = [] if one.needed else [unneeded]
    if one.needed and not one.batches_decided:
        notes.append("not decided")
    if one.batches_over:
        notes.append(f"{batches_in_words(one.batches_over)} over")
    if one.short_after_remaining:
        notes.append(f"{one.short_after_remaining} short")
    return ", ".join(notes)


def _print_goods(found: Progress) -> None:
    names = ["good", "packed", "can now", "after baking", "what stops it"]
    if _is_over(found):
        names = ["good", "packed", "not packed", "remark"]
    rows = [(one.assembled, one.wanted, _good_row(one)) for one in found.goods]
    _print_with_bars("Packing", names, rows, when_empty="no goods are planned")


def _good_row(one: GoodProgress) -> tuple[object, ...]:
    packed = f"{one.assembled} of {one.wanted}"
    if one.is_over:
        return one.good.name, packed, one.undone, _stopping(one)
    return one.good.name, packed, one.can_assemble_now, one.after_remaining, _stopping(one)


def _stopping(one: GoodProgress) -> str:
    if one.problem is not None:
        return one.problem
    if one.blocked_by:
        return f"not enough {_names(one.blocked_by)}"
    return f"waits for {_names(one.waits_for)}" if one.waits_for else ""


def _names(units: tuple[FinishedUnit, ...]) -> str:
    """Return the names of units; only the first of many, because a good may wait for everything in it."""
    named, others = units[:_MAX_NAMED], len(units) - _MAX_NAMED
    names = ", ".join(unit.name for unit in named)
    return f"{names} and {others} more" if others > 0 else names


def _print_with_bars(
    title: str, names: list[str], rows: list[tuple[int, int, tuple[object, ...]]], *, when_empty: str
) -> None:
    """Print a table whose first column is a name and whose last is text; on a terminal, a bar follows the name."""
    text = {names[0], names[-1]}
    columns = [printing.Column(name, is_number=name not in text) for name in names]
    cells = [row for _, _, row in rows]
    if sys.stdout.isatty() and width() >= _WIDE:
        in_blocks = _can_show_blocks()
        columns.insert(1, printing.Column(""))
        cells = [(row[0], bar(done, of, in_blocks=in_blocks), *row[1:]) for done, of, row in rows]
    printing.print_table(title, columns, cells, when_empty=when_empty, is_one_of_several=True)
