"""Drafts of recipes as the table that the import of recipes reads, with a column of remarks for the person who checks it first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs

from plandoc.exchange.convert.recipe_drafts import LineDraft, RecipeDraft
from plandoc.exchange.names import folded
from plandoc.exchange.tabular.recipe_texts import CSV_COLUMNS
from plandoc.exchange.tabular.table_rows import TEXTS
from plandoc.fields import constraints
from plandoc.text.escaping import csv_text

REMARK = "remark"
_COLUMNS = (*CSV_COLUMNS.names, REMARK)
_TEXTS = TEXTS | {REMARK}
_NOT_A_BATCH = "a recipe of its own: put its name under sub_recipe, and how many batches under quantity"


def render(drafts: Iterable[RecipeDraft]) -> str:
    """Return the table as CSV, a recipe after the other."""
    return csv_text(_COLUMNS, (_cells(row) for draft in drafts for row in rows_of(draft)), texts=_TEXTS)


def made_unambiguous(drafts: Sequence[RecipeDraft]) -> list[RecipeDraft]:
    """Return drafts with unique names, because a table would take two of one name for one recipe.

    A recipe that is there a second time, the same in everything, is left out.
    """
    kept: dict[str, RecipeDraft] = {}
    for draft in dict.fromkeys(drafts):
        named, number = draft, 1
        while folded(named.name) in kept:
            number += 1
            remark = f"another recipe has the name {draft.name}, too"
            named = attrs.evolve(draft, name=f"{draft.name} ({number})", remarks=(*draft.remarks, remark))
        kept[folded(named.name)] = named
    return [_with_sub_recipes(draft, kept) for draft in kept.values()]


def _with_sub_recipes(draft: RecipeDraft, known: dict[str, RecipeDraft]) -> RecipeDraft:
    """Return a draft in which only what is certain counts as a sub-recipe: a recipe of this table, in batches."""
    return attrs.evolve(draft, lines=tuple(_settled(line, known) for line in draft.lines))


def _settled(line: LineDraft, known: dict[str, RecipeDraft]) -> LineDraft:
    if not line.is_recipe:
        return line
    recipe = known.get(folded(line.ingredient))
    if recipe is None or line.unit or not line.quantity:
        return attrs.evolve(line, is_recipe=False, remarks=(*line.remarks, _NOT_A_BATCH))
    return attrs.evolve(line, ingredient=recipe.name)


def rows_of(draft: RecipeDraft) -> Iterator[dict[str, object]]:
    """Yield the rows of a recipe, each with its cells by column: one about the recipe itself, then one for each line."""
    made = draft.made
    notes, method = "\n".join(draft.notes), "\n".join(draft.method)
    remarks = (*draft.remarks, *made.remarks, *_too_long(notes, "the recipe's notes"), *_too_long(method, "the method"))
    of_recipe = {"recipe": draft.name, "category": draft.category}
    yield {
        **of_recipe,
        "makes": made.count,
        "of": draft.name if made.count else "",
        "unit": made.item_unit if made.count else "",
        "recipe_notes": notes[: constraints.LONGEST_TEXT],
        "method": method[: constraints.LONGEST_TEXT],
        REMARK: "\n".join(remarks),
    }
    for line in draft.lines:
        notes = "; ".join(line.notes)
        yield {
            **of_recipe,
            "sub_recipe" if line.is_recipe else "ingredient": line.ingredient,
            "quantity": line.quantity,
            "unit": line.unit,
            "notes": notes[: constraints.LONGEST_TEXT],
            REMARK: "; ".join((*line.remarks, *_too_long(notes, "the notes"))),
        }


def _too_long(text: str, what: str) -> list[str]:
    """Return a remark on a text that is too long for a record."""
    most = constraints.LONGEST_TEXT
    return [f"{what} had {len(text)} characters, and only the first {most} are here"] if len(text) > most else []


def _cells(row: dict[str, object]) -> list[object]:
    return [row.get(column) for column in _COLUMNS]
