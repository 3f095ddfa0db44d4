"""Resolving what rows of a file call each other, and listing everything that does not resolve."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from typing import Any

from plandoc.domain.containment import check_nesting
from plandoc.errors import ValidationError, shorten
from plandoc.exchange.drafts import BatchesDraft, Draft, Drafts, EventDraft
from plandoc.exchange.fields import Reference
from plandoc.exchange.import_report import Outcome, Row

# Kinds whose records can hold one another, for the check of cycles and depth.
_NESTING = (("recipes",), ("finished_goods", "packages"))


class Names:
    """Who is called what in a file."""

    def __init__(self, drafts: Drafts) -> None:
        self._by_name: dict[Reference, list[Any]] = {}
        self._by_slug: dict[Reference, Any] = {}
        named: list[tuple[str, str, tuple[str, ...], Any]]
        named = [(draft.kind, draft.slug, draft.aliases, draft) for draft in drafts.catalog]
        named += [("events", draft.event.slug, draft.aliases, draft) for draft in drafts.events]
        for kind, slug, aliases, draft in named:
            self._by_slug.setdefault(Reference(kind, aliases[0]), draft)
            for alias in dict.fromkeys((*aliases, slug)):
                self._by_name.setdefault(Reference(kind, alias), []).append(draft)

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
        shown = f"{reference.kind}: {shorten(reference.text)}"
        if meant:
            return f"{shown} is the name of {len(meant)} rows; it does not say which is meant"
        known = [other.text for other in self._by_name if other.kind == reference.kind]
        near = difflib.get_close_matches(reference.text, known, n=1)
        return f"{shown} is not in the file" + (f"; did you mean {shorten(near[0])}?" if near else "")


def broken_rows(drafts: Drafts, names: Names) -> list[Row]:
    """Return a failed row for everything in a file that does not resolve."""
    rows = [*_broken_catalog(drafts, names), *_broken_links(drafts, names), *_broken_events(drafts, names)]
    return [*rows, *(() if rows else _broken_nesting(drafts, names))]


def unit_of(batches: BatchesDraft, names: Names, drafts: Drafts, wanted: Callable[[Draft], bool]) -> Draft | str:
    """Return the finished unit that batches are of, or why that cannot be told.

    Args:
        batches: Names a unit, or a recipe.
        names: The names in the file.
        drafts: The whole file.
        wanted: Whether the event's goods take a unit; of several units of a recipe, the only one they take is meant.
    """
    if batches.unit is not None:
        unit: Draft = names.one(batches.unit)
        return unit
    recipe = names.one(batches.recipe) if batches.recipe is not None else None
    units = [unit for unit in drafts.by_kind().get("finished_units", []) if names.one(unit.references[0]) is recipe]
    taken = [unit for unit in units if wanted(unit)]
    if len(taken or units) == 1:
        return (taken or units)[0]
    name = recipe.name if recipe is not None else "?"
    return f"the recipe {name} has {len(units)} finished units; the row must say which one is meant"


def _failed(table: str, name: str, reason: str) -> Row:
    return Row(table, name, Outcome.FAILED, reason)


def _broken_catalog(drafts: Drafts, names: Names) -> Iterator[Row]:
    for draft in drafts.catalog:
        for reference in dict.fromkeys(draft.references):
            if (reason := names.broken(reference)) is not None:
                yield _failed(draft.kind, draft.name, reason)
    for item in drafts.stock:
        if (reason := names.broken(item.ingredient)) is not None:
            yield _failed("inventory_items", item.ingredient.text, reason)


def _broken_links(drafts: Drafts, names: Names) -> Iterator[Row]:
    for table, name, reference in dict.fromkeys(drafts.links):
        if (reason := names.broken(reference)) is not None:
            yield _failed(table, name, reason)


def _broken_events(drafts: Drafts, names: Names) -> Iterator[Row]:
    for event in drafts.events:
        for table, reference in dict.fromkeys(_references_of(event)):
            if (reason := names.broken(reference)) is not None:
                yield _failed(table, event.event.name, reason)


def _references_of(event: EventDraft) -> Iterator[tuple[str, Reference]]:
    for good, _ in event.goods:
        yield "event_recipient_packages" if good.kind == "packages" else "event_finished_goods", good
    for recipe in event.recipes:
        yield "event_recipes", recipe
    for batches in (*event.decisions, *event.runs):
        for reference in (batches.unit, batches.recipe):
            if reference is not None:
                yield batches.table, reference


def _broken_nesting(drafts: Drafts, names: Names) -> Iterator[Row]:
    for kinds in _NESTING:
        members = [draft for draft in drafts.catalog if draft.kind in kinds]
        numbers = {id(draft): number for number, draft in enumerate(members)}
        parts = [[names.one(ref) for ref in draft.references if ref.kind in kinds] for draft in members]
        inside = [[numbers[id(part)] for part in inner] for inner in parts]
        for number, draft in enumerate(members):
            try:
                check_nesting(number, inside.__getitem__, lambda i, m=members: repr(m[i].name), "components")  # type: ignore[misc]
            except ValidationError as error:
                yield _failed(draft.kind, draft.name, str(error))
