"""Real processes that write and read at once and are killed at random moments: nothing acknowledged is lost, nothing is half.

`PLANDOC_SOAK_SECONDS=20 pytest -m slow tests/durable/test_kill_loop.py -s` soaks for so long instead of ten minutes.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import time
import traceback
from pathlib import Path

import pytest
from tinydb import where
from tinydb.operations import increment

from plandoc.durable import Folder, TinyDB

SOAK_SECONDS = float(os.environ.get("PLANDOC_SOAK_SECONDS", "600"))
LONGEST_LIFE_SECONDS = 0.06
MOST_KILLS = 3000

SCRIPT = """
import sys, warnings
from pathlib import Path
from test_kill_loop import Loop
# What a kill leaves, and no power cut, is put right without a word.
warnings.simplefilter("error")
Loop(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])).run()
"""


class OneFile:
    """Two tables of one database, which must agree."""

    def __init__(self, top: Path) -> None:
        self.db = TinyDB(top / "db.json", timeout_seconds=60)

    def count_up(self) -> int:
        with self.db.transaction():
            for name in ("a", "b"):
                self.db.table(name).update(increment("n"), where("name") == "counter")
            return self.look()

    def prepare(self) -> None:
        for name in ("a", "b"):
            self.db.table(name).insert({"name": "counter", "n": 0})

    def look(self) -> int:
        tables = self.db.storage.read()
        found = {tables[name]["1"]["n"] for name in ("a", "b")}
        assert len(found) == 1, f"two moments mixed: {found}"
        return found.pop()


class SomeFiles(OneFile):
    """One table in each of two databases of a folder; together they are only read by a writer."""

    def __init__(self, top: Path) -> None:
        self.folder = Folder(top / "data", timeout_seconds=60)
        self.databases = [self.folder.open(name) for name in ("a.json", "b.json")]

    def count_up(self) -> int:
        with self.folder.transaction():
            for one in self.databases:
                one.update(increment("n"), where("name") == "counter")
            return self._both()

    def prepare(self) -> None:
        for one in self.databases:
            one.insert({"name": "counter", "n": 0})

    def look(self) -> int:
        with self.folder.transaction():
            return self._both()

    def _both(self) -> int:
        found = {one.get(doc_id=1)["n"] for one in self.databases}
        assert len(found) == 1, f"two moments mixed: {found}"
        return found.pop()


KINDS = {"OneFile": OneFile, "SomeFiles": SomeFiles}


def write(story: OneFile, told: int) -> None:
    while True:
        os.write(told, f"{story.count_up()}\n".encode())


def read(story: OneFile, told: int) -> None:
    last = 0
    while True:
        number = story.look()
        assert number >= last, f"time went backwards: {number} after {last}"
        last = number
        os.write(told, b"r")


class Loop:
    """Starts three writers and two readers, kills them at random moments and looks what is there."""

    def __init__(self, kind: str, top: Path, kills: int, seconds: float) -> None:
        self.make = lambda: KINDS[kind](top)
        self.goal, self.seconds = kills, seconds
        self.luck = random.Random(time.time_ns())
        self.acknowledged = self.commits = self.looks = self.kills = 0

    def run(self) -> None:
        self.make().prepare()
        tasks = [write, write, write, read, read]
        children = [self.start(task) for task in tasks]
        started, longest = time.monotonic(), LONGEST_LIFE_SECONDS
        try:
            while self.kills < self.goal or self.commits < self.goal or time.monotonic() - started < self.seconds:
                before = self.commits
                time.sleep(self.luck.uniform(0, longest))
                index = self.luck.randrange(3 if self.luck.random() < 0.9 else 5)
                self.end(*children[index])
                children[index] = self.start(tasks[index])
                self.kills += 1
                for child in children:
                    self.drain(*child)
                told, number = self.acknowledged, self.make().look()
                assert number >= told, f"lost: {told} was acknowledged, {number} is there"
                # Where a machine is so busy that nobody lives long enough to do anything, all may live longer.
                longest = LONGEST_LIFE_SECONDS if self.commits > before else longest * 1.3
                assert self.kills < MOST_KILLS or self.seconds, "it goes nowhere"
        finally:
            for child in children:
                self.end(*child)
        told, number = self.acknowledged, self.make().look()
        assert number >= told
        print(json.dumps({"kills": self.kills, "commits": self.commits, "looks": self.looks}))

    def start(self, task) -> tuple[int, int]:
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reading)
            try:
                task(self.make(), writing)
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        os.close(writing)
        os.set_blocking(reading, False)
        return pid, reading

    def end(self, pid: int, pipe: int) -> None:
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        self.drain(pid, pipe)
        os.close(pipe)
        assert os.WIFSIGNALED(status), "a process failed by itself; see above"

    def drain(self, _: int, pipe: int) -> None:
        while select.select([pipe], [], [], 0)[0] and (content := os.read(pipe, 65536)):
            numbers = [int(line) for line in content.replace(b"r", b"").split()]
            self.commits += len(numbers)
            self.acknowledged = max(self.acknowledged, *numbers, 0)
            self.looks += content.count(b"r")


def run_loop(run_python, kind: str, top: Path, kills: int, seconds: float = 0) -> dict[str, int]:
    counts = json.loads(run_python(SCRIPT, kind, str(top), str(kills), str(seconds)))
    print(kind, counts)
    assert counts["kills"] >= kills
    assert counts["looks"] > 0
    known = (
        {".db.json.lock", "db.json"},
        {"a.json", "b.json", "journal.jsonl", "plandoc.json", "lock", "lock.info.json"},
    )
    # The next writer removes what the killed ones have left.
    story = KINDS[kind](top)
    story.count_up()
    left = {one.name for one in top.rglob("*") if not one.is_dir()}
    assert left in known
    return counts


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@pytest.mark.proof
@needs_fork
@pytest.mark.parametrize("kind", KINDS)
def test_processes_killed_at_random_lose_nothing_acknowledged_and_readers_see_no_half(kind, scratch, run_python):
    run_loop(run_python, kind, scratch, kills=40)


@pytest.mark.slow
@needs_fork
@pytest.mark.parametrize("kind", KINDS)
def test_ten_minutes_of_writers_readers_and_kills_lose_nothing(kind, tmp_path, run_python):
    run_loop(run_python, kind, tmp_path, kills=50, seconds=SOAK_SECONDS)
