"""A store on a server says what others have changed, as they do it."""

from __future__ import annotations

import datetime
import queue
import threading

import attrs
import pytest

import plandoc
from plandoc.results import StoreChange
from tests.builders import a_bakery, a_plan

pytestmark = pytest.mark.postgres


def until_it_listens(server):
    query = "select 1 from pg_stat_activity where query like '%version from%document%' and state = 'idle'"
    while not server.run(query):
        pass


def heard(store, server):
    """A queue of what others change, filled by a thread until somebody else changes the stock of salt; and the thread."""
    found = queue.Queue()

    def listen():
        for change in store.changes(timeout_seconds=60):
            found.put(change)
            if change.stock:
                return

    thread = threading.Thread(target=listen)
    thread.start()
    until_it_listens(server)
    return found, thread


def add_ingredient(store, name):
    with store.session() as session:
        return session.add(plandoc.Ingredient(name, "Spices"))


def end(other):
    with other.session() as session:
        salt = session.add(plandoc.Ingredient("Salt", "Spices"))
        plandoc.set_stock(salt.id, 1, "kg", session=session)


THE_END = StoreChange((), catalog=True, stock=True)


def test_what_others_change_is_heard_and_what_the_store_does_itself_is_not(store, open_one, server):
    bakery = a_bakery(store)
    other = open_one()
    found, thread = heard(store, server)
    event = a_plan(other, bakery=bakery, quantities={})
    assert found.get(timeout=60) == StoreChange((event.id,), catalog=False, stock=False)
    a_plan(store, bakery=bakery, name="Mine", quantities={})
    with other.session() as session:
        plandoc.remove_event(event.id, session=session)
    assert found.get(timeout=60) == StoreChange((event.id,), catalog=False, stock=False)
    end(other)
    assert found.get(timeout=60) == THE_END
    thread.join()
    assert found.empty()


def test_many_quick_commits_of_the_store_itself_hide_none_of_another_and_are_not_heard_themselves(
    store, open_one, server
):
    event, other = a_plan(store, quantities={}), open_one()
    found, thread = heard(store, server)
    for number in range(60):
        add_ingredient(store, f"Spice {number}")
    with other.session() as session:
        session.replace(attrs.evolve(session.get(plandoc.Event, event.id), name="Theirs"))
    first = found.get(timeout=60)
    for number in range(60):
        add_ingredient(store, f"Tea {number}")
    end(other)
    thread.join()

    assert first == StoreChange((event.id,), catalog=False, stock=False)
    assert [found.get() for _ in range(found.qsize())] == [THE_END]


def test_what_was_changed_while_the_connection_was_lost_is_not_missed(store, open_one, server):
    other = open_one()
    found, thread = heard(store, server)
    with other.session() as session:
        server.run(
            "select pg_terminate_backend(pid) from pg_stat_activity where query like '%version from%document%' and pid <> pg_backend_pid()"
        )
        event = session.add(plandoc.Event("Meanwhile", datetime.date(2026, 5, 1)))

    assert found.get(timeout=60) == StoreChange((event.id,), catalog=False, stock=False)
    end(other)
    thread.join()
    assert found.get() == THE_END


def test_it_ends_when_nothing_came_for_so_long(store):
    assert list(store.changes(timeout_seconds=0.1)) == []


def test_a_store_that_is_not_on_a_server_says_so():
    with (
        plandoc.open_store(":memory:") as memory,
        pytest.raises(plandoc.errors.SessionError, match="is not on a server"),
    ):
        memory.changes()
