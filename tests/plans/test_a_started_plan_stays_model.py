"""Any edits of the catalog beside a started plan: no answer changes but by a revision, and by that exactly so."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import plandoc
from plandoc import records
from plandoc.engine.plan_definitions import catalog_definitions, plan_definitions
from plandoc.records import FindingKind, PlanState
from plandoc.workflow import review
from tests.builders import a_bakery, a_plan
from tests.conftest import MOMENT
from tests.effort import examples

KINDS = (records.Ingredient, records.Recipe, records.FinishedUnit, records.FinishedGood)
amounts = st.integers(1, 400).map(lambda hundredths: Decimal(hundredths) / 20)


class AStartedPlan(RuleBasedStateMachine):
    """A bakery with one plan in production, a catalog that goes on changing, and a model of what is in force."""

    def __init__(self):
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "data"
        self.store = plandoc.open_store(self.path, create=True, clock=lambda: MOMENT)

    @initialize()
    def start(self):
        self.bakery = a_bakery(self.store)
        self.event = a_plan(self.store, PlanState.IN_PRODUCTION, bakery=self.bakery)
        frozen = self.store.read(lambda session: plandoc.get_plan_snapshot(self.event.id, session=session))
        self.effective = {key: one for key, one in self.catalog().items() if frozen.defines(_TABLES[key[0]], key[1])}
        self.answers = self.asked()

    def teardown(self):
        self.store.close()
        assert plandoc.check(self.path) == []
        self._folder.cleanup()

    def catalog(self):
        return {(kind, one.id): one for kind in KINDS for one in self.store.read(lambda s, kind=kind: s.find(kind))}

    def asked(self):
        number = self.event.id

        def ask(session):
            shopping = plandoc.get_shopping_list(number, session=session)
            return [
                plandoc.get_progress(number, session=session),
                plandoc.get_requirements(number, session=session),
                plandoc.get_feasibility(number, session=session),
                attrs.evolve(shopping, undecided=()),
                plandoc.get_batch_options(number, session=session),
                [one for one in review.review_plan(number, session=session) if one.kind not in _OF_CATALOG],
            ]

        return self.store.read(ask)

    # The catalog changes.

    @rule(number=st.integers(1, 3), amount=amounts, unit=st.sampled_from(["g", "kg", "cup", "pinch"]), data=st.data())
    def write_a_recipe_anew(self, number, amount, unit, data):
        parts = data.draw(st.lists(st.integers(1, 3), max_size=3, unique=True))
        inside = data.draw(st.booleans()) and number != self.bakery.frosting.id
        with self.store.session() as session:
            recipe = session.get(records.Recipe, number)
            lines = tuple(records.RecipeLine(part, amount, unit) for part in parts)
            below = (records.SubRecipe(self.bakery.frosting.id, amount),) if inside else ()
            session.replace(attrs.evolve(recipe, lines=lines, sub_recipes=below))

    @rule(number=st.integers(1, 3), items=st.integers(1, 60))
    def bake_in_other_numbers(self, number, items):
        with self.store.session() as session:
            unit = session.get(records.FinishedUnit, number)
            counted = {"mode": records.YieldMode.DISCRETE_COUNT, "items_per_batch": items, "batch_percentage": None}
            session.replace(attrs.evolve(unit, **counted))

    @rule(number=st.integers(1, 3), weight=st.one_of(st.none(), st.integers(1, 500)))
    def weigh_an_ingredient(self, number, weight):
        density = None if weight is None else records.Density(1, "cup", weight, "g")
        with self.store.session() as session:
            session.replace(attrs.evolve(session.get(records.Ingredient, number), density=density))

    @rule(number=st.integers(3, 4), units=st.lists(st.integers(1, 3), max_size=2, unique=True), amount=amounts)
    def pack_otherwise(self, number, units, amount):
        with self.store.session() as session:
            parts = tuple(records.Component(finished_unit_id=unit, quantity=amount) for unit in units)
            session.replace(attrs.evolve(session.get(records.FinishedGood, number), components=parts))

    @rule(kind=st.sampled_from(KINDS), number=st.integers(1, 3), name=st.sampled_from(["A", "B", "Flour"]))
    def call_it_otherwise(self, kind, number, name):
        with self.store.session() as session:
            session.replace(attrs.evolve(session.get(kind, number), name=name))

    # The plan takes something over.

    @precondition(lambda self: hasattr(self, "event"))
    @rule(recipe=st.integers(1, 3))
    def take_a_recipe_over(self, recipe):
        now = self.catalog()
        reached = self._inside(recipe, now)
        taken = {
            key: one
            for key, one in now.items()
            if (key[0] is records.Recipe and key[1] in reached)
            or (key[0] is records.FinishedUnit and one.recipe_id in reached)
            or (
                key[0] is records.Ingredient
                and any(line.ingredient_id == key[1] for i in reached for line in now[records.Recipe, i].lines)
            )
        }
        self._revise(plandoc.revise_recipe, recipe, taken)

    @precondition(lambda self: hasattr(self, "event"))
    @rule(good=st.integers(3, 4))
    def take_a_good_over(self, good):
        now = self.catalog()
        inside = {good, *now[records.FinishedGood, good].inner_good_ids}
        taken = {key: one for key, one in now.items() if key[0] is records.FinishedGood and key[1] in inside}
        self._revise(plandoc.revise_finished_good, good, taken)

    def _inside(self, recipe, now):
        found, waiting = set(), [recipe]
        while waiting:
            number = waiting.pop()
            found.add(number)
            waiting.extend(now[records.Recipe, number].sub_recipe_ids)
        return found

    def _revise(self, revise, number, taken):
        # Of what the plan does not speak of it takes nothing over.
        taken = {key: one for key, one in taken.items() if key in self.effective}
        same = all(self._differs_in_order_alone(self.effective[key], one) for key, one in taken.items())
        try:
            with self.store.session() as session:
                amendment = revise(self.event.id, number, "so be it", session=session)
        except plandoc.ValidationError as refused:
            assert same or "is not in the plan" in str(refused)
            return
        assert not same
        before, now = self.effective, self.catalog()
        # What the plan comes to speak of for the first time is frozen with it.
        new = {(kind, key) for kind, table in _TABLES.items() for key in amendment.ids_defined(table)} - before.keys()
        self.effective = {**before, **taken, **{key: now[key] for key in new}}
        touched = {(table, int(key)) for table, rows in amendment.definitions_before.items() for key in rows}
        assert touched == {
            (_TABLES[kind], number)
            for (kind, number), one in taken.items()
            if not self._differs_in_order_alone(before[kind, number], one)
        }
        self.answers = self.asked()

    def _differs_in_order_alone(self, one, other):
        return _sorted(one) == _sorted(other)

    # What holds.

    @precondition(lambda self: hasattr(self, "event"))
    @invariant()
    def what_is_in_force_is_what_was_frozen_and_taken_over(self):
        definitions = self.store.read(lambda s: plan_definitions(self.event.id, s))
        for (kind, number), record in self.effective.items():
            assert _sorted(definitions.lookup(kind)(number)) == _sorted(record)

    @precondition(lambda self: hasattr(self, "event"))
    @invariant()
    def no_answer_has_changed(self):
        assert self.asked() == self.answers

    @precondition(lambda self: hasattr(self, "event"))
    @invariant()
    def a_review_names_what_differs_in_the_catalog(self):
        today = self.store.read(catalog_definitions)
        findings = self.store.read(lambda session: review.review_plan(self.event.id, session=session))
        goods = {one.finished_good_id for one in findings if one.kind is FindingKind.CATALOG_CHANGED}
        for number in (3, 4):
            if _sorted(today.goods(number)) != _sorted(self.effective[records.FinishedGood, number]):
                assert number in goods


_OF_CATALOG = {FindingKind.CATALOG_CHANGED}
_TABLES = {
    records.Ingredient: "ingredients",
    records.Recipe: "recipes",
    records.FinishedUnit: "finished_units",
    records.FinishedGood: "finished_goods",
}


def _sorted(record):
    """What counts of a record: its parts in one order, because another order of the same is not a difference; of a unit its yield."""
    if isinstance(record, records.FinishedUnit):
        # Pieces of a batch and the percentage that one takes can say the same.
        return record.id, record.name, record.recipe_id, record.yield_per_batch
    for field in ("lines", "sub_recipes", "components"):
        if hasattr(record, field):
            record = attrs.evolve(record, **{field: tuple(sorted(getattr(record, field), key=repr))})
    return record


TestAStartedPlan = pytest.mark.costly(AStartedPlan.TestCase)
TestAStartedPlan.settings = settings(
    max_examples=examples(25), stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
