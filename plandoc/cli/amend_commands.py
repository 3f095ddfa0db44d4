"""`plandoc amend drop`, `add`, `quantity`, `batches`, `recipe`, `good`, and `plandoc amendments`."""

from __future__ import annotations

from plandoc.cli import excess, printing
from plandoc.cli.amended import amend, amending, amendments_of, show
from plandoc.cli.concerns import Concern
from plandoc.cli.confirm import ConfirmedAction, run_if_confirmed
from plandoc.cli.data_folder import Folder
from plandoc.cli.lookup import event_id
from plandoc.cli.messages import UsageError, whole_number
from plandoc.cli.rows import as_row
from plandoc.domain.local_time import format_timestamp
from plandoc.domain.states import Edit
from plandoc.engine.named_records import in_plan
from plandoc.engine.session import Session, event_to_edit
from plandoc.errors import NotFoundError
from plandoc.records import (
    EventId,
    FinishedGood,
    FinishedGoodId,
    FinishedUnit,
    PlanAmendment,
    Recipe,
)
from plandoc.workflow import amendments as operations
from plandoc.workflow import revisions


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
        good: The good, by its short name or number.
        force: Drop it even if batches of what it is made of are already baked.

    Examples:
        plandoc amend drop harbour-market sable-bag --reason 'the order was cancelled'
    """

    def change(found: EventId, session: Session) -> PlanAmendment:
        good_id = _good_in_plan(good, found, session)
        return operations.drop_finished_good(found, good_id, reason, force, session=session)

    amend(event, change, folder)


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
        good: The good, by its short name or number.
        quantity: How many to hand out.
        enough: Also bake enough of everything it needs, with the same reason.

    Examples:
        plandoc amend add harbour-market tea-box 4 --reason 'for the choir' --enough
    """

    def change(found: EventId, session: Session) -> PlanAmendment:
        good_id = in_plan(FinishedGood, good, found, session).id
        return operations.add_finished_good(found, good_id, quantity, reason, enough, session=session)

    amend(event, change, folder)


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
        good: The good, by its short name or number.
        quantity: The new number.
        enough: Also change the batches of everything it needs to the number that is enough, with the same reason.

    Examples:
        plandoc amend quantity harbour-market breakfast-box 15 --reason '3 guests more'
    """

    def change(found: EventId, session: Session) -> PlanAmendment:
        good_id = _good_in_plan(good, found, session)
        return operations.change_quantity(found, good_id, quantity, reason, enough, session=session)

    amend(event, change, folder)


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
        unit: The unit, by its short name or number; omit it with --enough.
        batches: The new number, including those already baked; omit it with --enough.
        enough: Bake enough batches of everything that the goods need, with one reason.

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

    action = ConfirmedAction("amend the plan", find_concerns, amending(event, change), excess.title, "Amend it anyway?")
    amended = run_if_confirmed(action, folder, yes=yes, is_silent=True)
    if amended is None:
        return 1
    show(amended, event)
    return 0


def _amend_enough(event: str, reason: str, folder: Folder) -> None:
    def change(found: EventId, session: Session) -> None:
        operations.amend_enough(found, reason, session=session)

    amend(event, change, folder)


def recipe(event: str, recipe: str, /, *, reason: str, folder: Folder) -> None:
    """Update a recipe in the plan to its current definition in the catalog.

    Its sub-recipes, their yields and the weights of their ingredients are updated too. Batches already baked do not
    change.

    Args:
        recipe: The recipe, by its short name or number.

    Examples:
        plandoc amend recipe harbour-market lemon-tart --reason 'the new oven'
    """

    def change(found: EventId, session: Session) -> PlanAmendment:
        recipe_id = in_plan(Recipe, recipe, found, session).id
        return revisions.revise_recipe(found, recipe_id, reason, session=session)

    amend(event, change, folder)


def good(event: str, good: str, /, *, reason: str, folder: Folder) -> None:
    """Update a good in the plan to its current definition in the catalog.

    The goods inside it are updated too, and missing recipes are added. Goods already packed do not change.

    Args:
        good: The good, by its short name or number.

    Examples:
        plandoc amend good harbour-market tea-box --reason 'the small boxes are sold out'
    """

    def change(found: EventId, session: Session) -> PlanAmendment:
        good_id = in_plan(FinishedGood, good, found, session).id
        return revisions.revise_finished_good(found, good_id, reason, session=session)

    amend(event, change, folder)


def list_amendments(event: str, /, *, json: bool = False, folder: Folder) -> None:
    """List the amendments made since production started, in order, with their reasons.

    Args:
        json: Print the amendments as JSON.

    Examples:
        plandoc amendments harbour-market
    """
    found = folder.read(lambda session: amendments_of(event, session))
    if json:
        printing.print_json([as_row(one.amendment) for one in found])
        return
    columns = [printing.Column("no", is_number=True), *map(printing.Column, ("when", "change", "reason"))]
    rows = [
        (one.amendment.sequence, format_timestamp(one.amendment.created_at), one.in_words, one.amendment.reason)
        for one in found
    ]
    printing.print_table("Amendments", columns, rows, when_empty="none; the plan is unchanged")


def _good_in_plan(key: str, event: int, session: Session) -> FinishedGoodId:
    """Return the id of a good; one that is no longer defined can still be dropped by its number."""
    try:
        return in_plan(FinishedGood, key, event, session).id
    except NotFoundError:
        if key.isascii() and key.isdigit():
            return FinishedGoodId(whole_number(key, "GOOD"))
        raise
