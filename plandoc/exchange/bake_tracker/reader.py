"""The tables of a foreign export while they are read: what failed, what nobody took, what is worth a note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from plandoc.domain.slugs import slugify
from plandoc.errors import ValidationError, found
from plandoc.exchange.bake_tracker.fields import Fields, Reference
from plandoc.exchange.import_report import FailedRows, Outcome, Row
from plandoc.exchange.references import references_of

T = TypeVar("T")

_NAMES = ("display_name", "name", "slug", "ingredient_slug", "event_name", "package_name", "finished_good_slug")


class ExportReader:
    """An export, and the findings made while it is read.

    Attributes:
        failed: Rows that cannot be understood.
        skipped: Rows that have no place here, with the reason.
        links: References of rows that become no record of their own.
    """

    def __init__(self, tables: dict[str, Any]) -> None:
        self.failed = FailedRows()
        self.skipped: list[Row] = []
        self.links: list[tuple[str, str, Reference]] = []
        self._tables = tables
        self._read: set[str] = set()
        self._ignored: Counter[tuple[str, str]] = Counter()
        self._notes: list[str] = []
        self._slugs: dict[str, set[str]] = {}
        self._given: set[tuple[str, str]] = set()
        self._numbers: dict[Reference, int] = {}
        self._references: list[Reference | None] = []

    def each(self, table: str, parse: Callable[[Fields], T | None]) -> list[T]:
        """Return what a function makes of each row of a table; rows that it refuses are failed rows."""
        self._read.add(table)
        rows = self._tables.get(table)
        if rows is None:
            return []
        if type(rows) is not list:
            self.failed.add(table, "the whole table", f"wanted a list, found {found(rows)}")
            return []
        read = (self._one(table, index, row, parse) for index, row in enumerate(rows))
        return [result for result in read if result is not None]

    def note(self, text: str) -> None:
        """Say something once in the report."""
        if text not in self._notes:
            self._notes.append(text)

    def slug(self, group: str, given: str, name: str) -> str:
        """Return a slug that no other draft of the group has; a slug that is given twice is refused.

        Args:
            group: Those that share a namespace.
            given: As written in the file; blank when there is none.
            name: What the slug is made of when none is given.
        """
        if given and (group, given) in self._given:
            raise ValidationError(f"the slug {given!r} stands twice in this table")
        self._given.add((group, given))
        taken = self._slugs.setdefault(group, set())
        slug = slugify(given or name, taken)
        taken.add(slug)
        return slug

    def skip(self, table: str, name: str, reason: str) -> None:
        """Leave out a row that has no place here."""
        self.skipped.append(Row(table, name, Outcome.SKIPPED, reason))

    def number(self, reference: Reference | None = None) -> int:
        """Return the number that records have for a reference while nobody knows what it means; a new one without."""
        if reference is None:
            self._references.append(None)
        elif reference not in self._numbers:
            self._references.append(reference)
            self._numbers[reference] = len(self._references)
        return len(self._references) if reference is None else self._numbers[reference]

    def referred(self, number: int) -> Reference:
        """Return the reference that has a number."""
        reference = self._references[number - 1]
        assert reference is not None  # noqa: S101  (records refer to nothing else)
        return reference

    def references_of(self, record: Any) -> list[Reference]:
        """Return all that a record refers to, each once."""
        return [self.referred(number) for _, number in dict.fromkeys(references_of(record))]

    def link(self, table: str, name: str, reference: Reference | None) -> None:
        """Have a reference checked that no record holds."""
        if reference is not None:
            self.links.append((table, name, reference))

    def notes(self) -> tuple[str, ...]:
        """Return all notes: those said, ignored fields by table, tables without a place."""
        ignored = (
            f"{table}: {key} has no place here and was left out ({count} {'row' if count == 1 else 'rows'})"
            for (table, key), count in sorted(self._ignored.items())
        )
        return (*self._notes, *ignored, *self._unread())

    def _one(self, table: str, index: int, row: Any, parse: Callable[[Fields], T | None]) -> T | None:
        try:
            fields = Fields(row)
            parsed = parse(fields)
        except ValidationError as error:
            self.failed.add(table, _called(row, index), str(error).replace("\n", "; "))
            return None
        self._ignored.update((table, name) for name in fields.ignored())
        return parsed

    def _unread(self) -> list[str]:
        unread = []
        for name, value in sorted(self._tables.items()):
            if name in self._read or value in (None, "", []):
                continue
            rows = f"the table {name} ({len(value)} rows)" if type(value) is list else f"the key {name}"
            unread.append(f"{rows} has no place here and was left out")
        return unread


def _called(row: Any, index: int) -> str:
    names = [row[key] for key in _NAMES if type(row.get(key)) is str and row[key]] if type(row) is dict else []
    return str(names[0]) if names else f"row {index + 1}"
