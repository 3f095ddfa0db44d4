"""Who waits for the lock is served in the order in which they came, and who gave up blocks nobody."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import attrs
import pytest
from recorder import make_folder, open_folder

from plandoc.errors import LockTimeout
from plandoc.storage import process_queue, wake_up
from plandoc.storage.folder import FolderBackend
from plandoc.storage.memory import MemoryBackend

WAITER = """
import sys
import time
from pathlib import Path
from recorder import open_folder
from plandoc.errors import LockTimeout
from plandoc.storage import process_queue

def waiting(lock):
    place = count = 0
    while place := process_queue._next_place(lock, place + 1, 0):
        count += 1
    return count

process_queue._GRACE_SECONDS = float(sys.argv[4])
if len(sys.argv) > 5:
    process_queue._PAUSES_OF_CALLED_SECONDS = (float(sys.argv[5]), float(sys.argv[5]))
backend = open_folder(Path(sys.argv[1]))
for line in sys.stdin:
    timeout, others = line.split()
    try:
        transaction = backend.begin("wait", timeout_seconds=float(timeout))
    except LockTimeout:
        print("late", flush=True)
        continue
    while waiting(backend._lock._file.opened()) < int(others):
        time.sleep(0.0001)
    with open(sys.argv[2], "a") as served:
        served.write(sys.argv[3])
    transaction.release()
    print("served", flush=True)
"""
ENOUGH_SECONDS = 60
# On a machine that is busy enough, whoever is first can look like one that was stopped.
PATIENCE_SECONDS = 3600

needs_places = pytest.mark.skipif(
    not process_queue._HAS_PLACES, reason="on this system those who wait ask from time to time"
)
pytestmark = needs_places


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + ENOUGH_SECONDS
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.001)


@attrs.define
class Line:
    """Processes that wait for the lock of a folder, one behind the other."""

    root: Path
    served_path: Path
    processes: dict[str, subprocess.Popen[str]]
    lock: int

    def ask(self, name: str, timeout_seconds: float = ENOUGH_SECONDS, others: int = 0) -> None:
        """Let one ask for the lock once more, and keep it until so many others wait."""
        self.processes[name].stdin.write(f"{timeout_seconds} {others}\n")
        self.processes[name].stdin.flush()

    def join(self, name: str, timeout_seconds: float = ENOUGH_SECONDS, others: int = 0) -> None:
        """Let one ask for the lock, and return when it waits."""
        last = process_queue._last_place(self.lock)
        self.ask(name, timeout_seconds, others)
        until(lambda: process_queue._last_place(self.lock) > last)

    def send(self, name: str, number: int) -> None:
        self.processes[name].send_signal(number)

    def answer(self, name: str) -> str:
        return self.processes[name].stdout.readline().strip()

    @property
    def served(self) -> str:
        """The names of those who had the lock, in order."""
        return self.served_path.read_text()


@contextmanager
def a_line(
    root: Path, names: str, patience_seconds: float = PATIENCE_SECONDS, *, pauses_seconds: float | None = None
) -> Iterator[Line]:
    served = root.with_name("served")
    served.write_text("")
    pauses = [] if pauses_seconds is None else [str(pauses_seconds)]
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", WAITER, str(root), str(served), name, str(patience_seconds), *pauses],
                    cwd=Path(__file__).parent,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for name in names
        }
        lock = os.open(root / ".plandoc" / "lock", os.O_RDWR)
        stack.callback(os.close, lock)
        for process in processes.values():
            stack.callback(process.kill)
        yield Line(root, served, processes, lock)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "data")


@pytest.fixture
def backend(root: Path) -> Iterator[FolderBackend]:
    backend = open_folder(root)
    yield backend
    backend.close()


@pytest.mark.proof
def test_processes_are_served_in_the_order_in_which_they_came_and_who_had_the_lock_last_comes_last(
    root: Path, backend: FolderBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_queue, "_GRACE_SECONDS", PATIENCE_SECONDS)
    held = backend.begin("first", timeout_seconds=0)
    with a_line(root, "dbca") as line:
        for name in "dbca":
            line.join(name)
        held.release()
        held = backend.begin("again", timeout_seconds=ENOUGH_SECONDS)
        served = line.served
        held.release()

    assert served == "dbca"


@pytest.mark.proof
def test_those_who_come_back_at_once_have_the_lock_in_turn(root: Path, backend: FolderBackend) -> None:
    held = backend.begin("first", timeout_seconds=0)
    turns, names = 40, "abcd"
    with a_line(root, names) as line:
        for name in names:
            line.join(name, others=3)
        for turn in range(1, turns):
            for number, name in enumerate(names):
                # In the last round nobody comes back.
                line.ask(name, others=3 if turn < turns - 1 else 3 - number)
        held.release()
        for _ in range(turns):
            assert {line.answer(name) for name in names} == {"served"}

        assert line.served == names * turns


@pytest.mark.proof
@pytest.mark.skipif(not wake_up._HAS_NAMES, reason="on this system nobody is called")
def test_who_is_next_is_called_and_need_not_look_for_itself(root: Path, backend: FolderBackend) -> None:
    held = backend.begin("first", timeout_seconds=0)
    turns = 50
    with a_line(root, "abc", pauses_seconds=ENOUGH_SECONDS) as line:
        for name in "abc":
            line.join(name)
            for _ in range(turns - 1):
                line.ask(name)
        held.release()

        assert [{line.answer(name) for name in "abc"} for _ in range(turns)] == [{"served"}] * turns


@pytest.mark.proof
def test_who_gave_up_while_it_was_called_lets_the_next_one_be_called(root: Path, backend: FolderBackend) -> None:
    held = backend.begin("first", timeout_seconds=0)
    with a_line(root, "ab", pauses_seconds=ENOUGH_SECONDS) as line:
        line.join("a", timeout_seconds=3)
        line.join("b")
        gave_up = line.answer("a")
        held.release()

        assert (gave_up, line.answer("b")) == ("late", "served")


@pytest.mark.proof
def test_after_a_holder_or_the_one_it_called_was_killed_the_next_one_looks_for_itself(
    root: Path, backend: FolderBackend
) -> None:
    held = backend.begin("first", timeout_seconds=0)
    with a_line(root, "kab") as line:
        for name in "kab":
            line.join(name)
        # It is called while it is stopped, and never comes to hear it.
        line.send("k", signal.SIGSTOP)
        held.release()
        line.send("k", signal.SIGKILL)

        assert [line.answer(name) for name in "ab"] == ["served"] * 2
        assert line.served == "ab"


@pytest.mark.proof
def test_calls_of_nobody_and_names_that_others_have_taken_cost_no_turn(
    root: Path, backend: FolderBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = backend._lock._file.opened()
    in_the_way = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2)]
    for place, one in enumerate(in_the_way, start=1):
        one.bind(wake_up._name(lock, place))
    held = backend.begin("first", timeout_seconds=0)
    with a_line(root, "abc") as line:
        for name in "abc":
            line.join(name)
        for _ in range(100):
            wake_up.wake(lock, 3)
        held.release()

        assert [line.answer(name) for name in "abc"] == ["served"] * 3
        assert line.served == "abc"
    for one in in_the_way:
        one.close()


@pytest.mark.proof
def test_where_nobody_can_be_called_the_order_is_the_same(
    root: Path, backend: FolderBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wake_up, "_HAS_NAMES", False)
    held = backend.begin("first", timeout_seconds=0)
    with a_line(root, "cab") as line:
        for name in "cab":
            line.join(name)
        held.release()

        assert [line.answer(name) for name in "cab"] == ["served"] * 3
        assert line.served == "cab"


@pytest.mark.proof
def test_who_gave_up_or_was_killed_blocks_nobody(root: Path, backend: FolderBackend) -> None:
    held = backend.begin("first", timeout_seconds=0)
    with a_line(root, "akb") as line:
        line.join("a", timeout_seconds=3)
        line.join("k")
        line.join("b")
        line.send("k", signal.SIGKILL)
        gave_up = line.answer("a")
        held.release()
        answer = line.answer("b")
        told: list[str] = []
        backend.begin("again", timeout_seconds=1, on_wait=told.append).release()

        assert (gave_up, answer, line.served) == ("late", "served", "b")
        assert told == []


@pytest.mark.proof
def test_who_was_stopped_is_passed_and_has_its_turn_when_it_goes_on(root: Path, backend: FolderBackend) -> None:
    held = backend.begin("first", timeout_seconds=0)
    with a_line(root, "sab", process_queue._GRACE_SECONDS) as line:
        for name in "sab":
            line.join(name)
        line.send("s", signal.SIGSTOP)
        held.release()
        answers = [line.answer(name) for name in "ab"]
        backend.begin("at once", timeout_seconds=0).release()
        line.send("s", signal.SIGCONT)
        answers.append(line.answer("s"))

        assert answers == ["served"] * 3
        assert line.served[2] == "s"


def test_who_has_no_time_to_wait_lets_nobody_go_first(root: Path, backend: FolderBackend) -> None:
    with a_line(root, "s") as line:
        held = backend.begin("first", timeout_seconds=0)
        line.join("s")
        line.send("s", signal.SIGSTOP)
        held.release()

        for _ in range(3):
            backend.begin("at once", timeout_seconds=0).release()
        line.send("s", signal.SIGCONT)
        assert line.answer("s") == "served"


def threads_in_line(backend: FolderBackend | MemoryBackend, names: str) -> tuple[list[str], list[threading.Thread]]:
    """Let threads wait for a backend, one behind the other."""
    served: list[str] = []
    threads = []

    def work(name: str) -> None:
        transaction = backend.begin("wait", timeout_seconds=ENOUGH_SECONDS)
        served.append(name)
        transaction.release()

    turns = backend._turns if isinstance(backend, MemoryBackend) else backend._lock._turns
    for name in names:
        before = len(turns._line)
        threads.append(threading.Thread(target=work, args=(name,)))
        threads[-1].start()
        until(lambda before=before: len(turns._line) > before)
    return served, threads


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_threads_are_served_in_the_order_in_which_they_came_and_who_had_the_lock_last_comes_last(
    kind: str, backend: FolderBackend
) -> None:
    shared = backend if kind == "folder" else MemoryBackend("L")
    held = shared.begin("first", timeout_seconds=0)
    served, threads = threads_in_line(shared, "dbca")
    with pytest.raises(LockTimeout):
        shared.begin("give up", timeout_seconds=0.01)
    held.release()
    held = shared.begin("again", timeout_seconds=ENOUGH_SECONDS)
    seen = list(served)
    held.release()
    for thread in threads:
        thread.join()

    assert seen == list("dbca")


def test_who_waits_for_a_thread_and_then_for_a_process_is_told_once(root: Path, backend: FolderBackend) -> None:
    other = open_folder(root)
    held = other.begin("plan Christmas", timeout_seconds=0)
    _, threads = threads_in_line(backend, "a")
    told: list[str] = []

    with pytest.raises(LockTimeout):
        backend.begin("wait", timeout_seconds=0.05, on_wait=told.append)
    held.release()
    threads[0].join()

    assert len(told) == 1
    assert "plan Christmas" in told[0]
    other.close()


def no_places(*_: object) -> bytes:
    raise OSError(errno.EINVAL, "no such locks")


@pytest.mark.parametrize("what", ["missing", "refused"])
def test_where_the_system_has_no_places_to_give_those_who_wait_get_the_lock_all_the_same(
    what: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "missing":
        monkeypatch.setattr(process_queue, "_HAS_PLACES", False)
    else:
        monkeypatch.setattr(process_queue.fcntl, "fcntl", no_places)
    backends = [open_folder(root) for _ in range(4)]
    served: list[int] = []

    def work(number: int) -> None:
        for _ in range(5):
            transaction = backends[number].begin("work", timeout_seconds=ENOUGH_SECONDS)
            served.append(number)
            transaction.release()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(served) == sorted([0, 1, 2, 3] * 5)
    for backend in backends:
        backend.close()
