"""A scaled recipe as it is printed: its lines and sub-recipes, what one batch takes and what all take, and the method."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plandoc.cli import printing
from plandoc.domain.batches import batches_in_words
from plandoc.domain.measures import Amount
from plandoc.domain.scaled_recipes import ScaledRecipe


def print_work(work: ScaledRecipe) -> None:
    """Print what batches of a recipe take, and how they are made."""
    if work.batches:
        _print_lines(work)
    else:
        printing.say()
        printing.say(f"{work.recipe.name}: made already")
    if work.method:
        print_text("Method", work.method)


def _print_lines(work: ScaledRecipe) -> None:
    batches = batches_in_words(work.batches)
    amounts = ["1 batch"] if work.batches == 1 else ["1 batch", batches]
    numbers = [printing.Column(heading, is_number=True) for heading in amounts]
    columns = [printing.Column("ingredient"), *numbers]
    rows = [(name, *(one, everything)[: len(amounts)], note) for name, one, everything, note in _rows(work)]
    print_with_notes(f"{work.recipe.name}: {batches}", columns, rows, when_empty="no ingredients")


def print_with_notes(
    title: str, columns: Sequence[printing.Column], rows: Sequence[Sequence[str]], *, when_empty: str
) -> None:
    """Print a table below others, with a column for the notes that are last in each row, if there are any."""
    shown = [*columns, printing.Column("note")] if any(row[-1] for row in rows) else columns
    cells = [row[: len(shown)] for row in rows]
    printing.print_table(title, shown, cells, when_empty=when_empty, is_one_of_several=True)


def print_text(title: str, text: str) -> None:
    """Print a text of several lines below its title, in the width of a terminal."""
    printing.say()
    printing.say(title)
    for line in text.splitlines():
        printing.say(f"  {line}".rstrip())


def _rows(work: ScaledRecipe) -> Iterator[tuple[str, str, str, str]]:
    for line in work.lines:
        yield line.ingredient.name, _shown(line.one_batch), _shown(line.amount), line.notes
    for part in work.parts:
        yield part.recipe.name, batches_in_words(part.one_batch), batches_in_words(part.batches), part.notes


def _shown(amount: Amount | None) -> str:
    """Return an amount; blank for a line without one."""
    return "" if amount is None else str(amount)
