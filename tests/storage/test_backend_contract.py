"""What every storage backend promises, run over all of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from recorder import CATALOG, commit, document, make_folder, open_folder, read_all

from plandoc.errors import LockTimeout, SessionError
from plandoc.storage import documents, initialize, marker
from plandoc.storage.memory import MemoryBackend
from plandoc.storage.postgres.backend import PostgresBackend

FIRST, SECOND = "events/1.json", "events/2.json"


ON_SERVER = pytest.param("postgres", marks=pytest.mark.postgres)


@pytest.fixture(params=["memory", "folder", ON_SERVER])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "memory":
        made: Any = MemoryBackend("L")
    elif request.param == "folder":
        made = open_folder(make_folder(tmp_path / "data"))
    else:
        made = PostgresBackend(request.getfixturevalue("address"), new=initialize.contents("L"))
    yield made
    made.close()


def read(backend: Any, name: str) -> bytes | None:
    return backend.view(lambda reading: reading.read(name))


def version_of(reading: Any) -> Any:
    reading.fingerprints("events")
    return reading.version


def prints_and_heads(reading: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    prints = reading.fingerprints("events", fresh=True)
    heads = {name: head.fingerprint for name, head in reading.heads("events", sorted(prints))}
    return dict(prints), heads


class TestEveryBackend:
    def test_it_knows_its_store_id_and_its_place(self, backend: Any) -> None:
        assert backend.store_id == "L"
        assert backend.location

    def test_a_new_one_has_an_empty_catalog_and_no_events(self, backend: Any) -> None:
        assert list(backend.view(read_all)) == [*initialize.DOCUMENTS, "next event id"]
        catalog = documents.parse(CATALOG, read(backend, CATALOG))
        assert (catalog.store_id, catalog.tables) == ("L", {})
        assert marker.parse(read(backend, marker.NAME)) == marker.Marker("L")

    def test_what_was_committed_is_seen_by_a_view_and_by_the_next_transaction(self, backend: Any) -> None:
        content = document(CATALOG, "committed")

        commit(backend, {CATALOG: content})

        assert read(backend, CATALOG) == content
        following = backend.begin("look", timeout_seconds=0)
        assert following.read(CATALOG) == content
        following.release()

    def test_a_transaction_released_without_commit_changed_nothing(self, backend: Any) -> None:
        before = backend.view(read_all)

        transaction = backend.begin("think", timeout_seconds=0)
        transaction.read(CATALOG)
        transaction.release()

        assert backend.view(read_all) == before

    def test_nothing_is_seen_before_the_commit(self, backend: Any) -> None:
        before = backend.view(read_all)
        transaction = backend.begin("think", timeout_seconds=0)

        seen = backend.view(read_all)

        assert seen == before
        transaction.release()

    def test_several_documents_are_committed_together(self, backend: Any) -> None:
        wanted = {name: document(name, "together") for name in (CATALOG, FIRST, SECOND)}

        commit(backend, wanted)

        assert {name: read(backend, name) for name in wanted} == wanted

    def test_a_removed_document_is_gone(self, backend: Any) -> None:
        commit(backend, {FIRST: document(FIRST, "here"), SECOND: document(SECOND, "stays")})

        commit(backend, {FIRST: None})

        assert read(backend, FIRST) is None
        assert list(backend.view(lambda reading: reading.names("events"))) == [SECOND]

    def test_a_removed_document_can_come_back(self, backend: Any) -> None:
        content = document(FIRST, "back")
        for changes in ({FIRST: document(FIRST, "here")}, {FIRST: None}, {FIRST: content}):
            commit(backend, changes)

        assert read(backend, FIRST) == content

    def test_the_names_of_a_folder_are_those_of_its_documents(self, backend: Any) -> None:
        commit(backend, {name: document(name, "here") for name in (SECOND, FIRST, CATALOG)})
        transaction = backend.begin("look", timeout_seconds=0)

        names = transaction.names("events")

        assert sorted(names) == [FIRST, SECOND]
        assert list(transaction.names("nowhere")) == []
        transaction.release()

    def test_a_document_that_is_not_there_reads_as_none(self, backend: Any) -> None:
        assert read(backend, "events/99.json") is None

    def test_a_released_transaction_commits_nothing(self, backend: Any) -> None:
        before = backend.view(read_all)
        transaction = backend.begin("late", timeout_seconds=0)
        transaction.release()

        with pytest.raises(SessionError):
            transaction.commit({CATALOG: document(CATALOG, "late")})

        assert backend.view(read_all) == before

    def test_a_view_never_mixes_two_states(self, backend: Any) -> None:
        over = threading.Event()
        commit(backend, {name: document(name, "0") for name in (FIRST, SECOND)})

        def write() -> None:
            for number in range(100):
                commit(backend, {name: document(name, str(number)) for name in (FIRST, SECOND)})
            over.set()

        writer = threading.Thread(target=write)
        writer.start()
        pairs = []
        while not pairs or not over.is_set():
            pairs.append(backend.view(lambda reading: (reading.read(FIRST), reading.read(SECOND))))
        writer.join()

        assert all(first.splitlines()[3:] == second.splitlines()[3:] for first, second in pairs)

    def test_a_version_is_the_same_until_something_is_committed_and_never_comes_back(self, backend: Any) -> None:
        seen = []
        for number in range(3):
            seen.append([backend.view(version_of), backend.view(version_of)])
            commit(backend, {FIRST: document(FIRST, str(number))})
            transaction = backend.begin("look", timeout_seconds=0)
            seen.append([version_of(transaction), backend.view(version_of)])
            transaction.release()

        assert all(first == again for first, again in seen)
        assert [first for first, _ in seen[1::2]] == [first for first, _ in seen[2::2]] + [backend.view(version_of)]
        assert len({first for first, _ in seen}) == 4

    def test_the_current_marker_counts_upwards_with_each_transaction(self, backend: Any) -> None:
        seen = []
        for number in range(3):
            seen.append(marker.parse(backend.view(lambda reading: reading.current_marker())).serial)
            commit(backend, {FIRST: document(FIRST, str(number)), SECOND: document(SECOND, str(number))})

        assert seen[0] == 0
        assert seen == sorted(set(seen))

    def test_what_a_reading_remembers_is_what_it_reads(self, backend: Any) -> None:
        def both(reading: Any, name: str) -> tuple[bytes | None, bytes | None]:
            return reading.read_remembered(name), reading.read(name)

        for number in range(3):
            changes = {name: document(name, str(number)) for name in (CATALOG, FIRST)}
            commit(backend, changes)
            for name, content in {**changes, "events/999.json": None}.items():
                assert backend.view(lambda reading, name=name: both(reading, name)) == (content, content)
        transaction = backend.begin("look", timeout_seconds=0)
        assert both(transaction, CATALOG) == (changes[CATALOG], changes[CATALOG])
        transaction.release()

    def test_many_documents_are_read_in_the_order_in_which_they_are_asked_for(self, backend: Any) -> None:
        contents = {f"events/{number}.json": document(f"events/{number}.json", "many") for number in range(1, 260)}
        commit(backend, contents)
        wanted = [*sorted(contents, reverse=True), "events/999.json", CATALOG]

        found = backend.view(lambda reading: list(reading.read_many(iter(wanted))))

        assert [name for name, _ in found] == wanted
        assert dict(found) == {**contents, "events/999.json": None, CATALOG: read(backend, CATALOG)}

    def test_a_fingerprint_changes_with_its_document_and_is_that_of_its_head(self, backend: Any) -> None:
        commit(backend, {name: document(name, "one") for name in (FIRST, SECOND)})
        before = backend.view(prints_and_heads)
        commit(backend, {FIRST: document(FIRST, "two")})
        after = backend.view(prints_and_heads)

        assert before[0].keys() == after[0].keys() == {FIRST, SECOND}
        assert before[0][FIRST] != after[0][FIRST]
        assert before[0] == before[1]
        assert after[0] == after[1]

    def test_the_same_fingerprints_are_given_as_long_as_nothing_has_changed(self, backend: Any) -> None:
        commit(backend, {FIRST: document(FIRST, "one")})
        scans = [backend.view(lambda reading: reading.fingerprints("events")).scan for _ in range(2)]

        assert scans[0] is scans[1]

    def test_a_transaction_reads_what_it_committed_itself_and_can_commit_again(self, backend: Any) -> None:
        transaction = backend.begin("twice", timeout_seconds=0)
        transaction.commit({FIRST: document(FIRST, "once")})
        once = transaction.read(FIRST), list(transaction.names("events"))
        transaction.commit({FIRST: None})
        twice = transaction.read(FIRST), list(transaction.names("events"))
        transaction.release()

        assert once == (document(FIRST, "once"), [FIRST])
        assert twice == (None, [])

    def test_a_reader_that_holds_on_sees_what_it_saw_first_to_the_end(self, backend: Any) -> None:
        def look(reading: Any) -> Any:
            before = reading.read(FIRST), reading.names("events"), reading.version
            commit(backend, {FIRST: document(FIRST, "meanwhile")})
            return before, (reading.read(FIRST), reading.names("events"), reading.version)

        before, afterwards = backend.view(look)

        assert before == afterwards

    def test_an_error_of_the_one_who_looks_comes_through(self, backend: Any) -> None:
        def look(reading: Any) -> None:
            raise KeyError("mine")

        with pytest.raises(KeyError, match="mine"):
            backend.view(look)


@pytest.mark.parametrize("backend", ["memory", "folder"], indirect=True)
class TestBackendThatTakesTurns:
    def test_a_second_writer_is_shown_who_has_it_and_gives_up_in_time(self, backend: Any) -> None:
        holder = backend.begin("plan Christmas", timeout_seconds=0)
        reported: list[str] = []

        with pytest.raises(LockTimeout) as refusal:
            backend.begin("plan Easter", timeout_seconds=0.26, on_wait=reported.append)

        assert refusal.value.path == backend.location
        assert refusal.value.holder["action"] == "plan Christmas"
        assert 0.2 <= refusal.value.waited_seconds <= 60
        assert "plan Christmas" in reported[0]
        holder.release()
        backend.begin("plan Easter", timeout_seconds=0).release()

    @pytest.mark.parametrize("seconds", [0, -5])
    def test_a_second_writer_that_does_not_want_to_wait_is_refused_at_once(self, backend: Any, seconds: int) -> None:
        holder = backend.begin("plan Christmas", timeout_seconds=0)

        with pytest.raises(LockTimeout) as refusal:
            backend.begin("plan Easter", timeout_seconds=seconds)

        assert refusal.value.waited_seconds < 0.9
        holder.release()

    def test_the_writer_that_is_waited_for_is_the_present_one(self, backend: Any) -> None:
        backend.begin("first", timeout_seconds=0).release()
        holder = backend.begin("second", timeout_seconds=0)
        reported: list[str] = []

        # Whoever waits knows of the holder by then, which may go.
        backend.begin(
            "third", timeout_seconds=2, on_wait=lambda who: (reported.append(who), holder.release())
        ).release()

        assert len(reported) == 1
        assert "second" in reported[0]

    def test_a_second_writer_gets_its_turn_when_the_first_has_finished(self, backend: Any) -> None:
        holder = backend.begin("first", timeout_seconds=0)
        waiting = threading.Event()
        timer = threading.Thread(target=lambda: (waiting.wait(5), holder.release()))
        timer.start()

        backend.begin("second", timeout_seconds=5, on_wait=lambda _: waiting.set()).release()
        timer.join()

        assert waiting.is_set()

    def test_releasing_twice_does_not_let_two_writers_in(self, backend: Any) -> None:
        first = backend.begin("first", timeout_seconds=0)
        first.release()
        second = backend.begin("second", timeout_seconds=0)

        first.release()

        with pytest.raises(LockTimeout):
            backend.begin("third", timeout_seconds=0)
        second.release()

    def test_serials_count_the_transactions_for_readers_and_writers(self, backend: Any) -> None:
        seen = [backend.view(lambda reading: reading.serial)]
        for number in range(3):
            transaction = backend.begin("count", timeout_seconds=0)
            seen.append(transaction.serial)
            transaction.commit({FIRST: document(FIRST, str(number))})
            seen.append(transaction.serial)
            transaction.release()
            seen.append(backend.view(lambda reading: reading.serial))

        assert seen == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3]
