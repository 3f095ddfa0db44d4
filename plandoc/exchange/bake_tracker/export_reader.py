"""The tables of a foreign export while they are read: failed rows, unused fields, notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable
from typing import Any, TypeVar

from plandoc.domain.slugs import slugify
from plandoc.errors import ValidationError, shorten
from plandoc.exchange.bake_tracker.fields import Fields, NameReference
from plandoc.exchange.bake_tracker.folder_names import FolderNames
from plandoc.exchange.import_report import FailedRows, ImportRow, RowOutcome
from plandoc.exchange.names import Names
from plandoc.exchange.references import renumbered
from plandoc.fields.constraints import LARGEST_NUMBER
from plandoc.frozen import frozen

T = TypeVar("T")

# The rows that can be inside others.
_NESTED = "finished_units"
_NAMES = ("display_name", "name", "slug", "ingredient_slug", "event_name", "package_name", "finished_good_slug")


@frozen
class RowPlace:
    """A row of the file.

    Attributes:
        table: Its table.
        name: What a person calls it.
        index: Its position in the table, counted from 0.
    """

    table: str
    name: str
    index: int = 0


class ExportReader:
    """An export, and the findings made while it is read.

    Records get numbers in the order in which they are read. A table is read before those that refer to it; only within
    one table can a row name another that comes later.

    Attributes:
        failed: Rows that cannot be understood.
        skipped: Rows that have no place here, with the reason.
        folder: What rows can mean that is not in the file.
    """

    def __init__(self, tables: dict[str, Any], folder: FolderNames) -> None:
        self.folder = folder
        self.failed = FailedRows()
        self.skipped: list[ImportRow] = []
        self._tables = tables
        self._read: set[str] = set()
        self._ignored: Counter[tuple[str, str]] = Counter()
        self._notes: list[str] = []
        self._slugs: dict[str, set[str]] = {}
        self._given: set[tuple[str, str]] = set()
        # Far above every id of the folder, so that the two are never confused.
        self._last_number = LARGEST_NUMBER // 2
        self._known: dict[str, Names[int]] = {}
        self._broken: dict[str, Names[int]] = {}
        # The row that is being read.
        self._place = RowPlace("", "")
        self._later: dict[int, tuple[NameReference, RowPlace]] = {}

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

    # The names that rows use for each other.

    def new_number(self) -> Any:
        """Return a number for a new record, whatever its type."""
        self._last_number += 1
        return self._last_number

    def know(self, kind: str, number: int, name: str, slug: str, given: str) -> None:
        """Make a record known to other rows.

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

    def number_of(self, reference: NameReference) -> Any:
        """Return the number of what a row means; if that is nothing, or several things, the row fails."""
        return self._meant(reference, self._place)

    def later(self, reference: NameReference) -> Any:
        """Return a placeholder, which `settled` replaces by the number of a row that may come later."""
        number = self.new_number()
        self._later[number] = reference, self._place
        return number

    def settled(self, records: Iterable[T]) -> list[T]:
        """Return records with their placeholders replaced, now that all rows are known."""
        meant = {number: self._meant(reference, place) for number, (reference, place) in self._later.items()}
        self._later.clear()
        return [renumbered(record, lambda _, number: meant.get(number, number)) for record in records]

    def _meant(self, reference: NameReference, place: RowPlace) -> int:
        kind, text = reference.kind, reference.text
        names = self._known.get(kind) or Names[int](kind)
        meant = names.all_of(text)
        is_broken = not meant and kind in self._broken and bool(self._broken[kind].all_of(text))
        if not meant and not is_broken:
            meant = self.folder.all_of(kind, text)
        if len(meant) == 1:
            return meant[0]
        if not is_broken:
            # A broken row of the file is reported itself; searching for a misspelling here would be in vain.
            self._fail(place, _unknown(reference, names, self.folder, len(meant)))
        # A placeholder: nothing is imported from a file with a failed row.
        return 1

    # Notes about the file.

    def note(self, text: str) -> None:
        """Add a note to the report, once."""
        if text not in self._notes:
            self._notes.append(text)

    def slug(self, group: str, given: str, name: str, *, avoided: Container[str] = ()) -> str:
        """Return a slug that no other draft of the group has; a slug given twice is refused.

        Args:
            group: Those that share a namespace.
            given: As written in the file; blank when there is none.
            name: What the slug is made of when none is given.
            avoided: Further slugs that it must not be.
        """
        if given and (group, given) in self._given:
            raise ValidationError(f"the slug {given!r} occurs twice in this table")
        self._given.add((group, given))
        taken = self._slugs.setdefault(group, set())
        slug = slugify(given or name, taken)
        while slug in avoided:
            taken.add(slug)
            slug = slugify(given or name, taken)
        taken.add(slug)
        return slug

    def skip(self, table: str, name: str, reason: str) -> None:
        """Leave out a row that has no counterpart in plandoc."""
        self.skipped.append(ImportRow(table, name, RowOutcome.SKIPPED, reason))

    def notes(self) -> tuple[str, ...]:
        """Return all notes: those added, ignored fields by table, tables that plandoc has no place for."""
        ignored = (
            f"{table}: {key} has no counterpart in plandoc and was left out ({count} {'row' if count == 1 else 'rows'})"
            for (table, key), count in sorted(self._ignored.items())
        )
        return (*self._notes, *ignored, *self._unread())

    def _one(self, table: str, index: int, row: Any, parse: Callable[[Fields], T | None]) -> T | None:
        self._place = RowPlace(table, _called(row, index), index)
        try:
            fields = Fields(row)
            parsed = parse(fields)
        except ValidationError as error:
            self._fail(self._place, str(error).replace("\n", "; "))
            self._know_broken(table, row)
            return None
        self._ignored.update((table, name) for name in fields.ignored())
        return parsed

    def _fail(self, place: RowPlace, reason: str) -> None:
        self.failed.add(place.table, place.name, reason, place)

    def _know_broken(self, table: str, row: Any) -> None:
        """Remember the names of a broken row and of what is in it, because other rows may use them."""
        if type(row) is not dict:
            return
        names = self._broken.setdefault(table, Names(table, fold=str))
        for text in _names_in(row):
            names.add(len(self.failed.rows), text, text)
        for inner in row.get(_NESTED, ()) if type(row.get(_NESTED)) is list else ():
            self._know_broken(_NESTED, inner)

    def _unread(self) -> list[str]:
        unread = []
        for name, value in sorted(self._tables.items()):
            if name in self._read or value in (None, "", []):
                continue
            rows = f"the table {name} ({len(value)} rows)" if type(value) is list else f"the key {name}"
            unread.append(f"{rows} has no counterpart in plandoc and was left out")
        return unread


def _called(row: Any, index: int) -> str:
    names = _names_in(row) if type(row) is dict else []
    return names[0] if names else f"row {index + 1}"


def _names_in(row: dict[str, Any]) -> list[str]:
    return [row[key] for key in _NAMES if type(row.get(key)) is str and row[key]]


def _unknown(reference: NameReference, names: Names[int], folder: FolderNames, count: int) -> str:
    """Return why a row does not name a single thing."""
    shown = f"{reference.kind}: {shorten(reference.text)}"
    if count:
        return f"{shown} is the name of {count} rows, so it is ambiguous"
    near = names.nearest(reference.text) or folder.nearest(reference.kind, reference.text)
    return f"{shown} is neither in the file nor in the folder" + (f"; {near}" if near else "")
