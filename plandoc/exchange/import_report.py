"""What an import did, or would do, row by row."""

from __future__ import annotations

import enum
from collections import Counter

from plandoc.frozen import frozen
from plandoc.hints import Wording, joined


class Outcome(enum.Enum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    SKIPPED = "skipped"
    FAILED = "failed"


@frozen
class Row:
    """One row of the report.

    Attributes:
        table: The table of the data folder that the record belongs to; for a failed row, the table of the file it
            stands in.
        name: What a person calls the row.
        reason: Why it was skipped or failed; blank where there is nothing to say.
    """

    table: str
    name: str
    outcome: Outcome
    reason: str = ""

    @property
    def text(self) -> Wording:
        """What is said of the row, in one text."""
        what = f"{self.table}, {self.name}: {self.outcome.value}"
        return joined(": ", [what, self.reason] if self.reason else [what])

    def __str__(self) -> str:
        return str(self.text)


@frozen
class ImportReport:
    """What an import did.

    Attributes:
        rows: Every row, in the order in which they were taken in.
        notes: What was left out or read differently, a sentence each.
        dry_run: Whether this only says what would be done.
    """

    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    dry_run: bool = False

    def counts(self) -> dict[str, dict[Outcome, int]]:
        """Return how many rows of each table had each outcome; outcomes that no row had are left out.

        >>> ImportReport((Row("recipes", "Fudge", Outcome.CREATED),)).counts()
        {'recipes': {<Outcome.CREATED: 'created'>: 1}}
        """
        counted = Counter((row.table, row.outcome) for row in self.rows)
        tables = dict.fromkeys(row.table for row in self.rows)
        return {
            table: {outcome: counted[table, outcome] for outcome in Outcome if counted[table, outcome]}
            for table in tables
        }

    def with_outcome(self, outcome: Outcome) -> tuple[Row, ...]:
        """Return the rows that had an outcome."""
        return tuple(row for row in self.rows if row.outcome is outcome)
