"""Many writers of one folder, none of which ever pauses: each has its share, none loses a change, and readers see every one."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from event_folder import lines
from recorder import CATALOG, QuickFiles, document, open_folder
from test_processes import EVENT, counter
from test_waiting import ENOUGH_SECONDS, needs_places, until

from plandoc.storage import process_queue

WRITER = """
import sys
from pathlib import Path
from recorder import CATALOG, QuickFiles, document, open_folder
from test_processes import EVENT, counter
root, name, count, timeout = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
backend = open_folder(root, QuickFiles(), checkpoint_size=10**9)
own = 0
for _ in range(count):
    transaction = backend.begin(name, timeout_seconds=timeout)
    found = transaction.read(f"events/{name}.json")
    assert found == (document(f"events/{name}.json", str(own)) if own else None), "a lost change of its own"
    number, own = counter(transaction) + 1, own + 1
    both = {one: document(one, str(number)) for one in (CATALOG, EVENT)}
    transaction.commit({**both, f"events/{name}.json": document(f"events/{name}.json", str(own))})
    transaction.release()
print(backend.view(counter))
"""
READER = """
import sys
from pathlib import Path
from recorder import QuickFiles, open_folder
from test_processes import counter
backend = open_folder(Path(sys.argv[1]), QuickFiles())
last = 0
while last < int(sys.argv[2]):
    number = backend.view(counter)
    assert number >= last, "time went backwards"
    last = number
"""


@needs_places
@pytest.mark.proof
def test_none_of_many_writers_loses_a_change_and_readers_see_each(root: Path) -> None:
    order = order_of_commits(root, writers=8, readers=4, count=60)

    assert sorted(order) == sorted(names_of(8) * 60)


@needs_places
@pytest.mark.slow
def test_of_many_writers_none_gets_twice_the_share_of_another(root: Path) -> None:
    order = order_of_commits(root, writers=16, readers=4, count=1000)

    assert sorted(order) == sorted(names_of(16) * 1000)
    # Towards the end those who are done leave the rest to the others.
    shares = [order[: len(order) // 2].count(name) for name in names_of(16)]
    assert max(shares) <= 2 * min(shares)


def names_of(writers: int) -> list[str]:
    return [str(number) for number in range(2, writers + 2)]


def order_of_commits(root: Path, *, writers: int, readers: int, count: int) -> list[str]:
    """Let writers commit as often as this, without a pause, beside readers; return who committed, in order."""
    backend = open_folder(root, QuickFiles(), checkpoint_size=10**9)
    first = backend.begin("first", timeout_seconds=0)
    first.commit({one: document(one, "0") for one in (CATALOG, EVENT)})
    with ExitStack() as stack:

        def started(code: str, *arguments: object) -> subprocess.Popen[str]:
            command = [sys.executable, "-c", code, str(root), *map(str, arguments)]
            process = subprocess.Popen(command, cwd=Path(__file__).parent, stdout=subprocess.PIPE, text=True)
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        processes = [started(WRITER, name, count, 10 * ENOUGH_SECONDS) for name in names_of(writers)]
        looking = [started(READER, writers * count) for _ in range(readers)]
        lock = backend._lock._file.opened()
        until(lambda: process_queue._last_place(lock) == writers)
        first.release()
        ends = [process.wait() for process in (*processes, *looking)]

    assert ends == [0] * (writers + readers)
    assert backend.view(counter) == writers * count
    order = [str(line["action"]) for line in lines(root)[1:]]
    backend.close()
    return order
