"""Every call to the system fails in turn: what an error says of the file is what is in it, and work goes on."""

from __future__ import annotations

import errno
import json
import warnings
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from faulty_system import FaultySystem
from lives import everywhere
from recorder import SYNCS, Fault, FaultyFiles
from tinydb import where

from plandoc.durable import Folder, TinyDB
from plandoc.errors import Outcome, StorageError, StoreError

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EINTR, errno.EMFILE)
MOMENTS = ("before", "half", "after")


class OneFile:
    """One database: each step brings it from one known content to the next."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.opened: TinyDB | None = None

    def open(self) -> None:
        self.opened = TinyDB(self.top / "data" / "db.json", create_dirs=True, timeout_seconds=0)

    def step(self, number: int) -> None:
        db = self.opened
        if number == 0:
            db.insert({"n": 1, "text": "x" * 50})
        elif number == 1:
            with db.transaction():
                db.table("a").insert({"n": 1})
                db.table("b").insert({"n": 1})
        else:
            db.update({"n": number}, where("n").exists())

    def close(self) -> None:
        self.opened.close()

    def look(self):
        path = self.top / "data" / "db.json"
        return json.loads(path.read_bytes()) if path.exists() and path.stat().st_size else {}


class SomeFiles(OneFile):
    """Two databases of a folder."""

    def open(self) -> None:
        self.opened = Folder(self.top / "data", timeout_seconds=0)

    def step(self, number: int) -> None:
        with self.opened.transaction():
            for name in ("a.json", "b.json"):
                self.opened.open(name).upsert({"name": "counter", "n": number}, where("name") == "counter")

    def close(self) -> None:
        self.opened.close()

    def look(self):
        if not (self.top / "data" / "plandoc.json").exists():
            return {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Folder(self.top / "data") as folder:
                found = {name: {row.doc_id: row for row in folder.open(name)} for name in ("a.json", "b.json")}
                # The folder itself must be the same for both.
                assert found["a.json"] == found["b.json"]
                return {name: rows for name, rows in found.items() if rows}


STEPS = 3


def contents(kind, top: Path):
    """What each step leaves, the first entry before any."""
    story = kind(top)
    story.open()
    found = [story.look()]
    for number in range(STEPS):
        story.step(number)
        found.append(story.look())
    story.close()
    return found


class Sweep:
    """Tells the story with one fault, and judges what was said."""

    def __init__(self, kind, scratch: Path) -> None:
        self.kind = kind
        self.scratch = scratch
        self.expected = contents(kind, scratch / "as it should be")
        self.told = 0

    def tell(self, faulty, fault: Fault) -> bool:
        """Return whether the fault struck."""
        self.told += 1
        story = self.kind(self.scratch / f"story {self.told}")
        story.top.mkdir()
        switched = everywhere(faulty) if isinstance(faulty, FaultyFiles) else faulty.switched_on()
        faulty.arm(fault)
        done, is_open = 0, False
        while done <= STEPS:
            try:
                with ExitStack() as stack, warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    stack.enter_context(switched)
                    if not is_open:
                        story.open()
                        is_open = True
                    if done < STEPS:
                        story.step(done)
            except (StoreError, OSError) as error:
                struck = faulty.failed_at
                faulty.arm(None)
                self.judge(story, done, error, struck)
                # The system is mended, and another process goes on.
                with suppress(StoreError, OSError):
                    if is_open:
                        story.close()
                is_open = False
                found = story.look()
                assert found in self.expected, (fault, struck, found)
                done = self.expected.index(found)
                if done == STEPS:
                    break
            else:
                done += 1
            switched = everywhere(faulty) if isinstance(faulty, FaultyFiles) else faulty.switched_on()
        with suppress(StoreError, OSError):
            story.close()
        assert story.look() == self.expected[-1], fault
        return faulty.failed_at is not None or faulty.fault is None

    def judge(self, story, done: int, error: Exception, struck: str | None) -> None:
        """See that the error says what is there."""
        found = story.look()
        outcome = error.outcome if isinstance(error, StorageError) else Outcome.NOT_SAVED
        allowed = {
            Outcome.NOT_SAVED: self.expected[done : done + 1],
            Outcome.SAVED: self.expected[done + 1 : done + 2],
            Outcome.UNKNOWN: self.expected[done : done + 2],
        }[outcome]
        assert found in allowed, (struck, error, found)


@pytest.mark.sample(1)
@pytest.mark.parametrize("kind", [OneFile, SomeFiles])
def test_whatever_call_fails_the_error_tells_the_truth(kind, scratch):
    sweep = Sweep(kind, scratch)
    number = 0
    while sweep.tell(FaultyFiles(), Fault(number, MOMENTS[number % 3], ERRORS[number % 5])):
        number += 1

    assert number > 20
    print(f"{kind.__name__}: {number} calls failed")


@pytest.mark.proof
@pytest.mark.parametrize("kind", [OneFile, SomeFiles])
def test_whichever_sync_fails_the_error_tells_the_truth(kind, scratch):
    sweep = Sweep(kind, scratch)
    number = 0
    while sweep.tell(FaultyFiles(SYNCS), Fault(number, "before", ERRORS[number % 2])):
        number += 1

    assert number > 5


@pytest.mark.proof
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("kind", [OneFile, SomeFiles])
def test_whatever_the_system_itself_refuses_the_error_tells_the_truth(kind, moment, scratch):
    sweep = Sweep(kind, scratch)
    number = 0
    while sweep.tell(FaultySystem(), Fault(number, moment, ERRORS[number % 5])):
        number += 1

    assert number > 40
    print(f"{kind.__name__}: {number} calls failed {moment} they were done")


@pytest.mark.slow
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "until it is mended"])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("kind", [OneFile, SomeFiles])
def test_the_same_holds_for_every_error_at_every_call(kind, error, moment, lasting, scratch):
    sweep = Sweep(kind, scratch)
    number = 0
    while sweep.tell(FaultyFiles(), Fault(number, moment, error, lasting)):
        number += 1

    assert number > 20


def test_after_a_failed_sync_of_the_folder_nothing_is_written_until_it_is_opened_again(path):
    class Failing(FaultyFiles):
        def step(self, name, act, arguments, options):
            if name == "sync_folder" and self.fault is not None:
                raise OSError(errno.EIO, "Input/output error")
            return act(*arguments)

    files = Failing()
    with everywhere(files):
        db = TinyDB(path)
        db.insert({"n": 1})
        files.fault = Fault(0, "before", errno.EIO)
        with pytest.raises(StorageError) as refused:
            db.insert({"n": 2})
        files.fault = None
        with pytest.raises(StorageError, match="open it again") as again:
            db.insert({"n": 3})
        db.close()
        with TinyDB(path) as db:
            assert db.insert({"n": 3}) == 3

    assert (refused.value.outcome, again.value.outcome) == (Outcome.UNKNOWN, Outcome.NOT_SAVED)
