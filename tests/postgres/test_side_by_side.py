"""Several who write at the same time: nothing is lost, nothing is decided by what is no longer so."""

from __future__ import annotations

import datetime
import subprocess
import sys
import threading

import attrs
import psycopg
import pytest

import plandoc
from plandoc import PlanState
from tests.builders import a_bakery, a_plan

pytestmark = pytest.mark.postgres

DAY = datetime.date(2026, 12, 24)

# What a process of its own does; it prints how often it was told that it is saved.
ADDING = """
import sys, plandoc
plandoc.open_store(sys.argv[1])
saved = 0
for _ in range(int(sys.argv[2])):
    try:
        plandoc.add_stock(1, 1, "kg")
        saved += 1
    except plandoc.ConflictError:
        pass
print(saved)
"""


def by_threads(number, work):
    """Let threads do something at the same moment; return what each returned, or the error that it met."""
    ready = threading.Barrier(number)
    results = [None] * number

    def one(place):
        ready.wait()
        try:
            results[place] = work(place)
        except plandoc.PlandocError as error:
            results[place] = error

    threads = [threading.Thread(target=one, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_exactly_one_of_sixteen_starts_of_one_event_wins(store, open_one):
    event = a_plan(store, PlanState.LOCKED)
    others = [open_one() for _ in range(16)]

    def start(place):
        return others[place].change("start", lambda session: plandoc.start_production(event.id, session=session))

    results = by_threads(16, start)

    assert sum(isinstance(one, plandoc.Event) for one in results) == 1
    assert all(isinstance(one, plandoc.Event | plandoc.PlanStateError) for one in results), results
    assert plandoc.get_plan_snapshot(event.id) is not None


def test_no_acknowledged_change_of_four_processes_is_lost(store, address):
    a_bakery(store)
    plandoc.set_stock(1, 0, "kg")

    processes = [
        subprocess.Popen([sys.executable, "-c", ADDING, address, "100"], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    saved = sum(int(process.communicate(timeout=120)[0]) for process in processes)

    (flour,) = (item for item in plandoc.get_stock() if item.ingredient_id == 1 and item.unit == "kg")
    assert flour.quantity == saved
    assert saved > 350


def test_a_session_that_was_overtaken_is_refused_and_leaves_nothing(store, open_one):
    bakery = a_bakery(store)
    with pytest.raises(plandoc.ConflictError, match="run it again"), store.session() as session:
        session.replace(attrs.evolve(bakery.flour, name="Mine"))
        other = open_one()
        with other.session() as faster:
            faster.replace(attrs.evolve(bakery.sugar, name="Theirs"))

    assert [one.name for one in plandoc.list_records(plandoc.Ingredient)] == ["Flour", "Theirs", "Butter"]


def test_a_call_without_a_session_is_run_again_until_it_comes_through(store, open_one):
    bakery = a_bakery(store)
    other = open_one()
    calls = []

    def rename(session):
        calls.append(session.get(plandoc.Ingredient, bakery.flour.id).name)
        if len(calls) < 3:
            with other.session() as faster:
                faster.replace(attrs.evolve(bakery.flour, name=f"Theirs {len(calls)}"))
        return session.replace(attrs.evolve(bakery.flour, name="Mine"))

    assert store.change("rename", rename).name == "Mine"
    assert calls == ["Flour", "Theirs 1", "Theirs 2"]


def test_it_is_run_again_five_times_and_then_given_up(store, open_one):
    bakery = a_bakery(store)
    other = open_one()
    calls = []

    def rename(session):
        calls.append(session.get(plandoc.Ingredient, bakery.flour.id))
        with other.session() as faster:
            faster.replace(attrs.evolve(bakery.flour, name=f"Theirs {len(calls)}"))
        session.replace(attrs.evolve(bakery.flour, name="Mine"))

    with pytest.raises(plandoc.ConflictError):
        store.change("rename", rename)

    assert len(calls) == 6


def test_an_iterator_is_used_up_by_no_try(store, open_one):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery, quantities={})
    other = open_one()
    original = plandoc.Store.session
    seen = []

    class Overtaken:
        """The first session of the call is overtaken, after it has read its arguments."""

        def __call__(self, action="change", **wanted):
            write = original(store, action, **wanted)
            if not seen:
                seen.append(True)
                finish = write._finish

                def late(session, transaction):
                    with other.session() as faster:
                        plandoc.set_event_recipes(event.id, [], session=faster)
                        faster.replace(attrs.evolve(faster.event(event.id), notes="theirs"))
                    return finish(session, transaction)

                write._finish = late
            return write

    store.session = Overtaken()
    plandoc.set_event_recipes(event.id, iter([bakery.cookies.id, bakery.cake.id]))

    assert seen
    assert [one.id for one in plandoc.get_event_recipes(event.id)] == [bakery.cookies.id, bakery.cake.id]


def test_what_was_decided_by_a_document_that_another_one_changed_is_refused(store, open_one):
    """Write skew: each reads what the other one changes."""
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery, quantities={})
    other = open_one()

    with pytest.raises(plandoc.ConflictError), store.session() as session:
        plandoc.set_event_recipes(event.id, [bakery.cookies.id], session=session)
        with other.session() as faster:
            recipe = faster.get(plandoc.Recipe, bakery.cookies.id)
            assert recipe.id not in {
                one.recipe_id for one in faster.find(plandoc.results.EventRecipe, event_id=event.id)
            }
            faster.replace(attrs.evolve(recipe, name="Other cookies"))

    assert plandoc.get_event_recipes(event.id) == []


def test_a_recipe_that_is_just_being_planned_is_not_removed(store, open_one):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery, quantities={})
    with store.session() as session:
        rye = session.add(plandoc.Recipe("Rye", category="Bread"))
    other = open_one()

    with pytest.raises(plandoc.ConflictError), store.session() as session:
        session.remove(plandoc.Recipe, rye.id)
        with other.session() as faster:
            plandoc.set_event_recipes(event.id, [rye.id], session=faster)

    assert [one.id for one in plandoc.get_event_recipes(event.id)] == [rye.id]
    assert plandoc.check(store) == []


def test_events_that_are_added_at_once_get_slugs_and_ids_of_their_own(store, open_one):
    others = [open_one() for _ in range(8)]

    def add(place):
        return others[place].change("add", lambda session: session.add(plandoc.Event("Twins", DAY)))

    added = [one for one in by_threads(8, add) if isinstance(one, plandoc.Event)]
    events = plandoc.list_records(plandoc.Event)

    assert sorted(added, key=lambda event: event.id) == events
    assert len({event.slug for event in events}) == len({event.id for event in events}) == len(events) >= 6
    assert plandoc.check(store) == []


def test_two_events_never_get_the_same_slug_by_a_change_either(store, open_one):
    bakery = a_bakery(store)
    first, second = (a_plan(store, bakery=bakery, name=name, quantities={}) for name in ("A", "B"))
    other = open_one()

    with pytest.raises(plandoc.ConflictError), store.session() as session:
        session.replace(attrs.evolve(first, slug="same"))
        with other.session() as faster:
            faster.replace(attrs.evolve(second, slug="same"))

    assert sorted(event.slug for event in plandoc.list_records(plandoc.Event)) == ["a", "same"]


def test_two_that_decide_by_all_events_contend(store, open_one):
    a_plan(store, quantities={})
    other = open_one()

    with pytest.raises(plandoc.ConflictError), store.session() as session:
        assert len(session.find(plandoc.Event)) == 1
        session.add(plandoc.Recipe("Rye", category="Bread"))
        with other.session() as faster:
            assert len(faster.find(plandoc.Event)) == 1
            faster.add(plandoc.Ingredient("Salt", "Spices"))

    assert plandoc.list_records(plandoc.Recipe)[-1].name != "Rye"


def test_changes_of_different_events_do_not_hinder_each_other(store, open_one):
    bakery = a_bakery(store)
    events = [a_plan(store, PlanState.LOCKED, bakery=bakery, name=f"Fair {n}") for n in range(8)]
    others = [open_one() for _ in range(8)]

    def start(place):
        with others[place].session() as session:
            return plandoc.start_production(events[place].id, session=session)

    assert all(isinstance(one, plandoc.Event) for one in by_threads(8, start))


def test_a_long_reading_sees_one_moment_to_its_end(store, open_one):
    bakery = a_bakery(store)
    other = open_one()

    def look(session):
        before = session.find(plandoc.Ingredient)
        with other.session() as faster:
            faster.replace(attrs.evolve(bakery.flour, name="Meanwhile"))
            faster.add(plandoc.Event("Meanwhile", DAY))
        return before, session.find(plandoc.Ingredient), session.find(plandoc.Event)

    before, after, events = store.read(look)

    assert before == after
    assert events == []


def test_one_who_waits_for_a_writer_gives_up_in_time(store, open_one, server, address):
    bakery = a_bakery(store)
    schema = address.rpartition("=")[2]
    with psycopg.connect(server.address()) as slow:
        slow.execute(f"select from {schema}.document for update")
        with pytest.raises(plandoc.LockTimeout), store.session(timeout_seconds=0.2) as session:
            session.replace(attrs.evolve(bakery.flour, name="Mine"))


@pytest.fixture
def said(store, tmp_path):
    """What the only connection of a store and the server say to each other from now on, by libpq's own account."""

    def between(work):
        (connection,) = store._backend.connections._idle
        with (tmp_path / "trace").open("w+b") as trace:
            connection.pgconn.trace(trace.fileno())
            work()
            connection.pgconn.untrace()
            trace.seek(0)
            return trace.read()

    return between


def test_a_start_waits_for_the_server_twice(store, said):
    event = a_plan(store, PlanState.LOCKED)

    assert said(lambda: plandoc.start_production(event.id)).count(b"ReadyForQuery") == 2


def test_contents_that_did_not_change_are_not_sent_again(store, said):
    event = a_plan(store, PlanState.LOCKED)
    plandoc.get_plan(event.id)

    assert b"Chocolate" not in said(lambda: plandoc.get_plan(event.id))
