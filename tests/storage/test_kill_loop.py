"""Real processes that write, read and back up at once, and are killed at random moments: nothing acknowledged is lost.

`PLANDOC_SOAK_SECONDS=20 pytest -m slow tests/storage/test_kill_loop.py -s` soaks for so long instead of ten minutes.
"""

from __future__ import annotations

import json
import os
import random
import re
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import attrs
import pytest
from lives import forget
from recorder import make_folder, observe

import plandoc
from plandoc.engine.session import Session
from plandoc.maintenance.backups.backup_reader import open_backup
from plandoc.maintenance.backups.backup_writer import backup
from plandoc.maintenance.backups.verification import verify_backup
from plandoc.records import Event, Ingredient
from plandoc.storage.folder import FolderBackend
from plandoc.store import Store
from tests.builders import EVENT_DATE

SOAK_SECONDS = float(os.environ.get("PLANDOC_SOAK_SECONDS", "600"))
EVENTS = (1, 2)
LONGEST_LIFE_SECONDS = 0.06
# Nothing is judged by how fast a machine is. A loop that has killed so often without reaching its goal goes nowhere.
MOST_KILLS = 3000
# Only so that a process that hangs does not stop the tests for good.
HANGS_AFTER_SECONDS = 1800

SCRIPT = """
import sys, warnings
sys.path[:0] = [{tests!r}, {root!r}]
from test_kill_loop import Crowd, Goal, Loop
from pathlib import Path
from plandoc.errors import RecoveryWarning
# What a kill leaves, and no power cut, is put right without a word.
warnings.simplefilter("error", RecoveryWarning)
Loop(Path({folder!r}), {crowd}, {goal}, seed={seed}).run()
"""


@attrs.frozen
class Crowd:
    """How many do what at once."""

    writers: int
    readers: int
    backups: int = 0


@attrs.frozen
class Goal:
    """When a loop has done enough: after so many kills, commits and looks, and not before so many seconds."""

    kills: int
    commits: int
    looks: int
    seconds: float = 0


def a_store(root: Path) -> Store:
    store = Store(FolderBackend(root, checkpoint_size=30_000), timeout_seconds=60)
    forget(store)
    return store


def prepare(root: Path) -> None:
    with Store(FolderBackend(make_folder(root))) as store, store.session("prepare") as session:
        session.add(Ingredient("Flour", "Baking", notes="0"))
        for number in EVENTS:
            session.add(Event(f"Event {number}", EVENT_DATE, notes="0"))


def counter(session: Session) -> int:
    """The number that stands in three documents; they must agree."""
    found = {session.get(Ingredient, 1).notes, *(session.event(number).notes for number in EVENTS)}
    assert len(found) == 1, f"two moments mixed: {found}"
    return int(found.pop())


def write(root: Path, luck: random.Random, told: int) -> None:
    """Count up in three documents at once, for ever, and tell each number when it is saved."""
    store = a_store(root)
    while True:
        with store.session("count up") as session:
            number = counter(session) + 1
            session.replace(attrs.evolve(session.get(Ingredient, 1), notes=str(number)))
            for event in EVENTS:
                session.replace(attrs.evolve(session.event(event), notes=str(number)))
        os.write(told, f"{number}\n".encode())
        if luck.random() < 0.1:
            store.close()
            store = a_store(root)


def read(root: Path, _: random.Random, told: int) -> None:
    """Look again and again: never half, never backwards."""
    store = a_store(root)
    last = 0
    while True:
        number = store.read(counter)
        assert number >= last, f"time went backwards: {number} after {last}"
        last = number
        os.write(told, b"r")


def back_up(root: Path, luck: random.Random, told: int) -> None:
    """Make one backup after the other, and see that each is one moment, and none before the last."""
    last = 0
    while True:
        target = root.parent / f"backup-{luck.randrange(10**12)}.zip"
        backup(root, target)
        assert verify_backup(target) == []
        number = _counter_in(open_backup(target).documents)
        assert number >= last, f"time went backwards: {number} after {last}"
        last = number
        target.unlink()
        os.write(told, b"b")


def _counter_in(documents: Mapping[str, bytes]) -> int:
    names = ("catalog.json", *(f"events/{number}.json" for number in EVENTS))
    found = {re.search(rb'"notes":"(\d+)"', documents[name])[1] for name in names}
    assert len(found) == 1, f"two moments mixed in a backup: {found}"
    return int(found.pop())


Task = Callable[[Path, random.Random, int], None]


@attrs.define
class Child:
    """A process of the loop."""

    pid: int
    pipe: int
    task: Task


class Loop:
    """Starts those who write, read and back up, kills them at random moments and looks what is there."""

    def __init__(self, root: Path, crowd: Crowd, goal: Goal, *, seed: int) -> None:
        self.root = root
        self.tasks = [*[write] * crowd.writers, *[read] * crowd.readers, *[back_up] * crowd.backups]
        self.goal = goal
        self.luck = random.Random(seed)
        self.children: list[Child] = []
        self.started = time.monotonic()
        self.longest_life = LONGEST_LIFE_SECONDS
        self.acknowledged = self.commits = self.looks = self.backups = self.kills = 0

    def run(self) -> None:
        """Go on until enough was done; print what was."""
        try:
            self.children = [self._start(task) for task in self.tasks]
            while not self._is_enough():
                before = self.commits
                time.sleep(self.luck.uniform(0, self.longest_life))
                self._kill_one()
                self._look()
                # Where a machine is so busy that nobody lives long enough to do anything, all may live longer.
                self.longest_life = LONGEST_LIFE_SECONDS if self.commits > before else self.longest_life * 1.3
        finally:
            while self.children:
                self._end(self.children.pop())
        self._look()
        done = {"kills": self.kills, "commits": self.commits, "looks": self.looks, "backups": self.backups}
        print(json.dumps(done))

    def _is_enough(self) -> bool:
        done, goal = (self.kills, self.commits, self.looks), (self.goal.kills, self.goal.commits, self.goal.looks)
        if time.monotonic() - self.started < self.goal.seconds:
            return False
        is_enough = all(one >= other for one, other in zip(done, goal, strict=True))
        assert is_enough or self.kills < MOST_KILLS, f"it goes nowhere: {done} of {goal}"
        return is_enough

    def _kill_one(self) -> None:
        # All others are killed too, but seldom: most is to be learnt from writers.
        writers = self.tasks.count(write)
        index = self.luck.randrange(writers if self.luck.random() < 0.95 else len(self.tasks))
        child = self.children.pop(index)
        self.children.insert(index, self._start(self.tasks[index]))
        self._end(child)
        self.kills += 1

    def _look(self) -> None:
        for child in self.children:
            self._drain(child)
        told = self.acknowledged
        number = a_store(self.root).read(counter)
        assert number >= told, f"lost: {told} was acknowledged, {number} is there"

    def _start(self, task: Task) -> Child:
        reading, writing = os.pipe()
        # Drawn before the fork: two children must not have the same.
        luck = random.Random(self.luck.random())
        pid = os.fork()
        if not pid:
            os.close(reading)
            _be(task, self.root, luck, writing)
        os.close(writing)
        os.set_blocking(reading, False)
        return Child(pid, reading, task)

    def _end(self, child: Child) -> None:
        os.kill(child.pid, signal.SIGKILL)
        _, status = os.waitpid(child.pid, 0)
        self._drain(child)
        os.close(child.pipe)
        assert os.WIFSIGNALED(status), "a process failed by itself; see above"

    def _drain(self, child: Child) -> None:
        while select.select([child.pipe], [], [], 0)[0] and (content := os.read(child.pipe, 65536)):
            if child.task is write:
                numbers = [int(line) for line in content.split()]
                self.commits += len(numbers)
                self.acknowledged = max(self.acknowledged, *numbers)
            self.looks += content.count(b"r")
            self.backups += content.count(b"b")


def _be(task: Callable[..., Any], *arguments: Any) -> NoReturn:
    try:
        task(*arguments)
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def killed_again_and_again(root: Path, crowd: Crowd, goal: Goal) -> dict[str, int]:
    """Run the loop in a process of its own; return how often what was done."""
    prepare(root)
    here = Path(__file__)
    values = {"tests": str(here.parent), "root": str(here.parents[2]), "folder": str(root)}
    script = SCRIPT.format(crowd=crowd, goal=goal, seed=time.time_ns(), **values)
    command = [sys.executable, "-c", script]
    longest = goal.seconds + HANGS_AFTER_SECONDS
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=longest)
    assert done.returncode == 0, done.stderr[:6000]
    counts: dict[str, int] = json.loads(done.stdout)
    print(counts)
    return counts


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@pytest.mark.proof
@needs_fork
def test_processes_killed_at_random_lose_nothing_acknowledged_and_readers_see_no_half(scratch: Path) -> None:
    goal = Goal(kills=30, commits=60, looks=30)

    done = killed_again_and_again(scratch / "data", Crowd(writers=3, readers=2, backups=1), goal)

    assert done["kills"] >= goal.kills
    observe(scratch / "data")
    assert plandoc.check(scratch / "data") == []


@needs_fork
@pytest.mark.slow
def test_ten_minutes_of_writers_readers_backups_and_kills_lose_nothing_and_give_no_false_alarm(tmp_path: Path) -> None:
    goal = Goal(kills=50, commits=50, looks=50, seconds=SOAK_SECONDS)

    done = killed_again_and_again(tmp_path / "data", Crowd(writers=6, readers=4, backups=2), goal)

    assert done["backups"] > 0
    observe(tmp_path / "data")
    assert plandoc.check(tmp_path / "data") == []
