"""What can be wrong inside one document whose rows are sound one by one: counters, duplicates, references, nesting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from operator import attrgetter
from typing import Any

from plandoc.domain.containment import check_nesting
from plandoc.domain.measures import wrong_equivalents
from plandoc.engine.document import DocumentSession
from plandoc.engine.integrity import check_base
from plandoc.engine.unique_keys import present_fields
from plandoc.errors import Problem, ValidationError
from plandoc.errors.hints import Hint, wording
from plandoc.fields.constraints import HIGHEST_NEXT_ID
from plandoc.maintenance.checks.issues import Fix, Issue
from plandoc.records import Event, FinishedGood, Ingredient, PlanSnapshot, Recipe
from plandoc.storage import documents
from plandoc.tables import BY_TYPE, CATALOG, Table, tables_of

# Where a key was first seen: the file, the table and the id of the row.
FirstSeen = MutableMapping[Any, tuple[str, str, int]]


def validate_counters(document: DocumentSession) -> Iterator[Issue]:
    """Yield next ids of unknown tables, next ids that are too large, and next ids that are in use."""
    known = tables_of(document.name)
    for table, number in document.next_ids.items():
        if table not in known:
            hint = f"remove it; the tables are {', '.join(known)}"
            yield _counter(document, table, f"wanted the next id of a table, found {table!r}", hint)
        elif number > HIGHEST_NEXT_ID:
            hint = "set it to one more than the highest id of the table"
            yield _counter(
                document, table, f"wanted a next id of at most {HIGHEST_NEXT_ID} for {table}, found {number}", hint
            )
    for table, (found, wanted) in document.stale_counters().items():
        # An unknown table is reported above.
        if table in known:
            yield _counter_behind(document, table, found, wanted)


def validate_uniqueness(document: DocumentSession, slugs_of_events: FirstSeen) -> Iterator[Issue]:
    """Yield rows with the same key as another row, and events without a slug.

    Args:
        document: The document.
        slugs_of_events: Slugs of the events of all documents; those of this document are added.
    """
    for table in tables_of(document.name).values():
        # That an event has two snapshots is reported with its plan.
        for fields in () if table is BY_TYPE[PlanSnapshot] else table.unique:
            # Events are compared across all documents; everything else only within its own document.
            seen: FirstSeen = slugs_of_events if table is BY_TYPE[Event] else {}
            key_of = attrgetter(*fields)
            for record in document.find(table):
                if fields == ("slug",) and not record.slug:
                    hint = "give it a short name that no other event has, such as christmas-2026"
                    yield _in_row(document, table, record.id, "wanted a slug, found none", field="slug", hint=hint)
                    continue
                first = seen.setdefault(key_of(record), (document.file, table.name, record.id))
                if first != (document.file, table.name, record.id):
                    same = " and ".join(present_fields(fields, record))
                    message = f"same {same} as in {' '.join(map(str, first))}"
                    yield _in_row(document, table, record.id, message, hint="give one of the two another")


def validate_references(document: DocumentSession, catalog_ids: Mapping[str, set[int]]) -> Iterator[Issue]:
    """Yield references to rows that are not in the catalog.

    Args:
        document: The document.
        catalog_ids: The ids that are in the catalog, by table.
    """
    for table in tables_of(document.name).values():
        for record in document.find(table) if table.references else ():
            for reference in table.references:
                target = BY_TYPE[reference.target]
                for missing in reference.ids(record):
                    if missing not in catalog_ids[target.name]:
                        message = f"{target.label} {missing} not found"
                        hint = f"add it again, refer to another one, or take {CATALOG} back from a backup"
                        yield _in_row(document, table, record.id, message, field=reference.field, hint=hint)


def validate_containment(catalog: DocumentSession) -> Iterator[Issue]:
    """Yield recipes and goods that contain themselves, nest too deep or are their own base, with the path."""
    yield from _validate_nesting(catalog, Recipe, lambda recipe: recipe.sub_recipe_ids)
    yield from _validate_nesting(catalog, FinishedGood, lambda good: good.inner_good_ids)
    yield from _validate_bases(catalog)


def validate_equivalents(catalog: DocumentSession) -> Iterator[Issue]:
    """Yield ingredients whose equivalents contradict each other, with the numbers."""
    table = BY_TYPE[Ingredient]
    for one in catalog.find(table):
        for message in wrong_equivalents(one):
            hint = "leave one of them out, or make the numbers agree"
            yield _in_row(catalog, table, one.id, message, field="equivalents", hint=hint)


def _validate_bases(catalog: DocumentSession) -> Iterator[Issue]:
    table = BY_TYPE[Recipe]
    recipes = {recipe.id: recipe for recipe in catalog.find(table)}
    for recipe_id in recipes:
        try:
            check_base(recipe_id, recipes, "base_recipe_id")
        except ValidationError as error:
            (wrong,) = error.problems
            hint = "remove the base from one of them"
            yield _in_row(catalog, table, recipe_id, wrong.message, field=wrong.field, hint=hint)


def _validate_nesting(
    catalog: DocumentSession, record_type: type, parts: Callable[[Any], tuple[int, ...]]
) -> Iterator[Issue]:
    table = BY_TYPE[record_type]
    by_id = {thing.id: thing for thing in catalog.find(table)}

    def inside(thing_id: int) -> list[int]:
        return [part for part in parts(by_id[thing_id]) if part in by_id]

    for thing_id in by_id:
        try:
            check_nesting(thing_id, inside, lambda part: repr(by_id[part].name), table.name)
        except ValidationError as error:
            hint = "remove a part from one of them"
            yield _in_row(catalog, table, thing_id, error.problems[0].message, hint=hint)


def _counter_behind(document: DocumentSession, table: str, found: int, wanted: int) -> Issue:
    message = f"wanted a next id of at least {wanted} for {table}, found {found}"
    if wanted >= 10**documents.LONGEST_ID:
        return _counter(document, table, message, "the row has the highest possible id; give it a smaller one")
    hint = wording("a new row could get an id that is already used; {repair} raises it", repair=Hint.REPAIR())
    return _counter(document, table, message, hint, Fix.FIX_COUNTER)


def _counter(document: DocumentSession, table: str, message: str, hint: str, fix: Fix | None = None) -> Issue:
    field = f"next_ids.{table}"
    return Issue(Problem(message, document.file, None, documents.ABOUT_TABLE, documents.ABOUT_ROW, field, hint), fix)


def _in_row(
    document: DocumentSession, table: Table, row_id: int, message: str, *, hint: str, field: str | None = None
) -> Issue:
    line = document.line(table.name, row_id)
    return Issue(Problem(message, document.file, line, table.name, str(row_id), field, hint))
