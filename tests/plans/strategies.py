"""Plans over small catalogs whose goods hold each other in every legal way, for Hypothesis."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import attrs
from hypothesis import strategies as st

from plandoc import set_event_finished_goods
from plandoc.domain.definitions import Definitions
from plandoc.records import Component, Event, FinishedGood, FinishedUnit, Ingredient, Recipe, RecipeLine, YieldMode
from plandoc.store import Store
from tests.builders import EVENT_DATE

NUMBERS = st.integers(1, 500)
# Halves, thirds as they are written down, and what a person types.
QUANTITIES = st.sampled_from([Decimal(text) for text in ("0.01", "0.333", "0.5", "1", "1.5", "2", "3", "12", "20")])
PERCENTAGES = st.sampled_from([Decimal(text) for text in ("0.5", "7", "12.5", "25", "30", "33.33", "100")])


@attrs.frozen
class DrawnPlan:
    """A catalog, and how many of its goods a plan hands out, by the good's id."""

    recipes: tuple[Recipe, ...]
    units: tuple[FinishedUnit, ...]
    goods: tuple[FinishedGood, ...]
    quantities: Mapping[int, int]

    @property
    def definitions(self) -> Definitions:
        """The catalog as the sums see it."""
        return Definitions.of(self.goods, self.units, self.recipes, [Ingredient("Flour", id=1)])


def a_unit(unit_id: int, recipe_id: int = 1, **how_many: object) -> FinishedUnit:
    """Return a unit of 24 a batch, or of another yield."""
    return FinishedUnit(f"Unit {unit_id}", recipe_id, id=unit_id, **(how_many or {"items_per_batch": 24}))


def a_portion(unit_id: int, percentage: object, recipe_id: int = 1) -> FinishedUnit:
    """Return a unit that is so many hundredths of a batch."""
    return a_unit(unit_id, recipe_id, mode=YieldMode.BATCH_PORTION, batch_percentage=Decimal(str(percentage)))


def a_good(
    good_id: int, *, units: Mapping[int, object] | None = None, goods: Mapping[int, object] | None = None
) -> FinishedGood:
    """Return a bundle of so many of each unit and of each good."""
    parts = [Component(finished_unit_id=i, quantity=Decimal(str(n))) for i, n in (units or {}).items()]
    parts += [Component(finished_good_id=i, quantity=Decimal(str(n))) for i, n in (goods or {}).items()]
    return FinishedGood(f"Good {good_id}", tuple(parts), id=good_id)


@st.composite
def units_of(draw: st.DrawFn, recipes: int) -> tuple[FinishedUnit, ...]:
    """Units of both yield modes; several may be yields of one recipe."""
    units = []
    for unit_id in range(1, draw(st.integers(1, 5)) + 1):
        recipe_id = draw(st.integers(1, recipes))
        if draw(st.booleans()):
            units.append(a_unit(unit_id, recipe_id, items_per_batch=draw(st.integers(1, 60))))
        else:
            units.append(a_portion(unit_id, draw(PERCENTAGES), recipe_id))
    return tuple(units)


@st.composite
def plans(draw: st.DrawFn) -> DrawnPlan:
    """Plans of whole goods: bundles of units and of goods with lower ids, so that sub-bundles are often shared."""
    recipes = tuple(
        Recipe(f"Recipe {recipe_id}", lines=(RecipeLine(1, draw(QUANTITIES), "cup"),), id=recipe_id)
        for recipe_id in range(1, draw(st.integers(1, 3)) + 1)
    )
    units = draw(units_of(len(recipes)))
    goods: list[FinishedGood] = []
    for good_id in range(1, draw(st.integers(1, 6)) + 1):
        own = draw(st.dictionaries(st.integers(1, len(units)), QUANTITIES, min_size=1, max_size=3))
        inner = draw(st.dictionaries(st.integers(1, good_id - 1), QUANTITIES, max_size=2)) if good_id > 1 else {}
        goods.append(a_good(good_id, units=own, goods=inner))
    quantities = draw(st.dictionaries(st.integers(1, len(goods)), NUMBERS, max_size=len(goods)))
    return DrawnPlan(recipes, units, tuple(goods), quantities)


def planned(store: Store, plan: DrawnPlan) -> Event:
    """Put a drawn catalog into a store, whose ids then are those drawn, and plan an event of it."""
    with store.session() as session:
        session.add(Ingredient("Flour"))
        for record in (*plan.recipes, *plan.units, *plan.goods):
            assert session.add(attrs.evolve(record, id=0)).id == record.id
        event = session.add(Event("Fair", EVENT_DATE))
        set_event_finished_goods(event.id, plan.quantities, add_missing_recipes=True, session=session)
    return event
