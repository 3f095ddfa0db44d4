"""A short digest of what goes into a recipe, to notice that it has changed since batches were decided."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from plandoc.domain.definitions import Definitions
from plandoc.domain.memo import Memo
from plandoc.units.quantity_text import Number


def recipe_fingerprint(recipe_id: int, definitions: Definitions) -> str:
    """Return 16 hexadecimal digits that change when an ingredient, a quantity or a sub-recipe does.

    Name, category, notes and the order of the lines do not count. Empty when the recipe does not exist.

    >>> recipe_fingerprint(1, Definitions())
    ''
    """
    return recipe_fingerprints(definitions)[recipe_id]


def recipe_fingerprints(definitions: Definitions) -> Mapping[int, str]:
    """Return the fingerprints of all recipes, each computed when it is first asked for."""
    return definitions.memoize(_Fingerprints)


class _Fingerprints(Memo[int, str]):
    def __init__(self, definitions: Definitions) -> None:
        super().__init__(lambda recipe_id: _fingerprint(recipe_id, definitions))


def _fingerprint(recipe_id: int, definitions: Definitions) -> str:
    content = _content(recipe_id, definitions, {}, frozenset())
    return "" if content is None else _digest(content)[:16]


def _content(recipe_id: int, definitions: Definitions, known: dict[int, Any], path: frozenset[int]) -> Any:
    """Return what goes into a recipe; None when it is missing or contains itself."""
    recipe = definitions.recipes(recipe_id)
    if recipe is None or recipe_id in path:
        return None
    if recipe_id not in known:
        lines = sorted((line.ingredient_id, _number(line.quantity), line.unit) for line in recipe.lines)
        parts = [
            (_number(part.multiplier), _content(part.recipe_id, definitions, known, path | {recipe_id}))
            for part in recipe.sub_recipes
        ]
        # Each part as a digest, because a recipe that many others share would be written out many times.
        known[recipe_id] = [lines, sorted((by, _digest(content)) for by, content in parts)]
    return known[recipe_id]


def _number(number: Number | None) -> str:
    if number is None:
        return ""
    return str(number.normalize()) if isinstance(number, Decimal) else str(number)


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
