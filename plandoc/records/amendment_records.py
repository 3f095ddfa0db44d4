"""Changes of a plan during production: the kinds of change, and the amendment that records one."""

from __future__ import annotations

import datetime
import enum
import typing
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import attrs

from plandoc.fields import validator
from plandoc.fields.constraints import (
    aware_datetime,
    instance_of,
    non_blank_name,
    non_negative_int,
    positive_int,
    stated_reason,
    tuple_of,
    valid_slug,
)
from plandoc.fields.json_objects import OwnJson, copied, json_object, own_json
from plandoc.frozen import frozen
from plandoc.records.ids import EventId, FinishedGoodId, FinishedUnitId, RecipeId
from plandoc.records.snapshot_records import Freezes, ids_among


class PlanSection(enum.Enum):
    """What a plan consists of; the value is how a person calls one of it."""

    RECIPES = "recipe"
    GOODS = "finished good"
    BATCHES = "batches of finished unit"


@frozen
class Effect:
    """What a change does to one number of a plan; all kinds of change that touch a number come down to this.

    Attributes:
        section: Whether it is the number of a good, or of batches.
        key: Id of the good or of the finished unit.
        before: The number before; 0 when it was not in the plan.
        after: The number after; 0 when it is no longer in the plan.
    """

    section: PlanSection
    key: int
    before: int
    after: int


# Returns the name of a finished unit; None for one that is not known.
UnitName = Callable[[int], str | None]


class _Change:
    """What every kind of change of a plan says of itself.

    Attributes:
        tag: What it is called in the files, by the program that this comes from; part of the format.
    """

    __slots__ = ()
    tag: ClassVar[str]

    @property
    def effect(self) -> Effect | None:
        """What it does to the numbers of a plan; None when it revises a definition."""
        return None

    def describe(self, unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""
        raise NotImplementedError


@frozen
class DropFinishedGood(_Change):
    """A good was taken out of the plan.

    >>> DropFinishedGood(3, "Box", original_quantity=10).describe({}.get)
    'Box dropped, 10 were planned'
    """

    tag = "drop_fg"

    finished_good_id: FinishedGoodId = attrs.field(validator=validator(positive_int))
    finished_good_name: str = attrs.field(validator=validator(non_blank_name))
    original_quantity: int = attrs.field(validator=validator(positive_int))

    @property
    def effect(self) -> Effect:
        """The good is no longer in the plan."""
        return Effect(PlanSection.GOODS, self.finished_good_id, self.original_quantity, 0)

    def describe(self, _unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""
        return f"{self.finished_good_name} dropped, {self.original_quantity} were planned"


@frozen
class AddFinishedGood(_Change):
    """A good was added to the plan.

    >>> AddFinishedGood(3, "Box", quantity=10).describe({}.get)
    'Box added, 10 planned'
    """

    tag = "add_fg"

    finished_good_id: FinishedGoodId = attrs.field(validator=validator(positive_int))
    finished_good_name: str = attrs.field(validator=validator(non_blank_name))
    quantity: int = attrs.field(validator=validator(positive_int))

    @property
    def effect(self) -> Effect:
        """The good was not in the plan before."""
        return Effect(PlanSection.GOODS, self.finished_good_id, 0, self.quantity)

    def describe(self, _unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""
        return f"{self.finished_good_name} added, {self.quantity} planned"


@frozen
class ChangeQuantity(_Change):
    """The quantity of a good changes.

    >>> ChangeQuantity(3, "Box", old_quantity=10, new_quantity=12).describe({}.get)
    'Box from 10 to 12'
    """

    tag = "change_quantity"

    finished_good_id: FinishedGoodId = attrs.field(validator=validator(positive_int))
    finished_good_name: str = attrs.field(validator=validator(non_blank_name))
    old_quantity: int = attrs.field(validator=validator(positive_int))
    new_quantity: int = attrs.field(validator=validator(positive_int))

    @property
    def effect(self) -> Effect:
        """The good is planned with another number."""
        return Effect(PlanSection.GOODS, self.finished_good_id, self.old_quantity, self.new_quantity)

    def describe(self, _unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""
        return f"{self.finished_good_name} from {self.old_quantity} to {self.new_quantity}"


@frozen
class ModifyBatch(_Change):
    """The number of batches to bake changes; 0 means none.

    >>> ModifyBatch(1, "Cookies", 2, "cookie", old_batches=5, new_batches=6).describe({2: "Cookie"}.get)
    'batches of Cookie from 5 to 6'
    """

    tag = "modify_batch"

    recipe_id: RecipeId = attrs.field(validator=validator(positive_int))
    recipe_name: str = attrs.field(validator=validator(non_blank_name))
    finished_unit_id: FinishedUnitId = attrs.field(validator=validator(positive_int))
    finished_unit_slug: str = attrs.field(validator=validator(valid_slug))
    old_batches: int = attrs.field(validator=validator(non_negative_int))
    new_batches: int = attrs.field(validator=validator(non_negative_int))

    @property
    def effect(self) -> Effect:
        """Another number of batches is decided."""
        return Effect(PlanSection.BATCHES, self.finished_unit_id, self.old_batches, self.new_batches)

    def describe(self, unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""
        name = unit_name(self.finished_unit_id) or self.finished_unit_slug
        return f"batches of {name} from {self.old_batches} to {self.new_batches}"


@frozen
class ReviseRecipe(_Change):
    """What the catalog said of a recipe at that moment was taken over into the plan."""

    tag = "revise_recipe"

    recipe_id: RecipeId = attrs.field(validator=validator(positive_int))
    recipe_name: str = attrs.field(validator=validator(non_blank_name))

    def describe(self, _unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""
        return f"{self.recipe_name} as the catalog has it"


@frozen
class ReviseFinishedGood(_Change):
    """What the catalog said of a good at that moment was taken over into the plan."""

    tag = "revise_fg"

    finished_good_id: FinishedGoodId = attrs.field(validator=validator(positive_int))
    finished_good_name: str = attrs.field(validator=validator(non_blank_name))

    def describe(self, _unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""
        return f"{self.finished_good_name} as the catalog has it"


Change = DropFinishedGood | AddFinishedGood | ChangeQuantity | ModifyBatch | ReviseRecipe | ReviseFinishedGood


# The kinds of change, in the order in which messages and schemas name them.
CHANGES: tuple[type[Change], ...] = typing.get_args(Change)


@frozen
class PlanAmendment(Freezes):
    """One change of a plan during production, with its reason; added, never altered.

    Attributes:
        sequence: 1, 2, 3, ... within the event; this is the order, not the clock.
        change: What was changed.
        reason: Why; never blank.
        added_recipe_ids: Recipes that came into the plan with it, so that the plan can be worked out again without
            the catalog of that day.
        definitions: What it froze, by table and id, as the snapshot's definitions: what it brought in and was not
            frozen yet, or what is in force since a revision; null for what there was not.
        definitions_before: Those frozen before that it replaced.
    """

    event_id: EventId = attrs.field(validator=validator(positive_int))
    sequence: int = attrs.field(validator=validator(positive_int))
    change: Change = attrs.field(validator=validator(instance_of(*CHANGES)))
    reason: str = attrs.field(validator=validator(stated_reason))
    created_at: datetime.datetime = attrs.field(validator=validator(aware_datetime))
    added_recipe_ids: tuple[RecipeId, ...] = attrs.field(
        default=(), validator=validator(tuple_of(int, each=positive_int))
    )
    _definitions: Mapping[str, Any] = attrs.field(
        default=OwnJson(), converter=own_json, validator=validator(json_object)
    )
    _definitions_before: Mapping[str, Any] = attrs.field(
        default=OwnJson(), converter=own_json, validator=validator(json_object)
    )
    id: int = attrs.field(default=0, kw_only=True, validator=validator(non_negative_int))

    @property
    def definitions_before(self) -> dict[str, Any]:
        """Those frozen before that it replaced; a copy."""
        definitions: dict[str, Any] = copied(self._definitions_before)
        return definitions

    def ids_revised(self, table: str) -> tuple[int, ...]:
        """Return the ids of the records of a table whose definition it replaced."""
        return ids_among(self._definitions_before.get(table))

    @property
    def freezes(self) -> bool:
        """Whether it froze anything."""
        return bool(self._definitions)

    @property
    def revises(self) -> bool:
        """Whether it replaced definitions."""
        return bool(self._definitions_before)
