from __future__ import annotations

import datetime
import multiprocessing
import os
import sys
import threading

import attrs
import pytest
from tinydb import TinyDB, where

import plandoc
from plandoc import Event, Ingredient, PlanState, Recipe, RecipeLine, SubRecipe
from plandoc.results import EventRecipe
from tests.builders import a_bakery, a_plan, folder_bytes

DAY = datetime.date(2026, 12, 25)


def test_a_record_added_gets_an_id_and_a_slug_from_its_name(store):
    with store.session() as session:
        first = session.add(Recipe("Toasted Almond Sablés"))
        second = session.add(Recipe("Toasted almond sables"))

    assert (first.id, first.slug) == (1, "toasted-almond-sables")
    assert (second.id, second.slug) == (2, "toasted-almond-sables-2")


def test_what_was_added_is_read_back_equal_after_reopening(store, folder):
    bakery = a_bakery(store)
    store.close()

    with plandoc.open_store(folder) as again:
        for record in attrs.astuple(bakery, recurse=False):
            assert again.read(lambda session, r=record: session.get(type(r), r.id)) == record


def test_leaving_the_block_by_an_exception_changes_nothing_on_disk_or_in_memory(store, folder):
    a_bakery(store)
    before = folder_bytes(folder)
    with pytest.raises(RuntimeError), store.session() as session:
        session.add(Recipe("Never"))
        session.add(Event("Never", DAY))
        raise RuntimeError

    assert folder_bytes(folder) == before
    assert all(recipe.name != "Never" for recipe in plandoc.list_records(Recipe))
    assert plandoc.list_records(Event) == []


def test_a_session_that_changed_nothing_writes_nothing(store, folder):
    a_bakery(store)
    before = folder_bytes(folder)
    with store.session() as session:
        session.replace(session.get(Recipe, 1))
        session.find(Recipe)

    assert folder_bytes(folder) == before


def test_a_refused_record_leaves_the_session_as_it_was(store):
    with store.session() as session:
        inner = session.add(Recipe("Inner"))
        outer = session.add(Recipe("Outer", sub_recipes=(SubRecipe(inner.id),)))
        with pytest.raises(plandoc.ValidationError, match="contains itself: 'Inner' -> 'Outer' -> 'Inner'"):
            session.replace(attrs.evolve(inner, sub_recipes=(SubRecipe(outer.id),)))

    assert plandoc.find_by_key(Recipe, "inner").sub_recipes == ()


def test_an_id_is_never_given_twice(store, folder):
    with store.session() as session:
        session.add(Ingredient("Flour"))
        session.remove(Ingredient, session.add(Ingredient("Salt")).id)
        first = session.add(Event("One", DAY))
        session.remove(Event, session.add(Event("Two", DAY)).id)
    store.close()
    with plandoc.open_store(folder) as again, again.session() as session:
        third_ingredient, third_event = session.add(Ingredient("Sugar")), session.add(Event("Three", DAY))

    assert third_ingredient.id == 3
    assert (first.id, third_event.id) == (1, 3)


def test_a_removed_event_is_gone_with_its_file(store, folder):
    event = a_plan(store)
    plandoc.remove_event(event.id)

    assert not (folder / "events" / "1.json").exists()
    with pytest.raises(plandoc.NotFoundError, match="Event 1 not found"):
        plandoc.get_event_recipes(event.id)


def test_queries_are_tinydb_queries_over_the_rows_of_the_file(store):
    a_bakery(store)
    found = store.read(lambda session: session.find(Recipe, where("category") == "Cookies"))
    no_such = store.read(lambda session: session.find(Recipe, where("category") == "Pies"))

    assert [recipe.name for recipe in found] == ["Chocolate Chip Cookies"]
    assert no_such == []


def test_a_query_can_be_any_function_of_a_row_and_cannot_change_it(store):
    def spoil(row):
        row["name"] = "spoiled"

    with store.session() as session:
        session.add(plandoc.Ingredient("Rye"))
        session.add(plandoc.Event("Fair", datetime.date(2026, 5, 1)))

        assert [found.name for found in session.find(plandoc.Ingredient, lambda row: len(row["name"]) == 3)] == ["Rye"]
        for kind in (plandoc.Ingredient, plandoc.Event):
            with pytest.raises(TypeError, match="does not support item assignment"):
                session.find(kind, spoil)
    with pytest.raises(TypeError, match="does not support item assignment"):
        store.read(lambda session: session.find(plandoc.Event, spoil))


def test_plain_tinydb_reads_every_document(store, folder):
    event = a_plan(store, PlanState.IN_PRODUCTION)
    store.close()
    with TinyDB(folder / "events" / f"{event.id}.json") as database:
        snapshots = database.table("plan_snapshots").all()
    with TinyDB(folder / "catalog.json") as database:
        names = [row["name"] for row in database.table("recipes").all()]

    assert snapshots[0]["snapshot_data"]["snapshot_version"] == "1.0"
    assert "Chocolate Chip Cookies" in names


def test_a_reference_to_nothing_is_refused_with_all_that_are_missing(store):
    lines = (RecipeLine(7, 1, "cup"), RecipeLine(8, 1, "cup"))
    with store.session() as session, pytest.raises(plandoc.ValidationError) as refused:
        session.add(Recipe("Air", lines=lines))

    assert [problem.message for problem in refused.value.problems] == [
        "Ingredient 7 not found",
        "Ingredient 8 not found",
    ]


@pytest.mark.of_folder
def test_a_record_that_another_program_left_without_its_reference_keeps_it_or_gets_one_that_is_there(folder):
    with plandoc.open_store(folder, create=True) as store, store.session() as session:
        session.add(Ingredient("Rye"))
        session.add(Recipe("Bread", lines=(RecipeLine(1, 1, "cup"),)))
    catalog = folder / "catalog.json"
    catalog.write_bytes(catalog.read_bytes().replace(b'"ingredient_id":1', b'"ingredient_id":7'))
    with plandoc.open_store(folder) as store:
        with store.session() as session:
            bread = session.replace(attrs.evolve(session.get(Recipe, 1), notes="dark"))
            with pytest.raises(plandoc.ValidationError, match="Ingredient 7 not found"):
                session.replace(attrs.evolve(bread, lines=(RecipeLine(7, 2, "cup"),)))
        assert [problem.message for problem in plandoc.check(folder)] == ["Ingredient 7 not found"]
        with store.session() as session:
            session.replace(attrs.evolve(bread, lines=(RecipeLine(1, 2, "cup"),)))

    assert plandoc.check(folder) == []


def test_what_is_used_cannot_be_removed_and_the_users_are_named(store):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)
    with store.session() as session, pytest.raises(plandoc.errors.StillUsedError) as refused:
        session.remove(Recipe, bakery.cookies.id)

    assert f"event {event.id} {event.name!r}" in refused.value.users
    assert any("finished unit" in user for user in refused.value.users)


def test_one_slug_names_one_record(store):
    with store.session() as session:
        session.add(Recipe("One", slug="same"))
        with pytest.raises(plandoc.ValidationError, match="Recipe 1 already has slug 'same'"):
            session.add(Recipe("Two", slug="same"))

    assert [recipe.name for recipe in plandoc.list_records(Recipe)] == ["One"]


def test_the_slug_of_a_removed_record_can_be_used_again(store):
    with store.session() as session:
        session.remove(Ingredient, session.add(Ingredient("Salt")).id)
        again = session.add(Ingredient("Salt"))

    assert (again.id, again.slug) == (2, "salt")


def test_a_record_that_brings_its_own_id_is_refused(store):
    with store.session() as session, pytest.raises(plandoc.ValidationError, match="the store assigns it"):
        session.add(Ingredient("Salt", id=5))


def test_a_second_session_of_the_same_thread_is_an_error_that_says_what_to_do(store):
    event = a_plan(store)
    with store.session() as session:
        for nested in (lambda: plandoc.lock_plan(event.id), lambda: plandoc.get_plan_snapshot(event.id)):
            with pytest.raises(plandoc.errors.SessionError, match="pass it with session="):
                nested()
        plandoc.lock_plan(event.id, session=session)

    assert plandoc.find_by_key(Event, event.id).plan_state is PlanState.LOCKED


@pytest.mark.of_folder
def test_another_thread_waits_for_its_turn_and_loses_nothing(store):
    def add_twenty(name):
        for number in range(20):
            with store.session() as session:
                session.add(Ingredient(f"{name} {number}"))

    threads = [threading.Thread(target=add_twenty, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(record.id for record in plandoc.list_records(Ingredient)) == list(range(1, 61))


def test_a_session_that_is_over_can_do_no_more(store):
    with store.session() as session:
        record = session.add(Ingredient("Salt"))
    with pytest.raises(plandoc.errors.SessionError, match="has ended"):
        session.get(Ingredient, record.id)


def test_a_reading_session_refuses_changes(store):
    with pytest.raises(plandoc.errors.SessionError, match="only reads"):
        store.read(lambda session: session.add(Ingredient("Salt")))
    event = a_plan(store)
    with pytest.raises(plandoc.errors.SessionError, match="only reads"):
        store.read(lambda session: plandoc.lock_plan(event.id, session=session))


def test_records_numbered_within_their_event_want_the_event_named(store):
    event = a_plan(store)
    with pytest.raises(plandoc.errors.SessionError, match="event_id"):
        store.read(lambda session: session.get(EventRecipe, 1))

    assert store.read(lambda session: session.get(EventRecipe, 1, event_id=event.id)).event_id == event.id


def test_the_state_of_a_plan_is_moved_by_its_operations_only(store):
    event = a_plan(store)
    with store.session() as session:
        with pytest.raises(plandoc.ValidationError, match="lock_plan"):
            session.replace(attrs.evolve(event, plan_state=PlanState.COMPLETED))
        with pytest.raises(plandoc.ValidationError, match="DRAFT"):
            session.add(Event("Other", DAY, plan_state=PlanState.LOCKED))


def test_snapshots_are_never_changed_or_removed(store):
    event = a_plan(store, PlanState.IN_PRODUCTION)
    snapshot = plandoc.get_plan_snapshot(event.id)
    with store.session() as session:
        with pytest.raises(plandoc.ValidationError, match="cannot be changed"):
            session.replace(attrs.evolve(snapshot, digest="0" * 64))
        with pytest.raises(plandoc.ValidationError, match="cannot be removed"):
            session.remove(plandoc.PlanSnapshot, snapshot.id, event_id=event.id)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_store_used_after_a_fork_says_that_it_must_be_reopened(store):
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        try:
            store.read(lambda session: session.find(Recipe))
        except plandoc.errors.SessionError as error:
            writer.send(str(error))
        finally:
            os._exit(0)
    os.waitpid(child, 0)

    assert "before a fork" in reader.recv()
    with store.session() as session:
        session.add(Ingredient("the parent goes on"))


def test_the_default_store_is_the_named_one_else_the_only_one(store, tmp_path):
    a_bakery(store)
    with plandoc.open_store(tmp_path / "other", create=True) as other:
        with pytest.raises(plandoc.errors.SessionError, match="several stores are open"):
            plandoc.list_records(Recipe)
        plandoc.use_store(other)
        named = plandoc.list_records(Recipe)

    assert named == []
    assert len(plandoc.list_records(Recipe)) == 3


def test_the_default_folder_comes_from_the_environment(folder, monkeypatch):
    plandoc.open_store(folder, create=True).close()
    monkeypatch.setenv("PLANDOC_DATA", str(folder))
    found = plandoc.list_records(Recipe)
    from plandoc.store import default_store

    default_store().close()

    assert found == []


def test_a_missing_folder_is_an_error_unless_it_shall_be_made(tmp_path):
    with pytest.raises(plandoc.errors.StoreNotFoundError, match="create=True"):
        plandoc.open_store(tmp_path / "nowhere")

    assert list(tmp_path.iterdir()) == []


def test_more_arguments_than_a_function_has_are_refused_as_python_does(store):
    with store.session() as session:
        with pytest.raises(TypeError, match="3 were given"):
            plandoc.list_records(Recipe, session, 3)
        with pytest.raises(TypeError, match="multiple values for argument 'session'"):
            plandoc.list_records(Recipe, session, session=session)
    with pytest.raises(TypeError, match="3 were given"):
        plandoc.list_records(Recipe, None, 3)


def test_a_closed_store_says_so_and_closing_twice_is_no_error(store):
    store.close()
    store.close()
    with pytest.raises(plandoc.errors.SessionError, match="closed"):
        store.read(lambda session: None)


def test_a_document_changed_by_hand_during_a_session_is_a_conflict_and_nothing_is_lost(store, folder):
    event = a_plan(store)
    path = folder / "events" / f"{event.id}.json"
    with pytest.raises(plandoc.ConflictError, match="changed by another program"), store.session() as session:
        session.replace(attrs.evolve(session.event(event.id), notes="ours"))
        path.write_bytes(path.read_bytes().replace(b'"notes":""', b'"notes":"theirs"'))

    assert plandoc.find_by_key(Event, event.id).notes == "theirs"


def test_a_hand_edit_with_mistakes_is_reported_whole_and_left_as_it_is(store, folder):
    event = a_plan(store)
    path = folder / "events" / f"{event.id}.json"
    good = path.read_bytes()
    edited = good.replace(b'"batches":6', b'"batches": "six"').replace(b'"quantity":10', b'"quantity": 0')
    path.write_bytes(edited)
    with pytest.raises(plandoc.errors.DamagedError) as refused:
        plandoc.get_batch_decisions(event.id)
    after = path.read_bytes()
    path.write_bytes(good)

    shown = str(refused.value)
    assert "events/1.json:17, batch_decisions 1, batches: BatchDecision: wanted a whole number, found 'six'" in shown
    assert "event_finished_goods 1, quantity: EventFinishedGood: wanted a whole number of at least 1, found 0" in shown
    assert after == edited


def test_threads_that_read_more_events_than_are_kept_in_memory_do_not_disturb_each_other(store):
    with store.session() as session:
        for number in range(100):
            session.add(Event(f"Event {number}", DAY))
    problems = []

    def look():
        try:
            for _ in range(5):
                assert len(plandoc.list_records(Event)) == 100
        except Exception as error:
            problems.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=look) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert problems == []


def test_a_session_shows_what_a_user_needs_and_no_way_past_the_guard(store):
    with store.session() as session:
        shown = {name for name in dir(session) if not name.startswith("_")}

    assert shown == {"add", "database", "event", "find", "get", "get_or_add", "moment", "remove", "replace", "table"}
