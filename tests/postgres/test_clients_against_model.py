"""Three clients take turns at random on one store on a server, and a plain model of it agrees after every step."""

from __future__ import annotations

import datetime
import secrets

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import plandoc
from plandoc import PlanState
from tests.builders import a_bakery
from tests.effort import examples

pytestmark = pytest.mark.postgres

STEPS = {
    plandoc.lock_plan: (PlanState.DRAFT, PlanState.LOCKED),
    plandoc.unlock_plan: (PlanState.LOCKED, PlanState.DRAFT),
    plandoc.start_production: (PlanState.LOCKED, PlanState.IN_PRODUCTION),
    plandoc.complete_production: (PlanState.IN_PRODUCTION, PlanState.COMPLETED),
}
CLIENTS = st.integers(0, 2)


class ClientsAgainstModel(RuleBasedStateMachine):
    """The model: the state of each event, its goods, what its snapshot must keep, and the flour in stock."""

    server = None

    @initialize()
    def open_three(self):
        self.schema = f"m_{secrets.token_hex(8)}"
        self.clients = [plandoc.open_store(self.server.address(self.schema), create=True) for _ in range(3)]
        self.bakery = a_bakery(self.clients[0])
        self.goods = [good.id for good in (self.bakery.plain_cookie, self.bakery.cookie_box, self.bakery.hamper)]
        self.events = {}
        self.flour = 0
        self.highest = 0

    @rule(client=CLIENTS)
    def add_an_event(self, client):
        added = self.clients[client].change(
            "add", lambda session: session.add(plandoc.Event("Fair", datetime.date(2026, 5, 1)))
        )
        assert added.id > self.highest
        self.highest = added.id
        self.events[added.id] = [PlanState.DRAFT, {}, None]

    @precondition(lambda self: self.events)
    @rule(client=CLIENTS, data=st.data())
    def choose_goods(self, client, data):
        event_id = data.draw(st.sampled_from(sorted(self.events)))
        quantities = data.draw(st.dictionaries(st.sampled_from(self.goods), st.integers(1, 50)))
        state = self.events[event_id]
        try:
            with self.clients[client].session() as session:
                plandoc.set_event_finished_goods(event_id, quantities, add_missing_recipes=True, session=session)
        except plandoc.PlanStateError:
            assert state[0] is not PlanState.DRAFT
        else:
            assert state[0] is PlanState.DRAFT
            state[1] = quantities

    @precondition(lambda self: self.events)
    @rule(client=CLIENTS, data=st.data(), step=st.sampled_from(list(STEPS)))
    def take_a_step(self, client, data, step):
        event_id = data.draw(st.sampled_from(sorted(self.events)))
        state = self.events[event_id]
        before, after = STEPS[step]
        try:
            with self.clients[client].session() as session:
                step(event_id, session=session)
        except plandoc.PlanStateError:
            assert state[0] is not before
        else:
            assert state[0] is before
            state[0] = after
            if step is plandoc.start_production:
                state[2] = dict(state[1])

    @rule(clients=st.permutations(range(3)))
    def two_add_to_the_stock_at_once(self, clients):
        """The slower one is refused, and runs again."""
        first, second, _ = (self.clients[number] for number in clients)
        flour = self.bakery.flour.id
        with pytest.raises(plandoc.ConflictError), first.session() as session:
            plandoc.add_stock(flour, 1, "g", session=session)
            second.change("add", lambda faster: plandoc.add_stock(flour, 2, "g", session=faster))
        first.change("add", lambda session: plandoc.add_stock(flour, 1, "g", session=session))
        self.flour += 3

    @precondition(lambda self: len(self.events) > 1)
    @rule(clients=st.permutations(range(3)), data=st.data())
    def two_lock_or_unlock_different_events_at_once(self, clients, data):
        first, second, _ = (self.clients[number] for number in clients)
        one, other = data.draw(st.lists(st.sampled_from(sorted(self.events)), min_size=2, max_size=2, unique=True))
        steps = {PlanState.DRAFT: plandoc.lock_plan, PlanState.LOCKED: plandoc.unlock_plan}
        if not {self.events[one][0], self.events[other][0]} <= steps.keys():
            return
        with first.session() as session:
            steps[self.events[one][0]](one, session=session)
            with second.session() as faster:
                steps[self.events[other][0]](other, session=faster)
        for event_id in (one, other):
            was = self.events[event_id][0]
            self.events[event_id][0] = PlanState.LOCKED if was is PlanState.DRAFT else PlanState.DRAFT

    @precondition(lambda self: self.events)
    @rule(client=CLIENTS, data=st.data())
    def remove_an_event(self, client, data):
        event_id = data.draw(st.sampled_from(sorted(self.events)))
        with self.clients[client].session() as session:
            plandoc.remove_event(event_id, discard_history=True, session=session)
        del self.events[event_id]

    @rule(client=CLIENTS)
    def be_cut_off(self, client):
        for connection in self.clients[client]._backend.connections._idle:
            self.server.run(f"select pg_terminate_backend({connection.info.backend_pid})")

    @invariant()
    def every_client_sees_what_the_model_holds(self):
        if hasattr(self, "clients"):
            for client in self.clients:
                client.read(self._compare)

    def _compare(self, session):
        found = {event.id: event.plan_state for event in session.find(plandoc.Event)}
        assert found == {event_id: state[0] for event_id, state in self.events.items()}
        for event_id, (_, quantities, frozen) in self.events.items():
            chosen = plandoc.get_event_fg_quantities(event_id, session=session)
            assert {good.id: number for good, number in chosen} == quantities
            snapshot = plandoc.get_plan_snapshot(event_id, session=session)
            kept = snapshot and {row["fg_id"]: row["quantity"] for row in snapshot.snapshot_data["finished_goods"]}
            assert kept == frozen
        stock = session.find(plandoc.StockItem, lambda row: row["unit"] == "g")
        assert sum(item.quantity for item in stock) == self.flour

    def teardown(self):
        if hasattr(self, "clients"):
            assert plandoc.check(self.clients[0]) == []
            for client in self.clients:
                client.close()
            self.server.run(f"drop schema {self.schema} cascade")


def test_three_clients_agree_with_the_model_at_every_step(server):
    ClientsAgainstModel.server = server
    run_state_machine_as_test(
        ClientsAgainstModel,
        settings=settings(
            max_examples=examples(25), stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
