"""Words of one's own for units: what they may be called, and which one a text is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plandoc import units
from plandoc.errors import Problem, shorten
from plandoc.hints import Hint, wording
from plandoc.records import Ingredient, UnitWord
from plandoc.units import Dimension


def word_named(text: str, words: Iterable[UnitWord]) -> UnitWord | None:
    """Return the word that a text is, whatever its case, dots and blanks; None when it is none.

    >>> word_named("kelle", [UnitWord("Kelle", 125, "ml")]).quantity
    Decimal('125')
    """
    key = units.word_key(text)
    return next((word for word in words if units.word_key(word.name) == key), None)


def words_used(
    words: Iterable[UnitWord], units_written: Iterable[str], ingredients: Iterable[Ingredient]
) -> list[UnitWord]:
    """Return the words that are among these units, or in the equivalents of these ingredients."""
    known = list(words)
    if not known:
        return []
    stated = (unit for one in ingredients for said in one.equivalents for unit in (said.unit, said.other_unit))
    used = {key for unit in (*units_written, *stated) for key in units.word_keys(unit)}
    return [word for word in known if units.word_key(word.name) in used]


def problems_of_word(word: UnitWord) -> Iterator[Problem]:
    """Yield why a word cannot be a unit: it is one that plandoc knows, looks like a number, or is no amount of a measure."""
    known = units.unit_named(word.name)
    if known is not None and known.dimension is not Dimension.CONTAINER:
        size = f", which is {known.size} {known.base}" if known.base else ""
        called = "" if known.name == word.name else f" {known.name}"
        message = f"{shorten(word.name)} is a unit that plandoc knows already:{called or ' ' + known.name}{size}"
        yield Problem(message, field="word", hint="take another word for an amount of your own")
    elif "=" in word.name or ";" in word.name or word.name[0].isnumeric():
        message = f"wanted a word, found {shorten(word.name)}"
        yield Problem(message, field="word", hint="it begins with a letter, and = and ; are not part of it")
    measure = units.unit_named(word.unit)
    if measure is None or measure.dimension is Dimension.CONTAINER:
        hint = units.advice(word.unit) or "state it in a measure such as ml, tbsp, g or each"
        yield Problem(f"wanted a measure that plandoc knows, found {shorten(word.unit)}", field="unit", hint=hint)


def used_already(name: str, present: UnitWord) -> Problem:
    """Return the problem of a word that has another meaning already."""
    hint = wording("replace it with {option}", option=Hint.REPLACE())
    return Problem(f"{shorten(name)} is there already: {present}", field="word", hint=hint)
