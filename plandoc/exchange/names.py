"""Finding what a name refers to, and what was probably meant by an unknown one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from plandoc.errors import shorten
from plandoc.text.near_words import nearest

T = TypeVar("T")

_MOST_LISTED = 50


def did_you_mean(text: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """Return a question with the nearest of the known texts, or None when nothing is near.

    Args:
        text: What was found.
        known: What it can mean.
        likeness: How near is near: 1 for the same.

    >>> did_you_mean("Suger", ["Flour", "Sugar"])
    "did you mean 'Sugar'?"
    """
    by_folded = {folded(one): one for one in known}
    near = nearest(folded(text)[:200], by_folded, likeness=likeness)
    return None if near is None else f"did you mean {shown(by_folded[near])}?"


def folded(text: str) -> str:
    """Return a text as it is compared: without differences of case, of blanks and of how accents are composed.

    >>> folded("  Brown   SUGAR ")
    'brown sugar'
    """
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def column_name(written: str) -> str:
    """Return the heading of a column, or a key, as it is compared.

    >>> column_name("Sub Recipe"), column_name("sub-recipe")
    ('sub_recipe', 'sub_recipe')
    """
    return folded(written).replace(" ", "_").replace("-", "_")


def loosened(text: str) -> str:
    """Return a text as it is compared when nothing has exactly this name: underscores and hyphens count as blanks.

    >>> loosened("Butter_unsalted"), loosened("butter-unsalted")
    ('butter unsalted', 'butter unsalted')
    """
    return folded(text.replace("_", " ").replace("-", " "))


def shown(text: str) -> str:
    """Return a text as it is shown in a message: short, in quotes, without control characters."""
    return shorten(str(text))


def listed(names: Iterable[str]) -> str:
    """Return names with commas between them; if there are very many, the first ones and the number of the others.

    >>> listed(["'Flour'", "'Sugar'"])
    "'Flour', 'Sugar'"
    """
    known = list(names)
    left = len(known) - _MOST_LISTED
    return ", ".join(known[:_MOST_LISTED]) + (f" and {left} more" if left > 0 else "")


class Names(Generic[T]):
    """Things by name: first by the short name, then by the name.

    Attributes:
        what: What they are, for messages ("ingredient").
    """

    def __init__(self, what: str, records: Iterable[Any] = (), *, fold: Callable[[str], str] = folded) -> None:
        """Make these records known.

        Args:
            what: What they are.
            records: Records with a name and a slug.
            fold: Returns what names are compared by; by default their case does not matter.
        """
        self.what = what
        self._fold = fold
        self._by_slug: dict[str, T] = {}
        self._by_name: dict[str, list[T]] = {}
        self._names: dict[str, None] = {}
        self._by_loose: dict[str, list[T]] = {}
        for record in records:
            self.add(record, record.name, record.slug)

    def add(self, thing: T, name: str, slug: str = "") -> None:
        """Make a thing known."""
        self._names[name] = None
        self._by_name.setdefault(self._fold(name), []).append(thing)
        self._add_loose(thing, name)
        if slug:
            self._by_slug[slug] = thing
            self._add_loose(thing, slug)

    def add_slug(self, thing: T, slug: str) -> None:
        """Make a thing known by one more slug, unless another has it."""
        if self._by_slug.setdefault(slug, thing) is thing:
            self._add_loose(thing, slug)

    def all_of(self, text: str) -> list[T]:
        """Return what a text can mean: nothing, one thing, or several of the same name.

        An exact short name or name comes first; otherwise underscores, hyphens and blanks are the same.
        """
        if text in self._by_slug:
            return [self._by_slug[text]]
        named = self._by_name.get(self._fold(text), [])
        return named or self._by_loose.get(loosened(text), [])

    def _add_loose(self, thing: T, text: str) -> None:
        things = self._by_loose.setdefault(loosened(text), [])
        if thing not in things:
            things.append(thing)

    def one(self, text: str) -> T | None:
        """Return the one thing that a text means; None when there is none, or several."""
        meant = self.all_of(text)
        return meant[0] if len(meant) == 1 else None

    def nearest(self, text: str) -> str | None:
        """Return a question with the nearest name, or None when nothing is near."""
        return did_you_mean(text, [*self._by_slug, *self._names])
