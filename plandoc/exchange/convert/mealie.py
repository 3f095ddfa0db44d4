"""Recipes as Mealie exports them: one JSON object a recipe, in whose lines amount, unit and food may be divided or not."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from plandoc.exchange.convert.divided_lines import measured
from plandoc.exchange.convert.plain_text import first_text, lines, number_of, one_line, texts
from plandoc.exchange.convert.recipe_drafts import LineDraft, RecipeDraft, in_section, with_remark
from plandoc.exchange.convert.recipe_lines import split_all
from plandoc.exchange.convert.yield_text import read_yield
from plandoc.units.quantity_text import Number, written

# Thirds and sixths as Mealie stores them, with three decimals.
_ROUNDED = {Decimal(text): Fraction(number) for text, number in (
    ("0.333", "1/3"), ("0.667", "2/3"), ("0.666", "2/3"), ("0.167", "1/6"), ("0.166", "1/6"), ("0.833", "5/6"),
)}  # fmt: skip

Object = dict[str, Any]


def is_recipe(value: Object) -> bool:
    """Whether an object is a recipe of Mealie."""
    return isinstance(value.get("recipeIngredient"), list) and "@type" not in value and "name" in value


def draft_of(recipe: Object) -> RecipeDraft:
    """Return the draft of a recipe."""
    section = ""
    drafts: list[LineDraft] = []
    for line in recipe["recipeIngredient"]:
        section = (first_text(line.get("title")) if isinstance(line, dict) else "") or section
        drafts += in_section(_line(line), section)
    return RecipeDraft(
        name=first_text(recipe.get("name")),
        made=read_yield(_yields(recipe)),
        lines=tuple(drafts),
        category=", ".join(map(one_line, texts(recipe.get("recipeCategory")))),
        notes=tuple(_notes(recipe)),
        method=tuple(_steps(recipe.get("recipeInstructions"))),
    )


def _line(line: Any) -> tuple[LineDraft, ...]:
    if not isinstance(line, dict):
        return split_all(texts(line))
    amount, unit = _amount(line.get("quantity")), first_text(line.get("unit"), "name", "abbreviation")
    note, food = first_text(line.get("note")), first_text(line.get("food"))
    nested = first_text(line.get("referencedRecipe"))
    if food or nested:
        notes = [note] if note else []
        drafts = measured(amount, unit, food or nested, notes, is_recipe=bool(nested))
        if not isinstance(amount, Fraction):
            return drafts
        return with_remark(drafts, f"{first_text(line.get('quantity'))} is taken as {written(amount)}")
    # Without a food, the note is the whole line, and a quantity of 1 means nothing.
    said = amount if isinstance(amount, str) else written(amount)
    before = [said, unit] if amount and (unit or amount != 1) else []
    return split_all([" ".join(part for part in (*before, note or first_text(line.get("originalText"))) if part)])


def _amount(quantity: Any) -> Number | str:
    """Return a quantity of Mealie: 0 for none; as text where it is not a number."""
    number = number_of(quantity)
    if number is None:
        return first_text(quantity)
    return int(number) + _ROUNDED[number % 1] if number % 1 in _ROUNDED else number


def _yields(recipe: Object) -> Iterator[str]:
    """Yield what the recipe makes, the pieces before the servings; Mealie writes 0 where it has none."""
    made, count = first_text(recipe.get("recipeYield")), first_text(recipe.get("recipeYieldQuantity"))
    if made or count not in {"", "0"}:
        yield f"{count} {made}".strip() if count not in {"", "0"} else made
    if (servings := first_text(recipe.get("recipeServings"))) not in {"", "0"}:
        yield f"{servings} servings"


def _notes(recipe: Object) -> Iterator[str]:
    for key in ("description", "orgURL"):
        if text := first_text(recipe.get(key)):
            yield text
    notes = recipe.get("notes")
    for note in notes if isinstance(notes, list) else []:
        if isinstance(note, dict):
            yield from filter(
                None, [": ".join(filter(None, (first_text(note.get("title")), first_text(note.get("text")))))]
            )


def _steps(steps: Any) -> Iterator[str]:
    for step in steps if isinstance(steps, list) else []:
        if not isinstance(step, dict):
            yield from (line for text in texts(step) for line in lines(text))
            continue
        if title := first_text(step.get("title")):
            yield f"{title.rstrip(':')}:"
        for key in ("summary", "text"):
            yield from (line for text in texts(step.get(key)) for line in lines(text))
