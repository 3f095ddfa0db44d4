"""`plandoc sheet`: what is still to bake and to pack for an event, to hang on the wall."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Annotated

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.data_folder import Folder
from plandoc.cli.lookup import event_id
from plandoc.cli.messages import UsageError
from plandoc.cli.rows import as_json
from plandoc.cli.shopping_commands import say_what_is_missing
from plandoc.cli.work_tables import print_text, print_work
from plandoc.cli.wrapping import rows_of, width
from plandoc.domain.batches import batches_in_words
from plandoc.domain.made_ahead import made_in_words
from plandoc.domain.production_sheet import Boxes, GoodToPack, ProductionSheet, RecipeSheet
from plandoc.domain.rounding import format_number
from plandoc.engine.named_records import in_plan
from plandoc.engine.session import Session
from plandoc.records import Recipe
from plandoc.workflow.sheets import get_production_sheet


def sheet(
    event: str,
    /,
    *recipes: Annotated[str, Parameter("RECIPE")],
    output: Annotated[Path | None, Parameter("--output", "-o")] = None,
    replace: bool = False,
    open_it: Annotated[bool, Parameter("--open")] = False,
    json: bool = False,
    folder: Folder,
) -> None:
    """Show what to work from: every recipe that is still to bake, scaled, with boxes to tick, and the packing list.

    Sub-recipes come before what they go into; batches that were made ahead are taken off. With -o it is written as one
    HTML file, to print: a page for each recipe.

    Args:
        recipes: Only these recipes, by their short names or numbers, without the packing list.
        output: The file, or the folder for it, to write the sheet as HTML.
        replace: Replace the file even if it is not a sheet.
        open_it: Write the sheet as HTML, named after the event unless -o names a file, and open it in the browser.
        json: Print the sheet as JSON.

    Examples:
        plandoc sheet harbour-market
        plandoc sheet harbour-market -o sheets.html
        plandoc sheet harbour-market lemon-tart --open
    """
    if json and (output is not None or open_it):
        raise UsageError("--json prints the sheet, so it cannot be used with -o or --open; leave one out")

    def read(session: Session) -> tuple[ProductionSheet, datetime.datetime]:
        found = event_id(event, session)
        ids = [in_plan(Recipe, key, found, session).id for key in recipes] or None
        return get_production_sheet(found, ids, session=session), session.moment

    found, moment = folder.read(read)
    if json:
        say_what_is_missing(found.undecided, is_alone=True)
        printing.print_json(as_json(found))
    elif output is not None or open_it:
        from plandoc.cli import sheet_file  # noqa: PLC0415  (60 ms of jinja2, which a sheet on the terminal does not need)

        sheet_file.write_sheet(found, moment, output, folder, replace=replace, opens=open_it)
    else:
        _print(found)


def _print(found: ProductionSheet) -> None:
    printing.say(f"Production sheet for {found.event.name}, {found.event.event_date}")
    if found.is_over:
        printing.say("the plan is completed: nothing remains to bake or to pack")
        return
    say_what_is_missing(found.undecided, is_alone=False)
    if not found.recipes:
        printing.say("no batches are left to bake" if found.goods else "there is nothing to bake and nothing to pack")
    for recipe in found.recipes:
        _print_recipe(recipe)
    for good in found.goods:
        _print_good(good)


def _print_recipe(one: RecipeSheet) -> None:
    print_work(one.work)
    printing.say()
    if one.work.made_ahead:
        printing.say(made_in_words(one.work.made_ahead, one.work.needed))
    for made in one.yields:
        verb = "makes" if made.batches == 1 else "make"
        printing.say(f"{batches_in_words(made.batches)} {verb} {made.units} x {made.unit.name}")
    for use in one.work.used_in:
        printing.say(f"{batches_in_words(use.batches)} for {use.recipe.name}")
    if one.work.batches:
        _print_boxes(one.boxes, "batches")
    if one.work.notes:
        print_text("Notes", one.work.notes)


def _print_good(one: GoodToPack) -> None:
    if one.problem is not None:
        printing.say()
        printing.say(f"{one.good.name}: {one.to_pack} to pack; {one.problem}")
        return
    columns = [printing.Column("part"), *(printing.Column(text, is_number=True) for text in ("in one", "in total"))]
    rows = [
        (f"{'  ' * part.depth}{part.name}", format_number(part.in_one), format_number(part.in_total))
        for part in one.parts
    ]
    title = f"{one.good.name}: {one.to_pack} to pack"
    printing.print_table(title, columns, rows, when_empty="nothing", is_one_of_several=True)
    _print_boxes(one.boxes, "pieces")


def _print_boxes(boxes: Boxes, noun: str) -> None:
    marks = ["[ ]"] * boxes.full + ([f"[ ] {format_number(boxes.rest)}"] if boxes.rest else [])
    # Wrapped as a text, a box could be broken at the blank inside it.
    for line in rows_of(marks, width()) if sys.stdout.isatty() else [" ".join(marks)]:
        printing.say(line, wraps=False)
    if boxes.each > 1:
        printing.say(f"each box is {boxes.each} {noun}")
