"""Events and what is planned for them: recipes, goods, batches."""

from __future__ import annotations

import datetime
import enum
from fractions import Fraction

import attrs

from plandoc.fields import converters, validator
from plandoc.fields.constraints import (
    boolean,
    calendar_date,
    non_blank_name,
    non_negative_int,
    non_negative_ratio,
    one_of,
    or_none,
    positive_int,
    positive_ratio,
    short_fingerprint,
    storable_text,
    valid_slug,
)
from plandoc.frozen import frozen
from plandoc.records.ids import EventId, FinishedGoodId, FinishedUnitId, RecipeId


class PlanState(enum.Enum):
    """Where a plan is in its life; it moves one step at a time."""

    DRAFT = "draft"
    LOCKED = "locked"
    IN_PRODUCTION = "in_production"
    COMPLETED = "completed"


@frozen
class Event:
    """What is planned for: a day on which goods are handed out.

    Attributes:
        expected_attendees: Whole number above 0; None when unknown.
        plan_state: Changed only by lock_plan, unlock_plan, start_production and complete_production.
    """

    name: str = attrs.field(converter=converters.trimmed, validator=validator(non_blank_name))
    event_date: datetime.date = attrs.field(validator=validator(calendar_date))
    expected_attendees: int | None = attrs.field(default=None, validator=validator(or_none(positive_int)))
    notes: str = attrs.field(default="", validator=validator(storable_text))
    plan_state: PlanState = attrs.field(default=PlanState.DRAFT, validator=validator(one_of(PlanState)))
    slug: str = attrs.field(default="", kw_only=True, validator=validator(valid_slug))
    id: EventId = attrs.field(default=EventId(0), kw_only=True, validator=validator(non_negative_int))

    @property
    def year(self) -> int:
        """The year of the event's date."""
        return self.event_date.year


@frozen
class EventRecipe:
    """A recipe selected for an event."""

    event_id: EventId = attrs.field(validator=validator(positive_int))
    recipe_id: RecipeId = attrs.field(validator=validator(positive_int))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(non_negative_int))


@frozen
class EventFinishedGood:
    """A good to hand out at an event, and how many of it."""

    event_id: EventId = attrs.field(validator=validator(positive_int))
    finished_good_id: FinishedGoodId = attrs.field(validator=validator(positive_int))
    quantity: int = attrs.field(validator=validator(positive_int))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(non_negative_int))


@frozen
class BatchDecision:
    """How many batches of a finished unit's recipe to bake.

    Attributes:
        yield_per_batch: Units a batch, as it was when decided.
        units_needed: Units the goods asked for when decided, rounded up.
        shortfall_accepted: Whether somebody agreed to bake less than needed.
        exact_need: `units_needed` before it was rounded up; 0 when nothing was needed, or when unknown.
        recipe_fingerprint: A digest of what went into the recipe when decided; blank when unknown.
    """

    event_id: EventId = attrs.field(validator=validator(positive_int))
    finished_unit_id: FinishedUnitId = attrs.field(validator=validator(positive_int))
    recipe_id: RecipeId = attrs.field(validator=validator(positive_int))
    batches: int = attrs.field(validator=validator(positive_int))
    yield_per_batch: int | Fraction = attrs.field(
        converter=converters.whole_if_possible, validator=validator(positive_ratio)
    )
    units_needed: int = attrs.field(default=0, validator=validator(non_negative_int))
    shortfall_accepted: bool = attrs.field(default=False, validator=validator(boolean))
    exact_need: int | Fraction = attrs.field(
        default=0, converter=converters.whole_if_possible, validator=validator(non_negative_ratio)
    )
    recipe_fingerprint: str = attrs.field(default="", validator=validator(short_fingerprint))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(non_negative_int))
