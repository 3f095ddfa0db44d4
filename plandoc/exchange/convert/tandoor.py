"""Recipes as Tandoor exports them: one JSON object a recipe, whose steps hold the ingredients."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from plandoc.exchange.convert.divided_lines import measured
from plandoc.exchange.convert.plain_text import first_text, lines, number_of, texts
from plandoc.exchange.convert.recipe_drafts import LineDraft, RecipeDraft, in_section, with_remark
from plandoc.exchange.convert.recipe_lines import split_all
from plandoc.exchange.convert.yield_text import read_yield
from plandoc.units.quantity_text import Number, written

# A number so near to a fraction is that fraction, divided out.
_PLACES = 8
_LARGEST_DENOMINATOR = 16

Object = dict[str, Any]


def is_recipe(value: Object) -> bool:
    """Whether an object is a recipe of Tandoor."""
    steps = value.get("steps")
    return "name" in value and isinstance(steps, list) and all(isinstance(step, dict) for step in steps)


def draft_of(recipe: Object) -> RecipeDraft:
    """Return the draft of a recipe."""
    return RecipeDraft(
        name=first_text(recipe.get("name")),
        made=read_yield(_yields(recipe)),
        lines=tuple(line for step in recipe["steps"] for line in _lines(step)),
        notes=tuple(text for key in ("description", "source_url") if (text := first_text(recipe.get(key)))),
        method=tuple(line for step in recipe["steps"] for line in _method(step)),
    )


def _yields(recipe: Object) -> Iterator[str]:
    count, of = first_text(recipe.get("servings")), first_text(recipe.get("servings_text"))
    if count not in {"", "0"}:
        yield of if of[:1].isdigit() else f"{count} {of or 'servings'}"


def _lines(step: Object) -> Iterator[LineDraft]:
    section = first_text(step.get("name"))
    ingredients = step.get("ingredients")
    for one in ingredients if isinstance(ingredients, list) else []:
        if not isinstance(one, dict):
            yield from in_section(split_all(texts(one)), section)
        elif one.get("is_header"):
            section = first_text(one.get("note")) or first_text(one.get("food"))
        else:
            yield from in_section(_line(one), section)


def _line(line: Object) -> tuple[LineDraft, ...]:
    food, note = first_text(line.get("food")), first_text(line.get("note"))
    said = "" if line.get("no_amount") else first_text(line.get("amount"))
    amount, unit = _amount(said), "" if line.get("no_amount") else first_text(line.get("unit"))
    if not food:
        said = amount if isinstance(amount, str) else written(amount)
        return split_all([" ".join(part for part in (said if amount else "", unit, note) if part)])
    drafts = measured(amount, unit, food, [note] if note else [])
    if not isinstance(amount, Fraction):
        return drafts
    return with_remark(drafts, f"{said} is taken as {written(amount)}")


def _amount(said: str) -> Number | str:
    """Return an amount of Tandoor: 0 for none; a fraction that was divided out is one again; as text if it is not a number."""
    number = number_of(said)
    if number is None:
        return said
    near = Fraction(number).limit_denominator(_LARGEST_DENOMINATOR)
    is_divided_out = near != number and abs(near - Fraction(number)) < Fraction(1, 10**_PLACES)
    return near if is_divided_out else number


def _method(step: Object) -> Iterator[str]:
    if name := first_text(step.get("name")):
        yield f"{name.rstrip(':')}:"
    for text in texts(step.get("instruction")):
        yield from lines(text)
