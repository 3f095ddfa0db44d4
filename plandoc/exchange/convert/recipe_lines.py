"""A list of lines as drafts: what ends with a colon, or is in square brackets, is the heading of the lines below it."""

from __future__ import annotations

from collections.abc import Iterable

from plandoc.exchange.convert.ingredient_text import split
from plandoc.exchange.convert.plain_text import lines, without_bullet
from plandoc.exchange.convert.recipe_drafts import LineDraft, in_section


def split_all(texts: Iterable[str], section: str = "") -> tuple[LineDraft, ...]:
    """Return the drafts of lines, each with the heading above it.

    >>> [(draft.ingredient, draft.notes) for draft in split_all(["1 kg flour", "For the icing:", "100 g sugar"])]
    [('flour', ()), ('sugar', ('For the icing',))]

    Args:
        texts: The lines; a text of several lines counts as several.
        section: The heading above the first of them.
    """
    drafts: list[LineDraft] = []
    for line in (without_bullet(line) for text in texts for line in lines(text)):
        if _is_heading(line):
            section = line.strip("[]#* ")
        elif line:
            drafts += in_section(split(line), section)
    return tuple(drafts)


def _is_heading(line: str) -> bool:
    is_marked = line.endswith(":") or (line.startswith("[") and line.endswith("]")) or line.startswith("# ")
    return is_marked and not any(map(str.isdigit, line))
