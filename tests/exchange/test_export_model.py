"""Folders made at random go out and come in as the same bytes: plans walked through at random, catalogs of any text."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

import plandoc
from plandoc.domain.snapshot_ids import is_sound, original
from plandoc.exchange import RowOutcome, import_file
from plandoc.exchange.native.export_native import render_export
from plandoc.records import Component, FinishedGood, FinishedUnit, Ingredient, Recipe, RecipeLine, StockItem, SubRecipe
from tests.effort import examples
from tests.plans.test_amendments_model import EVENT, PlanAgainstModel
from tests.strategies import AMOUNTS, AMOUNTS_ABOVE_ZERO, NAMES, TEXTS

from .exchange_files import exported_bytes, filled, opened


class TravellingPlan(PlanAgainstModel):
    """The same walk; at any moment the folder can go elsewhere."""

    def _imported(self, name, *, up_to=0):
        content = self.store.read(lambda session: render_export(session=session)).content
        path = self.parent / f"{name}.json"
        path.write_bytes(content)
        with plandoc.open_store(self.parent / name, create=True) as other:
            filled(other, up_to=up_to)
            with other.session() as session:
                report = import_file(path, session=session)
                again = import_file(path, session=session)
            snapshot = other.read(lambda session: session.find(plandoc.PlanSnapshot)[0])
        assert plandoc.check(self.parent / name) == []
        assert {row.outcome for row in report.rows} == {RowOutcome.CREATED}
        assert {row.outcome for row in again.rows} == {RowOutcome.SKIPPED}
        return content, snapshot

    @rule()
    def go_to_an_empty_folder(self):
        name = f"empty-{len(list(self.parent.iterdir()))}"
        content, snapshot = self._imported(name)
        assert exported_bytes(self.parent / name) == content
        assert snapshot.digest == plandoc.get_plan_snapshot(EVENT).digest

    @rule()
    def go_to_a_folder_where_the_numbers_are_taken(self):
        name = f"busy-{len(list(self.parent.iterdir()))}"
        _, snapshot = self._imported(name, up_to=9)
        assert is_sound(snapshot)
        assert original(snapshot).digest == plandoc.get_plan_snapshot(EVENT).digest


TestTravellingPlan = pytest.mark.costly(TravellingPlan.TestCase)
TestTravellingPlan.settings = settings(
    max_examples=examples(4), stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


@st.composite
def catalogs(draw):
    """What to put into a catalog: functions that take a session and what was put there before."""
    names = st.lists(NAMES, max_size=4)
    return {
        "ingredients": draw(names),
        "recipes": [(name, draw(AMOUNTS_ABOVE_ZERO), draw(NAMES), draw(TEXTS)) for name in draw(names)],
        "units": [(name, draw(st.integers(1, 500))) for name in draw(names)],
        "goods": [(name, draw(AMOUNTS_ABOVE_ZERO)) for name in draw(names)],
        "stock": [draw(AMOUNTS) for _ in range(draw(st.integers(0, 2)))],
    }


def _put(session, made):
    ingredients = [session.add(Ingredient(name)) for name in made["ingredients"]]
    recipes, units, goods = [], [], []
    for name, amount, unit, notes in made["recipes"]:
        lines = tuple(RecipeLine(one.id, amount, unit, notes) for one in ingredients)
        subs = tuple(SubRecipe(one.id, amount) for one in recipes[-1:])
        recipes.append(session.add(Recipe(name, notes, lines, subs)))
    for (name, count), recipe in zip(made["units"], recipes, strict=False):
        units.append(session.add(FinishedUnit(name, recipe.id, items_per_batch=count)))
    for name, amount in made["goods"]:
        parts = [Component(finished_unit_id=one.id, quantity=amount) for one in units]
        parts += [Component(finished_good_id=one.id, quantity=amount) for one in goods[-1:]]
        goods.append(session.add(FinishedGood(name, tuple(parts))))
    for number, (amount, one) in enumerate(zip(made["stock"], ingredients, strict=False)):
        session.add(StockItem(one.id, amount, f"unit {number}"))
    for amount, recipe in zip(made["stock"], recipes, strict=False):
        session.add(StockItem(None, amount, "batch", recipe_id=recipe.id))


@settings(max_examples=examples(25), deadline=None)
@given(catalogs())
def test_a_catalog_of_any_text_goes_out_and_comes_in_as_the_same_bytes(made):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with opened(folder / "origin") as store:
            with store.session() as session:
                _put(session, made)
            content = store.read(lambda session: render_export(session=session)).content
        (folder / "export.json").write_bytes(content)
        with opened(folder / "copy"):
            import_file(folder / "export.json")

        assert exported_bytes(folder / "copy") == content
