"""What a store in memory says of itself and promises beyond the contract of all backends."""

from __future__ import annotations

import pytest
from recorder import CATALOG, commit, document

from plandoc.errors import LockTimeout, SessionError
from plandoc.storage import documents, marker
from plandoc.storage.memory import MemoryBackend

FIRST = "events/1.json"


@pytest.fixture
def backend() -> MemoryBackend:
    return MemoryBackend("lineage of this store")


def test_a_new_store_in_memory_has_the_same_documents_as_a_new_folder(backend):
    kept = backend.view(lambda reading: {name: reading.read(name) for name in (marker.NAME, CATALOG)})

    assert marker.parse(kept[marker.NAME]) == marker.Marker("lineage of this store")
    assert documents.parse(CATALOG, kept[CATALOG]).store_id == "lineage of this store"
    assert not documents.parse(CATALOG, kept[CATALOG]).tables


def test_serials_count_the_transactions_for_readers_and_writers(backend):
    seen = [backend.view(lambda reading: reading.serial)]
    for number in range(3):
        transaction = backend.begin("count", timeout_seconds=0)
        seen.append(transaction.serial)
        transaction.commit({FIRST: document(FIRST, str(number))})
        seen.append(transaction.serial)
        transaction.release()
        seen.append(backend.view(lambda reading: reading.serial))

    assert seen == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3]


def test_a_transaction_reads_what_it_committed_itself_and_can_commit_again(backend):
    transaction = backend.begin("twice", timeout_seconds=0)
    transaction.commit({FIRST: document(FIRST, "once")})
    read = transaction.read(FIRST)
    transaction.commit({FIRST: None})

    assert read == document(FIRST, "once")
    assert transaction.read(FIRST) is None
    assert transaction.names("events") == []
    transaction.release()


def test_a_reader_that_holds_on_sees_its_moment_to_the_end(backend):
    def look(reading):
        before = reading.read(FIRST), reading.names("events"), reading.serial
        commit(backend, {FIRST: document(FIRST, "meanwhile")})
        return before, (reading.read(FIRST), reading.names("events"), reading.serial)

    before, afterwards = backend.view(look)

    assert before == afterwards == (None, [], 0)


def test_who_waits_in_vain_is_told_by_whom_for_what_and_for_how_long(backend):
    holder = backend.begin("plan Christmas", timeout_seconds=0)
    told = []

    with pytest.raises(LockTimeout) as refusal:
        backend.begin("plan Easter", timeout_seconds=0.26, on_wait=told.append)

    holder.release()
    assert told == ["another thread: plan Christmas"]
    assert refusal.value.path == ":memory:"
    assert refusal.value.holder == {"action": "plan Christmas"}
    assert 0.2 <= refusal.value.waited_seconds <= 60
    assert refusal.value.waited_seconds == round(refusal.value.waited_seconds, 1)
    assert ":memory: is being written to by another thread; waited 0." in str(refusal.value)


@pytest.mark.parametrize("seconds", [0, -5])
def test_who_does_not_want_to_wait_is_refused_at_once(backend, seconds):
    holder = backend.begin("plan Christmas", timeout_seconds=0)

    with pytest.raises(LockTimeout) as refusal:
        backend.begin("plan Easter", timeout_seconds=seconds)

    holder.release()
    assert refusal.value.waited_seconds < 0.9


def test_the_holder_that_is_named_is_the_present_one(backend):
    backend.begin("first", timeout_seconds=0).release()
    holder = backend.begin("second", timeout_seconds=0)
    told = []

    # Whoever waits has been told by then; so the holder may go.
    backend.begin("third", timeout_seconds=2, on_wait=lambda who: (told.append(who), holder.release())).release()

    assert told == ["another thread: second"]


def test_a_transaction_that_is_over_says_so_and_what_to_do(backend):
    transaction = backend.begin("late", timeout_seconds=0)
    transaction.release()

    with pytest.raises(SessionError, match="^this transaction is over; begin another one$"):
        transaction.commit({FIRST: b"{}"})
