"""What a plan takes of each finished unit when some of its goods were packed before a definition was revised.

Packed pieces took what they were made of then; only pieces still to be packed take what a good is made of now. Without
packed pieces, it is what the goods take by the effective definitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from plandoc.domain.definitions import Definitions
from plandoc.domain.requirements import Breakdown, Exact, Requirement, Source
from plandoc.records import AssemblyRun


def needs_of_plan(
    quantities: Mapping[int, int], packed: Iterable[AssemblyRun], definitions: Definitions
) -> dict[int, Exact]:
    """Return how many of each finished unit a plan takes, in the order of the units' ids.

    Args:
        quantities: How many of each good are handed out, by the good's id.
        packed: The assembly runs that count.
        definitions: The effective definitions.

    Raises:
        ValidationError: with everything that is broken in any of the goods.
    """
    (_, ahead), *earlier = _shares(quantities, packed, definitions)
    needs = dict(Breakdown.of(definitions).needs(ahead))
    for then, some in earlier:
        for unit_id, exact in Breakdown.of(then).needs(some).items():
            needs[unit_id] = needs.get(unit_id, 0) + exact
    return dict(sorted(needs.items()))


def requirements_of_plan(
    quantities: Mapping[int, int], packed: Iterable[AssemblyRun], definitions: Definitions
) -> tuple[Requirement, ...]:
    """Return what a plan takes of each finished unit and which goods ask for it, as `needs_of_plan` does."""
    together: dict[int, Requirement] = {}
    for then, some in _shares(quantities, packed, definitions):
        for one in Breakdown.of(then).requirements(some):
            known = together.get(one.unit.id)
            together[one.unit.id] = one if known is None else _added(known, one)
    return tuple(requirement for _, requirement in sorted(together.items()))


def _shares(
    quantities: Mapping[int, int], packed: Iterable[AssemblyRun], definitions: Definitions
) -> list[tuple[Definitions, dict[int, int]]]:
    """Return the pieces of a plan by the definitions that apply to them; the effective ones first."""
    open_pieces = dict(quantities)
    earlier: dict[int, tuple[Definitions, dict[int, int]]] = {}
    for run in packed:
        then, good_id = definitions.as_of(run.amendments_before), run.finished_good_id
        pieces = min(run.quantity, open_pieces.get(good_id, 0))
        if then is not definitions and pieces and not Breakdown.of(then).problems(good_id):
            _, some = earlier.setdefault(id(then), (then, {}))
            some[good_id] = some.get(good_id, 0) + pieces
            open_pieces[good_id] -= pieces
    return [(definitions, open_pieces), *earlier.values()]


def _added(one: Requirement, other: Requirement) -> Requirement:
    sources = {source.good.id: source for source in one.sources}
    for source in other.sources:
        known = sources.get(source.good.id)
        quantity = source.quantity + (0 if known is None else known.quantity)
        sources[source.good.id] = Source(source.good if known is None else known.good, quantity)
    in_order = tuple(source for _, source in sorted(sources.items()))
    return attrs.evolve(one, exact=one.exact + other.exact, sources=in_order)
