"""What a person should look at before a command goes on, each with a way out that can be pasted as it is."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

from plandoc.cli.lookup import event_id
from plandoc.cli.messages import as_said_here
from plandoc.domain.batches import batches_for
from plandoc.domain.definitions import Definitions
from plandoc.engine.plan_definitions import plan_definitions
from plandoc.engine.session import Session
from plandoc.frozen import frozen
from plandoc.records import EventFinishedGood, Finding, FindingKind, FinishedGood, PlanState
from plandoc.workflow.catalog import find_by_key
from plandoc.workflow.review import review_plan


@frozen
class Doubt:
    """Something that a person has to agree to.

    Attributes:
        message: What it is, with the numbers.
        way_out: What can be done about it; blank when nothing can.
        kind: Of the finding that it is; blank when it is none.
    """

    message: str
    way_out: str = ""
    kind: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """What is said of it, one below the other."""
        return (self.message, self.way_out) if self.way_out else (self.message,)


def doubts_in(key: str, session: Session) -> list[Doubt]:
    """Return what a review of an event's plan finds; the way out calls the event as it was typed."""
    return doubts_of(review_plan(event_id(key, session), session=session), key, session)


def doubts_of(findings: Iterable[Finding], key: str, session: Session) -> list[Doubt]:
    """Return findings in the command's words; the way out calls the event as it was typed."""
    return [_doubt_of(finding, key, session) for finding in findings]


def _doubt_of(finding: Finding, key: str, session: Session) -> Doubt:
    definitions = plan_definitions(event_id(key, session), session)
    names = {"EVENT": shlex.quote(key), **_names_in(finding, definitions)}
    way_out = as_said_here(finding.hint, names)
    if finding.kind is FindingKind.MISSING_RECIPE and "GOOD" in names:
        way_out = _with_recipes(way_out, names, event_id(key, session), session)
    return Doubt(as_said_here(finding.message, names), way_out, finding.kind.value)


def _with_recipes(way_out: str, names: Mapping[str, str], found: int, session: Session) -> str:
    """Return the way out with the command that chooses the recipes of a good, where they can be chosen."""
    if session.event(found).plan_state is not PlanState.DRAFT:
        return way_out
    good = find_by_key(FinishedGood, names["GOOD"], session=session)
    quantity = next(
        row.quantity for row in session.find(EventFinishedGood, event_id=found) if row.finished_good_id == good.id
    )
    return f"choose them with 'plandoc plan goods {names['EVENT']} {names['GOOD']}={quantity} --add-missing-recipes'"


def _names_in(finding: Finding, definitions: Definitions) -> dict[str, str]:
    names: dict[str, str] = {}
    unit = definitions.units(finding.finished_unit_id or 0)
    good = definitions.goods(finding.finished_good_id or 0)
    if unit is not None:
        names["UNIT"] = unit.slug
        if finding.needed is not None:
            names["BATCHES"] = str(batches_for(finding.needed, unit.yield_per_batch))
    if good is not None:
        names["GOOD"] = good.slug
    return names
