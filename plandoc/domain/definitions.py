"""What goods, units, recipes and ingredients are defined as, looked up by id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import attrs

from plandoc.frozen import frozen
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, Recipe, UnitWord

T = TypeVar("T")


# What a plan rests on, in the order of the fields of `Definitions`.
DEFINED: tuple[type[Any], ...] = (FinishedGood, FinishedUnit, Recipe, Ingredient, UnitWord)


_NAMES: Mapping[type[Any], str] = dict(zip(DEFINED, ("goods", "units", "recipes", "ingredients", "words"), strict=True))


def _nothing(_: int) -> None:
    return None


def _no_row(_: type, __: int) -> None:
    return None


def _no_ids() -> tuple[int, ...]:
    return ()


@frozen
class Definitions:
    """The catalog, or what a plan froze of it, as the rules see it: for each kind a function from an id to the record.

    Functions, not tables: a plan uses a few dozen records of a catalog that may hold thousands, and only those
    should be read.

    Attributes:
        word_ids: Returns the ids of all words for units: those are few, and any unit can be one.
        row: Returns the catalog row behind a record; None where the definitions are not those of a catalog.
    """

    goods: Callable[[int], FinishedGood | None] = _nothing
    units: Callable[[int], FinishedUnit | None] = _nothing
    recipes: Callable[[int], Recipe | None] = _nothing
    ingredients: Callable[[int], Ingredient | None] = _nothing
    words: Callable[[int], UnitWord | None] = _nothing
    word_ids: Callable[[], Iterable[int]] = attrs.field(default=_no_ids, kw_only=True)
    row: Callable[[type, int], Mapping[str, Any] | None] = attrs.field(default=_no_row, kw_only=True, eq=False)
    _earlier: Callable[[int], Definitions] | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)
    _worked_out: dict[Any, Any] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    def memoize(self, make: Callable[[Definitions], T]) -> T:
        """Return what a function or class computes from these definitions, computed once."""
        if make not in self._worked_out:
            self._worked_out[make] = make(self)
        made: T = self._worked_out[make]
        return made

    @property
    def unit_words(self) -> tuple[UnitWord, ...]:
        """All words for units, in the order of their ids."""
        return self.memoize(_unit_words)

    def lookup(self, record_type: type[T]) -> Callable[[int], T | None]:
        """Return the function for a kind."""
        function: Callable[[int], Any] = getattr(self, _NAMES[record_type])
        return function

    def has(self, record_type: type, record_id: int) -> bool:
        """Whether something is defined; makes no record of it."""
        return self.row(record_type, record_id) is not None or self.lookup(record_type)(record_id) is not None

    def as_of(self, amendments: int | None) -> Definitions:
        """Return the definitions as of a number of amendments; these themselves when no amendment revised any.

        Args:
            amendments: Their number; None when it is unknown, as in runs recorded before revisions existed.
        """
        return self if self._earlier is None else self._earlier(amendments or 0)

    @classmethod
    def of(
        cls,
        goods: Iterable[FinishedGood] = (),
        units: Iterable[FinishedUnit] = (),
        recipes: Iterable[Recipe] = (),
        ingredients: Iterable[Ingredient] = (),
        words: Iterable[UnitWord] = (),
    ) -> Definitions:
        """Return the definitions that consist of these records.

        >>> Definitions.of(recipes=[Recipe("Sponge", id=3)]).recipes(3).name
        'Sponge'
        """
        tables = [{record.id: record for record in records} for records in (goods, units, recipes, ingredients, words)]
        lookups: list[Any] = [table.get for table in tables]
        return cls(*lookups, word_ids=tables[-1].keys)


def _unit_words(definitions: Definitions) -> tuple[UnitWord, ...]:
    found = map(definitions.words, sorted(definitions.word_ids()))
    return tuple(word for word in found if word is not None)
