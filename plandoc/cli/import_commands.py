"""`plandoc ingredient import`, `recipe import`, `good import` and `stock import`: tables of a baker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from plandoc.cli import printing
from plandoc.cli.data_folder import DataFolder, Folder
from plandoc.cli.parameters import Flag
from plandoc.cli.reports import print_report
from plandoc.errors import Problem, ValidationError
from plandoc.exchange import tabular
from plandoc.exchange.tabular.cells import MOST_GATHERED

if TYPE_CHECKING:
    from plandoc.engine.session import Session
    from plandoc.exchange import ImportReport


# More than anybody mends before trying again; the rest of a long file would only push the first ones out of sight.
_MOST_SHOWN = 20


def import_ingredients(file: Path, /, *, dry_run: Flag = False, folder: DataFolder) -> None:
    """Import ingredients from a CSV or JSON file, all of it or nothing.

    The columns are name, category, density (such as '1 cup = 120 g') and notes. Ingredients that are there already get
    what the file says.

    Args:
        file: The file.
        dry_run: Only say what would be imported; change nothing.
    """
    _run(
        folder,
        f"import {printing.clean(file.name)}",
        lambda session: tabular.import_ingredients(file, dry_run=dry_run, session=session),
    )


def import_recipes(file: Path, /, *, add_ingredients: Flag = False, dry_run: Flag = False, folder: DataFolder) -> None:
    """Import recipes and what a batch of each makes from a CSV or JSON file, all of it or nothing.

    The columns are recipe, category, ingredient or sub_recipe, quantity and unit; and in any row of a recipe makes (24,
    or 25%) and of (the name of what it makes). Recipes that are there already get what the file says.

    Args:
        file: The file.
        add_ingredients: Create the ingredients that are not there yet.
        dry_run: Only say what would be imported; change nothing.
    """

    def work(session: Session) -> ImportReport:
        return tabular.import_recipes(file, add_ingredients, dry_run=dry_run, session=session)

    _run(folder, f"import {printing.clean(file.name)}", work)


def import_goods(file: Path, /, *, dry_run: Flag = False, folder: DataFolder) -> None:
    """Import goods from a CSV or JSON file, all of it or nothing.

    The columns are good, component and quantity; and kind (unit or good) where a name is that of both. Goods that are
    there already get the components of the file.

    Args:
        file: The file.
        dry_run: Only say what would be imported; change nothing.
    """
    _run(
        folder,
        f"import {printing.clean(file.name)}",
        lambda session: tabular.import_goods(file, dry_run=dry_run, session=session),
    )


def import_stock(file: Path, /, *, dry_run: Flag = False, folder: DataFolder) -> None:
    """Set the stock from a CSV or JSON file, all of it or nothing; what it does not name stays as it is.

    The columns are ingredient, quantity and unit.

    Args:
        file: The file.
        dry_run: Only say what would be set; change nothing.
    """
    _run(
        folder,
        f"import {printing.clean(file.name)}",
        lambda session: tabular.import_stock(file, dry_run=dry_run, session=session),
    )


def _run(folder: Folder, action: str, work: Callable[[Session], ImportReport]) -> None:
    try:
        report = folder.change(action, work)
    except ValidationError as error:
        raise _shortened(error) from error
    print_report(report)
    if report.dry_run:
        printing.say("only a dry run: nothing was changed")


def _shortened(error: ValidationError) -> ValidationError:
    left = len(error.problems) - _MOST_SHOWN
    # Of more than can be read at once it is not known how many there are.
    more = [Problem(f"and {left} more" if left <= MOST_GATHERED - _MOST_SHOWN else "and many more")] if left > 0 else []
    return ValidationError([Problem("nothing was imported:"), *error.problems[:_MOST_SHOWN], *more])
