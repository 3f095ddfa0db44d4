"""CSV for spreadsheets, printed."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Sequence

from plandoc import harmless

csv_text = harmless.csv_text


def print_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as CSV."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # The lines end in CR LF already; Windows would add one more CR.
        sys.stdout.reconfigure(newline="")
    sys.stdout.write(csv_text(headings, rows))
