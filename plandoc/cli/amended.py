"""What one command amended in a plan: making the change, and showing it with the findings that it causes.

A change may leave the plan short. That is allowed, because a reason is given, but never silently.
"""

from __future__ import annotations

from collections.abc import Callable

from plandoc.cli import printing
from plandoc.cli.concerns import Concern, concerns_from
from plandoc.cli.data_folder import Folder
from plandoc.cli.lookup import event_id
from plandoc.cli.messages import counted, difference_in_words
from plandoc.cli.program import quoted
from plandoc.domain.batches import batches_in_words, units_yielded
from plandoc.domain.definitions import Definitions
from plandoc.engine.plan_definitions import plan_definitions
from plandoc.engine.session import Session
from plandoc.frozen import frozen
from plandoc.records import (
    EventId,
    Finding,
    FindingKind,
    ModifyBatch,
    PlanAmendment,
)
from plandoc.workflow import amendments as operations
from plandoc.workflow.decisions import get_batch_decisions
from plandoc.workflow.review import review_plan

_FIXED_BY_ENOUGH = frozenset({FindingKind.UNDECIDED, FindingKind.SHORT, FindingKind.STALE})


@frozen
class Amended:
    """An amendment with its description.

    Attributes:
        amendment: As it is stored.
        in_words: What it changed, with the names used in the plan.
        made: What the batches make when it changed batches; otherwise blank.
    """

    amendment: PlanAmendment
    in_words: str
    made: str = ""


@frozen
class AmendmentStep:
    """What one command amended.

    Attributes:
        amended: The amendments, in their order.
        findings: Findings that it caused.
        concerns: The same in the command's words.
    """

    amended: tuple[Amended, ...]
    findings: tuple[Finding, ...]
    concerns: tuple[Concern, ...]


def amend(key: str, change: Callable[[EventId, Session], object], folder: Folder) -> None:
    """Change the plan of an event as one guarded write, and show what was amended."""
    show(folder.change("amend the plan", amending(key, change)), key)


def amending(key: str, change: Callable[[EventId, Session], object]) -> Callable[[Session], AmendmentStep]:
    """Return what makes a change to the plan of an event in a session, and returns what it amended."""

    def guarded(session: Session) -> AmendmentStep:
        found = event_id(key, session)
        before = review_plan(found, session=session)
        known = len(operations.get_amendments(found, session=session))
        change(found, session)
        new = [finding for finding in review_plan(found, session=session) if finding not in before]
        made = operations.get_amendments(found, session=session)[known:]
        amended = (Amended(one, _with_recipes(one, session), _made(one, session)) for one in made)
        return AmendmentStep(tuple(amended), tuple(new), tuple(concerns_from(new, key)))

    return guarded


def show(step: AmendmentStep, key: str) -> None:
    """Show what a command amended, and the findings that it caused."""
    for amended in step.amended:
        printing.say(f"amendment {amended.amendment.sequence}: {amended.in_words} ({amended.amendment.reason})")
        if amended.made:
            printing.say(amended.made)
    if not step.amended:
        printing.say("enough batches are decided already; none were changed")
    if step.concerns:
        printing.say(f"{counted(len(step.concerns), 'finding')} caused by this change:")
        for concern in step.concerns:
            printing.say(f"- {concern.message}")
        if _FIXED_BY_ENOUGH & {finding.kind for finding in step.findings}:
            printing.say(f"'plandoc amend batches {quoted(key)} --enough --reason TEXT' bakes enough of everything")


def amendments_of(key: str, session: Session) -> list[Amended]:
    """Return all amendments of an event, with their descriptions."""
    found = operations.get_amendments(event_id(key, session), session=session)
    return [Amended(amendment, _with_recipes(amendment, session)) for amendment in found]


def _with_recipes(amendment: PlanAmendment, session: Session) -> str:
    definitions = plan_definitions(amendment.event_id, session)
    recipes = map(definitions.recipes, amendment.added_recipe_ids)
    names = ", ".join(recipe.name for recipe in recipes if recipe is not None)
    changed = amendment.change.describe(lambda unit_id: _unit_name(unit_id, definitions))
    return f"{changed}, with recipe {names}" if names else changed


def _unit_name(unit_id: int, definitions: Definitions) -> str | None:
    unit = definitions.units(unit_id)
    return None if unit is None else unit.name


def _made(amendment: PlanAmendment, session: Session) -> str:
    """Return what the batches of an amendment make; its shortfall counts as accepted, so no finding reports it."""
    change = amendment.change
    if not isinstance(change, ModifyBatch) or not change.new_batches:
        return ""
    decisions = get_batch_decisions(amendment.event_id, session=session)
    decision = next(one for one in decisions if one.finished_unit_id == change.finished_unit_id)
    made = units_yielded(decision.batches, decision.yield_per_batch)
    difference = made - decision.units_needed
    how = difference_in_words(difference, accepted=max(0, -difference))
    makes = "makes" if decision.batches == 1 else "make"
    return f"{batches_in_words(decision.batches)} {makes} {made} of {decision.units_needed} needed ({how})"
