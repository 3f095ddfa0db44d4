"""Measure `start_production` among N events, and the command as a whole process; print a table.

`python -m bench planning` measures the sums of planning instead, `python -m bench production` what comes after the start.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import planning, processes, production, with_append, with_plandoc, with_sqlite, with_tinydb

_TINYDB_REPEATS = 5
_LARGEST_FOR_TINYDB = 2000
_WARM_UP = 2

Medians = dict[str, float]


def main() -> None:
    """Run what was asked for."""
    others = {"planning": planning.main, "production": production.main}
    if sys.argv[1:2] and sys.argv[1] in others:
        others[sys.argv[1]](sys.argv[2:])
        return
    arguments = _arguments()
    print(
        f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, medians of {arguments.repeats} in milliseconds"
    )
    print(f"start_production: 8 recipes of 8 lines, 12 goods, 8 decisions, among N events; in {arguments.folder}\n")
    print(_line("N", with_plandoc.NAME, with_sqlite.NAME, with_tinydb.NAME, with_append.NAME, "/ sqlite3", "TinyDB /"))
    results = {}
    for events in arguments.sizes:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            results[events] = _measure_in_process(Path(folder), events, arguments.repeats)
        _print_row(events, results[events])
    _print_growth(results)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        _measure_processes(Path(folder), arguments.repeats)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 1000, 10000], help="numbers of events")
    parser.add_argument("--repeats", type=int, default=30, help="how often each contender runs")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where to work; must be on the disk to measure")
    return parser.parse_args()


def _measure_in_process(folder: Path, events: int, repeats: int) -> Medians:
    targets = repeats + _WARM_UP
    all_events = max(events, targets)
    if all_events > events:
        print(f"({targets} events are started one after the other, so {all_events} stand in for {events})")
    ours = with_plandoc.Contender(folder, all_events, targets)
    contenders: dict[str, tuple[Any, int]] = {
        with_plandoc.NAME: (ours, repeats),
        with_sqlite.NAME: (with_sqlite.Contender(folder, all_events, targets), repeats),
    }
    if events <= _LARGEST_FOR_TINYDB:
        plain = with_tinydb.Contender(folder, all_events, targets, ours.definitions())
        contenders[with_tinydb.NAME] = (plain, min(repeats, _TINYDB_REPEATS))
    appended = _warm_up([contender for contender, _ in contenders.values()], ours.folder / "journal.jsonl")
    contenders[with_append.NAME] = (with_append.Contender(folder, appended), repeats)
    # What was written while building must not be written back while others are measured.
    os.sync()
    times = _interleaved(contenders, repeats)
    for contender, _ in contenders.values():
        contender.close()
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def _warm_up(contenders: list[Any], journal: Path) -> int:
    """Start the first events, see that all froze the same, and return the bytes that one start appends."""
    appended = 0
    for event_id in range(1, _WARM_UP + 1):
        before = journal.stat().st_size if journal.exists() else 0
        for contender in contenders:
            contender.start(event_id)
        appended = journal.stat().st_size - before
    first, *others = [_frozen(contender) for contender in contenders]
    if any(other != first for other in others):
        raise SystemExit("the contenders do not freeze the same plan; the figures would mean nothing")
    return appended


def _frozen(contender: Any) -> tuple[Any, Any]:
    content = contender.snapshot(1)
    return {**content["snapshot_data"], "created_at": ""}, content["definitions"]


def _interleaved(contenders: dict[str, tuple[Any, int]], repeats: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(repeats):
        for name, (contender, most) in contenders.items():
            if turn < most:
                event_id = _WARM_UP + 1 + turn
                times[name].append(_seconds(lambda contender=contender, event_id=event_id: contender.start(event_id)))
    return times


def _seconds(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _print_row(events: int, medians: Medians) -> None:
    ours, sqlite, plain = (medians.get(c.NAME) for c in (with_plandoc, with_sqlite, with_tinydb))
    cells = [_milliseconds(medians.get(c.NAME)) for c in (with_plandoc, with_sqlite, with_tinydb, with_append)]
    factor = "-" if plain is None else f"{plain / ours:.0f} x"
    print(_line(str(events), *cells, f"{ours / sqlite:.2f} x", factor), flush=True)


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.2f}"


def _line(*cells: str) -> str:
    return cells[0].rjust(6) + "".join(cell.rjust(19) for cell in cells[1:5]) + "".join(c.rjust(12) for c in cells[5:])


def _print_growth(results: dict[int, Medians]) -> None:
    smallest, largest = min(results), max(results)
    factor = results[largest][with_plandoc.NAME] / results[smallest][with_plandoc.NAME]
    print(f"\nplandoc at N = {largest} takes {factor:.2f} times what it takes at N = {smallest} (goal: at most 1.20)")


def _measure_processes(folder: Path, repeats: int) -> None:
    """Compare the command as a whole process with the imports that it cannot do without."""
    ours = with_plandoc.Contender(folder, repeats + _WARM_UP, repeats + _WARM_UP)
    ours.close()
    run = processes.Runner(folder / "bytecode")
    times: dict[str, list[float]] = {"start": [], "import plandoc": [], "imports": []}
    for event_id in range(1, repeats + _WARM_UP + 1):
        times["start"].append(_seconds(lambda event_id=event_id: run(*_start_command(ours.folder, event_id))))
        times["import plandoc"].append(_seconds(lambda: run("-c", "import plandoc")))
        times["imports"].append(_seconds(lambda: run("-c", processes.IMPORTS)))
    start, plandoc, imports = (statistics.median(seconds[_WARM_UP:]) for seconds in times.values())
    print(f"\nwhole process: {' '.join(_start_command(Path('FOLDER'), 'EVENT'))}  {start * 1000:.0f} ms")  # type: ignore[arg-type]
    print(f"               import plandoc  {plandoc * 1000:.0f} ms")
    print(f"               {processes.IMPORTS}  {imports * 1000:.0f} ms")
    print(f"               {start / imports:.2f} times (goal: at most 2.50), and {plandoc / imports:.2f} times")


def _start_command(folder: Path, event_id: int) -> list[str]:
    return ["-m", "plandoc", "--data", str(folder), "start", str(event_id)]


if __name__ == "__main__":
    main()
