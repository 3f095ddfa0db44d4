"""The ingredients that recipes name: those of the folder, new ones, and those that are neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plandoc.errors.hints import Hint, wording
from plandoc.exchange.look_alikes import look_alikes
from plandoc.exchange.names import did_you_mean, shown
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.draft_maker import DraftMaker, Newcomer
from plandoc.exchange.tabular.name_lookup import CellNames
from plandoc.records import Ingredient, IngredientId

_ADD = wording("use {option} to create it", option=Hint.ADD_INGREDIENTS())
_OF_A_RECIPE = wording(
    "a recipe has this name; name it as a sub-recipe, or use {option} to create an ingredient",
    option=Hint.ADD_INGREDIENTS(),
)
_ADD_ALL = wording("use {option} to create them", option=Hint.ADD_INGREDIENTS())


class IngredientNames:
    """What the cells of one file mean by their ingredients.

    Args:
        cells: Keeps what is wrong.
        ingredients: Those of the folder.
        maker: Makes the new ones.
        recipes: The names of the recipes in the folder and in the file.
        adds: Whether unknown ones are new; otherwise they are refused.

    Attributes:
        notes: Notes for the report.
    """

    def __init__(
        self,
        cells: CellReader,
        ingredients: Sequence[Ingredient],
        maker: DraftMaker,
        recipes: CellNames[Any],
        *,
        adds: bool,
    ) -> None:
        self.notes: list[str] = []
        self._recipes = recipes
        self._cells = cells
        self._maker = maker
        self._adds = adds
        self._known: CellNames[Any] = CellNames("ingredient", ingredients)
        self._names = [ingredient.name for ingredient in ingredients]
        # What is unknown and like nothing that is known, by name, with the cell that names it first.
        self._missing: CellNames[Cell] = CellNames("ingredient")
        self._missing_cells: list[Cell] = []
        self._new: list[Newcomer] = []
        # What texts mean that were found before; a name never comes to mean another thing.
        self._found: dict[str, Any] = {}

    def find(self, cell: Cell) -> Any:
        """Return the ingredient that a cell names; None when it is refused."""
        if not cell.is_number and cell.text in self._found:
            return self._found[cell.text]
        before = len(self._cells.problems)
        found = self._look_for(cell)
        if found is not None and len(self._cells.problems) == before:
            self._found[cell.text] = found
        return found

    def _look_for(self, cell: Cell) -> Any:
        name = self._cells.name(cell)
        meant = self._known.all_of(name) if cell else [None]
        if len(meant) == 1:
            return meant[0]
        if meant:
            self._known.refuse(self._cells, cell)
        elif self._adds:
            return self._added(cell, name)
        else:
            self._refuse(cell)
        return None

    def finish(self) -> None:
        """Report the new ones together, and those that are missing."""
        if self._new:
            self.notes.append(f"new ingredients: {', '.join(shown(one.name) for one in self._new)}")
            self._note_look_alikes()
        if self._missing_cells:
            names, first = [shown(cell.text) for cell in self._missing_cells], self._missing_cells[0]
            if names[1:]:
                self._cells.refuse_last(first, f"there are no ingredients {', '.join(names)}", _ADD_ALL)
            else:
                self._cells.refuse_cell(first, f"there is no ingredient {names[0]}", _ADD)

    def _refuse(self, cell: Cell) -> None:
        """Refuse an unknown one: at once where it is probably misspelled, else together with the others, once each."""
        if self._missing.all_of(cell.text):
            return
        if self._recipes.all_of(cell.text):
            self._missing.add(cell, cell.text)
            self._cells.refuse_cell(cell, f"there is no ingredient {shown(cell.text)}", _OF_A_RECIPE)
        elif self._cells.suggests and self._known.nearest(cell.text):
            self._known.refuse(self._cells, cell, _ADD)
        else:
            self._missing.add(cell, cell.text)
            self._missing_cells.append(cell)

    def _added(self, cell: Cell, name: str) -> Newcomer:
        self._cells.question(cell)
        near = did_you_mean(name, self._names)
        if self._recipes.all_of(name):
            also = "there is also a recipe of this name, which would go into another as a sub-recipe"
            self.notes.append(f"{shown(name)} is a new ingredient; {also}")
        elif near:
            self.notes.append(f"{shown(name)} is a new ingredient; {near}")
        new: Newcomer = self._maker.thing(Ingredient, name, None)
        self._maker.add(new, cell.line, lambda: Ingredient(name, id=IngredientId(new.id)), present=None)
        self._new.append(new)
        self._known.add(new, name)
        return new

    def _note_look_alikes(self) -> None:
        for first, second in look_alikes(one.name for one in self._new):
            self.notes.append(
                wording(
                    "{first} and {second} are both new; if they are the same, {merge} makes one of them",
                    first=shown(first),
                    second=shown(second),
                    merge=Hint.MERGE_INGREDIENTS(),
                )
            )
