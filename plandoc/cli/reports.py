"""What an import did, as it is shown to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plandoc import hints
from plandoc.cli import printing

if TYPE_CHECKING:
    from plandoc.exchange import ImportReport


def print_report(report: ImportReport) -> None:
    """Show how many rows of each table were created and so on, then every row with a reason, then the notes."""
    columns = [printing.Column("table"), printing.Column("outcome"), printing.Column("rows", is_number=True)]
    rows = [
        (table, outcome.value, count)
        for table, outcomes in report.counts().items()
        for outcome, count in outcomes.items()
    ]
    printing.print_table("Import", columns, rows, when_empty="the file holds nothing to import")
    for row in report.rows:
        if row.reason:
            printing.say(hints.for_command(row.text))
    for note in report.notes:
        printing.say(f"note: {note}")
