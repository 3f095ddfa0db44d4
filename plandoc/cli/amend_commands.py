"""`plandoc amend drop`, `add`, `quantity`, `batches`, `recipe`, `good`, and `plandoc amendments`.

A change may leave the plan short. That is allowed, for somebody gave a reason, but it is never done in silence: what
there is to look at after the change, and was not before, is shown with it.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

from plandoc.cli import beyond, printing
from plandoc.cli.confirm import Wanted, counted, do_if_agreed
from plandoc.cli.data_folder import Folder
from plandoc.cli.doubts import Doubt, doubts_of
from plandoc.cli.lookup import event_id, in_plan
from plandoc.cli.messages import UsageError, batches_in_words, difference_in_words, moment_in_words, whole_number
from plandoc.cli.rows import as_json, as_row
from plandoc.domain.batches import units_yielded
from plandoc.domain.definitions import Definitions
from plandoc.domain.states import Edit
from plandoc.engine.plan_definitions import plan_definitions
from plandoc.engine.session import Session, event_to_edit
from plandoc.errors import NotFoundError
from plandoc.frozen import frozen
from plandoc.records import (
    Finding,
    FindingKind,
    FinishedGood,
    FinishedUnit,
    ModifyBatch,
    PlanAmendment,
    Recipe,
)
from plandoc.workflow import amendments as operations
from plandoc.workflow import revisions
from plandoc.workflow.decisions import get_batch_decisions
from plandoc.workflow.review import review_plan

_MENDED_BY_ENOUGH = frozenset({FindingKind.UNDECIDED, FindingKind.SHORT, FindingKind.STALE})


def drop(
    event: str,
    good: str,
    /,
    *,
    reason: str,
    force: bool = False,
    json: bool = False,
    folder: Folder,
) -> None:
    """Take a good out of the plan; its recipes stay chosen.

    Args:
        event: The event, by its short name or number.
        good: The good, by its short name or number.
        reason: Why the plan changes; it is kept for ever.
        force: Drop it although batches of what it is made of are baked.
        json: Print the amendment as JSON.

    Examples:
        plandoc amend drop harbour-market sable-bag --reason 'the order was cancelled'
    """

    def change(found: int, session: Session) -> PlanAmendment:
        good_id = _good_in_plan(good, found, session)
        return operations.drop_finished_good(found, good_id, reason, force, session=session)

    _amend(event, change, folder, json=json)


def add(
    event: str,
    good: str,
    quantity: int,
    /,
    *,
    reason: str,
    enough: bool = False,
    json: bool = False,
    folder: Folder,
) -> None:
    """Put a good into the plan, with the recipes that it needs.

    Args:
        event: The event, by its short name or number.
        good: The good, by its short name or number.
        quantity: How many of it are handed out.
        reason: Why the plan changes; it is kept for ever.
        enough: Also bake enough of all that it needs, for the same reason.
        json: Print the amendment as JSON; with --enough, all of them.

    Examples:
        plandoc amend add harbour-market tea-box 4 --reason 'for the choir' --enough
    """

    def change(found: int, session: Session) -> PlanAmendment:
        good_id = in_plan(FinishedGood, good, found, session).id
        return operations.add_finished_good(found, good_id, quantity, reason, enough, session=session)

    _amend(event, change, folder, json=json, enough=enough)


def quantity(
    event: str,
    good: str,
    quantity: int,
    /,
    *,
    reason: str,
    enough: bool = False,
    json: bool = False,
    folder: Folder,
) -> None:
    """Change how many of a good are handed out.

    Args:
        event: The event, by its short name or number.
        good: The good, by its short name or number.
        quantity: How many from now on.
        reason: Why the plan changes; it is kept for ever.
        enough: Also change the batches of all that it needs to as many as are enough, for the same reason.
        json: Print the amendment as JSON; with --enough, all of them.

    Examples:
        plandoc amend quantity harbour-market breakfast-box 15 --reason '3 guests more'
    """

    def change(found: int, session: Session) -> PlanAmendment:
        good_id = _good_in_plan(good, found, session)
        return operations.change_quantity(found, good_id, quantity, reason, enough, session=session)

    _amend(event, change, folder, json=json, enough=enough)


def batches(
    event: str,
    unit: str | None = None,
    batches: int | None = None,
    /,
    *,
    reason: str,
    enough: bool = False,
    yes: bool = False,
    json: bool = False,
    folder: Folder,
) -> int:
    """Change how many batches are baked; 0 takes them out of the plan.

    When that is more than ten times what is enough, you are asked.

    Args:
        event: The event, by its short name or number.
        unit: The unit, by its short name or number; left out with --enough.
        batches: How many from now on, those that are baked already included; left out with --enough.
        reason: Why the plan changes; it is kept for ever.
        enough: Bake as many batches as are enough of everything that the goods need, for one reason.
        yes: Change it to however many; for scripts, which cannot be asked.
        json: Print the amendment as JSON; with --enough, all of them.

    Examples:
        plandoc amend batches harbour-market rye-loaf 11 --reason '6 loaves more'
        plandoc amend batches harbour-market --enough --reason '30 guests more'
    """
    if enough:
        if unit is not None:
            raise UsageError("amend batches wants UNIT BATCHES or --enough, found both")
        _amend_enough(event, reason, folder, json=json)
        return 0
    if unit is None or batches is None:
        raise UsageError("amend batches wants UNIT BATCHES, or --enough for as many as are needed of everything")

    def look(session: Session) -> list[Doubt]:
        found = event_to_edit(event_id(event, session), Edit.AMENDMENTS, session)
        by_id = {in_plan(FinishedUnit, unit, found.id, session).id: batches}
        return list(beyond.beyond_the_need(found.id, by_id, session))

    def change(found: int, session: Session) -> PlanAmendment:
        unit_id = in_plan(FinishedUnit, unit, found, session).id
        return operations.modify_batch_decision(found, unit_id, batches, reason, session=session)

    wanted = Wanted("amend the plan", look, _amending(event, change), beyond.title, "Amend it anyway?")
    amended = do_if_agreed(wanted, folder, yes=yes, is_silent=True)
    if amended is None:
        return 1
    _show(amended, event, json=json)
    return 0


def _amend_enough(event: str, reason: str, folder: Folder, *, json: bool) -> None:
    def change(found: int, session: Session) -> None:
        operations.amend_enough(found, reason, session=session)

    _amend(event, change, folder, json=json, enough=True)


def recipe(event: str, recipe: str, /, *, reason: str, json: bool = False, folder: Folder) -> None:
    """Take over what the catalog says of a recipe now: the plan goes on with it from here.

    Sub-recipes come with it, what they yield, and what their ingredients weigh. What is baked already stays as it is.

    Args:
        event: The event, by its short name or number.
        recipe: The recipe, by its short name or number.
        reason: Why the plan changes; it is kept for ever.
        json: Print the amendment as JSON.

    Examples:
        plandoc amend recipe harbour-market lemon-tart --reason 'the new oven'
    """

    def change(found: int, session: Session) -> PlanAmendment:
        recipe_id = in_plan(Recipe, recipe, found, session).id
        return revisions.revise_recipe(found, recipe_id, reason, session=session)

    _amend(event, change, folder, json=json)


def good(event: str, good: str, /, *, reason: str, json: bool = False, folder: Folder) -> None:
    """Take over what the catalog says a good is made of now: the plan goes on with it from here.

    The goods inside it come with it, and recipes that are missing. What is packed already stays as it is.

    Args:
        event: The event, by its short name or number.
        good: The good, by its short name or number.
        reason: Why the plan changes; it is kept for ever.
        json: Print the amendment as JSON.

    Examples:
        plandoc amend good harbour-market tea-box --reason 'the small boxes are sold out'
    """

    def change(found: int, session: Session) -> PlanAmendment:
        good_id = in_plan(FinishedGood, good, found, session).id
        return revisions.revise_finished_good(found, good_id, reason, session=session)

    _amend(event, change, folder, json=json)


def list_amendments(event: str, /, *, json: bool = False, folder: Folder) -> None:
    """List what was changed in a plan since production started, in the order of the changes, with the reasons.

    Args:
        event: The event, by its short name or number.
        json: Print the amendments as JSON.

    Examples:
        plandoc amendments harbour-market
    """
    found = folder.look(lambda session: _amendments(event, session))
    if json:
        printing.print_json([as_row(one.amendment) for one in found])
        return
    columns = [printing.Column("no", is_number=True), *map(printing.Column, ("when (UTC)", "change", "reason"))]
    rows = [
        (one.amendment.sequence, moment_in_words(one.amendment.created_at), one.in_words, one.amendment.reason)
        for one in found
    ]
    printing.print_table("Amendments", columns, rows, when_empty="none; the plan is as it was")


@frozen
class _Amended:
    """An amendment with what is said about it.

    Attributes:
        amendment: As it is stored.
        in_words: What it changed, with the names that the plan has.
        made: What the batches make, when it changed batches; else blank.
    """

    amendment: PlanAmendment
    in_words: str
    made: str = ""


@frozen
class _Step:
    """What one command amended.

    Attributes:
        amended: The amendments, in their order.
        findings: What there is to look at since then.
        doubts: The same in the command's words.
    """

    amended: tuple[_Amended, ...]
    findings: tuple[Finding, ...]
    doubts: tuple[Doubt, ...]


def _amend(
    key: str, change: Callable[[int, Session], object], folder: Folder, *, json: bool, enough: bool = False
) -> None:
    _show(folder.change("amend the plan", _amending(key, change)), key, json=json, enough=enough)


def _amending(key: str, change: Callable[[int, Session], object]) -> Callable[[Session], _Step]:
    def guarded(session: Session) -> _Step:
        found = event_id(key, session)
        before = review_plan(found, session=session)
        known = len(operations.get_amendments(found, session=session))
        change(found, session)
        new = [finding for finding in review_plan(found, session=session) if finding not in before]
        made = operations.get_amendments(found, session=session)[known:]
        amended = (_Amended(one, _with_recipes(one, session), _made(one, session)) for one in made)
        return _Step(tuple(amended), tuple(new), tuple(doubts_of(new, key)))

    return guarded


def _show(step: _Step, key: str, *, json: bool, enough: bool = False) -> None:
    if json:
        printing.print_json(_as_json(step, enough=enough))
        return
    for amended in step.amended:
        printing.say(f"amendment {amended.amendment.sequence}: {amended.in_words} ({amended.amendment.reason})")
        if amended.made:
            printing.say(amended.made)
    if not step.amended:
        printing.say("as many batches are decided as are enough, so none were changed")
    if step.doubts:
        printing.say(f"{counted(len(step.doubts))} since this change:")
        for doubt in step.doubts:
            printing.say(f"- {doubt.message}")
        if _MENDED_BY_ENOUGH & {finding.kind for finding in step.findings}:
            printing.say(
                f"'plandoc amend batches {shlex.quote(key)} --enough --reason TEXT' bakes as much as is needed"
            )


def _as_json(step: _Step, *, enough: bool) -> dict[str, Any]:
    findings = {"new_findings": as_json(step.findings)}
    if enough:
        return {"amendments": [as_row(one.amendment) for one in step.amended], **findings}
    return {**as_row(step.amended[0].amendment), **findings}


def _amendments(key: str, session: Session) -> list[_Amended]:
    found = operations.get_amendments(event_id(key, session), session=session)
    return [_Amended(amendment, _with_recipes(amendment, session)) for amendment in found]


def _good_in_plan(key: str, event: int, session: Session) -> int:
    """Return the id of a good; one that is no longer defined can still leave a plan, by its number."""
    try:
        return in_plan(FinishedGood, key, event, session).id
    except NotFoundError:
        if key.isascii() and key.isdigit():
            return whole_number(key, "GOOD")
        raise


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
    """Return what the batches of an amendment make; its shortfall counts as accepted, so that no finding tells it."""
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
