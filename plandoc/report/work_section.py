"""Work to do and done: baking, packing and losses, each as a table with bars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plandoc.domain.feasibility import GoodFeasibility
from plandoc.domain.progress import GoodProgress, UnitProgress
from plandoc.domain.review import accepted_shortfall
from plandoc.frozen import frozen
from plandoc.records import RunKind
from plandoc.report.charts import MAX_SEPARATORS, Bar
from plandoc.report.labels import counted, shortened
from plandoc.report.report_contents import Contents


@frozen
class BarRow:
    """A line of a table with a bar.

    Attributes:
        name: What it is about.
        detail: The line below the name; blank when none.
        bar: The bar below that.
        notes: Good to know.
        warnings: What needs action.
        numbers: The numbers beside it, one for each column.
    """

    name: str
    detail: str
    bar: Bar
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
        shows_shares: Whether the filled share of a bar matters more than its length.
    """

    caption: str
    heading: str
    columns: tuple[str, ...]
    rows: tuple[BarRow, ...]
    shows_shares: bool = False

    @property
    def longest(self) -> int | None:
        """The length of a full-width bar; None when every bar has the full width, so that short ones stay readable."""
        longest = max((row.bar.length for row in self.rows), default=0)
        return None if self.shows_shares and longest > MAX_SEPARATORS else longest

    @property
    def has_more_than_planned(self) -> bool:
        """Whether a bar exceeds its frame."""
        return any(row.bar.done > row.bar.planned for row in self.rows)


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
    return BarTable("Batches planned and baked", "Unit", columns, tuple(done), shows_shares=True)


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
        return BarTable("Goods wanted and packed", "Good", ("Not packed", "Packed"), tuple(done), shows_shares=True)
    goods = tuple(sorted(goods, key=lambda good: not good.still_wanted))
    done = [_good_during(good, contents) for good in goods]
    columns = ("To pack", "Possible now", "Packed")
    return BarTable("Goods wanted and packed", "Good", columns, tuple(done), shows_shares=True)


def losses(contents: Contents) -> BarTable:
    """Return how many units were lost in baking, by reason; most first."""
    lost: dict[str, int] = {}
    for run in contents.plan.production_runs:
        if (RunKind.PRODUCTION, run.id) not in contents.voided:
            for loss in run.losses:
                lost[loss.reason] = lost.get(loss.reason, 0) + loss.units
    rows = (
        BarRow(reason, "", Bar(f"{reason}: {counted(units, 'unit')} lost", units, units), (), (), (str(units),))
        for reason, units in sorted(lost.items(), key=lambda entry: (-entry[1], entry[0]))
    )
    return BarTable("Units lost, by reason", "Reason", ("Units",), tuple(rows))


def _unit_before(unit: UnitProgress, accepted: int) -> BarRow:
    title = f"{unit.unit.name}: {counted(unit.batches_decided, 'batch', 'batches')} planned"
    notes: list[str] = []
    warnings: list[str] = []
    if not unit.batches_decided:
        warnings.append("no batches decided")
    elif unit.short_after_remaining:
        agreed = unit.short_after_remaining <= accepted
        (notes if agreed else warnings).append(f"{unit.short_after_remaining} short{', accepted' if agreed else ''}")
    elif unit.expected > unit.needed:
        notes.append(f"{unit.expected - unit.needed} to spare")
    numbers = (str(unit.batches_decided), str(unit.expected), str(unit.needed))
    bar = Bar(title, unit.batches_decided)
    return BarRow(unit.unit.name, _recipe(unit), bar, tuple(notes), tuple(warnings), numbers)


def _unit_during(unit: UnitProgress, accepted: int, contents: Contents) -> BarRow:
    done = f"{unit.batches_done} of {unit.batches_decided}"
    notes: list[str] = []
    warnings: list[str] = []
    if unit.lost:
        notes.append(f"{unit.lost} lost")
    if unit.batches_over:
        notes.append(f"{counted(unit.batches_over, 'batch', 'batches')} more than planned")
    short = unit.short_after_remaining
    if short and short <= accepted:
        notes.append(f"{short} short, accepted")
    elif short and contents.is_completed:
        warnings.append(f"{short} too few")
    elif short:
        warnings.append(f"{short} too few even when everything is baked: change the plan")
    return BarRow(
        unit.unit.name,
        _recipe(unit),
        Bar(f"{unit.unit.name}: {done} batches baked", unit.batches_decided, unit.batches_done),
        tuple(notes),
        tuple(warnings),
        (str(unit.batches_undone), done, f"{unit.made} of {unit.needed}"),
    )


def _recipe(unit: UnitProgress) -> str:
    each = f"{unit.unit.yield_per_batch} a batch"
    return each if unit.recipe.name == unit.unit.name else f"{shortened(unit.recipe.name)}, {each}"


def _good_before(good: GoodProgress, possible: Mapping[int, GoodFeasibility], contents: Contents) -> BarRow:
    warnings = [] if good.problem is None else [good.problem]
    one = possible.get(good.good.id)
    if one is not None and one.possible < one.wanted:
        stopping = ", ".join(shortened(unit.name) for unit in one.stopped_by)
        warnings.append(f"the decided batches are enough for {one.possible}: not enough {stopping}")
    bar = Bar(f"{good.good.name}: {good.wanted} wanted", good.wanted)
    return BarRow(good.good.name, _inside(good, contents), bar, (), tuple(warnings), (str(good.wanted),))


def _good_during(good: GoodProgress, contents: Contents) -> BarRow:
    done = f"{good.assembled} of {good.wanted}"
    notes = () if good.wanted else ("no longer in the plan",)
    numbers = [str(good.undone), str(good.can_assemble_now), done]
    ready = good.can_assemble_now
    if contents.is_completed:
        del numbers[1]
        ready = 0
    else:
        notes = (*notes, *_waiting(good))
    title = f"{good.good.name}: {done} packed" + (f", {ready} more can be packed now" if ready else "")
    warnings = () if contents.is_completed else tuple(_blocking(good))
    bar = Bar(title, good.wanted, good.assembled, ready)
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
        yield f"{missing} cannot be packed: too few {names} are planned"


def _inside(good: GoodProgress, contents: Contents) -> str:
    return contents.insides.get(good.good.id, "")
