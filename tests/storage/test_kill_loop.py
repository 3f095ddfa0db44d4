"""Real processes that write and read at once, and are killed at random moments: nothing acknowledged is lost.

`PLANDOC_SOAK_SECONDS=600 pytest -m slow tests/storage/test_kill_loop.py -s` runs it for ten minutes.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import attrs
import pytest
from lives import forget
from recorder import make_folder, observe

import plandoc
from plandoc.records import Event, Ingredient
from plandoc.sessions import Session
from plandoc.storage.folder import FolderBackend
from plandoc.store import Store
from tests.builders import EVENT_DATE

SECONDS = float(os.environ.get("PLANDOC_SOAK_SECONDS", "180"))
WRITERS, READERS = 3, 2
EVENTS = (1, 2)
LONGEST_LIFE_SECONDS = 0.06

SCRIPT = """
import sys
sys.path[:0] = [{tests!r}, {root!r}]
from test_kill_loop import Loop
from pathlib import Path
Loop(Path({folder!r}), seconds={seconds}, seed={seed}).run()
"""


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


@attrs.define
class Child:
    """A process of the loop."""

    pid: int
    pipe: int
    is_writer: bool


class Loop:
    """Starts writers and readers, kills them at random moments and looks what is there."""

    def __init__(self, root: Path, *, seconds: float, seed: int) -> None:
        self.root = root
        self.until = time.monotonic() + seconds
        self.luck = random.Random(seed)
        self.children: list[Child] = []
        self.acknowledged = self.commits = self.looks = self.kills = 0

    def run(self) -> None:
        """Go on until the time is over; print what was done."""
        try:
            for number in range(WRITERS + READERS):
                self.children.append(self._start(is_writer=number < WRITERS))
            while time.monotonic() < self.until:
                time.sleep(self.luck.uniform(0, LONGEST_LIFE_SECONDS))
                self._kill_one()
                self._look()
        finally:
            while self.children:
                self._end(self.children.pop())
        self._look()
        print(json.dumps({"kills": self.kills, "commits": self.commits, "looks": self.looks}))

    def _kill_one(self) -> None:
        # Readers are killed too, but seldom: most is to be learnt from writers.
        index = self.luck.randrange(WRITERS if self.luck.random() < 0.95 else WRITERS + READERS)
        self._end(self.children[index])
        self.kills += 1
        self.children[index] = self._start(is_writer=index < WRITERS)

    def _look(self) -> None:
        for child in self.children:
            self._drain(child)
        told = self.acknowledged
        number = a_store(self.root).read(counter)
        assert number >= told, f"lost: {told} was acknowledged, {number} is there"

    def _start(self, *, is_writer: bool) -> Child:
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reading)
            _be(write if is_writer else read, self.root, random.Random(self.luck.random()), writing)
        os.close(writing)
        os.set_blocking(reading, False)
        return Child(pid, reading, is_writer)

    def _end(self, child: Child) -> None:
        os.kill(child.pid, signal.SIGKILL)
        _, status = os.waitpid(child.pid, 0)
        self._drain(child)
        os.close(child.pipe)
        assert os.WIFSIGNALED(status), "a process failed by itself; see above"

    def _drain(self, child: Child) -> None:
        while select.select([child.pipe], [], [], 0)[0] and (content := os.read(child.pipe, 65536)):
            if child.is_writer:
                numbers = [int(line) for line in content.split()]
                self.commits += len(numbers)
                self.acknowledged = max(self.acknowledged, *numbers)
            else:
                self.looks += len(content)


def _be(task: Callable[..., Any], *arguments: Any) -> NoReturn:
    try:
        task(*arguments)
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def killed_again_and_again(root: Path, seconds: float) -> dict[str, int]:
    """Run the loop in a process of its own; return how often what was done."""
    prepare(root)
    here = Path(__file__)
    values = {"tests": str(here.parent), "root": str(here.parents[2]), "folder": str(root)}
    script = SCRIPT.format(seconds=seconds, seed=time.time_ns(), **values)
    command = [sys.executable, "-W", "error::plandoc.storage.folder.RecoveryWarning", "-c", script]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=seconds + 120)
    assert done.returncode == 0, done.stderr[-3000:]
    counts: dict[str, int] = json.loads(done.stdout)
    print(counts)
    return counts


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@needs_fork
def test_processes_killed_at_random_lose_nothing_acknowledged_and_readers_see_no_half(scratch: Path) -> None:
    done = killed_again_and_again(scratch / "data", 2.5)

    assert done["kills"] > 10
    assert done["commits"] > done["kills"]
    assert done["looks"] > 10
    observe(scratch / "data")
    assert plandoc.check(scratch / "data") == []


@needs_fork
@pytest.mark.slow
def test_minutes_of_kills_lose_nothing_acknowledged_and_readers_see_no_half(tmp_path: Path) -> None:
    done = killed_again_and_again(tmp_path / "data", SECONDS)

    assert done["kills"] > SECONDS
    observe(tmp_path / "data")
    assert plandoc.check(tmp_path / "data") == []
