"""The recipes of a hand-written file as drafts: with what they take, and what a batch of them gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import attrs

from plandoc.constraints import valid_percentage
from plandoc.exchange.tabular.cells import Cell, CellReader, did_you_mean, folded, shown
from plandoc.exchange.tabular.ingredient_tables import new_ingredient
from plandoc.exchange.tabular.name_lookup import Names, Once
from plandoc.exchange.tabular.recipe_texts import LineText, PartText, RecipeText, YieldText
from plandoc.exchange.tabular.tabular_draft import Draft, IdOf, check_parts
from plandoc.frozen import frozen
from plandoc.records import FinishedUnit, Ingredient, Recipe, RecipeLine, SubRecipe, YieldMode

_ADD = "use add_ingredients to create it"


@frozen
class Catalog:
    """What is in the folder before the import."""

    ingredients: Sequence[Ingredient]
    recipes: Sequence[Recipe]
    units: Sequence[FinishedUnit]


class RecipeDrafts:
    """Makes the drafts of one file.

    Attributes:
        ingredients: Drafts of ingredients that the recipes need and nobody has.
        recipes: Drafts of the recipes.
        units: Drafts of what the recipes give.
        notes: What is to be said about it.
    """

    def __init__(self, cells: CellReader, catalog: Catalog, *, add_ingredients: bool) -> None:
        self.ingredients: list[Draft] = []
        self.recipes: list[Draft] = []
        self.units: list[Draft] = []
        self.notes: list[str] = []
        self._cells = cells
        self._catalog = catalog
        self._add_ingredients = add_ingredients
        self._known_ingredients: Names[Any] = Names("ingredient", catalog.ingredients)
        self._known_recipes: Names[Any] = Names("recipe", catalog.recipes)
        self._names_of_units = {folded(unit.name) for unit in catalog.units}
        self._units: dict[int, list[FinishedUnit]] = {}
        for unit in catalog.units:
            self._units.setdefault(unit.recipe_id, []).append(unit)

    def read(self, texts: Iterable[RecipeText]) -> None:
        """Make all drafts; what is wrong is kept by the reader of the cells."""
        started = self._start(texts)
        for text, draft in started:
            self._fill(text, draft)
            self._read_yields(text, draft)
        check_parts(
            self._cells,
            self.recipes,
            {recipe.id: recipe for recipe in self._catalog.recipes},
            lambda recipe: recipe.sub_recipe_ids,
        )
        if self.ingredients:
            names = ", ".join(shown(draft.name) for draft in self.ingredients)
            self.notes.append(f"ingredients that were not there: {names}")

    def _start(self, texts: Iterable[RecipeText]) -> list[tuple[RecipeText, Draft]]:
        """Name all recipes before any is filled, for one may hold another that comes later."""
        once = Once(self._cells)
        started = []
        for text in texts:
            name, present = self._cells.name(text.name), self._known_recipes.present(self._cells, text.name)
            once.refuse_second(text.name, present)
            draft = Draft(Recipe, present.name if present else name, text.name.line, present, lambda _: None)
            started.append((text, draft))
        for text, draft in started:
            self.recipes.append(draft)
            if draft.present is None and text.name:
                self._known_recipes.add(draft, draft.name)
        return started

    def _fill(self, text: RecipeText, draft: Draft) -> None:
        lines = [self._line(line) for line in text.lines]
        parts = [self._part(part) for part in text.parts]
        record = draft.present or Recipe("?")
        fields = {"name": draft.name, "category": self._cells.text(text.category)}
        holds_nothing = not lines and not parts

        def make(id_of: IdOf) -> Recipe:
            # A file that tells only what a recipe gives leaves what it takes as it is.
            if holds_nothing:
                return attrs.evolve(record, **fields)
            return attrs.evolve(
                record,
                lines=_with_notes(
                    (RecipeLine(id_of(one), by, unit) for one, by, unit in lines), record.lines, _ingredient
                ),
                sub_recipes=_with_notes((SubRecipe(id_of(one), by) for one, by in parts), record.sub_recipes, _recipe),
                **fields,
            )

        draft.make = make
        draft.parts = tuple(thing for thing, *_ in (*lines, *parts) if thing is not None)
        if holds_nothing and draft.present:
            draft.parts = self._parts_of(draft.present)
        elif draft.present:
            self._note_dropped(draft)

    def _line(self, line: LineText) -> tuple[Any, Decimal, str]:
        return self._ingredient(line.ingredient), self._cells.amount(line.quantity), self._cells.unit(line.unit)

    def _part(self, part: PartText) -> tuple[Any, Decimal]:
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
        draft = new_ingredient(name, cell.line)
        self.ingredients.append(draft)
        self._known_ingredients.add(draft, name)
        return draft

    def _parts_of(self, present: Recipe) -> tuple[Recipe, ...]:
        return tuple(recipe for recipe in self._catalog.recipes if recipe.id in present.sub_recipe_ids)

    def _note_dropped(self, draft: Draft) -> None:
        before: Recipe = draft.present  # type: ignore[assignment]
        kept = {id(thing) for thing in draft.parts}
        taken = {line.ingredient_id for line in before.lines}
        dropped: list[Any] = [one for one in self._catalog.ingredients if one.id in taken]
        dropped += self._parts_of(before)
        names = ", ".join(shown(one.name) for one in dropped if id(one) not in kept)
        if names:
            self.notes.append(f"{shown(draft.name)} no longer takes {names}")

    def _read_yields(self, text: RecipeText, recipe: Draft) -> None:
        present_units = self._units.get(recipe.present.id, []) if recipe.present else []
        known: Names[Any] = Names("finished unit", present_units)
        once = Once(self._cells)
        for one in text.yields:
            present = known.present(self._cells, one.name)
            once.refuse_second(one.name, present)
            self.units.append(self._unit(one, recipe, present))
            if present is None:
                self._note_namesake(one.name.text)

    def _note_namesake(self, name: str) -> None:
        if folded(name) in self._names_of_units:
            self.notes.append(f"{shown(name)} is made by several recipes; each has a short name of its own")
        self._names_of_units.add(folded(name))

    def _unit(self, text: YieldText, recipe: Draft, present: FinishedUnit | None) -> Draft:
        if not text.name:
            self._cells.refuse_cell(text.name, "wanted the name of what the recipe makes, found nothing")
        name = present.name if present else self._cells.name(text.name) if text.name else "?"
        item_unit = self._cells.text(text.item_unit) or (present.item_unit if present else "piece")
        fields = {"name": name, "item_unit": item_unit, **self._yield(text)}

        def make(id_of: IdOf) -> FinishedUnit:
            if present is not None:
                return attrs.evolve(present, **fields)
            return FinishedUnit(recipe_id=id_of(recipe), **fields)

        return Draft(FinishedUnit, name, text.name.line, present, make, (recipe,))

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
    """Give lines the notes of those that they take the place of, for a file by hand has none."""
    notes: dict[int, list[str]] = {}
    for line in before:
        notes.setdefault(key(line), []).append(line.notes)
    lines = []
    for line in after:
        left = notes.get(key(line))
        lines.append(attrs.evolve(line, notes=left.pop(0)) if left else line)
    return tuple(lines)
