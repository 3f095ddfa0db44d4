"""Random walks through a store and a plain model of it side by side; they agree after every step."""

from __future__ import annotations

import datetime
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import plandoc
from plandoc import PlanState
from tests.builders import a_bakery
from tests.effort import examples

STEPS = {
    plandoc.lock_plan: (PlanState.DRAFT, PlanState.LOCKED),
    plandoc.unlock_plan: (PlanState.LOCKED, PlanState.DRAFT),
    plandoc.start_production: (PlanState.LOCKED, PlanState.IN_PRODUCTION),
    plandoc.complete_production: (PlanState.IN_PRODUCTION, PlanState.COMPLETED),
}


class StoreAgainstModel(RuleBasedStateMachine):
    """The model: for each event its state, its goods, and the goods that its snapshot must keep."""

    @initialize()
    def open_a_new_store(self):
        self.parent = Path(tempfile.mkdtemp())
        self.store = plandoc.open_store(self.parent / "data", create=True)
        plandoc.use_store(self.store)
        self.bakery = a_bakery(self.store)
        self.goods = [good.id for good in (self.bakery.plain_cookie, self.bakery.cookie_box, self.bakery.hamper)]
        self.events = {}
        self.highest = 0

    @rule()
    def add_an_event(self):
        with self.store.session() as session:
            event = session.add(plandoc.Event("Fair", datetime.date(2026, 5, 1)))
        assert event.id > self.highest
        self.highest = event.id
        self.events[event.id] = [PlanState.DRAFT, {}, None]

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def choose_goods(self, data):
        event_id = data.draw(st.sampled_from(sorted(self.events)))
        quantities = data.draw(st.dictionaries(st.sampled_from(self.goods), st.integers(1, 50)))
        state = self.events[event_id]
        try:
            plandoc.set_event_finished_goods(event_id, quantities, add_missing_recipes=True)
        except plandoc.PlanStateError:
            assert state[0] is not PlanState.DRAFT
        else:
            assert state[0] is PlanState.DRAFT
            state[1] = quantities

    @precondition(lambda self: self.events)
    @rule(data=st.data(), step=st.sampled_from(list(STEPS)))
    def take_a_step(self, data, step):
        event_id = data.draw(st.sampled_from(sorted(self.events)))
        state = self.events[event_id]
        before, after = STEPS[step]
        try:
            step(event_id)
        except plandoc.PlanStateError:
            assert state[0] is not before
        else:
            assert state[0] is before
            state[0] = after
            if step is plandoc.start_production:
                state[2] = dict(state[1])

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def fail_half_way(self, data):
        event_id = data.draw(st.sampled_from(sorted(self.events)))
        try:
            with self.store.session() as session:
                plandoc.remove_event(event_id, discard_history=True, session=session)
                session.add(plandoc.Event("Never", datetime.date(2026, 5, 1)))
                raise KeyError
        except KeyError:
            pass

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def remove_an_event(self, data):
        event_id = data.draw(st.sampled_from(sorted(self.events)))
        plandoc.remove_event(event_id, discard_history=True)
        del self.events[event_id]

    @rule()
    def close_and_reopen(self):
        self.store.close()
        assert plandoc.check(self.parent / "data") == []
        self.store = plandoc.open_store(self.parent / "data")
        plandoc.use_store(self.store)

    @rule()
    def be_killed_and_reopened(self):
        """A killed process leaves its files as they are; another one opens a copy of them."""
        copied = self.parent / f"copy-{len(list(self.parent.iterdir()))}"
        shutil.copytree(self.parent / "data", copied)
        with plandoc.open_store(copied) as other, other.session("look") as session:
            assert {event.id for event in session.find(plandoc.Event)} == set(self.events)
        assert plandoc.check(copied) == []

    @invariant()
    def store_and_model_agree(self):
        if not hasattr(self, "store"):
            return
        found = {event.id: event.plan_state for event in plandoc.list_records(plandoc.Event)}
        assert found == {event_id: state[0] for event_id, state in self.events.items()}
        for event_id, (_, quantities, frozen) in self.events.items():
            assert {good.id: n for good, n in plandoc.get_event_fg_quantities(event_id)} == quantities
            snapshot = plandoc.get_plan_snapshot(event_id)
            kept = snapshot and {row["fg_id"]: row["quantity"] for row in snapshot.snapshot_data["finished_goods"]}
            assert kept == frozen

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            assert plandoc.check(self.parent / "data") == []
            shutil.rmtree(self.parent)


TestStoreAgainstModel = StoreAgainstModel.TestCase
TestStoreAgainstModel.settings = settings(
    max_examples=examples(25), stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
