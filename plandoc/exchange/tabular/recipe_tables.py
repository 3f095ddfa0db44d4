"""The recipes of a table as drafts: with what they take, and what a batch of them gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from plandoc import units
from plandoc.constraints import valid_percentage
from plandoc.exchange.names import did_you_mean, folded, shown
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.draft_maker import DraftMaker, Newcomer
from plandoc.exchange.tabular.name_lookup import CellNames, Once
from plandoc.exchange.tabular.recipe_texts import LineText, RecipeText, SubRecipeText, YieldText
from plandoc.frozen import frozen
from plandoc.hints import Hint, wording
from plandoc.records import FinishedUnit, Ingredient, Recipe, RecipeLine, SubRecipe, YieldMode
from plandoc.units.quantity_text import NotANumber, Number, quantity_in, written

_ADD = wording("use {option} to create it", option=Hint.ADD_INGREDIENTS())


@frozen
class ExistingCatalog:
    """The folder's catalog before the import."""

    ingredients: Sequence[Ingredient]
    recipes: Sequence[Recipe]
    units: Sequence[FinishedUnit]


@frozen
class _Line:
    """An ingredient of a recipe, as a file has it.

    Attributes:
        thing: The ingredient, of the folder or new.
        quantity: None when the file gives no amount.
        notes: What is kept of the text.
    """

    thing: Any
    quantity: Number | None
    unit: str
    notes: str = ""


class RecipeReader:
    """Reads the recipes of one file.

    Attributes:
        notes: Notes for the report.
    """

    def __init__(
        self, cells: CellReader, catalog: ExistingCatalog, maker: DraftMaker, *, add_ingredients: bool
    ) -> None:
        self.notes: list[str] = []
        self._cells = cells
        self._catalog = catalog
        self._maker = maker
        self._add_ingredients = add_ingredients
        self._new_ingredients: list[Newcomer] = []
        self._counted: list[str] = []
        self._without_amount: list[str] = []
        self._known_ingredients: CellNames[Any] = CellNames("ingredient", catalog.ingredients)
        self._known_recipes: CellNames[Any] = CellNames("recipe", catalog.recipes)
        self._names_of_units = {folded(unit.name) for unit in catalog.units}
        self._units: dict[int, list[FinishedUnit]] = {}
        for unit in catalog.units:
            self._units.setdefault(unit.recipe_id, []).append(unit)

    def read(self, texts: Iterable[RecipeText]) -> None:
        """Make the drafts; the reader of the cells collects the problems."""
        for text, recipe, present in self._start(texts):
            self._fill(text, recipe, present)
            self._read_yields(text, recipe, present)
        if self._new_ingredients:
            names = ", ".join(shown(one.name) for one in self._new_ingredients)
            self.notes.append(f"new ingredients: {names}")
        if self._counted:
            self.notes.append(f"no unit is given, so these are counted in {units.PIECES}: {', '.join(self._counted)}")
        if self._without_amount:
            self.notes.append(
                f"no amount is given, so these are listed and not summed: {', '.join(self._without_amount)}"
            )

    def _start(self, texts: Iterable[RecipeText]) -> list[tuple[RecipeText, Any, Recipe | None]]:
        """Name all recipes before any is filled: one may hold another that comes later."""
        once = Once(self._cells)
        started = []
        for text in texts:
            name, present = self._cells.name(text.name), self._known_recipes.present(self._cells, text.name)
            once.refuse_second(text.name, present)
            started.append((text, self._maker.thing(name, present), present))
        for text, recipe, present in started:
            if present is None and text.name:
                self._known_recipes.add(recipe, recipe.name)
        return started

    def _fill(self, text: RecipeText, recipe: Any, present: Recipe | None) -> None:
        lines = [self._line(line, recipe.name) for line in text.lines]
        parts = [self._part(part) for part in text.parts]
        category = self._cells.text(text.category)

        def make() -> Recipe:
            record = present or Recipe(recipe.name, id=recipe.id)
            if category:
                record = attrs.evolve(record, category=category)
            # A file that says only what a recipe gives leaves what it takes as it is.
            if not lines and not parts:
                return record
            new_lines = (RecipeLine(line.thing.id, line.quantity, line.unit, line.notes) for line in lines)
            new_parts = (SubRecipe(one.id, by) for one, by in parts)
            return attrs.evolve(
                record,
                lines=_with_notes(new_lines, record.lines, _ingredient),
                sub_recipes=_with_notes(new_parts, record.sub_recipes, _recipe),
            )

        self._maker.add(recipe, text.name.line, make, present=present)
        if present is not None and (lines or parts):
            self._note_dropped(present, {*(id(line.thing) for line in lines), *(id(thing) for thing, _ in parts)})

    def _line(self, line: LineText, recipe: str) -> _Line:
        ingredient = self._ingredient(line.ingredient)
        called = f"{shown(line.ingredient.text)} in {shown(recipe)}"
        if not line.quantity:
            self._refuse_unit_alone(line)
            self._without_amount.append(called)
            return _Line(ingredient, None, "")
        amount = self._cells.measured(line.quantity, line.unit, in_recipe=True)
        unit = self._cells.unit(amount.unit)
        if not amount.has_unit:
            self._counted.append(called)
        if not amount.is_range:
            return _Line(ingredient, amount.number, unit)
        text = line.quantity.text
        self.notes.append(f"{called}: {shown(text)} counts as {written(amount.number)}; the line's notes keep the text")
        return _Line(ingredient, amount.number, unit, text)

    def _refuse_unit_alone(self, line: LineText) -> None:
        if line.unit:
            hint = "for an ingredient without an amount, leave the unit blank, too"
            self._cells.refuse_cell(line.quantity, "wanted a number, found nothing", hint)

    def _part(self, part: SubRecipeText) -> tuple[Any, Number]:
        multiplier = self._cells.amount(part.multiplier)
        if not part.recipe:
            self._cells.name(part.recipe)
            return None, multiplier
        recipe = self._known_recipes.one(part.recipe.text)
        if recipe is None:
            self._known_recipes.refuse(self._cells, part.recipe)
        return recipe, multiplier

    def _ingredient(self, cell: Cell) -> Any:
        name = self._cells.name(cell)
        meant = self._known_ingredients.all_of(name) if cell else [None]
        if len(meant) == 1:
            return meant[0]
        if meant or not self._add_ingredients:
            self._known_ingredients.refuse(self._cells, cell, _ADD)
            return None
        near = did_you_mean(name, [ingredient.name for ingredient in self._catalog.ingredients])
        if near:
            self.notes.append(f"{shown(name)} is a new ingredient; {near}")
        return self._new_ingredient(name, cell.line)

    def _new_ingredient(self, name: str, line: int) -> Newcomer:
        new: Newcomer = self._maker.thing(name, None)
        self._maker.add(new, line, lambda: Ingredient(name, id=new.id), present=None)
        self._new_ingredients.append(new)
        self._known_ingredients.add(new, name)
        return new

    def _note_dropped(self, before: Recipe, kept: set[int]) -> None:
        taken = {line.ingredient_id for line in before.lines}
        dropped: list[Any] = [one for one in self._catalog.ingredients if one.id in taken]
        dropped += [one for one in self._catalog.recipes if one.id in before.sub_recipe_ids]
        names = ", ".join(shown(one.name) for one in dropped if id(one) not in kept)
        if names:
            self.notes.append(f"{shown(before.name)} no longer takes {names}")

    def _read_yields(self, text: RecipeText, recipe: Any, recipe_there: Recipe | None) -> None:
        known: CellNames[Any] = CellNames("finished unit", self._units.get(recipe_there.id, ()) if recipe_there else ())
        once = Once(self._cells)
        for one in text.yields:
            present = known.present(self._cells, one.name)
            once.refuse_second(one.name, present)
            self._read_unit(one, recipe, present)
            if present is None:
                self._note_namesake(one.name.text)

    def _note_namesake(self, name: str) -> None:
        if folded(name) in self._names_of_units:
            self.notes.append(f"{shown(name)} is made by several recipes; each has a short name of its own")
        self._names_of_units.add(folded(name))

    def _read_unit(self, text: YieldText, recipe: Any, present: FinishedUnit | None) -> None:
        if not text.name:
            self._cells.refuse_cell(text.name, "wanted the name of what the recipe makes, found nothing")
        name = present.name if present else self._cells.name(text.name) if text.name else "?"
        item_unit = self._cells.text(text.item_unit) or (present.item_unit if present else "piece")
        fields = {"item_unit": item_unit, **self._yield(text)}
        unit = self._maker.thing(name, present)

        def make() -> FinishedUnit:
            if present is not None:
                return attrs.evolve(present, **fields)
            return FinishedUnit(name, recipe.id, id=unit.id, **fields)

        self._maker.add(unit, text.name.line, make, present=present)

    def _yield(self, text: YieldText) -> dict[str, Any]:
        if text.percentage and text.count:
            message = "wanted items_per_batch or batch_percentage, found both"
            self._cells.refuse_cell(text.percentage, message, "leave one of them out")
        if text.percentage:
            percentage = self._cells.amount(text.percentage, valid_percentage)
            return {"mode": YieldMode.BATCH_PORTION, "items_per_batch": None, "batch_percentage": percentage}
        count = self._cells.whole(text.count)
        return {"mode": YieldMode.DISCRETE_COUNT, "items_per_batch": count, "batch_percentage": None}


def _ingredient(line: RecipeLine) -> int:
    return line.ingredient_id


def _recipe(part: SubRecipe) -> int:
    return part.recipe_id


def _with_notes(after: Iterable[Any], before: Iterable[Any], key: Any) -> tuple[Any, ...]:
    """Give lines the notes of those that they replace: a table has none but the text of a range."""
    notes: dict[int, list[str]] = {}
    for line in before:
        notes.setdefault(key(line), []).append(line.notes)
    lines = []
    for line in after:
        left = notes.get(key(line))
        lines.append(attrs.evolve(line, notes=_joined(line.notes, left.pop(0))) if left else line)
    return tuple(lines)


def _joined(new: str, old: str) -> str:
    if not new:
        return old
    # A range takes the place of the one before.
    kept = [part for part in old.split("; ") if part and not _is_range(part)]
    return "; ".join([*kept, new])


def _is_range(text: str) -> bool:
    try:
        return quantity_in(text).is_range
    except NotANumber:
        return False
