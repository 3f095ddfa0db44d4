"""The error for a file that was not taken in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from plandoc.errors import ImportRefusedError
from plandoc.exchange.import_report import ImportReport, Row
from plandoc.hints import joined

# Nobody reads so many; whoever has found them can stop looking.
MOST_GATHERED = 1000
_MOST_SHOWN = 20


def refused(
    file: Path, failed: Sequence[Row], notes: tuple[str, ...], *, dry_run: bool, why: str = "broken", hint: str = ""
) -> ImportRefusedError:
    """Return the error that tells why nothing was imported; its report has every failed row."""
    is_all = len(failed) <= MOST_GATHERED
    rows = "1 row is" if len(failed) == 1 else f"{len(failed) if is_all else f'more than {MOST_GATHERED}'} rows are"
    shown = joined("\n", (joined("", ["  ", row.text]) for row in failed[:_MOST_SHOWN]))
    left = f"{len(failed) - _MOST_SHOWN}" if is_all else "many"
    more = f"\n  and {left} more" if len(failed) > _MOST_SHOWN else ""
    message = joined("", [f"nothing was imported from {file}: {rows} {why}:\n", shown, more, hint])
    return ImportRefusedError(message, ImportReport(tuple(failed), notes, dry_run))
