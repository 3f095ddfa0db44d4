"""The common steps of all amendments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from plandoc.domain.states import Edit
from plandoc.engine.plan_definitions import Rows, amendments_made
from plandoc.engine.session import Session, event_to_edit, unit_of_work
from plandoc.errors import Problem, ValidationError
from plandoc.fields.constraints import stated_reason
from plandoc.fields.json_objects import OwnJson
from plandoc.records import Change, EventId, EventRecipe, PlanAmendment, RecipeId

# Rows by table and id.
FrozenRows = Mapping[str, Rows]
_NOTHING: FrozenRows = OwnJson()


def begin(session: Session, event_id: EventId, reason: str) -> str:
    """Check the event, its state and the reason; return the reason without blanks around it."""
    event_to_edit(event_id, Edit.AMENDMENTS, session)
    trimmed = reason.strip() if isinstance(reason, str) else reason
    wrong = "wanted a reason, found only blanks" if trimmed == "" else stated_reason(trimmed)
    if wrong is not None:
        raise ValidationError([Problem(wrong, field="reason", hint="say why the plan changes")])
    return trimmed


def new_amendment(
    session: Session,
    event_id: EventId,
    change: Change,
    reason: str,
    added_recipe_ids: tuple[RecipeId, ...] = (),
    frozen: FrozenRows = _NOTHING,
    frozen_before: FrozenRows = _NOTHING,
) -> PlanAmendment:
    """Return the next amendment of a plan, not saved yet.

    Args:
        session: The session to look in.
        event_id: The event.
        change: What is changed.
        reason: Why.
        added_recipe_ids: Recipes that it adds to the plan.
        frozen: Definitions that it freezes.
        frozen_before: The previous ones of those that it revises.
    """
    sequence, timestamp = amendments_made(event_id, session) + 1, session.moment
    return PlanAmendment(event_id, sequence, change, reason, timestamp, added_recipe_ids, frozen, frozen_before)


def select_recipes(session: Session, event_id: EventId, recipe_ids: Iterable[RecipeId]) -> None:
    """Select recipes that are not selected yet."""
    for recipe_id in recipe_ids:
        unit_of_work(session).add(EventRecipe(event_id, recipe_id))
