"""`plandoc recipe convert`: recipes of other programs as a table to read through and import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from plandoc.cli import printing, streams
from plandoc.cli.arguments import Parameter, as_path
from plandoc.cli.data_folder import Folder
from plandoc.cli.program import called, quoted
from plandoc.exchange.convert import Conversion, convert_recipes, write_table
from plandoc.text import escaping

# The file name that means the standard output.
_STANDARD_OUTPUT = "-"


def convert(
    *files: Annotated[Path, Parameter("FILE", at_least_one=True)],
    output: Annotated[str, Parameter("--output", "-o", words="FILE")],
    replace: bool = False,
    folder: Folder,
) -> None:
    """Convert recipes of other programs to a CSV file for 'plandoc recipe import'; nothing is imported yet.

    The files are saved web pages and JSON-LD with recipes of schema.org, Cooklang (.cook), exports of Mealie and Tandoor
    (JSON or ZIP), and CSV with a recipe in each row and all its ingredients in one cell. Check each row that has a remark, correct what is wrong, and then import the file. Web pages
    need two more packages: pip install 'plandoc[recipes]'.

    Args:
        files: The files with recipes.
        output: The CSV file to write; - means the standard output.
        replace: Replace the CSV file if it is there already.

    Examples:
        plandoc recipe convert apple-cake.html scones.cook -o recipes.csv
        plandoc recipe convert mealie.zip -o recipes.csv --replace
    """
    conversion = convert_recipes(files)
    if output == _STANDARD_OUTPUT:
        _print(conversion)
        return
    target = as_path(output, "--output")
    folder.work_log.begin()
    path = write_table(conversion, target, replace=replace)
    folder.work_log.end(f"the recipes are in {path}")
    _show(conversion, target)


def _print(conversion: Conversion) -> None:
    printing.refuse_beside_json()
    mark = escaping.BYTE_ORDER_MARK if streams.begins_a_file() else ""
    streams.write_bytes(f"{mark}{conversion.csv}".encode())
    for note in conversion.notes:
        printing.complain(f"note: {note}")


def _show(conversion: Conversion, target: Path) -> None:
    columns = [
        printing.Column("recipe"),
        printing.Column("lines", is_number=True),
        printing.Column("to look at", is_number=True),
    ]
    rows = [(one.name, one.lines, one.remarks or "") for one in conversion.recipes]
    printing.print_table("Recipes", columns, rows, when_empty="no recipes")
    for note in conversion.notes:
        printing.say(f"note: {note}")
    remarks = sum(one.remarks for one in conversion.recipes)
    if remarks:
        rows_with = "the row that has" if remarks == 1 else f"the {remarks} rows that have"
        printing.say(f"check {rows_with} a remark in {target} and correct what is wrong; then import the file:")
    else:
        printing.say("nothing was uncertain; import the file:")
    printing.say(f"{called()} recipe import {quoted(str(target))} --add-ingredients", wraps=False)
