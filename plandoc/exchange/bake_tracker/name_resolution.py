"""What the rows of a bake-tracker export call each other."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from plandoc.errors import found
from plandoc.exchange.bake_tracker.entries import Entry, EventEntry
from plandoc.exchange.bake_tracker.fields import Reference


class FileNames:
    """Who is called what in a file."""

    def __init__(self, catalog: Iterable[Entry], events: Iterable[EventEntry]) -> None:
        self._by_name: dict[Reference, list[Any]] = {}
        self._by_slug: dict[Reference, Any] = {}
        for entry in catalog:
            self._add(entry.kind, entry.record.slug, entry)
        for event in events:
            self._add("events", event.event.slug, event)

    def _add(self, kind: str, slug: str, entry: Any) -> None:
        self._by_slug.setdefault(Reference(kind, entry.aliases[0]), entry)
        for alias in dict.fromkeys((*entry.aliases, slug)):
            self._by_name.setdefault(Reference(kind, alias), []).append(entry)

    def all_of(self, reference: Reference) -> list[Any]:
        """Return what a reference can mean: one thing, unless the file is wrong."""
        first = self._by_slug.get(reference)
        named = self._by_name.get(reference, [])
        # A slug counts before a name; two of the same name and without a slug stay two.
        return [first] if first is not None and len(first.aliases) > 1 else named

    def one(self, reference: Reference) -> Any:
        """Return what a reference means; only for those that `broken` has nothing against."""
        return self.all_of(reference)[0]

    def broken(self, reference: Reference) -> str | None:
        """Return why a reference means nothing, or more than one thing; None when all is well."""
        meant = self.all_of(reference)
        if len(meant) == 1:
            return None
        shown = f"{reference.kind}: {found(reference.text)}"
        if meant:
            return f"{shown} is the name of {len(meant)} rows; it does not say which is meant"
        known = [other.text for other in self._by_name if other.kind == reference.kind]
        near = difflib.get_close_matches(reference.text, known, n=1)
        return f"{shown} is not in the file" + (f"; did you mean {found(near[0])}?" if near else "")
