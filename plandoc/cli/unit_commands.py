"""`plandoc unit add`, `unit list` and `unit remove`: a baker's own words for units of measure."""

from __future__ import annotations

from typing import Annotated

from plandoc import units
from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import UsageError
from plandoc.cli.rows import as_row
from plandoc.domain.unit_words import word_named
from plandoc.engine.session import Session
from plandoc.errors import shorten
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.records import UnitWord
from plandoc.units import Dimension
from plandoc.workflow.unit_words import add_unit_word, remove_unit_word

_FORM = "'Kelle = 125 ml'"


def add(
    *statement: Annotated[str, Parameter("STATEMENT", at_least_one=True)], replace: bool = False, folder: Folder
) -> None:
    """Define a word of your own as a unit of measure, for imports and for the stock.

    A plan in production goes on with the words that it started with. The units that you bake and pack (24 cookies a
    batch) are different: recipes make them, and 'plandoc recipe list' shows them.

    Args:
        statement: The word, an equals sign, and how much it is of a measure.
        replace: Change what the word meant before.

    Examples:
        plandoc unit add "Kelle = 125 ml"
        plandoc unit add Tasse = 150 ml
        plandoc unit add EL = 1 tbsp
        plandoc unit add can = 400 g --replace
    """
    name, _, amount = (part.strip() for part in " ".join(statement).partition("="))
    if not name or not amount or "=" in amount:
        raise UsageError(f"wanted a word and what it means, such as {_FORM}, found {shorten(' '.join(statement))}")
    cells = CellReader("", by_hand=True)
    said = cells.measured(Cell(amount, 0, "STATEMENT"), Cell("", 0, "STATEMENT"))
    cells.check()

    def change(session: Session) -> UnitWord:
        return add_unit_word(name, said.number, said.unit.text, replace, session=session)

    word = folder.change("add a word for a unit", change)
    printing.say(f"{word.name} is a unit now: 1 {word}")


def list_units(*, everything: Annotated[bool, Parameter("--all")] = False, json: bool = False, folder: Folder) -> None:
    """List the units of measure that you added, and with --all those that plandoc knows.

    Args:
        everything: List the units that plandoc knows, too.
        json: Print your own units as JSON.

    Examples:
        plandoc unit list
        plandoc unit list --all
    """
    words = folder.read(lambda session: session.find(UnitWord))
    if json:
        printing.print_json([as_row(word) for word in words])
        return
    columns = [*map(printing.Column, ("unit", "is"))]
    rows = [(word.name, f"{units.written(word.quantity)} {word.unit}") for word in words]
    printing.print_table(
        "Units of your own", columns, rows, when_empty="none yet; 'plandoc unit add \"Kelle = 125 ml\"' adds one"
    )
    if everything:
        known = [
            (unit.name, unit.dimension.value, _size(unit, words), ", ".join(unit.spellings)) for unit in units.UNITS
        ]
        printing.print_table(
            "Units that plandoc knows",
            [*map(printing.Column, ("unit", "measures", "is", "also written"))],
            known,
            when_empty="none",
            is_one_of_several=True,
        )


def remove(word: str, /, *, folder: Folder) -> None:
    """Remove a unit of measure that you added, unless it is used.

    Args:
        word: The word.

    Examples:
        plandoc unit remove Kelle
    """
    removed = folder.change("remove a word for a unit", lambda session: remove_unit_word(word, session=session))
    printing.say(f"removed unit {removed.name!r} (1 {removed})")


def _size(unit: units.Unit, words: list[UnitWord]) -> str:
    own = None if unit.has_fixed_size else word_named(unit.name, words)
    if own is not None:
        return f"{units.written(own.quantity)} {own.unit}"
    if unit.dimension is Dimension.CONTAINER:
        return "what you say"
    return f"{unit.size} {unit.base}" if unit.base else ""
