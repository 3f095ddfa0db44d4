"""What an import did, or would do, row by row."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Hashable, Sequence

from plandoc.errors.hints import Wording, joined
from plandoc.frozen import frozen

# Nobody reads more failed rows than this, so reading can stop there.
MOST_GATHERED = 1000


class RowOutcome(enum.Enum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    SKIPPED = "skipped"
    FAILED = "failed"


@frozen
class ImportRow:
    """One row of the report.

    Attributes:
        table: The table of the data folder that the record belongs to; for a failed row, the table of the file it
            is in.
        name: What a person calls the row.
        reason: Why it was skipped or failed; blank where there is nothing to say.
    """

    table: str
    name: str
    outcome: RowOutcome
    reason: str = ""

    @property
    def text(self) -> Wording:
        """The row as one line of the report."""
        what = f"{self.table}, {self.name}: {self.outcome.value}"
        return joined(": ", [what, self.reason] if self.reason else [what])

    def __str__(self) -> str:
        return str(self.text)


@frozen
class ImportReport:
    """What an import did.

    Attributes:
        rows: Every row, in the order in which they were imported.
        notes: What was left out or read differently, a sentence each.
        dry_run: Whether this only reports what would change.
    """

    rows: tuple[ImportRow, ...] = ()
    notes: tuple[str, ...] = ()
    dry_run: bool = False

    def counts(self) -> dict[str, dict[RowOutcome, int]]:
        """Return how many rows of each table had each outcome; outcomes that no row had are left out.

        >>> ImportReport((ImportRow("recipes", "Fudge", RowOutcome.CREATED),)).counts()
        {'recipes': {<RowOutcome.CREATED: 'created'>: 1}}
        """
        counted = Counter((row.table, row.outcome) for row in self.rows)
        tables = dict.fromkeys(row.table for row in self.rows)
        return {
            table: {outcome: counted[table, outcome] for outcome in RowOutcome if counted[table, outcome]}
            for table in tables
        }

    def with_outcome(self, outcome: RowOutcome) -> tuple[ImportRow, ...]:
        """Return the rows that had an outcome."""
        return tuple(row for row in self.rows if row.outcome is outcome)


class RowsFailed(Exception):  # noqa: N818  (a signal from a reader to the import, which makes the error of it)
    """A file cannot be imported.

    Attributes:
        rows: All failed rows, or the first of very many.
        notes: What else was found in the file.
    """

    def __init__(self, rows: Sequence[ImportRow], notes: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.rows = tuple(rows)
        self.notes = notes


class FailedRows:
    """What is wrong with a file while it is read.

    Attributes:
        rows: The failed rows so far, each once, with all that is wrong with it.
    """

    def __init__(self) -> None:
        self.rows: list[ImportRow] = []
        self._places: dict[Hashable, int] = {}

    def add(self, table: str, name: str, reason: str, row: Hashable = None) -> None:
        """Keep what is wrong with a row.

        Args:
            table: The table of the file.
            name: What a person calls the row.
            reason: What is wrong.
            row: What distinguishes the row from all others of the file; None for one that has one mistake only.

        Raises:
            RowsFailed: when there are enough of them.
        """
        place = self._places.get(row) if row is not None else None
        if place is not None:
            before = self.rows[place].reason
            self.rows[place] = ImportRow(table, name, RowOutcome.FAILED, joined("; ", [before, reason]))
            return
        self._places[row] = len(self.rows)
        self.rows.append(ImportRow(table, name, RowOutcome.FAILED, reason))
        if len(self.rows) > MOST_GATHERED:
            raise RowsFailed(self.rows)

    def check(self, notes: tuple[str, ...] = ()) -> None:
        """Raise everything that is wrong.

        Raises:
            RowsFailed: when anything is.
        """
        if self.rows:
            raise RowsFailed(self.rows, notes)
