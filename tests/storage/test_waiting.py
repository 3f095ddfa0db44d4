"""Who waits for the lock is served in the order in which they came, and who gave up blocks nobody."""

from __future__ import annotations

import errno
import os
import signal
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
from plandoc.storage import process_queue
from plandoc.storage.folder import FolderBackend
from plandoc.storage.memory import MemoryBackend

WAITER = """
import sys
from pathlib import Path
from recorder import open_folder
from plandoc.errors import LockTimeout
from plandoc.storage import process_queue
process_queue._GRACE_SECONDS = float(sys.argv[4])
backend = open_folder(Path(sys.argv[1]))
for timeout in sys.stdin:
    try:
        transaction = backend.begin("wait", timeout_seconds=float(timeout))
    except LockTimeout:
        print("late", flush=True)
        continue
    with open(sys.argv[2], "a") as served:
        served.write(sys.argv[3])
    transaction.release()
    print("served", flush=True)
"""
ENOUGH_SECONDS = 60
# On a machine that is busy enough, whoever is first can look like one that was stopped.
PATIENCE_SECONDS = 3600

pytestmark = pytest.mark.skipif(
    not process_queue._HAS_PLACES, reason="on this system those who wait ask from time to time"
)


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

    def join(self, name: str, timeout_seconds: float = ENOUGH_SECONDS) -> None:
        last = process_queue._last_place(self.lock)
        self.processes[name].stdin.write(f"{timeout_seconds}\n")
        self.processes[name].stdin.flush()
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
def a_line(root: Path, names: str, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[Line]:
    served = root.with_name("served")
    served.write_text("")
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", WAITER, str(root), str(served), name, str(patience_seconds)],
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
def test_of_those_who_never_pause_nobody_gets_twice_the_share_of_another(root: Path, backend: FolderBackend) -> None:
    held = backend.begin("first", timeout_seconds=0)
    turns = 40
    with a_line(root, "abcd") as line:
        for name in "abcd":
            line.join(name)
            line.processes[name].stdin.write(f"{ENOUGH_SECONDS}\n" * (turns - 1))
            line.processes[name].stdin.flush()
        held.release()
        for _ in range(turns):
            assert {line.answer(name) for name in "abcd"} == {"served"}
        # Towards the end those who are done leave the rest to the others.
        counts = [line.served[: 2 * turns].count(name) for name in "abcd"]

    assert sum(counts) == 2 * turns
    assert max(counts) <= 2 * min(counts)


@pytest.mark.proof
def test_who_gave_up_or_was_killed_blocks_nobody(root: Path, backend: FolderBackend) -> None:
    held = backend.begin("first", timeout_seconds=0)
    with a_line(root, "akb") as line:
        line.join("a", timeout_seconds=1)
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
