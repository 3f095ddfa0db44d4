"""`plandoc import`, and `ingredient import`, `recipe import`, `good import` and `stock import`: importing files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, cast

from plandoc import exchange
from plandoc.cli import import_output, printing, streams
from plandoc.cli.arguments import Parameter
from plandoc.cli.busy_line import busy_line
from plandoc.cli.data_folder import Folder
from plandoc.errors import ImportRefusedError, ValidationError
from plandoc.exchange import ImportReport, tabular
from plandoc.exchange.pipeline import collection_paused

Everything = Annotated[bool, Parameter("--all")]


def import_file(
    file: Path,
    /,
    *,
    dry_run: bool = False,
    on_conflict: Literal["fail", "skip", "update"] | None = None,
    everything: Everything = False,
    verbose: bool = False,
    folder: Folder,
) -> None:
    """Import an export of plandoc or bake-tracker, completely or not at all; creates the data folder if missing.

    Args:
        file: The export.
        on_conflict: What to do with existing records that differ from an export of plandoc: fail (the default, which
            lists them), skip or update. A plan that was started never changes.

    Examples:
        plandoc import export.json --dry-run
        plandoc import export.json --on-conflict skip
    """
    try:
        with _folder_to_import_into(folder, dry_run=dry_run) as target, _importing(file):
            report = target.change(
                f"import {printing.clean(file.name)}",
                lambda session: exchange.import_file(file, dry_run=dry_run, on_conflict=on_conflict, session=session),
            )
    except ImportRefusedError as error:
        refused = cast("ImportReport", error.report)
        # The refusal must be reported even if its details cannot be shown.
        with suppress(streams.OutputError):
            import_output.print_counts(refused)
        raise import_output.refusal(error, refused, everything=everything) from error
    import_output.print_report(report, verbose=verbose)


def import_ingredients(
    file: Path,
    /,
    *,
    dry_run: bool = False,
    strict_columns: bool = False,
    everything: Everything = False,
    verbose: bool = False,
    folder: Folder,
) -> None:
    """Import ingredients from a CSV or JSON file, completely or not at all.

    The columns are name, category, density (such as '1 cup = 120 g'), equivalents (such as '1 stick = 113 g; 1 each =
    50 g') and notes. Existing ingredients are updated from the file; what is blank in it stays.

    Args:
        file: The file.

    Examples:
        plandoc ingredient import ingredients.csv --dry-run
        plandoc ingredient import ingredients.csv
    """
    work = partial(tabular.import_ingredients, file, dry_run=dry_run, strict_columns=strict_columns)
    _import(folder, file, work, everything=everything, verbose=verbose)


def import_recipes(
    file: Path,
    /,
    *,
    add_ingredients: bool = False,
    dry_run: bool = False,
    strict_columns: bool = False,
    everything: Everything = False,
    verbose: bool = False,
    folder: Folder,
) -> None:
    """Import recipes and what a batch of each makes from a CSV or JSON file, completely or not at all.

    The columns are recipe, category, ingredient or sub_recipe, quantity, unit and notes; in any row of a recipe makes
    (24, or 25%) and of (the name of what it makes), recipe_notes and method. A blank recipe means the one above.
    Quantities are written as 0.5, 1/2, 1 1/2 or 5kg; a range such as 2-3 counts as its upper end, no unit means pieces
    (each), and no quantity an ingredient that is listed without an amount. Existing recipes are updated from the file.

    Args:
        file: The file.
        add_ingredients: Create missing ingredients.

    Examples:
        plandoc recipe import recipes.csv --dry-run
        plandoc recipe import recipes.csv --add-ingredients
    """
    work = partial(tabular.import_recipes, file, add_ingredients, dry_run=dry_run, strict_columns=strict_columns)
    _import(folder, file, work, everything=everything, verbose=verbose)


def import_goods(
    file: Path,
    /,
    *,
    dry_run: bool = False,
    strict_columns: bool = False,
    everything: Everything = False,
    verbose: bool = False,
    folder: Folder,
) -> None:
    """Import goods from a CSV or JSON file, completely or not at all.

    The columns are good, component, quantity and notes; kind (unit or good) where a name is that of both; and in any
    row of a good good_notes. A blank good means the one above. Existing goods get the components of the file.

    Args:
        file: The file.

    Examples:
        plandoc good import goods.csv
    """
    work = partial(tabular.import_goods, file, dry_run=dry_run, strict_columns=strict_columns)
    _import(folder, file, work, everything=everything, verbose=verbose)


def import_stock(
    file: Path,
    /,
    *,
    dry_run: bool = False,
    strict_columns: bool = False,
    everything: Everything = False,
    verbose: bool = False,
    folder: Folder,
) -> None:
    """Set the stock from a CSV or JSON file, completely or not at all; other stock stays as it is.

    The columns are ingredient, quantity, unit and notes; without a unit a quantity is of pieces (each). A recipe that was
    made ahead is named there, too, with batches as the unit.

    Args:
        file: The file.
        dry_run: Only show what would be set; change nothing.

    Examples:
        plandoc stock import stock.csv
    """
    work = partial(tabular.import_stock, file, dry_run=dry_run, strict_columns=strict_columns)
    _import(folder, file, work, everything=everything, verbose=verbose)


@contextmanager
def _importing(file: Path) -> Iterator[None]:
    """Show that an import goes on, and let nothing hold up its saving either."""
    with collection_paused(), busy_line(f"importing {file.name}"):
        yield


@contextmanager
def _folder_to_import_into(folder: Folder, *, dry_run: bool) -> Iterator[Folder]:
    """Give the folder to import into, created if missing; a dry run must not leave one behind."""
    if folder.is_there() or not dry_run:
        folder.open(create=True).close()
        yield folder
        return
    with tempfile.TemporaryDirectory() as temporary:
        stand_in = Folder(Path(temporary))
        stand_in.open(create=True).close()
        yield stand_in


def _import(folder: Folder, file: Path, work: Callable[..., ImportReport], *, everything: bool, verbose: bool) -> None:
    try:
        with _importing(file):
            report = folder.change(f"import {printing.clean(file.name)}", lambda session: work(session=session))
    except ValidationError as error:
        raise import_output.mistakes(error, everything=everything) from error
    import_output.print_report(report, verbose=verbose)
