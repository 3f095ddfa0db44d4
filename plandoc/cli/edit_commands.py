"""`plandoc ingredient edit`, `recipe edit` and `good edit`: one thing of the catalog as a table, in an editor."""

from __future__ import annotations

from typing import Any

from plandoc.cli import import_output, printing
from plandoc.cli.catalog_lookup import WORDS, find_in_catalog
from plandoc.cli.data_folder import Folder
from plandoc.cli.editor import edited
from plandoc.engine.session import Session
from plandoc.exchange.csv_export import render_one
from plandoc.exchange.import_report import ImportReport
from plandoc.exchange.single_records import edit_from_table
from plandoc.records import FinishedGood, Ingredient, Recipe


def edit_ingredient(ingredient: str, /, *, folder: Folder) -> None:
    """Change an ingredient in your editor, as a table with the columns of 'plandoc ingredient import'.

    The editor is the one that the environment variable VISUAL or EDITOR names. What you leave blank is taken out; another name
    renames it. When something is wrong, you can edit it again.

    Args:
        ingredient: The ingredient, by its short name, its name or its number.

    Examples:
        plandoc ingredient edit wheat-flour
    """
    _edit(Ingredient, ingredient, folder)


def edit_recipe(recipe: str, /, *, add_ingredients: bool = False, folder: Folder) -> None:
    """Change a recipe in your editor, as a table with the columns of 'plandoc recipe import'.

    The editor is the one that the environment variable VISUAL or EDITOR names. What you leave blank or delete is taken out;
    another name renames the recipe. When something is wrong, you can edit it again.

    Args:
        recipe: The recipe, by its short name, its name or its number.
        add_ingredients: Create ingredients that are not there yet.

    Examples:
        plandoc recipe edit lemon-tart
        plandoc recipe edit lemon-tart --add-ingredients
    """
    _edit(Recipe, recipe, folder, add_ingredients=add_ingredients)


def edit_good(good: str, /, *, folder: Folder) -> None:
    """Change a good in your editor, as a table with the columns of 'plandoc good import'.

    The editor is the one that the environment variable VISUAL or EDITOR names. What you leave blank or delete is taken out;
    another name renames the good. When something is wrong, you can edit it again.

    Args:
        good: The good, by its short name, its name or its number.

    Examples:
        plandoc good edit tea-box
    """
    _edit(FinishedGood, good, folder)


def _edit(record_type: type[Any], key: str, folder: Folder, *, add_ingredients: bool = False) -> None:
    def read(session: Session) -> tuple[Any, str]:
        found = find_in_catalog(record_type, key, session)
        return found, render_one(found, session)

    record, before = folder.read(read)

    def apply(text: str) -> ImportReport | None:
        if text.strip() == before.replace("\r\n", "\n").strip():
            return None

        def work(session: Session) -> ImportReport:
            return edit_from_table(record_type, record.id, before, text, session, add_ingredients=add_ingredients)

        return folder.change(f"edit {WORDS[record_type]} {record.slug}", work)

    report = edited(before, f"{record.slug}.csv", apply)
    if report is None:
        printing.say("the text is the same as before; nothing was changed")
    else:
        import_output.print_rows(report)
