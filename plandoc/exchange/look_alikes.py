"""Names that are probably one and the same: singular and plural, another order of words, a slip of the keyboard."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_WORD = re.compile(r"\w+")
# In a shorter word one letter makes another word: salt and malt.
_LONG_ENOUGH = 5

Words = tuple[str, ...]


def look_alikes(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each name that looks like one before it, with the first that it looks like.

    >>> list(look_alikes(["Egg", "Brown Sugar", "Salt", "Eggs", "sugar, brown", "Malt"]))
    [('Egg', 'Eggs'), ('Brown Sugar', 'sugar, brown')]
    """
    known: dict[Words, str] = {}
    for name in names:
        forms = list(_forms(name))
        first = next((known[form] for form in forms if form in known), None)
        if first is not None:
            yield first, name
        for form in forms:
            known.setdefault(form, name)


def _forms(name: str) -> Iterator[Words]:
    """Yield the words of a name, and variants with one letter of a long word left out: names one slip apart share a form."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode() or name.casefold()
    words = sorted(map(_singular, _WORD.findall(plain)))
    yield tuple(words)
    for place, word in enumerate(words):
        if len(word) >= _LONG_ENOUGH and word.isalpha():
            for letter in range(len(word)):
                yield (*words[:place], f"{word[:letter]}?{word[letter + 1 :]}", *words[place + 1 :])
                yield (*words[:place], f"{word[:letter]}{word[letter + 1 :]}", *words[place + 1 :])


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > _LONG_ENOUGH:
        return f"{word[:-3]}y"
    if word.endswith(("oes", "xes", "ches", "shes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
