"""Tables for spreadsheets, as CSV, in a baker's words.

The first four have the columns that the imports of tables read; imported again, they change nothing.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from plandoc.engine.plan_definitions import is_frozen, known_to
from plandoc.engine.session import Session
from plandoc.errors import Outcome, PlandocError, Problem, ValidationError, shorten
from plandoc.errors.hints import Hint, wording
from plandoc.exchange.names import folded
from plandoc.exchange.tabular.cells import spreadsheet_number, stripped
from plandoc.exchange.tabular.good_tables import WRITTEN_COLUMNS
from plandoc.exchange.tabular.ingredient_tables import COLUMNS as INGREDIENT_COLUMNS
from plandoc.exchange.tabular.ingredient_tables import written_equivalents
from plandoc.exchange.tabular.recipe_texts import CSV_COLUMNS as RECIPE_COLUMNS
from plandoc.exchange.tabular.stock_tables import COLUMNS as STOCK_COLUMNS
from plandoc.exchange.tabular.table_rows import TEXTS
from plandoc.fields.flags import checks_flags
from plandoc.frozen import frozen
from plandoc.records import (
    BatchDecision,
    Event,
    EventFinishedGood,
    FinishedGood,
    FinishedUnit,
    Ingredient,
    PlanState,
    Recipe,
    StockItem,
)
from plandoc.storage import output_file
from plandoc.storage.files import Files
from plandoc.storage.os_errors import translate_os_errors
from plandoc.storage.paths import checked_path
from plandoc.store import NO_SESSION, reads
from plandoc.text.escaping import BYTE_ORDER_MARK, csv_text, escape_control_characters

Rows = Iterator[Sequence[object]]


_STATES: Mapping[PlanState, str] = MappingProxyType({state: state.value.replace("_", " ") for state in PlanState})


@frozen
class Sheet:
    """One table: headings and rows."""

    headings: tuple[str, ...]
    rows: Callable[[Session], Rows]

    def render(self, session: Session) -> str:
        """Return the table as CSV."""
        return csv_text(self.headings, self.rows(session), texts=TEXTS)


class _Names:
    """How records are named: by name, or by slug if an import would not find them by name."""

    def __init__(self, records: Iterable[Any]) -> None:
        self._records = {record.id: record for record in records}
        self._slugs = {record.slug: record.id for record in self._records.values()}
        self._counted = Counter(folded(record.name) for record in self._records.values())

    def __getitem__(self, record_id: int | None) -> str:
        record = None if record_id is None else self._records.get(record_id)
        if record is None:
            # A file edited by hand can refer to what does not exist.
            return f"number {record_id} (not found)"
        name: str = record.name
        is_clear = self._counted[folded(name)] == 1 and self._slugs.get(stripped(name), record.id) == record.id
        return name if not record.slug or (is_clear and name == escape_control_characters(name)) else record.slug


class _NamesOfPlans:
    """How records are named in plans: as frozen for the plan, or as in the catalog."""

    def __init__(self, kind: type[Any], session: Session) -> None:
        self._kind = kind
        self._session = session
        self._today = _Names(session.find(kind))

    def of(self, event_id: int) -> _Names:
        """Return the names in the plan of one event."""
        if not is_frozen(event_id, self._session):
            return self._today
        return _Names(known_to(self._kind, event_id, self._session))


def _ingredients(session: Session, only: Ingredient | None = None) -> Rows:
    names = _Names(session.find(Ingredient))
    for one in session.find(Ingredient) if only is None else [only]:
        yield names[one.id], one.category, one.density or "", written_equivalents(one), one.notes


def _recipes(session: Session, only: Recipe | None = None) -> Rows:
    ingredients, recipes = _Names(session.find(Ingredient)), _Names(session.find(Recipe))
    units: dict[int, list[FinishedUnit]] = {}
    for unit in session.find(FinishedUnit):
        units.setdefault(unit.recipe_id, []).append(unit)
    for one in session.find(Recipe) if only is None else [only]:
        of_recipe = one.notes, one.method
        for cells in _rows_of_recipe(one, units.get(one.id, ()), ingredients, recipes):
            yield recipes[one.id], one.category, *cells, *of_recipe
            # What is about the whole recipe is in its first row.
            of_recipe = "", ""


def _rows_of_recipe(recipe: Recipe, units: Sequence[FinishedUnit], ingredients: _Names, recipes: _Names) -> Rows:
    for line in recipe.lines:
        yield (
            ingredients[line.ingredient_id],
            "",
            "" if line.quantity is None else spreadsheet_number(line.quantity),
            line.unit,
            line.notes,
            "",
            "",
        )
    for part in recipe.sub_recipes:
        yield "", recipes[part.recipe_id], spreadsheet_number(part.multiplier), "", part.notes, "", ""
    names = _Names(units)
    for unit in units:
        share = "" if unit.batch_percentage is None else f"{spreadsheet_number(unit.batch_percentage)}%"
        yield "", "", "", unit.item_unit, unit.notes, share or unit.items_per_batch, names[unit.id]
    if not (recipe.lines or recipe.sub_recipes or units):
        yield "", "", "", "", "", "", ""


def _goods(session: Session, only: FinishedGood | None = None) -> Rows:
    goods, units = _Names(session.find(FinishedGood)), _Names(session.find(FinishedUnit))
    for one in session.find(FinishedGood) if only is None else [only]:
        notes = one.notes
        for part in one.components:
            is_unit = part.finished_unit_id is not None
            called = units[part.finished_unit_id] if is_unit else goods[part.finished_good_id]
            yield (
                goods[one.id],
                called,
                spreadsheet_number(part.quantity),
                "unit" if is_unit else "good",
                part.notes,
                notes,
            )
            notes = ""
        if not one.components:
            yield goods[one.id], "", "", "", "", notes


def _stock(session: Session) -> Rows:
    ingredients, recipes = _Names(session.find(Ingredient)), _Names(session.find(Recipe))
    for item in session.find(StockItem):
        called = ingredients[item.ingredient_id] if item.recipe_id is None else recipes[item.recipe_id]
        yield called, spreadsheet_number(item.quantity), item.unit, item.notes


def _events(session: Session) -> Rows:
    for event in session.find(Event):
        yield event.name, event.event_date, _STATES[event.plan_state], event.expected_attendees, event.notes


def _plans(session: Session) -> Rows:
    all_events, goods = session.find(Event), _NamesOfPlans(FinishedGood, session)
    events = _Names(all_events)
    for event in all_events:
        called = goods.of(event.id)
        for row in session.find(EventFinishedGood, event_id=event.id):
            yield events[event.id], called[row.finished_good_id], row.quantity


def _batches(session: Session) -> Rows:
    all_events = session.find(Event)
    events, names = _Names(all_events), [_NamesOfPlans(kind, session) for kind in (FinishedUnit, Recipe)]
    for event in all_events:
        units, recipes = (one.of(event.id) for one in names)
        for row in session.find(BatchDecision, event_id=event.id):
            called = events[event.id], recipes[row.recipe_id], units[row.finished_unit_id]
            yield *called, row.batches, row.yield_per_batch, row.units_needed


SHEETS: Mapping[str, Sheet] = MappingProxyType(
    {
        "ingredients": Sheet(INGREDIENT_COLUMNS.names, _ingredients),
        "recipes": Sheet(RECIPE_COLUMNS.names, _recipes),
        "goods": Sheet(WRITTEN_COLUMNS, _goods),
        "stock": Sheet(STOCK_COLUMNS.names, _stock),
        "events": Sheet(("event", "date", "state", "expected_attendees", "notes"), _events),
        "plans": Sheet(("event", "good", "quantity"), _plans),
        "batches": Sheet(("event", "recipe", "unit", "batches", "yield_per_batch", "units_needed"), _batches),
    }
)


_ROWS_OF_ONE: Mapping[type[Any], tuple[str, Callable[..., Rows]]] = MappingProxyType(
    {Ingredient: ("ingredients", _ingredients), Recipe: ("recipes", _recipes), FinishedGood: ("goods", _goods)}
)


def render_one(record: Ingredient | Recipe | FinishedGood, session: Session) -> str:
    """Return the rows of one ingredient, recipe or good as CSV, with the columns that `render_csv` gives its table."""
    table, rows = _ROWS_OF_ONE[type(record)]
    return csv_text(SHEETS[table].headings, rows(session, record), texts=TEXTS)


@reads
def render_csv(tables: Iterable[str] | None = None, session: Session = NO_SESSION) -> dict[str, str]:
    """Return tables as CSV, by name: ingredients, recipes, goods, stock, events, plans, batches; None means all.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.

    Raises:
        ValidationError: for an unknown table.
    """
    wanted = list(SHEETS) if tables is None else list(dict.fromkeys(tables))
    unknown = [name for name in wanted if name not in SHEETS]
    if unknown:
        known = ", ".join(SHEETS)
        raise ValidationError(
            Problem(f"wanted one of {known}, found {shorten(name)}", field="table") for name in unknown
        )
    return {name: SHEETS[name].render(session) for name in wanted}


def write_csv(rendered: Mapping[str, str], folder: str | os.PathLike[str], *, replace: bool = False) -> list[Path]:
    """Write tables into a folder, a file for each, all or none; the folder is created if needed.

    Raises:
        PlandocError: when one of the files is there already, and `replace` is not given; nothing was written.
        StorageError: when the system refuses; it says what is there.
    """
    place = checked_path(folder)
    # The mark is for the file; the text is returned without it.
    files = {place / f"{name}.csv": f"{BYTE_ORDER_MARK}{text}".encode() for name, text in rendered.items()}
    there = [str(file) for file in files if os.path.lexists(file)]
    if there and not replace:
        raise PlandocError(
            wording(
                "already there: {there}; replace with {option}, or name another folder",
                there=", ".join(there),
                option=Hint.REPLACE(),
            )
        )
    is_there = os.path.lexists(place)
    try:
        place.mkdir(exist_ok=True)
    except OSError as error:
        raise PlandocError(f"cannot create the folder {place}: {error.strerror}") from error
    with contextlib.ExitStack() as unfinished:
        if not is_there:
            unfinished.callback(_remove_if_empty, place)
        output_file.save_all(files, replace=replace)
        with translate_os_errors(place, Outcome.SAVED):
            Files().sync_name_of(place.absolute())
        return list(files)


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


@checks_flags
def export_csv(
    folder: str | os.PathLike[str],
    tables: str | Iterable[str] | None = None,
    replace: bool = False,
    session: Session = NO_SESSION,
) -> list[Path]:
    """Write tables for a spreadsheet into a folder, a CSV file for each, and return the files.

    Args:
        folder: Where the files go; made if it is not there.
        tables: One or some of ingredients, recipes, goods, stock, events, plans, batches; None writes all.
        replace: Replace files that are there.
        session: The session to read in; None reads at one moment, without a lock.

    Raises:
        ValidationError: for an unknown table.
        PlandocError: when one of the files is there already, and `replace` is not given; nothing was written.
        StorageError: when the system refuses.
    """
    wanted = (tables,) if isinstance(tables, str) else tables
    return write_csv(render_csv(None if wanted is None else tuple(wanted), session=session), folder, replace=replace)
