"""`plandoc ingredient merge`: one ingredient of two."""

from __future__ import annotations

from typing import Annotated, Literal

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.catalog_commands import quantity_and_unit
from plandoc.cli.catalog_lookup import find_ingredient
from plandoc.cli.data_folder import Folder
from plandoc.engine.session import Session
from plandoc.workflow.ingredient_merge import IngredientMerge, merge_ingredients


def merge(
    ingredient: str,
    into: Annotated[Literal["into"], Parameter("into")],
    other: Annotated[str, Parameter("OTHER", words="INGREDIENT")],
    /,
    *,
    folder: Folder,
) -> None:
    """Merge an ingredient into another one: recipes and stock go to that one, and the first is removed.

    Stock in the same unit is added up. Plans that were started keep what was frozen for them; while one of them is in
    production, an ingredient that it takes cannot be merged into another.

    Args:
        ingredient: The ingredient that goes, by its short name, its name or its number.
        into: The word into.
        other: The ingredient that stays.

    Examples:
        plandoc ingredient merge eggs into egg
    """

    def work(session: Session) -> IngredientMerge:
        goes, stays = find_ingredient(ingredient, session), find_ingredient(other, session)
        return merge_ingredients(goes.id, stays.id, session=session)

    done = folder.change("merge ingredients", work)
    printing.say(f"merged {done.merged.name} {into} {done.ingredient.name}")
    if done.recipes:
        printing.say(f"changed recipes: {', '.join(recipe.name for recipe in done.recipes)}")
    for item in done.stock:
        printing.say(f"in stock now: {' '.join(quantity_and_unit(item))} of {done.ingredient.name}")
