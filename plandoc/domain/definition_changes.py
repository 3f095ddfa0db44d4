"""What differs between two definitions of a good, unit, recipe or ingredient, in readable form."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from plandoc.domain.definitions import Definitions
from plandoc.domain.dependency_closure import Ids
from plandoc.domain.mapping_diff import Status, diff, status_of
from plandoc.frozen import frozen
from plandoc.records import (
    Component,
    FinishedGood,
    FinishedUnit,
    Ingredient,
    PlanAmendment,
    Recipe,
    RecipeLine,
    SubRecipe,
    UnitWord,
)
from plandoc.tables import table_of
from plandoc.units.quantity_text import written

# In the order in which they are reported: first what is handed out and baked, then what it is made of.
KINDS: tuple[type[Any], ...] = (FinishedGood, Recipe, FinishedUnit, Ingredient, UnitWord)

_NO_AMOUNT = "no amount"
_LONGEST = 60
_MOST_REPORTED = 6
# Reported through what follows from them: the yield, what it is a yield of, what goes in.
_REPORTED_OTHERWISE = frozenset({"id", "mode", "items_per_batch", "batch_percentage"})

# The reported facts of a record: name and value, by a key that does not change when a name does.
_Facts = dict[tuple[int, int], tuple[str, str]]
_Part = RecipeLine | SubRecipe | Component


@frozen
class DefinitionChange:
    """One thing that differs between two definitions of a record.

    Attributes:
        what: Such as the name of an ingredient, or "yield".
        before: What it was; None when there was nothing.
        after: What it is; None when it is gone.
    """

    what: str
    before: str | None
    after: str | None

    @property
    def status(self) -> Status:
        """How it changed."""
        return status_of(self.before, self.after)

    def __str__(self) -> str:
        return f"{self.what} {abbreviate(self.before or 'none')} -> {abbreviate(self.after or 'none')}"


@frozen
class DefinitionDifference:
    """How the definition of one good, unit, recipe or ingredient changed.

    Attributes:
        kind: What it is, such as "recipe".
        id: Its id.
        name: The name in the later definition, or in the earlier one where there is no later one.
        original_name: The name in the earlier one; None where there was none.
        changes: What differs; empty when it is back to what it was.
        amendments: The amendments that revised it, in order; empty when only the catalog changed.
    """

    kind: str
    id: int
    name: str
    original_name: str | None
    changes: tuple[DefinitionChange, ...]
    amendments: tuple[PlanAmendment, ...] = ()

    @property
    def status(self) -> Status:
        """How it changed."""
        return Status.MODIFIED if self.changes else Status.UNCHANGED


def difference(
    record_type: type[Any],
    record_id: int,
    before: Definitions,
    after: Definitions,
    amendments: tuple[PlanAmendment, ...] = (),
) -> DefinitionDifference:
    """Return how the definition of one record changed.

    Args:
        record_type: Such as `Recipe`.
        record_id: Its id.
        before: The earlier definitions.
        after: The later ones.
        amendments: The amendments that revised it.
    """
    was, now = before.lookup(record_type)(record_id), after.lookup(record_type)(record_id)
    label = table_of(record_type).label.lower()
    name = next((record.name for record in (now, was) if record is not None), f"{label} {record_id}")
    changes = () if was == now else tuple(_changes(_facts(was, before), _facts(now, after)))
    return DefinitionDifference(label, record_id, name, None if was is None else was.name, changes, amendments)


def differing(ids: Ids, before: Definitions, after: Definitions) -> list[DefinitionDifference]:
    """Return how the definition of each of these records changed; unchanged ones are left out."""
    found = (difference(kind, record_id, before, after) for kind in KINDS for record_id in ids.get(kind, ()))
    return [one for one in found if one.changes]


def summarize(name: str, changed: Sequence[DefinitionDifference]) -> str:
    """Return the differences in a few words; a change in a part is shown with the name of the part.

    Args:
        name: The name of the whole.
        changed: How it and its parts changed.
    """
    reported = [
        f"{'' if one.original_name == name else f'{one.name}: '}{change}" for one in changed for change in one.changes
    ]
    more = len(reported) - _MOST_REPORTED
    return ", ".join([*reported[:_MOST_REPORTED], f"and {more} more"] if more > 0 else reported)


def _changes(before: _Facts, after: _Facts) -> Iterator[DefinitionChange]:
    for entry in diff(before, after):
        was, now = entry.before, entry.after
        # The name of an ingredient is a fact of its own.
        if (was and was[1]) != (now and now[1]):
            what = (now or was or ("", ""))[0]
            yield DefinitionChange(what, was[1] if was else None, now[1] if now else None)
            if not before or not after:
                # Nothing more is reported of a definition that is new or gone.
                return


def _facts(record: Any, definitions: Definitions) -> _Facts:
    if record is None:
        return {}
    facts: _Facts = {(-1, 0): ("definition", "known")}
    for position, field in enumerate(attrs.fields(type(record))):
        value = getattr(record, field.name)
        if field.name in {"lines", "sub_recipes", "components"}:
            facts.update({(position, key): fact for key, fact in _parts(value, definitions).items()})
        elif field.name in {"recipe_id", "base_recipe_id"}:
            facts[position, 0] = (field.name.removesuffix("_id").replace("_", " "), _recipe_name(value, definitions))
        elif field.name not in _REPORTED_OTHERWISE:
            facts[position, 0] = (field.name.replace("_", " "), _format(value))
    if isinstance(record, FinishedUnit):
        facts[len(facts), 0] = ("yield", f"{record.yield_per_batch} a batch")
    # An empty fact is the same as none.
    return {key: fact for key, fact in facts.items() if fact[1]}


def _parts(parts: Iterable[_Part], definitions: Definitions) -> Mapping[int, tuple[str, str]]:
    """Return what goes into a recipe or a good; several lines of one ingredient are combined."""
    names: dict[int, str] = {}
    shown: dict[int, list[str]] = {}
    for part in parts:
        key, name = _part(part, definitions)
        names[key] = name
        shown.setdefault(key, []).append(_amount(part))
    return {key: (name, " + ".join(sorted(shown[key]))) for key, name in names.items()}


def _part(part: _Part, definitions: Definitions) -> tuple[int, str]:
    """Return a key for a part, and its name; inner goods get negative keys, because units have ids too."""
    if isinstance(part, RecipeLine):
        return part.ingredient_id, _name(Ingredient, part.ingredient_id, definitions)
    if isinstance(part, SubRecipe):
        return part.recipe_id, _name(Recipe, part.recipe_id, definitions)
    if part.finished_unit_id is not None:
        return part.finished_unit_id, _name(FinishedUnit, part.finished_unit_id, definitions)
    inner = part.finished_good_id or 0
    return -inner, _name(FinishedGood, inner, definitions)


def _name(record_type: type[Any], record_id: int, definitions: Definitions) -> str:
    record: Any = definitions.lookup(record_type)(record_id)
    return f"{table_of(record_type).label.lower()} {record_id}" if record is None else record.name


def _recipe_name(recipe_id: int | None, definitions: Definitions) -> str:
    return "" if recipe_id is None else _name(Recipe, recipe_id, definitions)


def _amount(part: _Part) -> str:
    if isinstance(part, RecipeLine):
        amount = f"{_format(part.quantity)} {part.unit}" if part.quantity is not None else _NO_AMOUNT
    elif isinstance(part, SubRecipe):
        amount = f"{_format(part.multiplier)} x"
    else:
        amount = _format(part.quantity)
    return f"{amount} ({_format(part.notes)})" if part.notes else amount


def _format(value: Any) -> str:
    """Return a value as text; numbers exactly, because two different ones must not look the same."""
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value.normalize():f}"
        case Fraction():
            return written(value)
        case enum.Enum():
            return str(value.value)
        case tuple():
            return "; ".join(map(str, value))
    return str(value)


def abbreviate(text: str) -> str:
    """Return a text, shortened to its beginning when it is long."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
