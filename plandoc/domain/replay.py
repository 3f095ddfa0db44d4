"""Replaying a plan: the snapshot, and each amendment on top of it, in the order of their numbers.

The result must always be the current plan. Only the records count here: the catalog may have changed since an
amendment.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import attrs

from plandoc.domain.mapping_diff import Status, diff
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.errors.hints import TAKE_FILE_BACK
from plandoc.fields.constraints import positive_int
from plandoc.frozen import frozen
from plandoc.records import (
    BatchDecision,
    EventFinishedGood,
    EventRecipe,
    PlanAmendment,
    PlanSection,
)

_NONE: Mapping[str, Any] = MappingProxyType({})
_BY_SEQUENCE = attrgetter("sequence")


@frozen
class PlanContent:
    """What is planned, in numbers.

    Attributes:
        recipes: Ids of the selected recipes.
        goods: How many of each good are handed out, by the good's id.
        batches: How many batches are decided, by the finished unit's id.
    """

    recipes: frozenset[int] = frozenset()
    goods: Mapping[int, int] = attrs.field(factory=dict)
    batches: Mapping[int, int] = attrs.field(factory=dict)

    @classmethod
    def of(
        cls, recipes: Iterable[EventRecipe], goods: Iterable[EventFinishedGood], decisions: Iterable[BatchDecision]
    ) -> PlanContent:
        """Return what the rows of an event plan."""
        return cls(
            frozenset(row.recipe_id for row in recipes),
            {row.finished_good_id: row.quantity for row in goods},
            {row.finished_unit_id: row.batches for row in decisions},
        )

    def numbers(self, section: PlanSection) -> Mapping[int, int]:
        """Return how many of each there are in one section of the plan, by id; a selected recipe counts 1."""
        if section is PlanSection.RECIPES:
            return dict.fromkeys(self.recipes, 1)
        return self.goods if section is PlanSection.GOODS else self.batches


def amended(content: PlanContent, amendment: PlanAmendment) -> PlanContent:
    """Return what is planned after an amendment."""
    effect = amendment.change.effect
    recipes = content.recipes.union(amendment.added_recipe_ids)
    if effect is None:
        return PlanContent(recipes, content.goods, content.batches)
    numbers = {**content.numbers(effect.section), effect.key: effect.after}
    if effect.after == 0:
        del numbers[effect.key]
    if effect.section is PlanSection.GOODS:
        return PlanContent(recipes, numbers, content.batches)
    return PlanContent(recipes, content.goods, numbers)


def in_order(amendments: Iterable[PlanAmendment]) -> list[PlanAmendment]:
    """Return amendments in the order of their numbers within the event, which counts rather than the clock."""
    return sorted(amendments, key=_BY_SEQUENCE)


_BACKUP = TAKE_FILE_BACK


def original(snapshot_data: Mapping[str, Any]) -> PlanContent:
    """Return what was planned when a snapshot was taken.

    Raises:
        ValidationError: when the snapshot is not in the form that plandoc writes.
    """
    return PlanContent(
        frozenset(_numbers(snapshot_data, "recipes", "recipe_id", "recipe_id")),
        _numbers(snapshot_data, "finished_goods", "fg_id", "quantity"),
        _numbers(snapshot_data, "batch_decisions", "finished_unit_id", "batches"),
    )


def _numbers(snapshot_data: Mapping[str, Any], rows: str, key: str, number: str) -> dict[int, int]:
    try:
        pairs = [(row[key], row[number]) for row in snapshot_data[rows]]
    except (KeyError, TypeError) as error:
        needed = dict.fromkeys((key, number))
        message = f"wanted a list of objects with {' and '.join(needed)}, found none"
        raise ValidationError([Problem(message, field=f"snapshot_data.{rows}", hint=_BACKUP)]) from error
    for value in (value for pair in pairs for value in pair):
        wrong = positive_int(value)
        if wrong is not None:
            raise ValidationError([Problem(wrong, field=f"snapshot_data.{rows}", hint=_BACKUP)])
    return dict(pairs)


def replay(snapshot_data: Mapping[str, Any], amendments: Iterable[PlanAmendment]) -> PlanContent:
    """Return what is planned after applying each amendment to a snapshot, in the order of their numbers.

    Raises:
        ValidationError: when the snapshot is not in the form that plandoc writes.
    """
    return functools.reduce(amended, in_order(amendments), original(snapshot_data))


AmendmentsByItem = Mapping[tuple[PlanSection, int], list[PlanAmendment]]


def amendments_by_item(amendments: Iterable[PlanAmendment]) -> AmendmentsByItem:
    """Return the amendments that touched each number of a plan, in their order, by the section and the id.

    A recipe is touched by the amendment that brought it.
    """
    by_item: dict[tuple[PlanSection, int], list[PlanAmendment]] = {}
    for amendment in in_order(amendments):
        effect = amendment.change.effect
        numbers = [] if effect is None else [(effect.section, effect.key)]
        for touched in [*numbers, *((PlanSection.RECIPES, recipe_id) for recipe_id in amendment.added_recipe_ids)]:
            by_item.setdefault(touched, []).append(amendment)
    return by_item


@frozen
class Divergence:
    """The first point where a plan differs from its snapshot and amendments.

    Attributes:
        message: What they say, and what is there instead.
        amendment: The first amendment after which they differ; None when no amendment explains the difference.
    """

    message: str
    amendment: PlanAmendment | None


def first_divergence(
    snapshot_data: Mapping[str, Any],
    amendments: Iterable[PlanAmendment],
    live: PlanContent,
    definitions: Mapping[str, Any] = _NONE,
) -> Divergence | None:
    """Return where a plan first diverges from its replay; None when they are the same.

    Amendments that do not fit what they claim to have changed come first, and missing ones; then what differs at the
    end, by the last amendment that touched it.

    Args:
        snapshot_data: What was planned.
        amendments: The amendments since, in any order.
        live: The plan as it is.
        definitions: What the snapshot froze, which the amendments must fit as well.

    Raises:
        ValidationError: when the snapshot is not in the form that plandoc writes.
    """
    ordered, start = in_order(amendments), original(snapshot_data)
    misfit = next(iter((*_misfits(start, ordered), *_misfits_of_definitions(definitions, ordered))), None)
    if misfit is not None:
        return misfit
    by_item = amendments_by_item(ordered)
    divergences = list(_divergences(replay(snapshot_data, ordered), live, by_item))
    return min(divergences, key=lambda one: 0 if one.amendment is None else one.amendment.sequence, default=None)


def _misfits(content: PlanContent, ordered: list[PlanAmendment]) -> Iterator[Divergence]:
    for number, amendment in enumerate(ordered, start=1):
        if amendment.sequence != number:
            yield Divergence(f"wanted amendment {number}, found {amendment.sequence}", amendment)
        effect = amendment.change.effect
        before = 0 if effect is None else content.numbers(effect.section).get(effect.key, 0)
        if effect is not None and before != effect.before:
            message = f"{_label(effect.section, effect.key)}: the amendment says {effect.before} before, but {before} were planned"
            yield Divergence(message, amendment)
        content = amended(content, amendment)


def _misfits_of_definitions(definitions: Mapping[str, Any], ordered: list[PlanAmendment]) -> Iterator[Divergence]:
    known = dict(_defined(definitions))
    for amendment in ordered:
        before, after = dict(_defined(amendment.definitions_before)), dict(_defined(amendment.definitions))
        for key in sorted(before.keys() | (after.keys() & known.keys())):
            if key not in before:
                yield Divergence(
                    f"{_named(key)}: already frozen, but the amendment does not give the previous definition", amendment
                )
            elif key not in known or before[key] != known[key]:
                yield Divergence(
                    f"{_named(key)}: the amendment gives a previous definition that is not the effective one", amendment
                )
            elif key not in after:
                yield Divergence(
                    f"{_named(key)}: the amendment gives the previous definition but not the new one", amendment
                )
        known.update(after)


def _defined(definitions: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Any]]:
    for table, rows in definitions.items():
        # Besides the tables, a snapshot can record its imports.
        for key, row in rows.items() if type(rows) is dict else ():
            yield (table, key), row


def _named(key: tuple[str, str]) -> str:
    return f"{key[0]} {key[1]}"


def _divergences(replayed: PlanContent, live: PlanContent, by_item: AmendmentsByItem) -> Iterator[Divergence]:
    for section in PlanSection:
        for entry in diff(replayed.numbers(section), live.numbers(section)):
            if entry.status is not Status.UNCHANGED:
                wanted, there = entry.before or "nothing", entry.after or "nothing"
                message = f"{_label(section, entry.key)}: wanted {wanted}, found {there}"
                touching = by_item.get((section, entry.key))
                yield Divergence(message, touching[-1] if touching else None)


def _label(section: PlanSection, key: int) -> str:
    return f"{section.value} {shorten(key)}"
