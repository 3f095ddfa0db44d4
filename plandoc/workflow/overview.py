"""Everything about a plan in one record."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from plandoc.domain.batches import UnitPlan
from plandoc.domain.definitions import Definitions
from plandoc.domain.notebooks import tables_in_html
from plandoc.domain.requirements import Breakdown
from plandoc.domain.review import LivePlan
from plandoc.domain.unit_needs import needs_of_plan
from plandoc.engine.live_plan import live_plan_of
from plandoc.engine.named_records import id_of
from plandoc.engine.plan_definitions import kept_with_plan, plan_definitions
from plandoc.engine.record_refs import EventRef
from plandoc.engine.session import Session, unit_of_work
from plandoc.frozen import frozen
from plandoc.records import (
    AssemblyRun,
    BatchDecision,
    Event,
    EventId,
    Finding,
    FinishedGood,
    PlanAmendment,
    PlanSnapshot,
    ProductionRun,
    Recipe,
)
from plandoc.store import NO_SESSION, reads
from plandoc.workflow.decisions import get_batch_decisions
from plandoc.workflow.review import findings_in

T = TypeVar("T")


@frozen
class Plan:
    """A whole plan, read in one consistent state.

    A recipe, good or unit that no longer exists is left out; the findings name it.

    Attributes:
        event: The event, with the state of the plan.
        recipes: The selected recipes.
        goods: The goods to hand out, and how many of each.
        decisions: The batch decisions.
        units: Each finished unit that is needed or decided, with both; units of broken goods are left out.
        findings: What a person should look at.
        snapshot: The plan as production started; None before.
        amendments: What was changed since, in order.
        production_runs: What was baked.
        assembly_runs: What was packed.
    """

    event: Event
    recipes: tuple[Recipe, ...]
    goods: tuple[tuple[FinishedGood, int], ...]
    decisions: tuple[BatchDecision, ...]
    units: tuple[UnitPlan, ...]
    findings: tuple[Finding, ...]
    snapshot: PlanSnapshot | None
    amendments: tuple[PlanAmendment, ...]
    production_runs: tuple[ProductionRun, ...]
    assembly_runs: tuple[AssemblyRun, ...]

    def __repr__(self) -> str:
        parts = f"{len(self.recipes)} recipes, {len(self.goods)} goods, {len(self.decisions)} batch decisions"
        more = f", {len(self.findings)} findings, {len(self.amendments)} amendments"
        return f"<Plan {_called(self.event)}: {parts}{more}>"

    def _repr_html_(self) -> str:
        units = [
            {
                "unit": one.unit.name,
                "recipe": one.recipe.name,
                "needed": one.needed,
                "batches": None if one.decision is None else one.decision.batches,
                "made": one.made,
            }
            for one in self.units
        ]
        goods = [{"good": good.name, "quantity": quantity} for good, quantity in self.goods]
        findings = [{"finding": finding.kind.value, "message": finding.message} for finding in self.findings]
        tables: list[tuple[str, list[dict[str, Any]]]] = [("Goods", goods), ("Batches", units), ("To review", findings)]
        return tables_in_html(f"Plan {_called(self.event)}", tables)


@reads
def get_plan(event_id: EventRef, session: Session = NO_SESSION) -> Plan:
    """Return everything about the plan of an event, read in one consistent state.

    Raises:
        NotFoundError: "Event 99 not found".
        DamagedError: when it has two snapshots.
    """
    return kept_with_plan(_plan, id_of(Event, event_id, session), session)


def _plan(event_id: EventId, session: Session) -> Plan:
    event = session.event(event_id)
    parts, definitions = live_plan_of(event, session), plan_definitions(event_id, session)
    amendments = session.find(PlanAmendment, event_id=event_id)
    return Plan(
        event=event,
        recipes=tuple(_present(definitions.recipes, parts.recipes)),
        goods=tuple((good, parts.quantities[good.id]) for good in _present(definitions.goods, parts.quantities)),
        decisions=tuple(get_batch_decisions(event_id, session=session)),
        units=tuple(_units(parts, definitions)),
        findings=findings_in(parts, event_id, session),
        snapshot=unit_of_work(session).snapshot(event_id),
        amendments=tuple(sorted(amendments, key=lambda amendment: amendment.sequence)),
        production_runs=tuple(session.find(ProductionRun, event_id=event_id)),
        assembly_runs=tuple(session.find(AssemblyRun, event_id=event_id)),
    )


def _called(event: Event) -> str:
    return f"of {event.name!r} (event {event.id}, {event.event_date}, {event.plan_state.name})"


def _present(lookup: Callable[[int], T | None], ids: Iterable[int]) -> Iterator[T]:
    return (record for record in map(lookup, sorted(ids)) if record is not None)


def _units(plan: LivePlan, definitions: Definitions) -> Iterator[UnitPlan]:
    breakdown = Breakdown.of(definitions)
    whole = {good_id: n for good_id, n in plan.quantities.items() if not breakdown.problems(good_id)}
    needed = needs_of_plan(whole, plan.packed, definitions)
    for unit_id in sorted(needed.keys() | plan.decisions.keys()):
        unit = definitions.units(unit_id)
        recipe = None if unit is None else definitions.recipes(unit.recipe_id)
        if unit is not None and recipe is not None:
            yield UnitPlan(unit, recipe, math.ceil(needed.get(unit_id, 0)), plan.decisions.get(unit_id))
