"""`plandoc amend drop`, `add`, `quantity`, `batches`, `recipe`, `good`, and `plandoc amendments`.

A change may leave the plan short. That is allowed, because a reason is given, but never silently: findings that the
change causes are shown with it.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable

from plandoc.cli import excess, printing
from plandoc.cli.concerns import Concern, concerns_from
from plandoc.cli.confirm import ConfirmedAction, counted, run_if_confirmed
from plandoc.cli.data_folder import Folder
from plandoc.cli.lookup import event_id
from plandoc.cli.messages import UsageError, difference_in_words, whole_number
from plandoc.cli.rows import as_row
from plandoc.domain.batches import batches_in_words, units_yielded
from plandoc.domain.definitions import Definitions
from plandoc.domain.local_time import format_timestamp
from plandoc.domain.states import Edit
from plandoc.engine.named_records import in_plan
from plandoc.engine.plan_definitions import plan_definitions
from plandoc.engine.session import Session, event_to_edit
from plandoc.errors import NotFoundError
from plandoc.frozen import frozen
from plandoc.ids import EventId, FinishedGoodId
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

_FIXED_BY_ENOUGH = frozenset({FindingKind.UNDECIDED, FindingKind.SHORT, FindingKind.STALE})


def drop(
    event: str,
    good: str,
    /,
    *,
    reason: str,
    force: bool = False,
    folder: Folder,
) -> None:
    """Drop a good from the plan; its recipes stay chosen.

    Args:
        event: The event, by its short name or number.
        good: The good, by its short name or number.
        reason: Why the plan changes; it is kept permanently.
        force: Drop it even if batches of what it is made of are already baked.

    Examples:
        plandoc amend drop harbour-market sable-bag --reason 'the order was cancelled'
    """

    def change(found: EventId, session: Session) -> PlanAmendment:
        good_id = _good_in_plan(good, found, session)
        return operations.drop_finished_good(found, good_id, reason, force, session=session)

    _amend(event, change, folder)


def add(
    event: str,
    good: str,
    quantity: int,
    /,
    *,
    reason: str,
    enough: bool = False,
    folder: Folder,
) -> None:
    """Add a good to the plan, with the recipes that it needs.

    Args:
        event: The event, by its short name or number.
        good: The good, by its short name or number.
        quantity: How many to hand out.
        reason: Why the plan changes; it is kept permanently.
        enough: Also bake enough of everything it needs, with the same reason.

    Examples:
        plandoc amend add harbour-market tea-box 4 --reason 'for the choir' --enough
    """

    def change(found: EventId, session: Session) -> PlanAmendment:
        good_id = in_plan(FinishedGood, good, found, session).id
        return operations.add_finished_good(found, good_id, quantity, reason, enough, session=session)

    _amend(event, change, folder)


def quantity(
    event: str,
    good: str,
    quantity: int,
    /,
    *,
    reason: str,
    enough: bool = False,
    folder: Folder,
) -> None:
    """Change how many of a good are handed out.

    Args:
        event: The event, by its short name or number.
        good: The good, by its short name or number.
        quantity: The new number.
        reason: Why the plan changes; it is kept permanently.
        enough: Also change the batches of everything it needs to the number that is enough, with the same reason.

    Examples:
        plandoc amend quantity harbour-market breakfast-box 15 --reason '3 guests more'
    """

    def change(found: EventId, session: Session) -> PlanAmendment:
        good_id = _good_in_plan(good, found, session)
        return operations.change_quantity(found, good_id, quantity, reason, enough, session=session)

    _amend(event, change, folder)


def batches(
    event: str,
    unit: str | None = None,
    batches: int | None = None,
    /,
    *,
    reason: str,
    enough: bool = False,
    yes: bool = False,
    folder: Folder,
) -> int:
    """Change how many batches are baked; 0 takes them out of the plan.

    Asks for confirmation when that is more than ten times what is enough.

    Args:
        event: The event, by its short name or number.
        unit: The unit, by its short name or number; omit it with --enough.
        batches: The new number, including those already baked; omit it with --enough.
        reason: Why the plan changes; it is kept permanently.
        enough: Bake enough batches of everything that the goods need, with one reason.
        yes: Do not ask for confirmation; for scripts.

    Examples:
        plandoc amend batches harbour-market rye-loaf 11 --reason '6 loaves more'
        plandoc amend batches harbour-market --enough --reason '30 guests more'
    """
    if enough:
        if unit is not None:
            raise UsageError("amend batches takes UNIT BATCHES or --enough, not both")
        _amend_enough(event, reason, folder)
        return 0
    if unit is None or batches is None:
        raise UsageError("amend batches needs UNIT BATCHES, or --enough to bake enough of everything")

    def find_concerns(session: Session) -> list[Concern]:
        found = event_to_edit(event_id(event, session), Edit.AMENDMENTS, session)
        by_id: dict[int, int] = {in_plan(FinishedUnit, unit, found.id, session).id: batches}
        return list(excess.over_need(found.id, by_id, session))

    def change(found: EventId, session: Session) -> PlanAmendment:
        unit_id = in_plan(FinishedUnit, unit, found, session).id
        return operations.modify_batch_decision(found, unit_id, batches, reason, session=session)

    action = ConfirmedAction(
        "amend the plan", find_concerns, _amending(event, change), excess.title, "Amend it anyway?"
    )
    amended = run_if_confirmed(action, folder, yes=yes, is_silent=True)
    if amended is None:
        return 1
    _show(amended, event)
    return 0


def _amend_enough(event: str, reason: str, folder: Folder) -> None:
    def change(found: EventId, session: Session) -> None:
        operations.amend_enough(found, reason, session=session)

    _amend(event, change, folder)


def recipe(event: str, recipe: str, /, *, reason: str, folder: Folder) -> None:
    """Update a recipe in the plan to its current definition in the catalog.

    Its sub-recipes, their yields and the weights of their ingredients are updated too. Batches already baked do not
    change.

    Args:
        event: The event, by its short name or number.
        recipe: The recipe, by its short name or number.
        reason: Why the plan changes; it is kept permanently.

    Examples:
        plandoc amend recipe harbour-market lemon-tart --reason 'the new oven'
    """

    def change(found: EventId, session: Session) -> PlanAmendment:
        recipe_id = in_plan(Recipe, recipe, found, session).id
        return revisions.revise_recipe(found, recipe_id, reason, session=session)

    _amend(event, change, folder)


def good(event: str, good: str, /, *, reason: str, folder: Folder) -> None:
    """Update a good in the plan to its current definition in the catalog.

    The goods inside it are updated too, and missing recipes are added. Goods already packed do not change.

    Args:
        event: The event, by its short name or number.
        good: The good, by its short name or number.
        reason: Why the plan changes; it is kept permanently.

    Examples:
        plandoc amend good harbour-market tea-box --reason 'the small boxes are sold out'
    """

    def change(found: EventId, session: Session) -> PlanAmendment:
        good_id = in_plan(FinishedGood, good, found, session).id
        return revisions.revise_finished_good(found, good_id, reason, session=session)

    _amend(event, change, folder)


def list_amendments(event: str, /, *, json: bool = False, folder: Folder) -> None:
    """List the amendments made since production started, in order, with their reasons.

    Args:
        event: The event, by its short name or number.
        json: Print the amendments as JSON.

    Examples:
        plandoc amendments harbour-market
    """
    found = folder.read(lambda session: _amendments(event, session))
    if json:
        printing.print_json([as_row(one.amendment) for one in found])
        return
    columns = [printing.Column("no", is_number=True), *map(printing.Column, ("when", "change", "reason"))]
    rows = [
        (one.amendment.sequence, format_timestamp(one.amendment.created_at), one.in_words, one.amendment.reason)
        for one in found
    ]
    printing.print_table("Amendments", columns, rows, when_empty="none; the plan is unchanged")


@frozen
class _Amended:
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
class _Step:
    """What one command amended.

    Attributes:
        amended: The amendments, in their order.
        findings: Findings that it caused.
        concerns: The same in the command's words.
    """

    amended: tuple[_Amended, ...]
    findings: tuple[Finding, ...]
    concerns: tuple[Concern, ...]


def _amend(key: str, change: Callable[[EventId, Session], object], folder: Folder) -> None:
    _show(folder.change("amend the plan", _amending(key, change)), key)


def _amending(key: str, change: Callable[[EventId, Session], object]) -> Callable[[Session], _Step]:
    def guarded(session: Session) -> _Step:
        found = event_id(key, session)
        before = review_plan(found, session=session)
        known = len(operations.get_amendments(found, session=session))
        change(found, session)
        new = [finding for finding in review_plan(found, session=session) if finding not in before]
        made = operations.get_amendments(found, session=session)[known:]
        amended = (_Amended(one, _with_recipes(one, session), _made(one, session)) for one in made)
        return _Step(tuple(amended), tuple(new), tuple(concerns_from(new, key)))

    return guarded


def _show(step: _Step, key: str) -> None:
    for amended in step.amended:
        printing.say(f"amendment {amended.amendment.sequence}: {amended.in_words} ({amended.amendment.reason})")
        if amended.made:
            printing.say(amended.made)
    if not step.amended:
        printing.say("enough batches are decided already; none were changed")
    if step.concerns:
        printing.say(f"{counted(len(step.concerns))} caused by this change:")
        for concern in step.concerns:
            printing.say(f"- {concern.message}")
        if _FIXED_BY_ENOUGH & {finding.kind for finding in step.findings}:
            printing.say(
                f"'plandoc amend batches {shlex.quote(key)} --enough --reason TEXT' bakes enough of everything"
            )


def _amendments(key: str, session: Session) -> list[_Amended]:
    found = operations.get_amendments(event_id(key, session), session=session)
    return [_Amended(amendment, _with_recipes(amendment, session)) for amendment in found]


def _good_in_plan(key: str, event: int, session: Session) -> FinishedGoodId:
    """Return the id of a good; one that is no longer defined can still be dropped by its number."""
    try:
        return in_plan(FinishedGood, key, event, session).id
    except NotFoundError:
        if key.isascii() and key.isdigit():
            return FinishedGoodId(whole_number(key, "GOOD"))
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
