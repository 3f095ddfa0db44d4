"""The top of the page: what is left to do, in one sentence and a few numbers."""

from __future__ import annotations

from collections.abc import Iterator

from plandoc.domain.progress import Overall
from plandoc.frozen import frozen
from plandoc.records import PlanState
from plandoc.report.labels import counted, grouped
from plandoc.report.report_contents import Contents


@frozen
class Figure:
    """A number at the top of the page.

    Attributes:
        label: What is counted.
        number: How many.
        detail: What to compare it with; blank when nothing.
        section: The section of the page with the details.
        is_bad: Whether it needs action.
    """

    label: str
    number: int
    detail: str
    section: str
    is_bad: bool = False


@frozen
class _Totals:
    batches: int
    batches_to_bake: int
    goods: int
    goods_to_pack: int
    units_lost: int

    @classmethod
    def of(cls, contents: Contents) -> _Totals:
        units, goods = contents.progress.units, contents.progress.goods
        return cls(
            batches=sum(unit.batches_decided for unit in units),
            batches_to_bake=sum(unit.batches_undone for unit in units),
            goods=sum(good.wanted for good in goods),
            goods_to_pack=sum(good.undone for good in goods),
            units_lost=sum(unit.lost for unit in units),
        )


def headline(contents: Contents) -> str:
    """Return what is left to do, in one sentence."""
    totals = _Totals.of(contents)
    if contents.is_completed:
        return _looking_back(totals)
    if contents.progress.overall is Overall.COMPLETE:
        return "Everything is baked and packed."
    todo = " and ".join(_to_do(totals, " to bake", " to pack"))
    if contents.has_started:
        return f"Still to do: {todo}." if todo else "Nothing is planned."
    if not todo:
        return "Nothing is planned yet."
    begun = "The plan is locked" if contents.plan.event.plan_state is PlanState.LOCKED else "The plan is being made"
    return f"{begun}: {todo}."


def figures(contents: Contents) -> tuple[Figure, ...]:
    """Return the numbers, in order of importance at this stage."""
    return tuple(_during(contents) if contents.has_started else _before(contents))


def _looking_back(totals: _Totals) -> str:
    left = " and ".join(_to_do(totals, "", ""))
    if left:
        return f"Completed, with {left} left undone."
    return "Completed: everything planned is baked and packed." if totals.goods or totals.batches else "Completed."


def _to_do(totals: _Totals, bake: str, pack: str) -> Iterator[str]:
    if totals.batches_to_bake:
        yield counted(totals.batches_to_bake, "batch", "batches") + bake
    if totals.goods_to_pack:
        yield counted(totals.goods_to_pack, "good") + pack


def _during(contents: Contents) -> Iterator[Figure]:
    totals = _Totals.of(contents)
    baked, packed = totals.batches - totals.batches_to_bake, totals.goods - totals.goods_to_pack
    bake, pack = ("not baked", "not packed") if contents.is_completed else ("to bake", "to pack")
    yield Figure(
        f"batches {bake}", totals.batches_to_bake, f"{grouped(baked)} of {grouped(totals.batches)} baked", "bake"
    )
    yield Figure(f"goods {pack}", totals.goods_to_pack, f"{grouped(packed)} of {grouped(totals.goods)} packed", "pack")
    yield from _to_buy(contents)
    amendments = len(contents.plan.amendments)
    yield Figure("changes to the plan", amendments, "since production started", "changes")
    yield Figure("units lost", totals.units_lost, "", "runs", is_bad=totals.units_lost > 0)


def _before(contents: Contents) -> Iterator[Figure]:
    totals = _Totals.of(contents)
    findings = len(contents.plan.findings)
    kinds = len(contents.plan.goods)
    yield Figure("batches to bake", totals.batches, _of(len(contents.plan.decisions), "unit"), "bake")
    yield Figure("goods to hand out", totals.goods, _of(kinds, "kind"), "pack")
    yield from _to_buy(contents)
    yield Figure("findings to review", findings, "", "look", is_bad=findings > 0)


def _to_buy(contents: Contents) -> Iterator[Figure]:
    if contents.shopping is not None:
        unclear = len(contents.shopping.cannot_compare)
        detail = f"and {unclear} that cannot be compared" if unclear else ""
        yield Figure("ingredients to buy", len(contents.shopping.buy), detail, "shop")


def _of(number: int, noun: str) -> str:
    return f"of {counted(number, noun)}" if number else ""
