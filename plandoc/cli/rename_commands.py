"""`plandoc ingredient rename`, `recipe rename` and `good rename`."""

from __future__ import annotations

from typing import Annotated, Any

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.catalog_lookup import find_in_catalog, label_of
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import UsageError
from plandoc.engine.queries import having
from plandoc.engine.session import Session
from plandoc.errors import NotFoundError
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, Recipe
from plandoc.workflow import catalog

Name = Annotated[str, Parameter("NAME", words="TEXT")]


def rename_ingredient(ingredient: str, name: Name, /, *, folder: Folder) -> None:
    """Give an ingredient another name; its short name stays.

    Args:
        ingredient: The ingredient, by its short name, its name or its number.
        name: Its new name; one that another ingredient has is refused.

    Examples:
        plandoc ingredient rename wheat-flour 'Wheat flour, type 550'
    """
    _rename(Ingredient, ingredient, name, folder)


def rename_recipe(
    recipe: str,
    name: Name,
    /,
    *,
    yields: Annotated[str | None, Parameter("--yield", words="UNIT")] = None,
    folder: Folder,
) -> None:
    """Give a recipe, or one of its yields, another name; the short name stays.

    Args:
        recipe: The recipe, by its short name, its name or its number.
        name: The new name; one that another recipe has is refused.
        yields: Rename this yield of the recipe instead.

    Examples:
        plandoc recipe rename lemon-tart 'Tarte au citron'
        plandoc recipe rename lemon-tart --yield lemon-tart 'Slice of tart'
    """
    if yields is None:
        _rename(Recipe, recipe, name, folder)
        return

    def work(session: Session) -> tuple[Any, Any]:
        found = find_in_catalog(Recipe, recipe, session)
        units = session.find(FinishedUnit, having("recipe_id", found.id))
        before = next((one for one in units if yields in {one.slug, one.name, str(one.id)}), None)
        if before is None:
            known = ", ".join(one.slug for one in units) or "nothing yet"
            raise NotFoundError("Finished unit", yields, f"{found.slug} yields {known}")
        return before, catalog.rename_record(FinishedUnit, before.id, name, session=session)

    _say(*folder.change("rename a yield", work))


def rename_good(good: str, name: Name, /, *, folder: Folder) -> None:
    """Give a good another name; its short name stays.

    Args:
        good: The good, by its short name, its name or its number.
        name: Its new name; one that another good has is refused.

    Examples:
        plandoc good rename tea-box 'Tea box with tart'
    """
    _rename(FinishedGood, good, name, folder)


def _rename(record_type: type[Any], key: str, name: str, folder: Folder) -> None:
    if not name.strip():
        raise UsageError("wanted a new name, found nothing")

    def work(session: Session) -> tuple[Any, Any]:
        before = find_in_catalog(record_type, key, session)
        return before, catalog.rename_record(record_type, before.id, name, session=session)

    _say(*folder.change(f"rename {key}", work))


def _say(before: Any, after: Any) -> None:
    if before == after:
        printing.say(f"{label_of(after)} already has this name; nothing was changed")
    else:
        printing.say(f"renamed {label_of(before)} to {after.name!r}; its short name stays {after.slug}")
