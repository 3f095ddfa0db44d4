"""Recipes as apps and spreadsheets have them in CSV: one row for each, with all its ingredients in one cell."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from plandoc.exchange.convert.plain_text import lines, one_line
from plandoc.exchange.convert.recipe_drafts import LineDraft, RecipeDraft, with_remark
from plandoc.exchange.convert.recipe_lines import split_all
from plandoc.exchange.convert.text_beginnings import DIGITS
from plandoc.exchange.convert.yield_text import read_yield, said_under
from plandoc.exchange.csv_lines import NotCsv, head_of_table, lines_of_cells
from plandoc.exchange.file_kinds import INGREDIENT_CELLS
from plandoc.exchange.names import column_name, listed, shown

_NAMES = (
    "name",
    "title",
    "recipe",
    "recipe_name",
    "recipe_title",
    "rezept",
    "titel",
    "titre",
    "nom",
    "titolo",
    "nome",
    "nombre",
    "título",
)
_YIELDS = (
    "makes",
    "yield",
    "yields",
    "servings",
    "serves",
    "serving_size",
    "portions",
    "portionen",
    "ergibt",
    "pour",
    "rendement",
    "porzioni",
    "porciones",
)
_CATEGORIES = ("category", "categories", "course", "kategorie", "catégorie", "categoria", "categoría")
_METHODS = (
    "method", "directions", "instructions", "steps", "preparation", "zubereitung", "anleitung", "préparation", "instructions_list",
    "preparazione", "preparación", "preparación",
)  # fmt: skip
_NOTES = ("description", "notes", "note", "source", "source_url", "url", "link", "notizen", "quelle")
_ROLES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "name": _NAMES,
        "ingredients": tuple(INGREDIENT_CELLS),
        "makes": _YIELDS,
        "category": _CATEGORIES,
        "method": _METHODS,
        "notes": _NOTES,
    }
)
# What separates the lines of a cell that has no line ends.
_SEPARATORS = ("|", "\u2022", ";")
_LISTED = re.compile(r"\[.*\]", re.DOTALL)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_BEFORE_NUMBER = re.compile(rf",\s+(?=[{DIGITS}])")
_AT_COMMAS = "the cell was divided at its commas"


class NotASheet(ValueError):  # noqa: N818  (what is wrong with a text; the caller makes the error of it)
    """A text is not CSV with a recipe in each row.

    Attributes:
        line: Where it is wrong, counted from 1.
        hint: The way out.
    """

    def __init__(self, message: str, line: int, hint: str) -> None:
        super().__init__(message)
        self.line, self.hint = line, hint


def drafts_in(text: str) -> tuple[list[RecipeDraft], list[str]]:
    """Return the drafts of all recipes of a table, and notes on what was left out.

    Raises:
        NotASheet: when it is not CSV, or has no columns for names and ingredients.
    """
    rows = list(_rows(text))
    (line, headings), *others = rows or [(1, [])]
    columns = _columns(headings, line)
    known = {position for positions in columns.values() for position in positions}
    beyond = [shown(heading) for position, heading in enumerate(headings) if heading and position not in known]
    notes = [f"left out, because a table of recipes has no such columns: {listed(beyond)}"] if beyond else []
    return [_draft(cells, headings, columns, number) for number, cells in others], notes


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    separator, first = head_of_table(text)
    if first.count("\t") > max(first.count(","), first.count(";")):
        separator = "\t"
    try:
        for number, cells in lines_of_cells(text, separator):
            yield number, [cell.strip() for cell in cells]
    except NotCsv as error:
        raise NotASheet(str(error), error.line, error.hint) from None


def _columns(headings: Sequence[str], line: int) -> dict[str, list[int]]:
    """Return the positions of the columns of each role, in the order of their words."""
    written = [column_name(heading) for heading in headings]
    columns = {role: [written.index(name) for name in names if name in written] for role, names in _ROLES.items()}
    missing = [role for role in ("name", "ingredients") if not columns[role]]
    if missing:
        message = f"wanted a column {' and a column '.join(missing)}, found {listed(map(shown, headings)) or 'none'}"
        raise NotASheet(message, line, "name them so in the first line")
    return columns


def _draft(
    cells: Sequence[str], headings: Sequence[str], columns: Mapping[str, Sequence[int]], line: int
) -> RecipeDraft:
    if any(cells[len(headings) :]):
        hint = "put a text that holds the separator in quotes"
        raise NotASheet("wanted no more cells than the first line has", line, hint)

    def texts(role: str) -> Iterator[tuple[str, str]]:
        said = ((column_name(headings[position]), position) for position in columns[role])
        return ((name, cells[position]) for name, position in said if position < len(cells) and cells[position])

    return RecipeDraft(
        name=next((one_line(text) for _, text in texts("name")), ""),
        made=read_yield(said_under(name, one_line(text)) for name, text in texts("makes")),
        lines=tuple(line for _, text in texts("ingredients") for line in _lines(text)),
        category=next((one_line(text) for _, text in texts("category")), ""),
        notes=tuple(one_line(text) for _, text in texts("notes")),
        method=tuple(step for _, text in texts("method") for one in _listed(text) for step in lines(one)),
    )


def _lines(cell: str) -> tuple[LineDraft, ...]:
    """Return the drafts of the lines in a cell."""
    parts = _listed(cell)
    if len(parts) == 1:
        (text,) = parts
        separator = next((one for one in _SEPARATORS if one in text), "")
        parts = text.split(separator) if separator and "\n" not in text else parts
    if len(parts) == 1 and "\n" not in cell and len(divided := _BEFORE_NUMBER.split(parts[0])) > 1:
        return with_remark(split_all(divided), _AT_COMMAS)
    return split_all(parts)


def _listed(cell: str) -> list[str]:
    """Return the texts of a cell that holds a list as a program writes it; else the cell, with line ends that it spells out."""
    text = html.unescape(html.unescape(cell)).replace("\\n", "\n")
    if not _LISTED.fullmatch(text.strip()):
        return [text]
    quoted: Iterable[re.Match[str]] = _QUOTED.finditer(text)
    return [re.sub(r"\\(.)", r"\1", one[1] or one[2] or "") for one in quoted] or [text]
