"""Custom words for units: what they may be called, and which one a text is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plandoc import units
from plandoc.errors import Problem, shorten
from plandoc.errors.hints import Hint, wording
from plandoc.records import Ingredient, UnitWord


def word_named(text: str, words: Iterable[UnitWord]) -> UnitWord | None:
    """Return the word that a text is, in any spelling of the unit; None when it is not one.

    >>> word_named("kelle", [UnitWord("Kelle", 125, "ml")]).quantity
    Decimal('125')
    """
    by_key = {units.word_key(word.name): word for word in words}
    return next((by_key[key] for key in units.word_keys(text) if key in by_key), None)


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
    """Yield why a word cannot be a unit: it is a measure of fixed size, looks like a number, or is not an amount of such a measure."""
    known = units.unit_named(word.name)
    if known is not None and known.has_fixed_size:
        size = f", which is {known.size} {known.base}" if known.base else ""
        called = "" if known.name == word.name else f" {known.name}"
        message = f"{shorten(word.name)} is a unit that plandoc knows already:{called or ' ' + known.name}{size}"
        yield Problem(message, field="word", hint="take another word for an amount of your own")
    elif known is not None and known.name != word.name:
        # All spellings are one unit, so a size for only one of them would never be found.
        yield Problem(f"wanted {known.name}, found {shorten(word.name)}", field="word", hint="the two are one unit")
    elif units.is_batches(word.name):
        message = f"{shorten(word.name)} means batches of a recipe"
        yield Problem(message, field="word", hint="take another word for an amount of your own")
    elif "=" in word.name or ";" in word.name or word.name[0].isnumeric():
        message = f"wanted a word, found {shorten(word.name)}"
        yield Problem(message, field="word", hint="it begins with a letter, and = and ; are not part of it")
    measure = units.unit_named(word.unit)
    if measure is None or not measure.has_fixed_size:
        hint = units.advice(word.unit) if measure is None else None
        message = f"wanted a measure of fixed size, found {shorten(word.unit)}"
        yield Problem(message, field="unit", hint=hint or "state it in a measure such as ml, tbsp, g or each")


def used_already(name: str, present: UnitWord) -> Problem:
    """Return the problem of a word that has another meaning already."""
    hint = wording("replace it with {option}", option=Hint.REPLACE())
    return Problem(f"{shorten(name)} is there already: {present}", field="word", hint=hint)
