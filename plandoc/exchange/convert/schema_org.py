"""Recipes as web pages and many programs describe them: objects of the type Recipe of schema.org, as JSON-LD has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plandoc.exchange.convert.divided_lines import measured
from plandoc.exchange.convert.plain_text import first_text, lines, one_line, texts
from plandoc.exchange.convert.recipe_drafts import LineDraft, RecipeDraft
from plandoc.exchange.convert.recipe_lines import split_all
from plandoc.exchange.convert.yield_text import read_yield

_DEEPEST = 30
_MEASURED = frozenset({"PropertyValue", "HowToSupply"})

Object = dict[str, Any]


def recipe_objects(value: Any, depth: int = 0) -> Iterator[Object]:
    """Yield the objects of the type Recipe in a value of JSON, wherever they are in it."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        if "Recipe" in _types(value):
            yield value
            return
        for inner in value.values():
            yield from recipe_objects(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from recipe_objects(inner, depth + 1)


def ingredients_of(recipe: Object) -> list[Any]:
    """Return the lines of a recipe, as it has them: mostly texts."""
    found = recipe.get("recipeIngredient") or recipe.get("ingredients") or recipe.get("supply") or []
    return found if isinstance(found, list) else [found]


def draft_of(recipe: Object, sections: tuple[str, ...] = ()) -> RecipeDraft:
    """Return the draft of a recipe.

    Args:
        recipe: An object of the type Recipe.
        sections: The heading above each of its lines, where the page has such; empty where it has none.
    """
    return RecipeDraft(
        name=first_text(recipe.get("name") or recipe.get("headline")),
        made=read_yield(texts(recipe.get("recipeYield") or recipe.get("yield"))),
        lines=_lines(ingredients_of(recipe), sections),
        category=", ".join(dict.fromkeys(map(one_line, texts(recipe.get("recipeCategory"))))),
        notes=tuple(_notes(recipe)),
        method=tuple(_steps(recipe.get("recipeInstructions"))),
    )


def _types(value: Object) -> set[str]:
    return {name.rpartition("/")[2].rpartition(":")[2] for name in texts(value.get("@type"))}


def _lines(ingredients: list[Any], sections: tuple[str, ...]) -> tuple[LineDraft, ...]:
    if len(sections) == len(ingredients):
        return tuple(
            line for one, section in zip(ingredients, sections, strict=True) for line in split_all(texts(one), section)
        )
    if not any(_is_measured(one) for one in ingredients):
        # All at once, because a heading among them is about those below it.
        return split_all(texts(ingredients))
    return tuple(
        line for one in ingredients for line in (_measured(one) if _is_measured(one) else split_all(texts(one)))
    )


def _is_measured(ingredient: Any) -> bool:
    return isinstance(ingredient, dict) and bool(_types(ingredient) & _MEASURED)


def _measured(ingredient: Object) -> tuple[LineDraft, ...]:
    amount = ingredient.get("requiredQuantity", ingredient)
    if not isinstance(amount, dict):
        return measured(first_text(amount), "", first_text(ingredient.get("name")))
    unit = first_text(amount.get("unitText") or amount.get("unitCode"))
    return measured(first_text(amount.get("value")), unit, first_text(ingredient.get("name")))


def _notes(recipe: Object) -> Iterator[str]:
    for key in ("description", "url"):
        if text := first_text(recipe.get(key), "@id", "url"):
            yield text


def _steps(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield a line for each step, and one for the heading of each section."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _steps(one, depth + 1)
    elif isinstance(value, dict):
        yield from _section(value, depth)
    else:
        for text in texts(value):
            yield from lines(text)


def _section(step: Object, depth: int) -> Iterator[str]:
    inner = step.get("itemListElement") or step.get("steps") or step.get("item")
    text, name = first_text(step.get("text")), first_text(step.get("name"))
    if name and inner:
        yield f"{name.rstrip(':')}:"
    elif name and not text.startswith(name.rstrip(".\u2026 ")):
        yield name
    if step.get("text"):
        yield from _steps(step["text"], depth + 1)
    if inner:
        yield from _steps(inner, depth + 1)
