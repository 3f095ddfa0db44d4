"""What a report shows, read from one consistent state."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Protocol

from plandoc.domain.definitions import Definitions
from plandoc.domain.feasibility import Feasibility
from plandoc.domain.progress import Progress
from plandoc.domain.rounding import format_number
from plandoc.domain.shopping import ShoppingList
from plandoc.engine.plan_definitions import plan_definitions
from plandoc.engine.session import Session
from plandoc.errors import ValidationError
from plandoc.frozen import frozen
from plandoc.records import Component, EventId, FinishedGood, PlanSection, PlanState, RunKind, VoidedRun
from plandoc.report.labels import shortened
from plandoc.workflow.comparison import PlanComparison, get_plan_comparison
from plandoc.workflow.overview import Plan, get_plan
from plandoc.workflow.production import get_progress
from plandoc.workflow.review import get_feasibility
from plandoc.workflow.shopping import get_shopping_list

STARTED = frozenset({PlanState.IN_PRODUCTION, PlanState.COMPLETED})
_MAX_PARTS = 8


class _Named(Protocol):
    @property
    def name(self) -> str: ...


@frozen
class Contents:
    """What a report shows.

    Attributes:
        made_at: When the report was made.
        plan: The plan as it is.
        progress: How far it has come; nothing is done before production.
        comparison: How it differs from the plan as it was started; None before production.
        feasibility: Whether the goods can be packed from the decided batches; None while none are decided, after
            production has started (progress is more exact), and when a good is broken, which is a finding.
        shopping: What to buy for the batches that are not baked yet; None when the plan is completed or the
            list cannot be calculated.
        shopping_problems: Why it cannot be calculated; empty when it can.
        voided: Why a run no longer counts, by its kind and id.
        unit_names: Names of the finished units that runs and amendments mention, by id.
        good_names: Names of the goods that runs mention, by id.
        recipe_names: Names of the recipes that came into the plan by an amendment, by id.
        insides: What each good of the plan is made of, by its id.
    """

    made_at: datetime.datetime
    plan: Plan
    progress: Progress
    comparison: PlanComparison | None
    feasibility: Feasibility | None
    shopping: ShoppingList | None
    shopping_problems: tuple[str, ...]
    voided: Mapping[tuple[RunKind, int], str]
    unit_names: Mapping[int, str]
    good_names: Mapping[int, str]
    recipe_names: Mapping[int, str]
    insides: Mapping[int, str]

    @property
    def has_started(self) -> bool:
        """Whether production of the plan has started."""
        return self.plan.event.plan_state in STARTED

    @property
    def is_completed(self) -> bool:
        """Whether the plan is completed."""
        return self.plan.event.plan_state is PlanState.COMPLETED


def collect(event_id: EventId, session: Session) -> Contents:
    """Return what the report of an event shows.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    plan = get_plan(event_id, session=session)
    has_started = plan.event.plan_state in STARTED
    shopping, problems = _shopping(plan, session)
    voided = session.find(VoidedRun, event_id=event_id)
    progress, definitions = get_progress(event_id, session=session), plan_definitions(event_id, session)
    return Contents(
        made_at=session.moment,
        plan=plan,
        progress=progress,
        comparison=get_plan_comparison(event_id, session=session) if has_started else None,
        feasibility=None if has_started or not plan.decisions else _feasibility(event_id, session),
        shopping=shopping,
        shopping_problems=problems,
        voided={(one.kind, one.run_id): one.reason for one in voided},
        unit_names=_names("finished unit", _mentioned_units(plan), definitions.units),
        good_names=_names("finished good", {run.finished_good_id for run in plan.assembly_runs}, definitions.goods),
        recipe_names=_names(
            "recipe", {i for one in plan.amendments for i in one.added_recipe_ids}, definitions.recipes
        ),
        insides={one.good.id: _inside(one.good, definitions) for one in progress.goods},
    )


def _shopping(plan: Plan, session: Session) -> tuple[ShoppingList | None, tuple[str, ...]]:
    if plan.event.plan_state is PlanState.COMPLETED:
        return None, ()
    try:
        return get_shopping_list(plan.event.id, session=session), ()
    except ValidationError as error:
        return None, tuple(problem.message for problem in error.problems)


def _feasibility(event_id: EventId, session: Session) -> Feasibility | None:
    try:
        return get_feasibility(event_id, session=session)
    except ValidationError:
        return None


def _mentioned_units(plan: Plan) -> set[int]:
    effects = (amendment.change.effect for amendment in plan.amendments)
    changed = {one.key for one in effects if one is not None and one.section is PlanSection.BATCHES}
    return changed | {run.finished_unit_id for run in plan.production_runs}


def _names(kind: str, record_ids: set[int], lookup: Callable[[int], _Named | None]) -> dict[int, str]:
    found = ((record_id, lookup(record_id)) for record_id in sorted(record_ids))
    return {i: f"{kind} {i}" if record is None else record.name for i, record in found}


def _inside(good: FinishedGood, definitions: Definitions) -> str:
    """Return what a good is made of; blank if it is one unit of the same name, or empty."""
    parts = [_part(part, definitions) for part in good.components[:_MAX_PARTS]]
    if parts == [f"1 {good.name}"]:
        return ""
    more = len(good.components) - _MAX_PARTS
    return ", ".join([*parts, f"and {more} more"] if more > 0 else parts)


def _part(part: Component, definitions: Definitions) -> str:
    record: _Named | None
    if part.finished_good_id is not None:
        record = definitions.goods(part.finished_good_id)
    else:
        record = definitions.units(part.finished_unit_id or 0)
    name = "of something unknown" if record is None else shortened(record.name)
    return f"{format_number(Fraction(part.quantity))} {name}"
