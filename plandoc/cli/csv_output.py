"""CSV for spreadsheets, which take some text for formulas."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence

from plandoc.cli import printing

_STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def print_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as CSV."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # The lines end in CR LF already; Windows would add one more CR.
        sys.stdout.reconfigure(newline="")
    sys.stdout.write(csv_text(headings, rows))


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""Return a table as CSV, as RFC 4180 wants it; no cell can steer a terminal or run as a formula.

    >>> csv_text(["ingredient", "quantity"], [("=HYPERLINK(1)", 3), ("Flour, fine", None)])
    'ingredient,quantity\r\n\'=HYPERLINK(1),3\r\n"Flour, fine",\r\n'
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # As spreadsheets themselves mark text that looks like a formula.
    return printing.clean(f"'{text}" if text.startswith(_STARTS_OF_FORMULAS) else text)
