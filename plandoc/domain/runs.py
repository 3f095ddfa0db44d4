"""What was baked and packed: the runs that count, and what they add up to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import TypeVar

from plandoc.domain.definitions import Definitions
from plandoc.domain.requirements import Breakdown
from plandoc.records import AssemblyRun, ProductionRun, RunKind, VoidedRun

RunT = TypeVar("RunT", ProductionRun, AssemblyRun)

KIND_OF_RUN: Mapping[type, RunKind] = MappingProxyType(
    {ProductionRun: RunKind.PRODUCTION, AssemblyRun: RunKind.ASSEMBLY}
)


def counted(runs: Iterable[RunT], voided: Collection[VoidedRun]) -> tuple[RunT, ...]:
    """Return the runs of an event that were not voided, in the order given.

    Args:
        runs: Production or assembly runs of one event.
        voided: What was voided in that event; the two kinds of runs are numbered separately.
    """
    if not voided:
        return tuple(runs)
    gone = {(one.kind, one.run_id) for one in voided}
    return tuple(run for run in runs if (KIND_OF_RUN[type(run)], run.id) not in gone)


def batches_done(runs: Iterable[ProductionRun]) -> dict[int, int]:
    """Return the batches baked, by the finished unit's id; units never baked are not in it.

    Args:
        runs: The runs that count; see `counted`.
    """
    return _total((run.finished_unit_id, run.batches) for run in runs)


def batches_taken(runs: Iterable[ProductionRun]) -> dict[int, Fraction]:
    """Return the batches made ahead that were taken from the stock, by the recipe's id; mostly there are none.

    Args:
        runs: The runs that count; see `counted`.
    """
    taken: dict[int, Fraction] = {}
    for run in runs:
        for part in run.taken:
            if part.recipe_id is not None:
                taken[part.recipe_id] = taken.get(part.recipe_id, Fraction(0)) + Fraction(part.quantity)
    return taken


def units_made(runs: Iterable[ProductionRun]) -> dict[int, int]:
    """Return the units that were made, without lost ones, by the finished unit's id.

    Args:
        runs: The runs that count; see `counted`.
    """
    return _total((run.finished_unit_id, run.units_made) for run in runs)


def units_lost(runs: Iterable[ProductionRun]) -> dict[int, int]:
    """Return the units that were lost in baking, by the finished unit's id.

    Args:
        runs: The runs that count; see `counted`.
    """
    return _total((run.finished_unit_id, sum(loss.units for loss in run.losses)) for run in runs)


def assembled(runs: Iterable[AssemblyRun]) -> dict[int, int]:
    """Return the pieces packed, by the good's id; goods never packed are not in it.

    Args:
        runs: The runs that count; see `counted`.
    """
    return _total((run.finished_good_id, run.quantity) for run in runs)


def remaining_batches(decided: Mapping[int, int], done: Mapping[int, int]) -> dict[int, int]:
    """Return the batches that are decided and not baked yet, by the finished unit's id; units with none are left out.

    >>> remaining_batches({1: 5, 2: 1, 3: 2}, {1: 3, 2: 2})
    {1: 2, 3: 2}
    """
    left = ((unit_id, batches - done.get(unit_id, 0)) for unit_id, batches in decided.items())
    return {unit_id: batches for unit_id, batches in left if batches > 0}


def units_used(pieces: Mapping[int, int], breakdown: Breakdown) -> dict[int, Fraction]:
    """Return what a number of goods takes of each finished unit, through all their bundles, by the unit's id.

    Args:
        pieces: How many of each good, by the good's id.
        breakdown: What the goods are made of.

    Raises:
        ValidationError: with everything that is broken in one of the goods.
    """
    used: dict[int, Fraction] = {}
    for good_id, number in sorted(pieces.items()):
        for unit_id, each in breakdown.units(good_id).items():
            used[unit_id] = used.get(unit_id, Fraction(0)) + each * number
    return used


def units_packed(runs: Iterable[AssemblyRun], definitions: Definitions) -> dict[int, Fraction]:
    """Return what packed goods took of each finished unit, each by what it was made of when it was packed.

    Args:
        runs: The runs that count; see `counted`.
        definitions: The effective definitions.

    Raises:
        ValidationError: with everything that is broken in one of the goods.
    """
    by_then: dict[int, tuple[Definitions, list[AssemblyRun]]] = {}
    for run in runs:
        then = definitions.as_of(run.amendments_before)
        by_then.setdefault(id(then), (then, []))[1].append(run)
    used: dict[int, Fraction] = {}
    for then, some in by_then.values():
        for unit_id, number in units_used(assembled(some), Breakdown.of(then)).items():
            used[unit_id] = used.get(unit_id, Fraction(0)) + number
    return used


def units_left(made: Mapping[int, int], used: Mapping[int, Fraction]) -> dict[int, Fraction]:
    """Return what was made and not used yet, by the finished unit's id.

    A number is below 0 where more was used than made. That is never recorded; it can only come from a file that was
    edited by hand, or written by plandoc 0.1 while the catalog changed.
    """
    return {i: Fraction(made.get(i, 0)) - used.get(i, Fraction(0)) for i in sorted(made.keys() | used.keys())}


def _total(entries: Iterable[tuple[int, int]]) -> dict[int, int]:
    totals: dict[int, int] = {}
    for key, number in entries:
        totals[key] = totals.get(key, 0) + number
    return totals
