"""Importing tables, as CSV or JSON: each file as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from plandoc.engine.plan_definitions import catalog_definitions
from plandoc.engine.session import Session
from plandoc.errors import ValidationError
from plandoc.exchange.drafts import Drafts
from plandoc.exchange.import_report import ImportReport
from plandoc.exchange.merge import Failure, OnConflict
from plandoc.exchange.pipeline import collection_paused, run_import
from plandoc.exchange.tabular.draft_maker import DraftMaker
from plandoc.exchange.tabular.good_tables import CSV_COLUMNS as GOOD_COLUMNS
from plandoc.exchange.tabular.good_tables import JSON_COLUMNS as GOOD_KEYS
from plandoc.exchange.tabular.good_tables import GoodReader
from plandoc.exchange.tabular.ingredient_tables import COLUMNS as INGREDIENT_COLUMNS
from plandoc.exchange.tabular.ingredient_tables import read_ingredients
from plandoc.exchange.tabular.name_lookup import CellNames
from plandoc.exchange.tabular.recipe_tables import ExistingCatalog, RecipeReader
from plandoc.exchange.tabular.recipe_texts import CSV_COLUMNS as RECIPE_COLUMNS
from plandoc.exchange.tabular.recipe_texts import JSON_COLUMNS as RECIPE_KEYS
from plandoc.exchange.tabular.recipe_texts import recipe_texts
from plandoc.exchange.tabular.stock_tables import COLUMNS as STOCK_COLUMNS
from plandoc.exchange.tabular.stock_tables import StockReader, units_in_use
from plandoc.exchange.tabular.table_reader import Source, Tables, read_tables
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, Recipe
from plandoc.store import NO_SESSION, changes


@collection_paused()
@changes("import ingredients")
def import_ingredients(
    source: Source, dry_run: bool = False, strict_columns: bool = False, session: Session = NO_SESSION
) -> ImportReport:
    """Import ingredients from a CSV or JSON file, or from rows; existing ones are updated from it.

    Args:
        source: The path of the file, or rows as `import_recipes` takes them, with the columns name, category, density
            ("1 cup = 120 g"), equivalents ("1 stick = 113 g; 1 each = 50 g") and notes; what is blank in it stays.
        dry_run: Only report what would change.
        strict_columns: Refuse columns that plandoc has no place for, instead of leaving them out and reporting them.
        session: The session to work in; None opens one and commits it.

    Raises:
        StorageError: when the file cannot be read.
        ValidationError: with everything that is wrong in it, by line or row; nothing was changed.
    """
    tables = read_tables(source, "ingredients", INGREDIENT_COLUMNS, INGREDIENT_COLUMNS, strict_columns=strict_columns)
    return import_ingredient_rows(tables, session, dry_run=dry_run)


def import_ingredient_rows(tables: Tables, session: Session, *, dry_run: bool = False) -> ImportReport:
    """Import ingredients from rows; see `import_ingredients`."""
    maker = DraftMaker(tables.cells, session)
    read_ingredients(tables, CellNames("ingredient", session.find(Ingredient)), maker)
    return _run(tables, Drafts(catalog=maker.catalog(), notes=tuple(tables.cells.notes)), session, dry_run=dry_run)


@collection_paused()
@changes("import recipes")
def import_recipes(
    source: Source,
    add_ingredients: bool = False,
    dry_run: bool = False,
    strict_columns: bool = False,
    session: Session = NO_SESSION,
) -> ImportReport:
    r"""Import recipes, and what a batch of each yields, from a CSV or JSON file, or from rows.

    An existing recipe is found by its slug or name. Its ingredients are replaced by those in the file; if the file has
    none for it, they stay. Its yields are updated by name; those that the file does not name stay.

    >>> import plandoc, pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> rows = "recipe,ingredient,quantity,unit,makes,of", "Fudge,Sugar,0.67,cup,64,Fudge Piece"
    >>> _ = (folder / "recipes.csv").write_text("\n".join(rows))
    >>> with plandoc.open_store(folder / "data", create=True):
    ...     report = import_recipes(folder / "recipes.csv", add_ingredients=True)
    >>> for row in report.rows:
    ...     print(row)
    ingredients, Sugar: created
    recipes, Fudge: created
    finished_units, Fudge Piece: created

    Args:
        source: The path of the file; or rows as Python data, with the columns of CSV or the keys of JSON: mappings, such as
            `csv.DictReader` and `frame.to_dict("records")` give them, or sequences below one with the names of the
            columns. None and NaN mean that nothing is there.
        add_ingredients: Create missing ingredients; otherwise they are refused.
        dry_run: Only report what would change.
        strict_columns: Refuse columns that plandoc has no place for, instead of leaving them out and reporting them.
        session: The session to work in; None opens one and commits it.

    Raises:
        StorageError: when the file cannot be read.
        ValidationError: with everything that is wrong in it, by line or row; nothing was changed.
    """
    tables = read_tables(source, "recipes", RECIPE_COLUMNS, RECIPE_KEYS, strict_columns=strict_columns)
    return import_recipe_rows(tables, session, add_ingredients=add_ingredients, dry_run=dry_run)


def import_recipe_rows(
    tables: Tables, session: Session, *, add_ingredients: bool = False, dry_run: bool = False
) -> ImportReport:
    """Import recipes from rows; see `import_recipes`."""
    maker = DraftMaker(tables.cells, session)
    catalog = ExistingCatalog(
        session.find(Ingredient),
        session.find(Recipe),
        session.find(FinishedUnit),
        units_in_use(session),
        catalog_definitions(session).unit_words,
    )
    reader = RecipeReader(tables.cells, catalog, maker, add_ingredients=add_ingredients)
    reader.read(recipe_texts(tables))
    drafts = Drafts(catalog=maker.catalog(), notes=(*tables.cells.notes, *reader.notes))
    return _run(tables, drafts, session, dry_run=dry_run)


@collection_paused()
@changes("import goods")
def import_goods(
    source: Source, dry_run: bool = False, strict_columns: bool = False, session: Session = NO_SESSION
) -> ImportReport:
    """Import goods from a CSV or JSON file, or from rows; an existing good gets the components given there.

    A good that is one finished unit is bare; every other good is a bundle.

    Args:
        source: The path of the file, or rows as `import_recipes` takes them.
        dry_run: Only report what would change.
        strict_columns: Refuse columns that plandoc has no place for, instead of leaving them out and reporting them.
        session: The session to work in; None opens one and commits it.

    Raises:
        StorageError: when the file cannot be read.
        ValidationError: with everything that is wrong in it, by line or row; nothing was changed.
    """
    tables = read_tables(source, "goods", GOOD_COLUMNS, GOOD_KEYS, strict_columns=strict_columns)
    return import_good_rows(tables, session, dry_run=dry_run)


def import_good_rows(tables: Tables, session: Session, *, dry_run: bool = False) -> ImportReport:
    """Import goods from rows; see `import_goods`."""
    maker = DraftMaker(tables.cells, session)
    reader = GoodReader(tables.cells, session.find(FinishedGood), session.find(FinishedUnit), maker)
    reader.read(tables)
    drafts = Drafts(catalog=maker.catalog(), notes=(*tables.cells.notes, *reader.notes))
    return _run(tables, drafts, session, dry_run=dry_run)


@collection_paused()
@changes("import stock")
def import_stock(
    source: Source, dry_run: bool = False, strict_columns: bool = False, session: Session = NO_SESSION
) -> ImportReport:
    """Set the stock from a CSV or JSON file, or from rows; what is not named there stays as it is.

    Args:
        source: The path of the file, or rows as `import_recipes` takes them, with the columns ingredient, quantity, unit
            and notes. Batches of a recipe that were made ahead have its name there, and batches as the unit.
        dry_run: Only report what would change.
        strict_columns: Refuse columns that plandoc has no place for, instead of leaving them out and reporting them.
        session: The session to work in; None opens one and commits it.

    Raises:
        StorageError: when the file cannot be read.
        ValidationError: with everything that is wrong in it, by line or row; nothing was changed.
    """
    tables = read_tables(source, "stock", STOCK_COLUMNS, STOCK_COLUMNS, strict_columns=strict_columns)
    maker = DraftMaker(tables.cells, session)
    reader = StockReader(tables.cells, session, maker)
    reader.read(tables)
    drafts = Drafts(stock=tuple(maker.drafts()), notes=(*tables.cells.notes, *reader.notes))
    return _run(tables, drafts, session, dry_run=dry_run)


def _run(tables: Tables, drafts: Drafts, session: Session, *, dry_run: bool) -> ImportReport:
    def refused(failures: Sequence[Failure]) -> ValidationError:
        in_order = sorted(failures, key=lambda one: one.line or 1)
        return ValidationError(tables.cells.problem(one.row.reason, one.line or 1) for one in in_order)

    return run_import(drafts, session, OnConflict.UPDATE, refused, dry_run=dry_run)
