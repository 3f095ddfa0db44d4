"""CSV for spreadsheets, printed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from plandoc import escaping
from plandoc.cli import streams

csv_text = escaping.csv_text


def print_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as CSV."""
    # The lines end in CR LF already; Windows would add one more CR.
    streams.keep_line_ends()
    sys.stdout.write(csv_text(headings, rows))
