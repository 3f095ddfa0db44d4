"""Recipes in Cooklang: text in which ingredients are marked, such as `Whisk @eggs{3} with @caster sugar{200%g}.`"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from plandoc.exchange.convert.divided_lines import measured
from plandoc.exchange.convert.plain_text import one_line, without_blocks
from plandoc.exchange.convert.recipe_drafts import LineDraft, RecipeDraft, in_section, with_remark
from plandoc.exchange.convert.yield_text import read_yield, said_under

_LINE_COMMENT = re.compile(r"(?:^|\s)--(?!-).*$", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_METADATA = re.compile(r"^>>\s*([^:\n]+):(.*)$\n?", re.MULTILINE)
_KEY = re.compile(r"([A-Za-z][\w .-]*?)\s*:\s*(.+)")
# A name of several words goes up to its brace, a name of one word to the next blank or sign.
_MARKED = re.compile(
    r"(?P<mark>[@#~])(?P<modifiers>[@&?+-]{0,5})(?P<step>\([^()\n]*\))?"
    r"(?:(?P<name>[^@#~{}\n]*)\{(?P<amount>[^{}\n]*)\}(?:\((?P<note>[^()\n]*)\))?|(?P<word>(?:\.{0,2}/)?[\w][\w'\u2019/-]*))"
)
_FIXED = "the amount is the same for any number of batches in the recipe, and grows with the batches here"
_MAKES = ("yield", "yields", "makes", "servings", "serves")


def draft_of(text: str, file_name: str) -> RecipeDraft:
    """Return the draft of the one recipe that a file holds.

    Args:
        text: Its content.
        file_name: Its name without the ending: what the recipe is called where it has no title.
    """
    metadata, body = _divided(text.replace("\r\n", "\n").removeprefix("\ufeff"))
    drafts: list[LineDraft] = []
    method: list[str] = []
    notes: list[str] = []
    section = ""
    for paragraph in _paragraphs(body):
        if paragraph.startswith("="):
            section = paragraph.strip("=").strip()
            method.append(f"{section}:") if section else None
        elif paragraph.startswith(">"):
            notes.append(one_line(paragraph.lstrip("> ")))
        else:
            drafts += in_section(tuple(_ingredients(paragraph)), section)
            method.append(one_line(_MARKED.sub(_in_words, paragraph)))
    return RecipeDraft(
        name=one_line(metadata.get("title", "")) or file_name,
        made=read_yield(_yields(metadata)),
        lines=tuple(drafts),
        category=one_line(metadata.get("category") or metadata.get("course") or ""),
        notes=tuple(filter(None, (*(metadata.get(key, "") for key in ("description", "source")), *notes))),
        method=tuple(method),
    )


def _divided(text: str) -> tuple[dict[str, str], str]:
    """Return the metadata, old form and new, and what is left of a recipe without them and without comments."""
    metadata: dict[str, str] = {}
    front = _FRONT_MATTER.match(text)
    if front:
        pairs = (_KEY.fullmatch(line.rstrip()) for line in front[1].split("\n"))
        metadata |= {pair[1].casefold(): pair[2].strip().strip("\"'") for pair in pairs if pair}
        text = text[front.end() :]
    text = _LINE_COMMENT.sub("", without_blocks(text, "[-", "-]"))
    metadata |= {pair[1].strip().casefold(): pair[2].strip() for pair in _METADATA.finditer(text)}
    return metadata, _METADATA.sub("", text)


def _paragraphs(body: str) -> Iterator[str]:
    """Yield steps, headings and notes; only blank lines end a step, but headings are lines of their own."""
    for block in re.split(r"\n\s*\n", body):
        step: list[str] = []
        for line in filter(None, map(str.strip, block.split("\n"))):
            if line.startswith("="):
                yield from [" ".join(step)] if step else []
                step = []
                yield line
            else:
                step.append(line)
        if step:
            yield " ".join(step)


def _ingredients(step: str) -> Iterator[LineDraft]:
    for marked in _MARKED.finditer(step):
        # With a number of a step, it is what that step made.
        if marked["mark"] == "@" and not marked["step"]:
            yield from _ingredient(marked)


def _ingredient(marked: re.Match[str]) -> tuple[LineDraft, ...]:
    name = (marked["word"] or marked["name"] or "").strip()
    is_recipe = "@" in marked["modifiers"] or name.startswith(("./", "../"))
    amount, _, unit = (marked["amount"] or "").partition("%")
    is_fixed = amount.strip().startswith("=")
    notes = [note for note in (marked["note"], "optional" if "?" in marked["modifiers"] else "") if note]
    drafts = measured(
        amount.strip().removeprefix("="),
        unit,
        PurePosixPath(name).name if is_recipe else name,
        notes,
        is_recipe=is_recipe,
    )
    return with_remark(drafts, _FIXED) if is_fixed else drafts


def _in_words(marked: re.Match[str]) -> str:
    name = (marked["word"] or marked["name"] or "").strip()
    if marked["mark"] != "~":
        return PurePosixPath(name).name if name.startswith(("./", "../")) else name
    return (marked["amount"] or name).replace("%", " ").strip()


def _yields(metadata: dict[str, str]) -> Iterator[str]:
    """Yield what the recipe makes, pieces before servings."""
    for key in _MAKES:
        text = metadata.get(key, "").split("|")[0].strip()
        if text:
            yield said_under(key, text)
