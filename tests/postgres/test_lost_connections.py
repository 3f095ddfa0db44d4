"""The connection, the server or the client is lost at any moment: what is said about a change is true."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest

import plandoc
from plandoc import PlanState
from plandoc.errors import Outcome
from plandoc.storage.postgres import outcomes, transaction
from tests.builders import a_bakery, a_plan
from tests.conftest import MOMENT
from tests.postgres.proxy import Proxy
from tests.postgres.server import USER, running

pytestmark = pytest.mark.postgres

# A process that bakes batch after batch and says so, each time it was told that it is saved.
BAKING = """
import sys, plandoc
plandoc.open_store(sys.argv[1])
while True:
    run = plandoc.record_production(1, 1, 1).id
    print(run, flush=True)
"""


def schema_of(address):
    return address.rpartition("=")[2]


def cut_all(server):
    server.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'plandoc%'")


def _runs(store):
    return {run.id for run in store.read(lambda session: session.find(plandoc.results.ProductionRun, event_id=1))}


def test_a_connection_that_was_lost_while_nobody_used_it_is_replaced(store, server):
    event = a_plan(store)
    cut_all(server)

    plandoc.lock_plan(event.id)

    assert store.read(lambda session: session.event(event.id)).plan_state is PlanState.LOCKED


def test_one_that_is_lost_before_the_commit_leaves_nothing_saved(store, server):
    a_bakery(store)
    with pytest.raises(plandoc.StorageError) as lost, store.session() as session:
        session.add(plandoc.Recipe("Rye", category="Bread"))
        cut_all(server)

    assert lost.value.outcome is Outcome.NOT_SAVED
    assert "Rye" not in {recipe.name for recipe in plandoc.list_records(plandoc.Recipe)}


def test_one_that_is_lost_in_the_middle_of_the_commit_leaves_nothing_saved(store, server, address):
    a_bakery(store)
    schema = schema_of(address)
    server.run(
        f"create function {schema}.slow() returns trigger language plpgsql as "
        "$$ begin perform pg_sleep(5); return null; end $$",
        f"create constraint trigger slow after update on {schema}.document initially deferred "
        f"for each row execute function {schema}.slow()",
    )
    cutting = threading.Timer(0.4, cut_all, [server])
    cutting.start()

    with pytest.raises(plandoc.StorageError) as lost, store.session() as session:
        session.add(plandoc.Recipe("Rye", category="Bread"))

    cutting.join()
    assert lost.value.outcome is Outcome.NOT_SAVED
    assert "Rye" not in {recipe.name for recipe in plandoc.list_records(plandoc.Recipe)}


@pytest.fixture
def proxy(server):
    folder = Path(tempfile.mkdtemp(prefix="plandoc-pg-"))
    made = Proxy(server.folder, folder)
    yield made
    made.close()
    shutil.rmtree(folder)


@pytest.fixture
def through_proxy(proxy, open_one, address):
    open_one()
    place = f"postgresql://{USER}@{quote(str(proxy.folder), safe='')}/postgres?schema={schema_of(address)}"
    with plandoc.open_store(place) as opened:
        plandoc.use_store(opened)
        yield opened


def test_a_commit_whose_answer_is_lost_is_found_out_to_be_saved(through_proxy, proxy):
    a_bakery(through_proxy)
    proxy.loses_answers = True

    plandoc.set_stock(1, 7, "kg")

    proxy.loses_answers = False
    assert {item.quantity for item in plandoc.get_stock() if item.ingredient_id == 1} == {7}


def test_a_commit_whose_answer_is_lost_still_counts_as_the_own(through_proxy, proxy, server, address):
    a_bakery(through_proxy)
    with through_proxy._backend.own_commits.noted() as own:
        proxy.loses_answers = True
        plandoc.set_stock(1, 7, "kg")
        proxy.loses_answers = False

    (version,) = server.run(f"select version from {schema_of(address)}.document where name = 'stock.json'")[0]
    assert own == {("stock.json", version)}


def test_a_commit_whose_answer_is_lost_is_unknown_while_nobody_can_be_asked(through_proxy, proxy, monkeypatch):
    a_bakery(through_proxy)
    monkeypatch.setattr(outcomes, "_LONGEST_SECONDS", 0.3)

    with pytest.raises(plandoc.StorageError, match="open the store again to see") as lost:
        with through_proxy.session() as session:
            session.add(plandoc.Recipe("Rye", category="Bread"))
            proxy.loses_answers = proxy.lets_nobody_in = True

    assert lost.value.outcome is Outcome.UNKNOWN
    proxy.loses_answers = proxy.lets_nobody_in = False
    assert "Rye" in {recipe.name for recipe in plandoc.list_records(plandoc.Recipe)}


@pytest.mark.parametrize("goes_on", [False, True])
def test_after_a_restart_the_documents_say_whether_a_commit_was_saved(goes_on, monkeypatch):
    """The number of a transaction means nothing to a server that was started since."""
    with running() as server:
        folder = Path(tempfile.mkdtemp(prefix="plandoc-pg-"))
        proxy = Proxy(server.folder, folder)
        place = f"postgresql://{USER}@{quote(str(folder), safe='')}/postgres?schema=shop"
        with plandoc.open_store(place, create=True) as store:
            a_bakery(store)
            proxy.loses_answers = True
            original = outcomes.found_out

            def after_a_restart(*args):
                proxy.loses_answers = False
                server.kill()
                server.start()
                if goes_on:
                    with plandoc.open_store(server.address("shop")) as other, other.session() as session:
                        session.add(plandoc.Recipe("Spelt", category="Bread"))
                return original(*args)

            monkeypatch.setattr(transaction, "found_out", after_a_restart)
            if goes_on:
                with pytest.raises(plandoc.StorageError) as lost, store.session() as session:
                    session.add(plandoc.Recipe("Rye", category="Bread"))
                assert lost.value.outcome is Outcome.UNKNOWN
            else:
                with store.session() as session:
                    session.add(plandoc.Recipe("Rye", category="Bread"))
            assert "Rye" in {one.name for one in store.read(lambda session: session.find(plandoc.Recipe))}
        proxy.close()
        shutil.rmtree(folder)


def test_connections_cut_at_random_moments_lose_nothing_and_every_outcome_is_true(store, server, open_one):
    random.seed(19)
    bakery = a_bakery(store)
    a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    over = threading.Event()

    def cut():
        while not over.is_set():
            time.sleep(random.uniform(0, 0.02))
            cut_all(server)

    cutting = threading.Thread(target=cut)
    cutting.start()
    told = {Outcome.NOT_SAVED: 0, Outcome.UNKNOWN: 0, None: 0}
    for _ in range(150):
        outcome = None
        try:
            plandoc.add_stock(bakery.sugar.id, 1, "g")
        except plandoc.StorageError as error:
            outcome = error.outcome
        except plandoc.errors.StoreNotFoundError:
            outcome = Outcome.NOT_SAVED
        told[outcome] += 1
    over.set()
    cutting.join()

    amount = sum(item.quantity for item in plandoc.get_stock() if item.ingredient_id == bakery.sugar.id)
    assert told[None] <= amount <= told[None] + told[Outcome.UNKNOWN]
    assert told[Outcome.NOT_SAVED] > 0
    assert plandoc.check(store) == []


def test_a_server_killed_at_random_moments_loses_nothing_that_was_acknowledged():
    """A crash of the server, its restart, and clients that go on or are killed as well."""
    random.seed(7)
    with running("fsync=on") as server:
        place = server.address("shop")
        with plandoc.open_store(place, create=True, clock=lambda: MOMENT) as store:
            a_plan(store, PlanState.IN_PRODUCTION)
        acknowledged = set()
        for number in range(6):
            # Without a buffer, in which `readline` would keep lines that `communicate` does not see.
            baker = subprocess.Popen(
                [sys.executable, "-c", BAKING, place], bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            first = baker.stdout.readline()
            time.sleep(random.uniform(0, 0.3))
            if number % 2:
                baker.send_signal(signal.SIGKILL)
            else:
                server.kill()
                server.start()
                baker.kill()
            rest, _ = baker.communicate()
            said = [int(line) for line in (first + rest).split()]
            acknowledged.update(said)
            with plandoc.open_store(place) as store:
                found = _runs(store)
                assert acknowledged <= found
                # One more at most: killed between the commit and the word about it.
                assert len(found - acknowledged) <= 1
                acknowledged = found
                assert plandoc.check(store) == []
        assert len(acknowledged) > 6


def test_starts_that_are_killed_leave_snapshot_and_state_together(server, address):
    random.seed(3)
    with plandoc.open_store(address, create=True) as store:
        bakery = a_bakery(store)
        events = [a_plan(store, PlanState.LOCKED, bakery=bakery, name=f"Fair {n}").id for n in range(24)]
        over = threading.Event()

        def cut():
            while not over.is_set():
                time.sleep(random.uniform(0, 0.015))
                cut_all(server)

        cutting = threading.Thread(target=cut)
        cutting.start()
        for event_id in events:
            try:
                store.change(
                    "start", lambda session, event_id=event_id: plandoc.start_production(event_id, session=session)
                )
            except plandoc.errors.StoreError:
                pass
        over.set()
        cutting.join()

        def together(session):
            return {
                event.id: (event.plan_state is PlanState.IN_PRODUCTION)
                == bool(session.find(plandoc.PlanSnapshot, event_id=event.id))
                for event in session.find(plandoc.Event)
            }

        assert all(store.read(together).values())
        assert plandoc.check(store) == []
