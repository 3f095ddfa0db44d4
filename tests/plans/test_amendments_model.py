"""A plan in production and a plain model of it, amended, baked, packed, reopened and killed at random; they always agree."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import plandoc
from plandoc import PlanState, RunKind
from plandoc.domain.replay import PlanContent, replay
from plandoc.records import (
    AssemblyRun,
    Component,
    FinishedGood,
    FinishedUnit,
    PlanAmendment,
    ProductionRun,
    Recipe,
    VoidedRun,
)
from plandoc.storage.folder import FolderBackend
from plandoc.store import Store
from plandoc.workflow.amendments import (
    add_finished_good,
    amend_enough,
    change_quantity,
    drop_finished_good,
    get_amendments,
    modify_batch_decision,
)
from plandoc.workflow.comparison import get_plan_comparison
from plandoc.workflow.production import get_progress, record_assembly, record_production, void_run
from tests.builders import a_bakery, a_plan
from tests.effort import examples
from tests.storage.recorder import CHANGES, DyingFiles, Fault, Killed

COOKIE, SMALL_COOKIE, SLICE, PIE = 1, 2, 3, 4
COOKIES, CAKE, APPLE_PIE = 1, 3, 4
RECIPE_OF = {COOKIE: COOKIES, SMALL_COOKIE: COOKIES, SLICE: CAKE, PIE: APPLE_PIE}
YIELDS = {COOKIE: 24, SMALL_COOKIE: 48, SLICE: 4, PIE: 8}
# The bare cookie, the bare slice, the box, the hamper (a box and two slices), the pie box, the crate of two hampers
# and a pie box, and one that does not exist.
PARTS = {
    1: {COOKIE: 1},
    2: {SLICE: 1},
    3: {COOKIE: 12},
    4: {COOKIE: 12, SLICE: 2},
    5: {PIE: 2},
    6: {COOKIE: 24, SLICE: 4, PIE: 2},
}
GOODS = st.sampled_from([*PARTS, 99])
UNITS = st.sampled_from([*YIELDS, 99])
QUANTITIES = st.integers(-1, 14)
REASONS = st.sampled_from(["why", " because ", "", " \t"])
EVENT = 1
HISTORY = (PlanAmendment, ProductionRun, AssemblyRun, VoidedRun)
# Small enough that the journal is folded in now and then while the store is open.
CHECKPOINT_SIZE = 60_000


def recipes_of(good):
    return {RECIPE_OF[unit] for unit in PARTS[good]}


class PlanAgainstModel(RuleBasedStateMachine):
    """The model: plain dictionaries of numbers, and the rules written out as one condition for each operation."""

    @initialize()
    def start_production(self):
        self.parent = Path(tempfile.mkdtemp())
        plandoc.open_store(self.parent / "data", create=True).close()
        self.open()
        bakery = a_bakery(self.store)
        with self.store.session() as session:
            recipe = session.add(Recipe("Apple Pie"))
            pie = session.add(FinishedUnit("Pie", recipe.id, items_per_batch=8))
            box = session.add(FinishedGood("Pie Box", (Component(finished_unit_id=pie.id, quantity=2),)))
            crate = (Component(finished_good_id=bakery.hamper.id, quantity=2), Component(finished_good_id=box.id))
            session.add(FinishedGood("Crate", crate))
        a_plan(self.store, PlanState.IN_PRODUCTION, bakery=bakery)
        self.recipes, self.goods, self.batches = {COOKIES, CAKE}, {3: 10, 4: 2}, {COOKIE: 6, SLICE: 1}
        self.original = (set(self.recipes), dict(self.goods), dict(self.batches))
        self.reasons, self.touched = [], {}
        self.baked, self.packed = {}, {}

    def open(self):
        self.files = DyingFiles(CHANGES)
        self.store = Store(FolderBackend(self.parent / "data", files=self.files, checkpoint_size=CHECKPOINT_SIZE))
        plandoc.use_store(self.store)

    def attempt(self, allowed, call, *, records=1):
        """Call an operation; it must be refused just when the model says so. Returns whether it was done.

        It makes so many records, all of them or none.
        """
        before = self.history()
        try:
            self.result = call()
        except plandoc.ValidationError:
            assert not allowed
        except Killed:
            return self.was_saved_by_the_dead(before, most=records if allowed else 0)
        else:
            assert allowed
        return allowed

    def history(self):
        """Return all that was ever recorded of the plan."""
        return self.store.read(lambda session: [one for kind in HISTORY for one in session.find(kind, event_id=EVENT)])

    def was_saved_by_the_dead(self, before, *, most):
        """Whether an operation was saved whose process was killed; if not, not a bit of it may be there."""
        self.be_reopened_after_death()
        added = [one for one in self.history() if one not in before]

        assert len(added) in {0, most}
        assert len(self.history()) == len(before) + len(added)
        self.result = added[0] if added else None
        return bool(added)

    def be_reopened_after_death(self):
        """The next process sees the same before it recovers the folder and after."""
        with suppress(Killed):
            self.store.close()
        self.open()
        seen = self.history()
        with self.store.session("recover"):
            pass

        assert self.history() == seen

    def amended(self, reason, *touched):
        self.reasons.append(reason.strip())
        for key in touched:
            self.touched.setdefault(key, []).append(len(self.reasons))
        assert self.result.sequence == len(self.reasons)

    def too_few_or_too_many(self, goods, units):
        """Return the batches that the model decides for units of which other numbers are decided."""
        needs = {unit: sum(PARTS[good].get(unit, 0) * number for good, number in goods.items()) for unit in units}
        done = self.batches_baked()
        wanted = {
            unit: done.get(unit, 0) + -(-max(0, need - done.get(unit, 0) * YIELDS[unit]) // YIELDS[unit])
            for unit, need in sorted(needs.items())
            if need
        }
        return {unit: number for unit, number in wanted.items() if number != self.batches.get(unit, 0)}

    def decided_enough(self, wanted, reason):
        """Take over batches that were amended one after the other, in the order of the units."""
        for unit, number in wanted.items():
            self.batches[unit] = number
            brought = {RECIPE_OF[unit]} - self.recipes
            self.recipes |= brought
            self.reasons.append(reason.strip())
            for key in [("batches", unit), *(("recipe", recipe) for recipe in brought)]:
                self.touched.setdefault(key, []).append(len(self.reasons))

    def batches_baked(self):
        """Return the batches baked by unit, of the runs that count."""
        done = {}
        for unit, batches in self.baked.values():
            done[unit] = done.get(unit, 0) + batches
        return done

    def pieces_packed(self):
        done = {}
        for good, quantity in self.packed.values():
            done[good] = done.get(good, 0) + quantity
        return done

    def units_left(self, *, without_run=None):
        left = dict.fromkeys(YIELDS, 0)
        for run, (unit, batches) in self.baked.items():
            left[unit] += 0 if run == without_run else batches * YIELDS[unit]
        for good, quantity in self.packed.values():
            for unit, each in PARTS[good].items():
                left[unit] -= each * quantity
        return left

    @rule(good=GOODS, reason=REASONS, despite=st.booleans())
    def drop(self, good, reason, despite):
        baked = {RECIPE_OF[unit] for unit in self.batches_baked()}
        allowed = good in self.goods and reason.strip() != "" and good not in self.pieces_packed()
        allowed = allowed and (despite or not baked & recipes_of(good))
        if self.attempt(allowed, lambda: drop_finished_good(EVENT, good, reason, force=despite)):
            del self.goods[good]
            self.amended(reason, ("good", good))

    @rule(good=GOODS, quantity=QUANTITIES, reason=REASONS)
    def add(self, good, quantity, reason):
        allowed = good in PARTS and good not in self.goods and quantity > 0 and reason.strip() != ""
        if self.attempt(allowed, lambda: add_finished_good(EVENT, good, quantity, reason)):
            self.goods[good] = quantity
            brought = sorted(recipes_of(good) - self.recipes)
            self.recipes.update(brought)
            self.amended(reason, ("good", good), *(("recipe", recipe) for recipe in brought))

    @rule(good=GOODS, quantity=QUANTITIES, reason=REASONS)
    def change(self, good, quantity, reason):
        allowed = good in self.goods and quantity > 0 and quantity != self.goods[good] and reason.strip() != ""
        allowed = allowed and quantity >= self.pieces_packed().get(good, 0)
        if self.attempt(allowed, lambda: change_quantity(EVENT, good, quantity, reason)):
            self.goods[good] = quantity
            self.amended(reason, ("good", good))

    @rule(unit=UNITS, batches=QUANTITIES, reason=REASONS)
    def modify(self, unit, batches, reason):
        allowed = unit in YIELDS and batches >= self.batches_baked().get(unit, 0) and reason.strip() != ""
        allowed = allowed and batches != self.batches.get(unit, 0)
        if self.attempt(allowed, lambda: modify_batch_decision(EVENT, unit, batches, reason)):
            self.batches[unit] = batches
            touched = [("batches", unit)]
            if batches == 0:
                del self.batches[unit]
            elif RECIPE_OF[unit] not in self.recipes:
                self.recipes.add(RECIPE_OF[unit])
                touched.append(("recipe", RECIPE_OF[unit]))
            self.amended(reason, *touched)

    @rule(good=GOODS, quantity=QUANTITIES, reason=REASONS)
    def change_and_bake_enough(self, good, quantity, reason):
        allowed = good in self.goods and quantity > 0 and quantity != self.goods[good] and reason.strip() != ""
        allowed = allowed and quantity >= self.pieces_packed().get(good, 0)
        wanted = self.too_few_or_too_many({**self.goods, good: quantity}, PARTS[good]) if allowed else {}
        change = lambda: change_quantity(EVENT, good, quantity, reason, enough=True)  # noqa: E731
        if self.attempt(allowed, change, records=1 + len(wanted)):
            self.goods[good] = quantity
            self.amended(reason, ("good", good))
            self.decided_enough(wanted, reason)

    @rule(reason=REASONS)
    def bake_enough(self, reason):
        wanted = self.too_few_or_too_many(self.goods, YIELDS)
        # Where all numbers are right it depends on the needs that were remembered, which the model does not know.
        if wanted and self.attempt(reason.strip() != "", lambda: amend_enough(EVENT, reason), records=len(wanted)):
            self.decided_enough(wanted, reason)
            assert not any(one.short_after_remaining for one in get_progress(EVENT).units)

    @rule(unit=st.sampled_from(list(YIELDS)), batches=st.integers(0, 4))
    def bake(self, unit, batches):
        needed = any(unit in PARTS[good] for good in self.goods)
        allowed = batches > 0 and (unit in self.batches or needed)
        if self.attempt(allowed, lambda: record_production(EVENT, unit, batches)):
            self.baked[self.result.id] = (unit, batches)

    @rule(good=st.sampled_from(list(PARTS)), quantity=st.integers(0, 4))
    def pack(self, good, quantity):
        left = self.units_left()
        allowed = quantity > 0 and quantity + self.pieces_packed().get(good, 0) <= self.goods.get(good, 0)
        allowed = allowed and all(left[unit] >= each * quantity for unit, each in PARTS[good].items())
        if self.attempt(allowed, lambda: record_assembly(EVENT, good, quantity)):
            self.packed[self.result.id] = (good, quantity)

    @rule(run=st.integers(1, 6), reason=REASONS)
    def void_a_baking(self, run, reason):
        allowed = run in self.baked and reason.strip() != ""
        allowed = allowed and all(n >= 0 for n in self.units_left(without_run=run).values())
        if self.attempt(allowed, lambda: void_run(EVENT, RunKind.PRODUCTION, run, reason)):
            del self.baked[run]

    @rule(run=st.integers(1, 6), reason=REASONS)
    def void_a_packing(self, run, reason):
        allowed = run in self.packed and reason.strip() != ""
        if self.attempt(allowed, lambda: void_run(EVENT, RunKind.ASSEMBLY, run, reason)):
            del self.packed[run]

    @rule(at=st.integers(0, 14), moment=st.sampled_from(["before", "half", "after"]))
    def die_soon(self, at, moment):
        """The process will be killed at one of the next writes, syncs and renames, whichever operation makes it."""
        self.files.arm(Fault(at, moment, Killed))

    @rule()
    def close_and_reopen(self):
        try:
            self.store.close()
        except Killed:
            self.be_reopened_after_death()
        else:
            assert plandoc.check(self.parent / "data") == []
            self.open()

    @rule()
    def be_killed_and_reopened(self):
        """A killed process leaves its files as they are; the next one goes on with a copy of them."""
        copied = self.parent / f"copy-{len(list(self.parent.iterdir()))}"
        shutil.copytree(self.parent / "data", copied)
        with plandoc.open_store(copied) as other, other.session() as session:
            assert len(get_amendments(EVENT, session=session)) == len(self.reasons)
            assert get_plan_comparison(EVENT, session=session).recipes != ()
        assert plandoc.check(copied) == []

    @invariant()
    def the_plan_its_replay_and_the_model_agree(self):
        if not hasattr(self, "store"):
            return
        amendments = get_amendments(EVENT)
        live = {good.id: n for good, n in plandoc.get_event_fg_quantities(EVENT)}
        snapshot = plandoc.get_plan_snapshot(EVENT)
        content = PlanContent(frozenset(self.recipes), self.goods, self.batches)
        open_folder = [one for one in plandoc.check(self.parent / "data") if one.file != "journal.jsonl"]

        assert [(one.sequence, one.reason) for one in amendments] == list(enumerate(self.reasons, 1))
        assert live == self.goods
        assert {row.finished_unit_id: row.batches for row in plandoc.get_batch_decisions(EVENT)} == self.batches
        assert {recipe.id for recipe in plandoc.get_event_recipes(EVENT)} == self.recipes
        assert replay(snapshot.snapshot_data, amendments) == content
        assert open_folder == []

    @invariant()
    def the_comparison_and_the_model_agree(self):
        if not hasattr(self, "store"):
            return
        recipes, goods, batches = self.original
        comparison = get_plan_comparison(EVENT)

        self.agree("good", comparison.goods, goods, self.goods)
        self.agree("batches", comparison.batches, batches, self.batches)
        self.agree("recipe", comparison.recipes, dict.fromkeys(recipes, 1), dict.fromkeys(self.recipes, 1))
        assert comparison.has_changes == (self.original != (self.recipes, self.goods, self.batches))

    def agree(self, what, compared, before, after):
        rows = {one.id: (one.before, one.after, [a.sequence for a in one.amendments]) for one in compared}
        assert rows == {
            key: (before.get(key), after.get(key), self.touched.get((what, key), [])) for key in {**before, **after}
        }

    @invariant()
    def the_progress_and_the_model_agree(self):
        if not hasattr(self, "store"):
            return
        found = get_progress(EVENT)

        assert {one.unit.id: one.batches_done for one in found.units if one.batches_done} == self.batches_baked()
        assert {one.unit.id: one.batches_decided for one in found.units if one.batches_decided} == self.batches
        assert {one.good.id: (one.wanted, one.assembled) for one in found.goods} == {
            good: (wanted, self.pieces_packed().get(good, 0)) for good, wanted in self.goods.items()
        }

    def teardown(self):
        if hasattr(self, "store"):
            self.files.arm(None)
            self.store.close()
            assert plandoc.check(self.parent / "data") == []
            shutil.rmtree(self.parent)


TestPlanAgainstModel = pytest.mark.costly(PlanAgainstModel.TestCase)
TestPlanAgainstModel.settings = settings(
    max_examples=examples(12), stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
