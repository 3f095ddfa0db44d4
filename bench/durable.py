"""Measure `plandoc.durable` beside TinyDB and what others offer for it: what a change costs, and what four writers lose.

In turns: every round, each contender does each job once, in a new order.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import tinydb
from tinydb import where
from tinydb.operations import increment

from bench.showing import machine
from bench.showing.grids import Grid
from bench.showing.page import table_of
from plandoc import durable

_ROOT = Path(__file__).parents[1]
_RESULTS = Path(__file__).with_name("DURABLE.md")
SIZES = (100, 1000)
TOGETHER = 50
WRITERS = 4
_WARM_UP = 3
_HANGS_AFTER_SECONDS = 60
# Not timed: its thread takes a whole processor from all others as long as it is open.
_BETTER = "BetterJSONStorage"
_PACKAGES = ("plandoc", "tinydb", "tinyrecord", "BetterJSONStorage", "orjson")
_INSERT, _UPDATE, _GET, _SEARCH = "insert", "update one", "get by id", "search, not cached"
_SINGLE, _TRANSACTION = f"{TOGETHER} inserts", f"{TOGETHER} inserts together"


def _plain(path: Path) -> Any:
    return tinydb.TinyDB(path)


def _durable(path: Path) -> Any:
    return durable.TinyDB(path, timeout_seconds=300)


def _storage(path: Path) -> Any:
    return tinydb.TinyDB(path, storage=durable.DurableStorage, timeout_seconds=300)


def _of_folder(path: Path) -> Any:
    return durable.Folder(path.parent / "data", timeout_seconds=300).open(path.name)


def _better(path: Path) -> Any:
    from BetterJSONStorage import BetterJSONStorage

    return tinydb.TinyDB(path, storage=BetterJSONStorage, access_mode="r+")


def _tinyrecord(path: Path) -> Any:
    import tinyrecord

    database = tinydb.TinyDB(path)
    # It changes a table only by transactions of its own.
    database.transaction = tinyrecord.transaction
    return database


OPEN: dict[str, Callable[[Path], Any]] = {
    "TinyDB": _plain,
    "durable.TinyDB": _durable,
    "durable.Folder": _of_folder,
    "DurableStorage in TinyDB": _storage,
    "tinyrecord": _tinyrecord,
    _BETTER: _better,
}
# What each does with a change, as its code says.
PROMISES = {
    "TinyDB": "one fsync, but written over in place: a crash while it writes leaves half a file",
    "durable.TinyDB": "on the disk when it returns, old or new after any crash; two syncs",
    "durable.Folder": "the same, for several files together; one sync, of the journal",
    "DurableStorage in TinyDB": "the same; a change that would undo another one is a ConflictError",
    "tinyrecord": "as TinyDB, with one lock for each table object",
    _BETTER: "returns before anything is written; a thread writes later, in place, and never syncs",
}


def row(number: int) -> dict[str, Any]:
    """Return a record."""
    return {"name": f"Customer {number}", "city": "Berlin", "age": number % 90, "tags": ["a", "b"], "note": "x" * 40}


def _insert_together(name: str, database: Any) -> None:
    if name == "tinyrecord":
        with database.transaction(database.table("_default")) as changes:
            for number in range(TOGETHER):
                changes.insert(row(number))
    elif name.startswith("durable"):
        with database.transaction():
            for number in range(TOGETHER):
                database.insert(row(number))
    else:
        _insert_singly(name, database)


def _insert_singly(name: str, database: Any) -> None:
    for number in range(TOGETHER):
        _insert(name, database, number)


def _insert(name: str, database: Any, number: int) -> None:
    if name == "tinyrecord":
        with database.transaction(database.table("_default")) as changes:
            changes.insert(row(number))
    else:
        database.insert(row(number))


def _update(name: str, database: Any) -> None:
    number = random.randrange(10**6)
    if name == "tinyrecord":
        with database.transaction(database.table("_default")) as changes:
            changes.update({"age": number}, doc_ids=[7])
    else:
        database.update({"age": number}, doc_ids=[7])


def _search(_: str, database: Any) -> None:
    database.clear_cache()
    database.search(where("age") == 5)


JOBS: dict[str, Callable[[str, Any], object]] = {
    _INSERT: lambda name, database: _insert(name, database, 5),
    _UPDATE: _update,
    _GET: lambda _, database: database.get(doc_id=9),
    _SEARCH: _search,
    _SINGLE: _insert_singly,
    _TRANSACTION: _insert_together,
}
Times = dict[tuple[int, str, str], list[float]]


def main(arguments: list[str]) -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench durable", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="how often each contender does each job")
    parser.add_argument("--changes", type=int, default=50, help="how often each of four writers inserts and counts up")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where to work; must be on the disk to measure")
    parser.add_argument("--output", type=Path, default=_RESULTS, help="where to write the results")
    options = parser.parse_args(arguments)
    known = _importable()
    measured = [name for name in known if name != _BETTER]
    surroundings = machine.machine(Path(options.folder))
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        times = _measure(Path(folder), measured, options.rounds)
        lost = [_lost(Path(folder), name, options.changes) for name in known]
    page = "\n\n".join(_parts(surroundings, known, times, lost, options)) + "\n"
    options.output.write_text(page, "utf-8")
    print(page)


def _importable() -> list[str]:
    known = []
    for name, package in {**dict.fromkeys(OPEN, "tinydb"), "tinyrecord": "tinyrecord", _BETTER: _BETTER}.items():
        if importlib.util.find_spec(package) is None:
            print(f"{name} is left out: not installed; pip install -e '.[bench]' brings it")
        else:
            known.append(name)
    return known


def _measure(folder: Path, known: list[str], rounds: int) -> Times:
    times: Times = {}
    for size in SIZES:
        databases = {}
        for name in known:
            (folder / f"{size} {name}").mkdir()
            databases[name] = OPEN[name](folder / f"{size} {name}" / "db.json")
            databases[name].insert_multiple(row(number) for number in range(size))
        for turn in range(rounds + _WARM_UP):
            for job, do in JOBS.items():
                for name in random.sample(known, len(known)):
                    _fit(name, databases[name], size)
                    started = time.perf_counter()
                    do(name, databases[name])
                    if turn >= _WARM_UP:
                        times.setdefault((size, name, job), []).append(time.perf_counter() - started)
        for database in databases.values():
            database.close()
    return times


def _fit(name: str, database: Any, size: int) -> None:
    """Bring a table back to its size, so that each job finds what the others found."""
    if len(database) > size:
        database.remove(doc_ids=[row.doc_id for row in database][size:])
    if name == "tinyrecord":
        database.table("_default")._next_id = None


def _write(name: str, database: Any, changes: int) -> int:
    errors = 0
    for number in range(changes):
        for change in (_one_insert, _one_count):
            try:
                change(name, database, number)
            except Exception:
                errors += 1
    return errors


def _one_insert(name: str, database: Any, number: int) -> None:
    if name == "tinyrecord":
        with database.transaction(database.table("orders")) as changes:
            changes.insert({"number": number})
    else:
        database.table("orders").insert({"number": number})


def _one_count(name: str, database: Any, _: int) -> None:
    if name == "tinyrecord":
        with database.transaction(database.table("counters")) as changes:
            changes.update(increment("value"), where("name") == "orders")
    else:
        database.table("counters").update(increment("value"), where("name") == "orders")


def _lost(folder: Path, name: str, changes: int) -> tuple[str, ...]:
    return (name, *_of(folder, name, changes, WRITERS, 1), *_of(folder, name, changes, 1, WRITERS))


def _of(folder: Path, name: str, changes: int, processes: int, threads: int) -> tuple[str, str]:
    """Return how many changes failed, and what is there afterwards."""
    place = Path(tempfile.mkdtemp(dir=folder)) / "db.json"
    # Each in a process of its own: one whose thread hangs must not hang the others.
    _called("prepare", name, place)
    calls = [_start("write", name, place, changes, threads) for _ in range(processes)]
    outputs = [_ended(one) for one in calls]
    # One that could not even open the file, or hung, did none of its changes.
    errors = sum(int(output) if output.isdecimal() else 2 * changes * threads for output in outputs)
    return str(errors), _called("found", name, place) or "**unreadable**"


def _called(what: str, name: str, place: Path) -> str:
    return _ended(_start(what, name, place))


def _start(what: str, *arguments: object) -> subprocess.Popen[str]:
    code = f"import sys; from bench import durable; durable.{what}(*sys.argv[1:])"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def _ended(running: subprocess.Popen[str]) -> str:
    try:
        return running.communicate(timeout=_HANGS_AFTER_SECONDS)[0].strip()
    except subprocess.TimeoutExpired:
        running.kill()
        return running.communicate()[0].strip()


def prepare(name: str, place: str) -> None:
    """Make the counter."""
    database = OPEN[name](Path(place))
    database.table("counters").insert({"name": "orders", "value": 0})
    database.close()


def write(name: str, place: str, changes: str, threads: str) -> None:
    """Insert and count up; print how many errors there were."""
    database = OPEN[name](Path(place))
    errors: list[int] = []
    running = [
        threading.Thread(target=lambda: errors.append(_write(name, database, int(changes))))
        for _ in range(int(threads))
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    print(sum(errors), flush=True)
    database.close()


def found(name: str, place: str) -> None:
    """Print how many records there are, and the counter."""
    database = OPEN[name](Path(place))
    print(f"{len(database.table('orders'))}, {database.table('counters').get(doc_id=1)['value']}", flush=True)
    database.close()


def _parts(
    surroundings: Mapping[str, str], known: list[str], times: Times, lost: list[tuple[str, ...]], options: Any
) -> Iterator[str]:
    yield "# plandoc.durable beside TinyDB"
    yield (
        f"Written by `python -m bench durable` ({options.rounds} rounds). Medians in milliseconds, with the ratio to plain "
        "TinyDB in brackets. Every round, each contender does each job once, in a new order."
    )
    yield "\n".join(f"- {name}: {value}" for name, value in surroundings.items())
    yield "Versions: " + ", ".join(f"{name} {version}" for name, version in machine.versions(_PACKAGES).items()) + "."
    for size in SIZES:
        yield f"## {size} records"
        yield table_of(
            Grid(
                "",
                ("", *JOBS),
                tuple((name, *_cells(times, size, name)) for name in OPEN if (size, name, _INSERT) in times),
            )
        )
    yield "## What is lost"
    yield (
        f"{WRITERS} writers at once, {options.changes} times each: insert a record, and count up in another table. Wanted: "
        f"{WRITERS * options.changes} records, and the counter at the same number. (Errors, of {2 * WRITERS * options.changes} "
        "changes; records, counter.)"
    )
    header = ("", "errors, processes", "left by processes", "errors, threads", "left by threads")
    yield table_of(Grid("", header, tuple(lost)))
    yield (
        f"{_BETTER} is not timed, because its thread takes a whole processor as long as it is open. One that hung for "
        f"{_HANGS_AFTER_SECONDS} seconds was ended."
    )
    yield table_of(Grid("", ("", "a change"), tuple((name, PROMISES[name]) for name in known), is_prose=True))


def _cells(times: Times, size: int, name: str) -> Iterator[str]:
    for job in JOBS:
        found = statistics.median(times[size, name, job])
        # What one cannot do together is compared with what the others do so.
        plain = statistics.median(times[size, "TinyDB", _SINGLE if job == _TRANSACTION else job])
        yield f"{found * 1000:.3g} ({found / plain:.2f})"
