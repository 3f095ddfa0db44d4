"""The tables of a foreign export while they are read: what failed, what was not used, what is worth a note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from plandoc.domain.slugs import slugify
from plandoc.errors import ValidationError, shorten
from plandoc.exchange.bake_tracker.fields import Fields, NameReference
from plandoc.exchange.import_report import FailedRows, ImportRow, RowOutcome
from plandoc.exchange.names import Names
from plandoc.exchange.references import renumbered

T = TypeVar("T")

_NAMES = ("display_name", "name", "slug", "ingredient_slug", "event_name", "package_name", "finished_good_slug")


class ExportReader:
    """An export, and the findings made while it is read.

    Records get numbers in the order in which they are read. A table is read before those that refer to it; only within
    one table can a row name another that comes later.

    Attributes:
        failed: Rows that cannot be understood.
        skipped: Rows that have no place here, with the reason.
    """

    def __init__(self, tables: dict[str, Any]) -> None:
        self.failed = FailedRows()
        self.skipped: list[ImportRow] = []
        self._tables = tables
        self._read: set[str] = set()
        self._ignored: Counter[tuple[str, str]] = Counter()
        self._notes: list[str] = []
        self._slugs: dict[str, set[str]] = {}
        self._given: set[tuple[str, str]] = set()
        self._last_number = 0
        self._known: dict[str, Names[int]] = {}
        # The row that is being read: its table, and what a person calls it.
        self._place = ("", "")
        self._later: dict[int, tuple[NameReference, tuple[str, str]]] = {}

    def each(self, table: str, parse: Callable[[Fields], T | None]) -> list[T]:
        """Return what a function makes of each row of a table; rows that it refuses are failed rows."""
        self._read.add(table)
        rows = self._tables.get(table)
        if rows is None:
            return []
        if type(rows) is not list:
            self.failed.add(table, "the whole table", f"wanted a list, found {shorten(rows)}")
            return []
        read = (self._one(table, index, row, parse) for index, row in enumerate(rows))
        return [result for result in read if result is not None]

    # What rows call each other.

    def new_number(self) -> int:
        """Return a number for a new record."""
        self._last_number += 1
        return self._last_number

    def know(self, kind: str, number: int, name: str, slug: str, given: str) -> None:
        """Have a record known to others.

        Args:
            kind: What it is called in references, a table of the file.
            number: Its number.
            name: Its name.
            slug: The slug that it gets.
            given: The slug that it has in the file; blank when it has none.
        """
        names = self._known.setdefault(kind, Names(kind, fold=str))
        names.add(number, name, given)
        names.add_slug(number, slug)

    def number_of(self, reference: NameReference) -> int:
        """Return the number of what a row means; where that is nothing, or several things, the row is a failed one."""
        return self._meant(reference, self._place)

    def later(self, reference: NameReference) -> int:
        """Return a number that is to be exchanged, by `settled`, for that of a row which may come later."""
        number = self.new_number()
        self._later[number] = reference, self._place
        return number

    def settled(self, records: Iterable[T]) -> list[T]:
        """Return records with the numbers of what they mean, now that all rows that they can mean are known."""
        meant = {number: self._meant(reference, place) for number, (reference, place) in self._later.items()}
        self._later.clear()
        return [renumbered(record, lambda _, number: meant.get(number, number)) for record in records]

    def _meant(self, reference: NameReference, place: tuple[str, str]) -> int:
        names = self._known.get(reference.kind) or Names[int](reference.kind)
        meant = names.all_of(reference.text)
        if len(meant) == 1:
            return meant[0]
        shown = f"{reference.kind}: {shorten(reference.text)}"
        near = names.nearest(reference.text)
        reason = f"{shown} is not in the file" + (f"; {near}" if near else "")
        if meant:
            reason = f"{shown} is the name of {len(meant)} rows, so it is ambiguous"
        self.failed.add(*place, reason)
        # A placeholder: nothing is imported from a file with a failed row.
        return 1

    # Notes about the file.

    def note(self, text: str) -> None:
        """Add a note to the report, once."""
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
            raise ValidationError(f"the slug {given!r} occurs twice in this table")
        self._given.add((group, given))
        taken = self._slugs.setdefault(group, set())
        slug = slugify(given or name, taken)
        taken.add(slug)
        return slug

    def skip(self, table: str, name: str, reason: str) -> None:
        """Leave out a row that has no counterpart in plandoc."""
        self.skipped.append(ImportRow(table, name, RowOutcome.SKIPPED, reason))

    def notes(self) -> tuple[str, ...]:
        """Return all notes: those said, ignored fields by table, tables without a place."""
        ignored = (
            f"{table}: {key} has no counterpart in plandoc and was left out ({count} {'row' if count == 1 else 'rows'})"
            for (table, key), count in sorted(self._ignored.items())
        )
        return (*self._notes, *ignored, *self._unread())

    def _one(self, table: str, index: int, row: Any, parse: Callable[[Fields], T | None]) -> T | None:
        self._place = table, _called(row, index)
        try:
            fields = Fields(row)
            parsed = parse(fields)
        except ValidationError as error:
            self.failed.add(*self._place, str(error).replace("\n", "; "))
            return None
        self._ignored.update((table, name) for name in fields.ignored())
        return parsed

    def _unread(self) -> list[str]:
        unread = []
        for name, value in sorted(self._tables.items()):
            if name in self._read or value in (None, "", []):
                continue
            rows = f"the table {name} ({len(value)} rows)" if type(value) is list else f"the key {name}"
            unread.append(f"{rows} has no counterpart in plandoc and was left out")
        return unread


def _called(row: Any, index: int) -> str:
    names = [row[key] for key in _NAMES if type(row.get(key)) is str and row[key]] if type(row) is dict else []
    return str(names[0]) if names else f"row {index + 1}"
