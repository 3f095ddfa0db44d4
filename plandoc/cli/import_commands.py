"""`plandoc import`, and `ingredient import`, `recipe import`, `good import` and `stock import`: importing files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, cast

from plandoc import exchange, hints
from plandoc.cli import printing, streams
from plandoc.cli.data_folder import Folder
from plandoc.engine.session import Session
from plandoc.errors import ImportRefusedError, Problem, ValidationError
from plandoc.exchange import ImportReport, tabular
from plandoc.exchange.import_report import MOST_GATHERED

# Enough to fix before trying again; more would push the first ones out of sight.
_MAX_SHOWN = 20


def import_file(
    file: Path,
    /,
    *,
    dry_run: bool = False,
    on_conflict: Literal["fail", "skip", "update"] | None = None,
    folder: Folder,
) -> None:
    """Import an export of plandoc or bake-tracker, completely or not at all; creates the data folder if missing.

    Args:
        file: The export.
        dry_run: Only show what would be imported; change nothing.
        on_conflict: What to do with existing records that differ from an export of plandoc: fail (the default, which
            lists them), skip or update. A plan that was started never changes.

    Examples:
        plandoc import export.json --dry-run
        plandoc import export.json --on-conflict skip
    """
    try:
        with _folder_to_import_into(folder, dry_run=dry_run) as target:
            report = target.change(
                f"import {printing.clean(file.name)}",
                lambda session: exchange.import_file(file, dry_run=dry_run, on_conflict=on_conflict, session=session),
            )
    except ImportRefusedError as error:
        # The refusal must be reported even if its details cannot be shown.
        with suppress(streams.OutputError):
            _print_report(cast("ImportReport", error.report))
        raise
    _print_report(report)
    if dry_run:
        printing.say("dry run: nothing was changed")


def import_ingredients(file: Path, /, *, dry_run: bool = False, folder: Folder) -> None:
    """Import ingredients from a CSV or JSON file, completely or not at all.

    The columns are name, category, density (such as '1 cup = 120 g') and notes. Existing ingredients are
    updated from the file.

    Args:
        file: The file.
        dry_run: Only show what would be imported; change nothing.

    Examples:
        plandoc ingredient import ingredients.csv --dry-run
        plandoc ingredient import ingredients.csv
    """
    _import(
        folder,
        f"import {printing.clean(file.name)}",
        lambda session: tabular.import_ingredients(file, dry_run=dry_run, session=session),
    )


def import_recipes(file: Path, /, *, add_ingredients: bool = False, dry_run: bool = False, folder: Folder) -> None:
    """Import recipes and what a batch of each makes from a CSV or JSON file, completely or not at all.

    The columns are recipe, category, ingredient or sub_recipe, quantity and unit; and in any row of a recipe makes (24,
    or 25%) and of (the name of what it makes). Existing recipes are updated from the file.

    Args:
        file: The file.
        add_ingredients: Create missing ingredients.
        dry_run: Only show what would be imported; change nothing.

    Examples:
        plandoc recipe import recipes.csv --add-ingredients
    """

    def work(session: Session) -> ImportReport:
        return tabular.import_recipes(file, add_ingredients, dry_run=dry_run, session=session)

    _import(folder, f"import {printing.clean(file.name)}", work)


def import_goods(file: Path, /, *, dry_run: bool = False, folder: Folder) -> None:
    """Import goods from a CSV or JSON file, completely or not at all.

    The columns are good, component and quantity; and kind (unit or good) where a name is that of both. Existing goods
    get the components of the file.

    Args:
        file: The file.
        dry_run: Only show what would be imported; change nothing.

    Examples:
        plandoc good import goods.csv
    """
    _import(
        folder,
        f"import {printing.clean(file.name)}",
        lambda session: tabular.import_goods(file, dry_run=dry_run, session=session),
    )


def import_stock(file: Path, /, *, dry_run: bool = False, folder: Folder) -> None:
    """Set the stock from a CSV or JSON file, completely or not at all; other stock stays as it is.

    The columns are ingredient, quantity and unit.

    Args:
        file: The file.
        dry_run: Only show what would be set; change nothing.

    Examples:
        plandoc stock import stock.csv
    """
    _import(
        folder,
        f"import {printing.clean(file.name)}",
        lambda session: tabular.import_stock(file, dry_run=dry_run, session=session),
    )


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


def _import(folder: Folder, action: str, work: Callable[[Session], ImportReport]) -> None:
    try:
        report = folder.change(action, work)
    except ValidationError as error:
        raise _shortened(error) from error
    _print_report(report)
    if report.dry_run:
        printing.say("dry run: nothing was changed")


def _shortened(error: ValidationError) -> ValidationError:
    left = len(error.problems) - _MAX_SHOWN
    # Reading stops at a limit, and then the total is unknown.
    more = [Problem(f"and {left} more" if left <= MOST_GATHERED - _MAX_SHOWN else "and many more")] if left > 0 else []
    return ValidationError([Problem("nothing was imported:"), *error.problems[:_MAX_SHOWN], *more])


def _print_report(report: ImportReport) -> None:
    """Show how many rows of each table were created and so on, then every row with a reason, then the notes."""
    columns = [printing.Column("table"), printing.Column("outcome"), printing.Column("rows", is_number=True)]
    rows = [
        (table, outcome.value, count)
        for table, outcomes in report.counts().items()
        for outcome, count in outcomes.items()
    ]
    printing.print_table("Import", columns, rows, when_empty="the file contains nothing to import")
    for row in report.rows:
        if row.reason:
            printing.say(hints.for_command(row.text))
    for note in report.notes:
        printing.say(f"note: {note}")
