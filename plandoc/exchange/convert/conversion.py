"""Converting files with recipes to the table that the import of recipes reads, for a person to look through."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from plandoc.errors import Problem, ValidationError
from plandoc.exchange.convert.recipe_drafts import RecipeDraft
from plandoc.exchange.convert.recipe_files import read_recipes
from plandoc.exchange.convert.recipe_table import REMARK, made_unambiguous, render, rows_of
from plandoc.frozen import frozen
from plandoc.storage import output_file
from plandoc.storage.paths import checked_path
from plandoc.text.escaping import BYTE_ORDER_MARK

# A person's corrections in it must not be lost.
_TABLE = output_file.Kind("a table of recipes", None, "recipes.csv", (".csv",))


@frozen
class ConvertedRecipe:
    """A recipe of a conversion.

    Attributes:
        name: Its name in the table.
        lines: How many lines it has.
        remarks: How many rows of it have a remark.
    """

    name: str
    lines: int
    remarks: int


@frozen
class Conversion:
    """Recipes of other programs as a table of plandoc.

    Attributes:
        csv: The table, as `import_recipes` reads it; the import leaves the column `remark` out.
        recipes: What is in it.
        notes: What was left out, and why.
    """

    csv: str
    recipes: tuple[ConvertedRecipe, ...]
    notes: tuple[str, ...]


def convert_recipes(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> Conversion:
    """Convert recipes of other programs to a table for `import_recipes`, with a remark wherever a person should look.

    Reads saved web pages and JSON-LD with recipes of schema.org, Cooklang (.cook), exports of Mealie and Tandoor, as JSON or as
    ZIP, and CSV with a recipe in each row and all its ingredients in one cell. No folder is needed and nothing is imported. An amount that cannot be read is left blank, with its text in the
    notes.

    Args:
        paths: The files, or the one file.

    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "Fudge.cook"
    >>> _ = file.write_text("Boil @sugar{1/2%kg} with @cream{300%ml}.")
    >>> print(convert_recipes([file]).csv.splitlines()[2])
    Fudge,,sugar,,0.5,kg,,,,,,

    Raises:
        StorageError: when a file cannot be read.
        ValidationError: with everything that is wrong in them.
        PlandocError: for a web page when the extra is not installed: pip install 'plandoc[recipes]'.
    """
    drafts: list[RecipeDraft] = []
    notes: list[str] = []
    problems: list[Problem] = []
    for path in [paths] if isinstance(paths, str | os.PathLike) else paths:
        try:
            found, of_file = read_recipes(checked_path(path))
        except ValidationError as error:
            problems += error.problems
        else:
            drafts += found
            notes += of_file
    if problems or not drafts:
        raise ValidationError(
            problems or [Problem(note) for note in notes] or [Problem("wanted files with recipes, found none")]
        )
    named = made_unambiguous(drafts)
    if len(named) < len(drafts):
        notes.append(f"left out, because they were there a second time: {len(drafts) - len(named)}")
    return Conversion(render(named), tuple(map(_summary, named)), tuple(notes))


def write_table(conversion: Conversion, path: str | os.PathLike[str], *, replace: bool = False) -> Path:
    """Write the table of a conversion to a file, whole or not at all.

    Raises:
        PlandocError: when a file is there already, and `replace` is not given; or for a name that does not end in .csv.
        StorageError: when the system refuses.
    """
    content = f"{BYTE_ORDER_MARK}{conversion.csv}".encode()
    return output_file.save(content, path, _TABLE, replace=replace)


def _summary(draft: RecipeDraft) -> ConvertedRecipe:
    return ConvertedRecipe(draft.name, len(draft.lines), sum(bool(row[REMARK]) for row in rows_of(draft)))
