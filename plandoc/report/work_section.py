"""Work to do and done: baking, packing and losses, each as a table; with bars that show how much of the plan is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plandoc.domain.feasibility import GoodFeasibility
from plandoc.domain.progress import GoodProgress, UnitProgress
from plandoc.domain.review import accepted_shortfall
from plandoc.frozen import frozen
from plandoc.records import FinishedGoodId, RunKind
from plandoc.report.charts import Bar
from plandoc.report.labels import counted, grouped, shortened
from plandoc.report.report_contents import Contents


@frozen
class BarRow:
    """A line of a table with a bar.

    Attributes:
        name: What it is about.
        detail: The line below the name; blank when none.
        bar: The bar below that; None before anything can be done, and where nothing is planned.
        notes: Good to know.
        warnings: What needs action.
        numbers: The numbers beside it, one for each column.
    """

    name: str
    detail: str
    bar: Bar | None
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    numbers: tuple[str, ...]


@frozen
class BarTable:
    """A table with bars.

    Attributes:
        caption: What it shows.
        heading: The heading above the names.
        columns: The headings above the numbers.
        rows: Unfinished work comes first.
    """

    caption: str
    heading: str
    columns: tuple[str, ...]
    rows: tuple[BarRow, ...]


def baking(contents: Contents) -> BarTable:
    """Return what has to be baked, and how much of it is done."""
    accepted = {
        one.unit.id: accepted_shortfall(one.decision) for one in contents.plan.units if one.decision is not None
    }
    units = contents.progress.units
    if not contents.has_started:
        rows = [_unit_before(unit, accepted.get(unit.unit.id, 0)) for unit in units]
        return BarTable("Batches to bake", "Unit", ("Batches", "Makes", "Needed"), tuple(rows))
    if not contents.is_completed:
        units = tuple(sorted(units, key=lambda unit: not unit.batches_remaining))
    done = [_unit_during(unit, accepted.get(unit.unit.id, 0), contents) for unit in units]
    columns = ("Not baked" if contents.is_completed else "To bake", "Baked", "Made")
    return BarTable("Batches planned and baked", "Unit", columns, tuple(done))


def packing(contents: Contents) -> BarTable:
    """Return what has to be packed, and how much of it is done."""
    goods = contents.progress.goods
    if not contents.has_started:
        feasibility = contents.feasibility
        possible = {} if feasibility is None else {one.good.id: one for one in feasibility.goods}
        rows = [_good_before(good, possible, contents) for good in goods]
        return BarTable("Goods to hand out", "Good", ("Wanted",), tuple(rows))
    if contents.is_completed:
        done = [_good_during(good, contents) for good in goods]
        return BarTable("Goods wanted and packed", "Good", ("Not packed", "Packed"), tuple(done))
    goods = tuple(sorted(goods, key=lambda good: not good.still_wanted))
    done = [_good_during(good, contents) for good in goods]
    columns = ("To pack", "Possible now", "Packed")
    return BarTable("Goods wanted and packed", "Good", columns, tuple(done))


def losses(contents: Contents) -> BarTable:
    """Return how many units were lost in baking, by reason; most first."""
    lost: dict[str, int] = {}
    for run in contents.plan.production_runs:
        if (RunKind.PRODUCTION, run.id) not in contents.voided:
            for loss in run.losses:
                lost[loss.reason] = lost.get(loss.reason, 0) + loss.units
    rows = (
        BarRow(reason, "", None, (), (), (grouped(units),))
        for reason, units in sorted(lost.items(), key=lambda entry: (-entry[1], entry[0]))
    )
    return BarTable("Units lost, by reason", "Reason", ("Units",), tuple(rows))


def _unit_before(unit: UnitProgress, accepted: int) -> BarRow:
    notes: list[str] = []
    warnings: list[str] = []
    if not unit.batches_decided:
        warnings.append("no batches decided")
    elif unit.short_after_remaining:
        agreed = unit.short_after_remaining <= accepted
        (notes if agreed else warnings).append(
            f"{grouped(unit.short_after_remaining)} short{', accepted' if agreed else ''}"
        )
    elif unit.expected > unit.needed:
        notes.append(f"{grouped(unit.expected - unit.needed)} to spare")
    numbers = (grouped(unit.batches_decided), grouped(unit.expected), grouped(unit.needed))
    return BarRow(unit.unit.name, _recipe(unit), None, tuple(notes), tuple(warnings), numbers)


def _unit_during(unit: UnitProgress, accepted: int, contents: Contents) -> BarRow:
    done = f"{grouped(unit.batches_done)} of {grouped(unit.batches_decided)}"
    notes: list[str] = []
    warnings: list[str] = []
    if unit.lost:
        notes.append(f"{grouped(unit.lost)} lost")
    if unit.batches_over:
        notes.append(f"{counted(unit.batches_over, 'batch', 'batches')} more than planned")
    short = unit.short_after_remaining
    if short and short <= accepted:
        notes.append(f"{grouped(short)} short, accepted")
    elif short and contents.is_completed:
        warnings.append(f"{grouped(short)} too few")
    elif short:
        warnings.append(f"{grouped(short)} too few even when everything is baked: change the plan")
    return BarRow(
        unit.unit.name,
        _recipe(unit),
        _bar(Bar(f"{unit.unit.name}: {done} batches baked", unit.batches_decided, unit.batches_done)),
        tuple(notes),
        tuple(warnings),
        (grouped(unit.batches_undone), done, f"{grouped(unit.made)} of {grouped(unit.needed)}"),
    )


def _bar(bar: Bar) -> Bar | None:
    """Return a bar; None where nothing is planned, so that no width means anything."""
    return bar if bar.planned else None


def _recipe(unit: UnitProgress) -> str:
    each = f"{unit.unit.yield_per_batch} a batch"
    return each if unit.recipe.name == unit.unit.name else f"{shortened(unit.recipe.name)}, {each}"


def _good_before(good: GoodProgress, possible: Mapping[FinishedGoodId, GoodFeasibility], contents: Contents) -> BarRow:
    warnings = [] if good.problem is None else [good.problem]
    one = possible.get(good.good.id)
    if one is not None and one.possible < one.wanted:
        stopping = ", ".join(shortened(unit.name) for unit in one.stopped_by)
        warnings.append(f"the decided batches are enough for {grouped(one.possible)}: not enough {stopping}")
    return BarRow(good.good.name, _inside(good, contents), None, (), tuple(warnings), (grouped(good.wanted),))


def _good_during(good: GoodProgress, contents: Contents) -> BarRow:
    done = f"{grouped(good.assembled)} of {grouped(good.wanted)}"
    notes = () if good.wanted else ("no longer in the plan",)
    numbers = [grouped(good.undone), grouped(good.can_assemble_now), done]
    ready = good.can_assemble_now
    if contents.is_completed:
        del numbers[1]
        ready = 0
    else:
        notes = (*notes, *_waiting(good))
    title = f"{good.good.name}: {done} packed" + (f", {grouped(ready)} more can be packed now" if ready else "")
    warnings = () if contents.is_completed else tuple(_blocking(good))
    bar = _bar(Bar(title, good.wanted, good.assembled, ready))
    return BarRow(good.good.name, _inside(good, contents), bar, notes, warnings, tuple(numbers))


def _waiting(good: GoodProgress) -> Iterator[str]:
    blocking = {unit.id for unit in good.blocked_by}
    names = [shortened(unit.name) for unit in good.waits_for if unit.id not in blocking]
    if names:
        yield f"waits for {', '.join(names)}"


def _blocking(good: GoodProgress) -> Iterator[str]:
    if good.problem is not None:
        yield good.problem
    if good.blocked_by:
        names = ", ".join(shortened(unit.name) for unit in good.blocked_by)
        missing = good.still_wanted - good.after_remaining
        yield f"{grouped(missing)} cannot be packed: too few {names} are planned"


def _inside(good: GoodProgress, contents: Contents) -> str:
    return contents.insides.get(good.good.id, "")
