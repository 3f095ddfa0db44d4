"""The recipes of a table as drafts: with what they take, and what a batch of them gives."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

import attrs

from plandoc import units
from plandoc.domain.measures import conversions
from plandoc.exchange.names import folded, shown
from plandoc.exchange.tabular.cells import Cell, CellReader, notes_by
from plandoc.exchange.tabular.draft_maker import DraftMaker
from plandoc.exchange.tabular.name_lookup import CellNames, Once
from plandoc.exchange.tabular.new_ingredients import IngredientNames
from plandoc.exchange.tabular.portions import doubtful_portion
from plandoc.exchange.tabular.recipe_texts import LineText, RecipeText, SubRecipeText, YieldText
from plandoc.fields.constraints import valid_percentage
from plandoc.frozen import frozen
from plandoc.records import FinishedUnit, Ingredient, Recipe, RecipeLine, SubRecipe, UnitWord, YieldMode
from plandoc.units.quantity_text import NotANumber, Number, quantity_in, written

# For an ingredient of which nothing is known yet.
_ANY = Ingredient("?")


@frozen
class ExistingCatalog:
    """The folder's catalog before the import.

    Attributes:
        units_in_use: The units of measure that only an earlier import uses, with the ids of their ingredients.
    """

    ingredients: Sequence[Ingredient]
    recipes: Sequence[Recipe]
    units: Sequence[FinishedUnit]
    units_in_use: Container[tuple[int, str]] = ()
    words: tuple[UnitWord, ...] = ()


@frozen
class _Line:
    """An ingredient of a recipe, as a file has it.

    Attributes:
        thing: The ingredient, of the folder or new.
        quantity: None when the file gives no amount.
        notes: Those of the file, those kept from the line before, and the text of a range.
        before: A line of the recipe before the import with the same amount of it; None when there is none.
    """

    thing: Any
    quantity: Number | None
    unit: str
    notes: str
    before: RecipeLine | None

    def record(self) -> RecipeLine:
        """Return the line of the recipe."""
        if self.before is not None and self.before.notes == self.notes:
            return self.before
        return RecipeLine(self.thing.id, self.quantity, self.unit, self.notes)


@frozen
class _Before:
    """A recipe before the import.

    Attributes:
        name: What a person calls it.
        lines: Its lines by ingredient; none for a new recipe.
        notes: Those of its lines, by the identity of what a line is about.
    """

    name: str
    lines: Mapping[int, Sequence[RecipeLine]]
    notes: dict[int, list[str]]

    def line(self, ingredient: Any, quantity: Number | None, unit: str) -> RecipeLine | None:
        """Return the line that has this already, of which no note is due; None when there is none."""
        same = self.lines.get(ingredient.id, ()) if ingredient is not None else ()
        return next((line for line in same if line.quantity == quantity and line.unit == unit), None)


@frozen
class _Part:
    """A sub-recipe of a recipe, as a file has it.

    Attributes:
        thing: The recipe, of the folder or new.
    """

    thing: Any
    multiplier: Number
    notes: str


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
        records: list[Any] = [*catalog.ingredients, *catalog.recipes]
        self._by_id = {(type(one), one.id): one for one in records}
        self._counted: list[str] = []
        self._without_amount: list[str] = []
        self._known_recipes: CellNames[Any] = CellNames("recipe", catalog.recipes)
        self._ingredients = IngredientNames(
            cells, catalog.ingredients, maker, self._known_recipes, adds=add_ingredients
        )
        self._names_of_units = {folded(unit.name) for unit in catalog.units}
        self._units: dict[int, list[FinishedUnit]] = {}
        for unit in catalog.units:
            self._units.setdefault(unit.recipe_id, []).append(unit)

    def read(self, texts: Iterable[RecipeText]) -> None:
        """Make the drafts; the reader of the cells collects the problems."""
        for text, recipe, present in self._maker.things(Recipe, texts, self._known_recipes):
            self._fill(text, recipe, present)
            self._read_yields(text, recipe, present)
        self._ingredients.finish()
        self.notes.extend(self._ingredients.notes)
        if self._counted:
            self.notes.append(f"no unit is given, so these are counted in {units.PIECES}: {', '.join(self._counted)}")
        if self._without_amount:
            self.notes.append(
                f"no amount is given, so these are listed and not summed: {', '.join(self._without_amount)}"
            )

    def _fill(self, text: RecipeText, recipe: Any, present: Recipe | None) -> None:
        before = _Before(recipe.name, _by_ingredient(present), self._notes_of(present))
        lines = [self._line(line, before) for line in text.lines]
        parts = [self._part(part, before) for part in text.parts]
        said: dict[str, Any] = {
            "category": self._cells.text_instead(text.category, present.category if present else ""),
            "method": self._cells.text_instead(text.method, present.method if present else "", in_lines=True),
            "notes": self._cells.text_instead(text.notes, present.notes if present else "", in_lines=True),
        }

        def make() -> Recipe:
            # A file with nothing but what a recipe gives leaves what it takes as it is.
            if lines or parts or self._cells.blank_clears:
                said["lines"] = tuple(line.record() for line in lines)
                said["sub_recipes"] = tuple(SubRecipe(part.thing.id, part.multiplier, part.notes) for part in parts)
            return attrs.evolve(present, **said) if present else Recipe(recipe.name, id=recipe.id, **said)

        self._maker.add(recipe, text.name.line, make, present=present)
        if present is not None and (lines or parts or self._cells.blank_clears):
            self._note_dropped(present, {*(id(line.thing) for line in lines), *(id(part.thing) for part in parts)})

    def _unit(self, cell: Cell, ingredient: Any) -> str:
        """Return a unit that plandoc knows, a custom word, or a unit that the folder uses for the ingredient."""
        if units.dimension_of(cell.text) is None:
            present = ingredient if isinstance(ingredient, Ingredient) else _ANY
            is_used = (present.id, cell.text) in self._catalog.units_in_use
            if is_used or conversions(present, self._catalog.words).knows(cell.text):
                return cell.text
        return self._cells.unit(cell)

    def _line(self, line: LineText, before: _Before) -> _Line:
        ingredient = self._ingredients.find(line.ingredient)
        notes = self._cells.notes_instead(line.notes, before.notes.get(id(ingredient)))
        if not line.quantity:
            self._refuse_unit_alone(line)
            same = before.line(ingredient, None, "")
            if same is None:
                self._without_amount.append(_called(line, before))
            return _Line(ingredient, None, "", notes, same)
        amount = self._cells.measured(line.quantity, line.unit, in_recipe=True)
        unit = self._unit(amount.unit, ingredient)
        same = before.line(ingredient, amount.number, unit)
        if same is None and not amount.has_unit:
            self._counted.append(_called(line, before))
        if not amount.is_range:
            return _Line(ingredient, amount.number, unit, notes, same)
        text = line.quantity.text
        if same is None:
            counts = f"{_called(line, before)}: {shown(text)} counts as {written(amount.number)}"
            self.notes.append(f"{counts}; the line's notes keep the text")
        return _Line(ingredient, amount.number, unit, _joined(text, notes), same)

    def _refuse_unit_alone(self, line: LineText) -> None:
        if line.unit:
            hint = "for an ingredient without an amount, leave the unit blank, too"
            self._cells.refuse_cell(line.quantity, "wanted a number, found nothing", hint)

    def _part(self, part: SubRecipeText, before: _Before) -> _Part:
        multiplier = self._cells.amount(part.multiplier)
        recipe = self._known_recipes.one(part.recipe.text) if part.recipe else None
        if not part.recipe:
            self._cells.name(part.recipe)
        elif recipe is None:
            self._known_recipes.refuse(self._cells, part.recipe)
        return _Part(recipe, multiplier, self._cells.notes_instead(part.notes, before.notes.get(id(recipe))))

    def _notes_of(self, recipe: Recipe | None) -> dict[int, list[str]]:
        if recipe is None:
            return {}
        lines = ((self._by_id.get((Ingredient, line.ingredient_id)), line.notes) for line in recipe.lines)
        parts = ((self._by_id.get((Recipe, part.recipe_id)), part.notes) for part in recipe.sub_recipes)
        return notes_by(itertools.chain(lines, parts))

    def _note_dropped(self, before: Recipe, kept: set[int]) -> None:
        # A folder that was edited by hand can refer to what does not exist.
        taken: list[Any] = [self._by_id.get((Ingredient, line.ingredient_id)) for line in before.lines]
        taken += [self._by_id.get((Recipe, number)) for number in before.sub_recipe_ids]
        left = dict.fromkeys(one for one in taken if one is not None and id(one) not in kept)
        names = ", ".join(shown(one.name) for one in left)
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
        item_unit = self._cells.text_instead(text.item_unit, present.item_unit if present else "") or "piece"
        notes = self._cells.notes_instead(text.notes, [present.notes] if present else None)
        fields = {"item_unit": item_unit, "notes": notes, **self._yield(text)}
        part = fields["batch_percentage"]
        if part is not None and (present is None or present.batch_percentage != part):
            self.notes.extend(doubtful_portion(name, part))
        unit = self._maker.thing(FinishedUnit, name, present)

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


def _by_ingredient(recipe: Recipe | None) -> dict[int, list[RecipeLine]]:
    lines: dict[int, list[RecipeLine]] = {}
    for line in recipe.lines if recipe else ():
        lines.setdefault(line.ingredient_id, []).append(line)
    return lines


def _called(line: LineText, before: _Before) -> str:
    """Return a line as notes name it."""
    return f"{shown(line.ingredient.text)} in {shown(before.name)}"


def _joined(new: str, old: str) -> str:
    """Return the notes of a line with the text of a range."""
    # A range takes the place of the one before.
    kept = [part for part in old.split("; ") if part and not _is_range(part)]
    return "; ".join([*kept, new])


def _is_range(text: str) -> bool:
    try:
        return quantity_in(text).is_range
    except NotANumber:
        return False
