"""Measure what TinyDB's tables cost: operations of this checkout and of another in turns, and an insert beside TinyDB's own."""

from __future__ import annotations

import argparse
import itertools
import os
import random
import statistics
import subprocess
import sys
import tempfile
import timeit
from pathlib import Path

import tinydb
from rich.console import Console
from rich.table import Table
from tinydb.storages import MemoryStorage

import plandoc
from bench.operations_in_turns import NAMES
from plandoc.engine.row_tables import DocumentStorage, WholeRow

_HERE = Path(__file__).resolve().parents[1]
_CHILD = Path(__file__).with_name("operations_in_turns.py")
_OURS, _OTHER = "this checkout", "the other"
_ROWS = 1_000
_WARM_UP = 4
Times = dict[str, dict[str, list[float]]]


class _Child:
    """A process that does operations when it is asked to."""

    def __init__(self, checkout: Path, events: int, folder: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONHASHSEED": "0"}
        command = [sys.executable, str(_CHILD), str(events), folder]
        self._process = subprocess.Popen(
            command, cwd=checkout, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, line: str) -> float:
        """Return the microseconds that it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline()) / 1e3

    def end(self) -> None:
        """End it."""
        self._process.communicate()


def main(arguments: list[str]) -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench tables", description=__doc__)
    parser.add_argument("--against", type=Path, help="another checkout, to do the same operations in turns")
    parser.add_argument("--rounds", type=int, default=150, help="how often each figure is taken")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where to work")
    given = parser.parse_args(arguments)
    print(
        f"Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, microseconds"
    )
    checkouts = {_OURS: _HERE} | ({_OTHER: given.against.resolve()} if given.against else {})
    _print_operations(_in_turns(checkouts, given.rounds, given.folder))
    _print_inserts()


def _in_turns(checkouts: dict[str, Path], rounds: int, folder: str) -> Times:
    children = {name: _Child(path, 2 * (rounds + _WARM_UP), folder) for name, path in checkouts.items()}
    times: Times = {name: {operation: [] for operation in NAMES} for name in children}
    for number in range(2 * (rounds + _WARM_UP)):
        # The second of two: what is measured follows the same operation on another plan.
        counts = number % 2 == 1 and number >= 2 * _WARM_UP
        for operation in ("next", *NAMES):
            for name in random.sample(list(children), len(children)):
                took = children[name].ask(operation)
                if counts and operation in NAMES:
                    times[name][operation].append(took)
    for child in children.values():
        child.end()
    return times


def _print_operations(times: Times) -> None:
    table = Table("operation", *(f"{name}, processor time" for name in times), "median of the ratios in turns")
    for operation in NAMES:
        medians = [f"{statistics.median(times[name][operation]):.0f}" for name in times]
        table.add_row(operation, *medians, _ratio(times, operation))
    Console(width=110).print(table)


def _ratio(times: Times, operation: str) -> str:
    if len(times) == 1:
        return ""
    pairs = zip(times[_OURS][operation], times[_OTHER][operation], strict=True)
    return f"{statistics.median(ours / other for ours, other in pairs):.3f}"


def _print_inserts() -> None:
    row = {"name": "A recipe", "category": "Cookies", "notes": ""}
    ours = DocumentStorage({"recipes": {str(n): dict(row) for n in range(1, _ROWS + 1)}}).table("recipes")
    ours.insert(WholeRow(row, _ROWS + 1))
    new_ids = itertools.count(_ROWS + 2)
    figures = {"a row into a table of a document": lambda: ours.insert(WholeRow(row, next(new_ids)))}
    with plandoc.open_store(":memory:") as store, store.session() as session, tempfile.TemporaryDirectory() as folder:
        recipes = session.table(plandoc.Recipe)
        recipes.insert_multiple({**row, "name": f"Recipe {n}"} for n in range(_ROWS))
        names = (f"Another {n}" for n in itertools.count())
        figures["a row into session.table, by every rule"] = lambda: recipes.insert({**row, "name": next(names)})
        memory = tinydb.TinyDB(storage=MemoryStorage)
        memory.insert_multiple(dict(row) for _ in range(_ROWS))
        figures["TinyDB in memory"] = lambda: memory.insert(row)
        file = tinydb.TinyDB(Path(folder) / "db.json")
        file.insert_multiple(dict(row) for _ in range(_ROWS))
        figures["TinyDB in a file"] = lambda: file.insert(row)
        table = Table(f"insert, {_ROWS} rows there", "best of 7")
        for name, insert in figures.items():
            table.add_row(name, f"{min(timeit.repeat(insert, number=20, repeat=7)) / 20 * 1e6:.1f}")
        file.close()
    Console(width=110).print(table)
