"""How a plan changed since its snapshot: each good, unit and recipe with both numbers and the amendments behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from plandoc.domain.definition_changes import KINDS, DefinitionDifference, difference
from plandoc.domain.definitions import Definitions
from plandoc.domain.mapping_diff import Status, diff, status_of
from plandoc.domain.replay import PlanContent, amendments_by_item, in_order, original
from plandoc.frozen import frozen
from plandoc.records import FinishedGood, FinishedUnit, PlanAmendment, PlanSection, PlanSnapshot, Recipe
from plandoc.tables import table_of


@frozen
class Difference:
    """How one good, one unit's batches or one recipe changed, if at all.

    Attributes:
        id: Of the good, of the finished unit, or of the recipe.
        name: The name in the current plan, or in the snapshot when it is no longer in the plan.
        original_name: The name in the snapshot; None when it was not in the plan then.
        before: Pieces of the good, or batches, in the snapshot; 1 for a recipe; None when it was not in the plan.
        after: The same in the plan as it is now.
        amendments: The amendments that touched it, in order; there may be some although the numbers are the same again.
    """

    id: int
    name: str
    original_name: str | None
    before: int | None
    after: int | None
    amendments: tuple[PlanAmendment, ...]

    @property
    def status(self) -> Status:
        """How it changed."""
        return status_of(self.before, self.after)

    @property
    def difference(self) -> int:
        """`after` minus `before`; not in the plan counts as 0."""
        return (self.after or 0) - (self.before or 0)


Compared = Mapping[PlanSection, tuple[Difference, ...]]


def compare(
    snapshot: PlanSnapshot, amendments: Iterable[PlanAmendment], live: PlanContent, definitions: Definitions
) -> Compared:
    """Return how everything that was or is planned changed, in the order of the ids.

    Args:
        snapshot: The plan as production started.
        amendments: All amendments since, in any order.
        live: The plan as it is now.
        definitions: The effective definitions.

    Raises:
        ValidationError: when the snapshot is not in the form that plandoc writes.
    """
    snapshot_data = snapshot.snapshot_data
    before, behind = original(snapshot_data), amendments_by_item(amendments)

    def compared(section: PlanSection) -> Iterator[Difference]:
        old_names = _original_names(section, snapshot_data, definitions.as_of(0))
        for entry in diff(before.numbers(section), live.numbers(section)):
            touching = tuple(behind.get((section, entry.key), ()))
            old = old_names.get(entry.key)
            now = None if entry.after is None else _name_now(section, entry.key, definitions)
            name = now or old or f"{section.value} {entry.key}"
            yield Difference(entry.key, name, old, entry.before, entry.after, touching)

    return MappingProxyType({section: tuple(compared(section)) for section in PlanSection})


def compare_definitions(
    amendments: Iterable[PlanAmendment], effective: Definitions
) -> tuple[DefinitionDifference, ...]:
    """Return how all revised definitions changed: goods first, then recipes and what is in them.

    Args:
        amendments: All amendments of the plan, in any order.
        effective: The effective definitions.
    """
    behind: dict[tuple[int, int], list[PlanAmendment]] = {}
    for amendment in in_order(amendments):
        for position, kind in enumerate(KINDS):
            for record_id in amendment.ids_revised(table_of(kind).name):
                behind.setdefault((position, record_id), []).append(amendment)
    before = effective.as_of(0)
    return tuple(
        difference(KINDS[position], record_id, before, effective, tuple(revising))
        for (position, record_id), revising in sorted(behind.items())
    )


def _name_now(section: PlanSection, record_id: int, definitions: Definitions) -> str | None:
    lookups: Mapping[PlanSection, Callable[[int], Recipe | FinishedGood | FinishedUnit | None]] = {
        PlanSection.RECIPES: definitions.recipes,
        PlanSection.GOODS: definitions.goods,
        PlanSection.BATCHES: definitions.units,
    }
    record = lookups[section](record_id)
    return None if record is None else record.name


def _original_names(
    section: PlanSection, snapshot_data: Mapping[str, Any], then: Definitions
) -> Mapping[int, str | None]:
    # The numbers are validated; a name that was removed from the file is only missing.
    if section is PlanSection.RECIPES:
        return {row["recipe_id"]: row.get("recipe_name") for row in snapshot_data["recipes"]}
    if section is PlanSection.GOODS:
        return {row["fg_id"]: row.get("fg_name") for row in snapshot_data["finished_goods"]}
    # A row of batches names only the recipe, but two yields of it may be decided.
    units = (then.units(row["finished_unit_id"]) for row in snapshot_data["batch_decisions"])
    return {unit.id: unit.name for unit in units if unit is not None}
