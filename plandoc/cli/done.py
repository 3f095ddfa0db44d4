"""What a command has done, as JSON in one shape for all commands that write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from plandoc.cli import printing
from plandoc.cli.rows import as_row
from plandoc.cli.work_log import Change, WorkLog
from plandoc.tables import table_of


def call_for_json(command: str, call: Callable[[], object], work_log: WorkLog) -> int | None:
    """Call a command and print what it has done as JSON, instead of its sentences.

    Args:
        command: Its name.
        call: Calls it.
        work_log: Where it records what it changes.
    """
    with printing.collecting() as collected:
        status = call()
    done: dict[str, Any] = {"command": command, "changes": list(_changes(work_log.changes)), "notes": collected.lines}
    if collected.tables:
        done["tables"] = collected.tables
    printing.print_json(done)
    return status if isinstance(status, int) else None


def _changes(changes: Iterable[Change]) -> Iterator[dict[str, Any]]:
    """Yield what became of each record; what was added and removed at once never was there."""
    for before, after in changes:
        if before != after:
            what = "added" if before is None else "removed" if after is None else "changed"
            record = before if after is None else after
            yield {"change": what, "table": table_of(type(record)).name, "record": as_row(record)}
