"""Several changes in one write: all of them, or none."""

from __future__ import annotations

import threading

import pytest
import tinydb
from tinydb import where
from tinydb.operations import subtract

from plandoc.durable import DurableStorage, TinyDB
from plandoc.errors import ConflictError, LockTimeout, SessionError


@pytest.fixture
def db(path):
    with TinyDB(path, timeout_seconds=5) as opened:
        yield opened


def test_changes_of_several_tables_are_written_together_at_its_end(db, path):
    before = path.read_bytes()
    with db.transaction():
        db.table("orders").insert({"cake": 3})
        db.table("stock").insert({"name": "flour", "kg": 7})
        db.table("stock").update(subtract("kg", 2), where("name") == "flour")
        assert db.table("stock").get(doc_id=1) == {"name": "flour", "kg": 5}
        assert path.read_bytes() == before

    assert db.table("orders").all() == [{"cake": 3}]
    assert db.table("stock").all() == [{"name": "flour", "kg": 5}]


def test_an_exception_takes_all_of_it_back_and_so_the_ids_and_results_that_were_remembered(db, path):
    db.insert({"n": 1})
    before = path.read_bytes()

    with pytest.raises(ZeroDivisionError), db.transaction():
        assert db.insert_multiple({"n": n} for n in (2, 3)) == [2, 3]
        assert db.count(where("n") > 0) == 3
        raise ZeroDivisionError

    assert path.read_bytes() == before
    assert db.count(where("n") > 0) == 1
    assert db.insert({"n": 4}) == 2


def test_within_another_one_it_is_a_part_of_that_and_takes_back_only_itself(db):
    with db.transaction():
        db.insert({"n": 1})
        with pytest.raises(ZeroDivisionError), db.transaction():
            db.insert({"n": 2})
            raise ZeroDivisionError
        with db.transaction():
            db.insert({"n": 3})

    assert db.all() == [{"n": 1}, {"n": 3}]


def test_an_inner_one_is_lost_with_the_outer_one(db):
    with pytest.raises(ZeroDivisionError), db.transaction():
        with db.transaction():
            db.insert({"n": 1})
        raise ZeroDivisionError

    assert db.all() == []


def test_readers_see_what_was_there_before_until_it_ends(db, path):
    db.insert({"n": 1})
    with TinyDB(path) as other, db.transaction():
        db.insert({"n": 2})
        seen = []
        thread = threading.Thread(target=lambda: seen.append((len(db), len(db.search(where("n") > 0)), len(other))))
        thread.start()
        thread.join()

        assert seen == [(1, 1, 1)]
        assert len(db.search(where("n") > 0)) == 2
    assert len(db.search(where("n") > 0)) == 2


def test_another_writer_waits_and_gives_up_after_its_time(db, path):
    with TinyDB(path, timeout_seconds=0) as other, db.transaction():
        db.insert({"n": 1})
        with pytest.raises(LockTimeout, match="this very process.*write"):
            other.insert({"n": 2})

    assert db.all() == [{"n": 1}]


def test_a_program_that_takes_no_lock_is_noticed_when_it_ends(db, path):
    with pytest.raises(ConflictError, match="another program"), db.transaction():
        db.insert({"n": 1})
        path.write_text('{"_default": {"1": {"by": "hand"}}}')

    assert db.all() == [{"by": "hand"}]


def test_a_lock_file_that_was_removed_meanwhile_is_noticed(db, path):
    with pytest.raises(ConflictError, match="lock file was removed"), db.transaction():
        db.insert({"n": 1})
        (path.parent / ".db.json.lock").unlink()

    assert db.insert({"n": 2}) == 1


def test_one_block_is_entered_once(db):
    block = db.transaction()
    with block, pytest.raises(SessionError):
        block.__enter__()


def test_closing_within_it_is_refused(db):
    with db.transaction():
        db.insert({"n": 1})
        with pytest.raises(SessionError, match="after the transaction"):
            db.close()

    assert len(db) == 1


def test_the_storage_alone_has_transactions_for_tinydbs_own_class(path):
    with tinydb.TinyDB(path, storage=DurableStorage) as db:
        with db.storage.transaction():
            db.insert({"n": 1})
            db.table("other").insert({"n": 1})
        with pytest.raises(ZeroDivisionError), db.storage.transaction():
            db.insert({"n": 2})
            raise ZeroDivisionError

        assert db.all() == [{"n": 1}]


def test_an_interruption_leaves_no_lock_behind(db, path):
    with pytest.raises(KeyboardInterrupt), db.transaction():
        raise KeyboardInterrupt

    with TinyDB(path, timeout_seconds=0) as other:
        other.insert({"n": 1})
