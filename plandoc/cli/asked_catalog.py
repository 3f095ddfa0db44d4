"""What a terminal asks for when something is added to the catalog; an answer that names nothing is asked for again at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from plandoc.cli import printing
from plandoc.cli.asking import ask, is_confirmed, is_interactive
from plandoc.cli.catalog_lookup import WORDS
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import UsageError
from plandoc.errors import PlandocError
from plandoc.exchange.names import Names, shown
from plandoc.frozen import frozen
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, Recipe

# A name and the text behind its equals sign; blank when there is none.
Pair = tuple[str, str]


@frozen
class AskedRecipe:
    """What was answered about a recipe.

    Attributes:
        adds_ingredients: Whether ingredients are to be created that are not there yet.
    """

    lines: list[Pair]
    parts: list[Pair]
    yields: list[Pair]
    adds_ingredients: bool


def asked_name(record_type: type[Any], folder: Folder) -> str:
    """Return the name of what is to be added.

    Raises:
        UsageError: when nobody can be asked, or the answer is blank.
        PlandocError: when there is one of this name, before more is asked.
    """
    what = WORDS[record_type]
    if not is_interactive():
        raise UsageError(f"wanted the name of the {what}")
    known: Names[Any] = folder.read(lambda session: Names(what, session.find(record_type)))
    name = ask(f"Name of the {what}")
    if not name:
        raise UsageError(f"wanted the name of the {what}, found nothing")
    for there in known.all_of(name):
        raise PlandocError(
            f"{what} {shown(there.name)} already exists; change it with 'plandoc {what} edit {there.slug}'"
        )
    return name


def asked_recipe(folder: Folder, *, adds_ingredients: bool) -> AskedRecipe:
    """Return what is in a recipe and what a batch of it gives; nothing where nobody can be asked."""
    if not is_interactive():
        return AskedRecipe([], [], [], adds_ingredients)
    ingredients, recipes = folder.read(
        lambda session: (
            _Known(Names("ingredient", session.find(Ingredient))),
            _Known(Names("recipe", session.find(Recipe))),
        )
    )
    lines = _asked_pairs(
        "Ingredient",
        "How much of it a batch takes, such as 1 1/2 cup; blank for no amount",
        is_accepted=lambda name: adds_ingredients or ingredients.has(name) or ingredients.is_to_be_created(name),
    )
    parts = _asked_pairs("Another recipe that goes into it", "How many batches of it", "1", is_accepted=recipes.has)
    return AskedRecipe(
        list(lines),
        list(parts),
        list(
            _asked_pairs("What a batch gives, such as Cookie", "How many of it, or the part of a batch, such as 12.5%")
        ),
        adds_ingredients or ingredients.is_new_wanted,
    )


def asked_components(folder: Folder) -> list[Pair]:
    """Return what is in a good; nothing where nobody can be asked."""
    if not is_interactive():
        return []
    known = folder.read(
        lambda session: _Known(
            Names("finished unit and no good", [*session.find(FinishedUnit), *session.find(FinishedGood)])
        )
    )
    return list(_asked_pairs("What is in it", "How many of it", "1", is_accepted=known.has))


class _Known:
    """The names that answers can mean.

    Attributes:
        is_new_wanted: Whether somebody wants one that is not there yet.
    """

    def __init__(self, names: Names[Any]) -> None:
        self.is_new_wanted = False
        self._names = names

    def has(self, name: str) -> bool:
        """Return whether there is one of this name; say so when there is none."""
        if self._names.all_of(name):
            return True
        near = self._names.nearest(name)
        printing.say(f"  there is no {self._names.what} {shown(name)}" + (f"; {near}" if near else ""))
        return False

    def is_to_be_created(self, name: str) -> bool:
        """Return whether one that is not there is to be created."""
        if not is_confirmed("  Create it?"):
            return False
        self.is_new_wanted = True
        self._names.add(name, name)
        return True


def _asked_pairs(
    first: str, second: str, usual: str = "", *, is_accepted: Callable[[str], bool] = bool
) -> Iterator[Pair]:
    """Ask for names, each with a second text, until a blank answer."""
    while name := ask(f"{first} (blank to go on)"):
        if is_accepted(name):
            yield name, ask(f"  {second}{f' [{usual}]' if usual else ''}") or usual
