"""Processes that work in one folder at the same time: writers, and readers that look again and again.

`python -m bench.measuring.at_work ROLE FOLDER EVENT`: says that it is ready, then takes orders line by line, and answers
each with a line of JSON. The orders of a writer are `write SECONDS PAUSE` and `pace PAUSE` (until the next line comes), those
of a reader `look TIMES PAUSE`.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import plandoc
from bench import workload
from plandoc.records import EventId, FinishedUnitId

WRITER, READER = "writer", "reader"
_UNIT = FinishedUnitId(4)
_ENOUGH = workload.decisions()[_UNIT - 1]["batches"]
_IO = Path("/proc/self/io")


class Worker:
    """A process at work, seen from the one that started it."""

    def __init__(self, role: str, folder: Path, event_id: int) -> None:
        command = [sys.executable, "-m", "bench.measuring.at_work", role, str(folder), str(event_id)]
        root = Path(__file__).parents[2]
        self._process = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def order(self, line: str) -> None:
        """Have it begin with something."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        """Wait until it is ready, or has done what was ordered, and return what it says."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a process at work ended with status {self._process.wait()}")
        return json.loads(line)

    def end(self) -> None:
        """Let it end, and wait for that."""
        self._process.communicate()


def _write(store: plandoc.Store, event_id: EventId, goes_on: Callable[[], bool], pause: float) -> list[float]:
    """Decide again and again; return how long each waited for its turn, also one that got it only after the end."""
    waits = []
    while goes_on():
        began = time.perf_counter()
        with store.session("decide") as session:
            waits.append(time.perf_counter() - began)
            plandoc.save_batch_decision(event_id, _UNIT, _ENOUGH + len(waits) % 2, session=session)
        time.sleep(pause)
    return waits


def _look(store: plandoc.Store, event_id: EventId, times: int, pause: float) -> Iterator[tuple[float, int]]:
    """Read a plan again and again; yield how long each took, and how many bytes it read of whatever files."""
    plandoc.use_store(store)
    for _ in range(times):
        time.sleep(pause)
        read = _bytes_read()
        began = time.perf_counter()
        plandoc.get_plan(event_id)
        took = time.perf_counter() - began
        yield took, _bytes_read() - read - _own_bytes()


def _bytes_read() -> int:
    return int(_IO.read_bytes().split()[1]) if _IO.exists() else 0


def _own_bytes() -> int:
    """Return what counting the bytes reads itself."""
    before = _bytes_read()
    return _bytes_read() - before


def _within(seconds: float) -> Callable[[], bool]:
    deadline = time.monotonic() + seconds
    return lambda: time.monotonic() < deadline


def _no_order_waits() -> bool:
    return not select.select([0], [], [], 0)[0]


def _done(store: plandoc.Store, event_id: EventId, order: list[str]) -> object:
    match order:
        case ["write", seconds, pause]:
            return _write(store, event_id, _within(float(seconds)), float(pause))
        case ["pace", pause]:
            return _write(store, event_id, _no_order_waits, float(pause))
        case ["look", times, pause]:
            return list(_look(store, event_id, int(times), float(pause)))
    raise ValueError(order)


def main() -> None:
    """Serve; what is done for the first time is done before it is ready."""
    role, folder, event = sys.argv[1], sys.argv[2], EventId(int(sys.argv[3]))
    with plandoc.open_store(folder, timeout_seconds=600) as store:
        first = ["look", "3", "0"] if role == READER else ["write", "0.01", "0"]
        _done(store, event, first)
        print(json.dumps("ready"), flush=True)
        # Without a buffer, in which an order that waits could not be seen.
        with open(0, "rb", buffering=0, closefd=False) as orders:
            while order := orders.readline().decode().split():
                print(json.dumps(_done(store, event, order)), flush=True)


if __name__ == "__main__":
    main()
