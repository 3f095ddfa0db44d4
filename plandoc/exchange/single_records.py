"""One ingredient, recipe or good as a small table: to be changed by hand, or to be added from what a person typed.

The table has the columns of the imports and goes through the same steps. It holds everything about its one record: what is
blank in it, or no longer in it, is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from plandoc.engine.queries import having
from plandoc.engine.session import Session
from plandoc.errors import ConflictError, Problem, ValidationError
from plandoc.exchange.csv_export import render_one
from plandoc.exchange.import_report import ImportReport
from plandoc.exchange.names import folded, shown
from plandoc.exchange.tabular.good_tables import CSV_COLUMNS as GOOD_COLUMNS
from plandoc.exchange.tabular.import_tables import import_good_rows, import_ingredient_rows, import_recipe_rows
from plandoc.exchange.tabular.ingredient_tables import COLUMNS as INGREDIENT_COLUMNS
from plandoc.exchange.tabular.name_lookup import CellNames
from plandoc.exchange.tabular.recipe_texts import CSV_COLUMNS as RECIPE_COLUMNS
from plandoc.exchange.tabular.table_reader import Tables, tables_in
from plandoc.exchange.tabular.table_rows import Columns
from plandoc.frozen import frozen
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, Recipe
from plandoc.tables import table_of
from plandoc.workflow.catalog import remove_record, rename_record


@frozen
class _Kind:
    """How one kind of record is written as a table.

    Attributes:
        what: What one of it is called.
        columns: What its rows hold; the first names the record.
        import_rows: Imports the rows.
    """

    what: str
    columns: Columns
    import_rows: Callable[..., ImportReport]


_KINDS: Mapping[type[Any], _Kind] = MappingProxyType(
    {
        Ingredient: _Kind("ingredient", INGREDIENT_COLUMNS, import_ingredient_rows),
        Recipe: _Kind("recipe", RECIPE_COLUMNS, import_recipe_rows),
        FinishedGood: _Kind("good", GOOD_COLUMNS, import_good_rows),
    }
)


def columns_of(record_type: type[Any]) -> tuple[str, ...]:
    """Return the names of the columns that an ingredient, a recipe or a good is written in."""
    return _KINDS[record_type].columns.names


def add_from_table(
    record_type: type[Any], text: str, session: Session, *, add_ingredients: bool = False
) -> ImportReport:
    """Add one ingredient, recipe or good that a table of CSV describes.

    Args:
        record_type: `Ingredient`, `Recipe` or `FinishedGood`.
        text: The table, with the columns that `columns_of` names.
        session: The session to work in.
        add_ingredients: Create missing ingredients of a recipe; otherwise they are refused.

    Raises:
        ValidationError: with everything that is wrong in it, or when there is one of that name; nothing was changed.
    """
    kind = _KINDS[record_type]
    tables = tables_in(text, "", kind.columns)
    # A person typed it, so that 1e3 is a mistake.
    tables.cells.by_hand = True
    name = _one_name(tables, kind)
    known: CellNames[Any] = CellNames(kind.what, session.find(record_type))
    for there in known.all_of(name):
        # Only the command calls this.
        hint = f"change it with 'plandoc {kind.what} edit {there.slug}'"
        raise ValidationError([Problem(f"{kind.what} {shown(there.name)} already exists", hint=hint)])
    return _import(kind, tables, session, add_ingredients=add_ingredients)


def edit_from_table(
    record_type: type[Any],
    record_id: int,
    before: str,
    text: str,
    session: Session,
    *,
    add_ingredients: bool = False,
) -> ImportReport:
    """Change one ingredient, recipe or good to what a table of CSV holds.

    What is blank in the table, or was removed from it, is removed from the record. Another name in it is the new name; the slug
    stays. A yield that is no longer in it is removed unless something uses it.

    Args:
        record_type: `Ingredient`, `Recipe` or `FinishedGood`.
        record_id: Which one.
        before: The table as `render_one` made it.
        text: The table as it is now.
        session: The session to work in.
        add_ingredients: Create missing ingredients of a recipe; otherwise they are refused.

    Raises:
        ValidationError: with everything that is wrong in it; nothing was changed.
        StillUsedError: when a yield was removed that something uses.
        ConflictError: when the record was changed since the table was made.
    """
    kind = _KINDS[record_type]
    there: Any = session.get(record_type, record_id)
    if render_one(there, session) != before:
        raise ConflictError("", f"{kind.what} {there.slug} was changed in the meantime; nothing was saved")
    tables = tables_in(text, f"{there.slug}.csv", kind.columns)
    name, old = _one_name(tables, kind), _one_name(tables_in(before, "", kind.columns), kind)
    notes = _renamed(there, name, session) if name != old else ()
    report = _import(kind, tables, session, add_ingredients=add_ingredients)
    removed = _remove_yields(there, tables, session) if isinstance(there, Recipe) else ()
    return attrs.evolve(report, notes=(*notes, *report.notes, *removed))


def _import(kind: _Kind, tables: Tables, session: Session, *, add_ingredients: bool) -> ImportReport:
    options = {"add_ingredients": add_ingredients} if kind.import_rows is import_recipe_rows else {}
    return kind.import_rows(tables, session, **options)


def _one_name(tables: Tables, kind: _Kind) -> str:
    """Return the name of the one thing that a table is about.

    Raises:
        ValidationError: when it is about nothing, or several things.
    """
    column = kind.columns.required[0]
    cells = [row.cell(column) for row in tables.rows]
    names = {folded(cell.text): cell.text for cell in reversed(cells) if cell}
    if not cells or not cells[0]:
        tables.cells.refuse(f"wanted the name of the {kind.what}, found nothing", 2, column)
    elif len(names) > 1:
        found = ", ".join(map(shown, reversed(names.values())))
        tables.cells.refuse(f"wanted one {kind.what}, found {found}", cells[0].line, column, "change one at a time")
    tables.cells.check()
    return cells[0].text


def _renamed(record: Any, name: str, session: Session) -> tuple[str, ...]:
    after: Any = rename_record(type(record), record.id, name, session=session)
    known: CellNames[Any] = CellNames("", session.find(type(record)))
    if (meant := known.one(name)) != after:
        slug = "" if meant is None else f" {meant.slug}"
        label = table_of(type(record)).label.lower()
        raise ValidationError([Problem(f"{shown(name)} is the short name of another {label}{slug}", field="name")])
    return (f"renamed: {shown(record.name)} is {shown(name)} now; its short name stays {record.slug}",)


def _remove_yields(recipe: Recipe, tables: Tables, session: Session) -> tuple[str, ...]:
    return tuple(
        f"removed: {shown(unit.name)}, which {shown(recipe.name)} no longer makes"
        for unit in _missing_yields(recipe, tables, session)
        if remove_record(FinishedUnit, unit.id, session=session)
    )


def _missing_yields(recipe: Recipe, tables: Tables, session: Session) -> Iterator[FinishedUnit]:
    units = session.find(FinishedUnit, having("recipe_id", recipe.id))
    known: CellNames[FinishedUnit] = CellNames("finished unit", units)
    named = [known.one(row.cell("of").text) for row in tables.rows]
    yield from (unit for unit in units if unit not in named)
