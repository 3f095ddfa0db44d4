"""`plandoc plan recipes`, `goods`, `batches`, `decide` and `undecide`: making the plan of an event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from plandoc.cli import amend_hints, excess, printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.concerns import Concern
from plandoc.cli.confirm import ConfirmedAction, run_if_confirmed
from plandoc.cli.data_folder import Folder
from plandoc.cli.lookup import all_of, event_id
from plandoc.cli.messages import UsageError, counted, difference_in_words, numbers_by_key
from plandoc.domain.batches import batches_in_words, units_yielded
from plandoc.domain.states import Edit
from plandoc.engine.record_refs import Identified, IdT
from plandoc.engine.session import Session, event_to_edit
from plandoc.records import BatchDecision, EventId, Finding, FinishedGood, FinishedUnit, Recipe
from plandoc.workflow.decisions import decide_enough, delete_batch_decisions, save_batch_decisions
from plandoc.workflow.review import review_plan
from plandoc.workflow.selection import (
    GoodsSelection,
    QuantityChange,
    RecipeSelection,
    change_event_finished_goods,
    get_event_fg_quantities,
    set_event_finished_goods,
    set_event_recipes,
)


def recipes(event: str, /, *keys: Annotated[str, Parameter("RECIPE", at_least_one=True)], folder: Folder) -> None:
    """Choose the recipes of an event; they replace those chosen before.

    Goods and batches that lose their recipe are removed from the plan and listed.

    Args:
        keys: All recipes to bake, by their short names or numbers.

    Examples:
        plandoc plan recipes harbour-market lemon-tart cardamom-buns harbour-rye
    """

    def select(session: Session) -> tuple[RecipeSelection, dict[int, str]]:
        found = event_id(event, session)
        wanted = [recipe.id for recipe in all_of(Recipe, keys, session)]
        selection = set_event_recipes(found, wanted, session=session)
        lost = {one.id: session.get(FinishedUnit, one.finished_unit_id).name for one in selection.removed_decisions}
        return selection, lost

    selection, lost = folder.change("select recipes", select)
    printing.say(f"chosen: {', '.join(recipe.name for recipe in selection.recipes)}")
    if selection.removed_recipes:
        printing.say(f"no longer chosen: {', '.join(recipe.name for recipe in selection.removed_recipes)}")
    for good in selection.removed_goods:
        printing.say(f"removed from the plan: {good.name} (it needs a recipe that is not selected)")
    for decision in selection.removed_decisions:
        printing.say(
            f"removed from the plan: {batches_in_words(decision.batches)} of {lost[decision.id]}, with its recipe"
        )


def goods(
    event: str,
    /,
    *quantities: Annotated[str, Parameter("GOOD=QUANTITY", at_least_one=True)],
    replace: bool = False,
    add_missing_recipes: bool = False,
    folder: Folder,
) -> None:
    """Choose goods to hand out at an event, or change their quantities; other goods stay as they are.

    Every change of the plan is listed.

    Args:
        quantities: Each good and its quantity, such as cookie-box=10; 0 removes it from the plan.
        replace: Remove every other good from the plan.
        add_missing_recipes: Also choose the recipes that the goods need.

    Examples:
        plandoc plan goods harbour-market tea-box=8 sable-bag=20 --add-missing-recipes
    """
    wanted = numbers_by_key(quantities, "GOOD=QUANTITY")
    change = set_event_finished_goods if replace else change_event_finished_goods

    def select(session: Session) -> GoodsSelection:
        found = event_id(event, session)
        by_id = _by_id(FinishedGood, wanted, session)
        typed: dict[int, str] = dict(zip(by_id, wanted, strict=True))
        with amend_hints.suggest_amending(event, _amendments(found, wanted, typed, session, replace=replace)):
            return change(found, by_id, add_missing_recipes, session=session)

    selection = folder.change("select goods", select)
    for one in selection.changes:
        printing.say(_change_in_words(one))
    for recipe in selection.added_recipes:
        printing.say(f"recipe added: {recipe.name}")
    chosen = ", ".join(f"{quantity} {good.name}" for good, quantity in selection.quantities)
    printing.say(f"chosen{'' if selection.changes else ' as before'}: {chosen or 'no goods'}")


def batches(
    event: str,
    /,
    *numbers: Annotated[str, Parameter("UNIT=BATCHES", at_least_one=True)],
    accept_shortfall: bool = False,
    yes: bool = False,
    folder: Folder,
) -> int:
    """Decide how many batches to bake; either all decisions are saved or none.

    Asks for confirmation when that is more than ten times what is enough.

    Args:
        numbers: Each unit and its batches, such as chocolate-chip-cookie=5.
        accept_shortfall: Also save decisions that make less than is needed.

    Examples:
        plandoc plan batches harbour-market rye-loaf=9 cardamom-bun=4
    """
    wanted = numbers_by_key(numbers, "UNIT=BATCHES")

    def find_concerns(session: Session) -> list[Concern]:
        with amend_hints.suggest_amending(event, amend_hints.for_batches(wanted)):
            found = event_to_edit(event_id(event, session), Edit.DECISIONS, session)
        return list(excess.over_need(found.id, _by_id(FinishedUnit, wanted, session), session))

    def decide(session: Session) -> list[str]:
        found = event_id(event, session)
        by_id = _by_id(FinishedUnit, wanted, session)
        decisions = save_batch_decisions(found, by_id, accept_shortfall, session=session)
        return [_in_words(decision, session) for decision in decisions]

    lines = run_if_confirmed(
        ConfirmedAction("decide batches", find_concerns, decide, excess.title, "Decide it anyway?"),
        folder,
        yes=yes,
        is_silent=True,
    )
    for line in lines or ():
        printing.say(line)
    return 1 if lines is None else 0


def decide(
    event: str,
    /,
    *,
    enough: bool = False,
    replace_stale: bool = False,
    folder: Folder,
) -> None:
    """Decide the batches of every undecided unit: the fewest that are enough.

    Args:
        enough: Required: decide the fewest batches that are enough.
        replace_stale: Also replace decisions that are short or were made for a different need.

    Examples:
        plandoc plan decide harbour-market --enough
    """
    if not enough:
        raise UsageError(
            "plan decide needs --enough, to decide the fewest batches that are enough; 'plan batches' decides any number"
        )

    def decide_all(session: Session) -> tuple[list[str], list[Finding]]:
        found = event_id(event, session)
        with amend_hints.suggest_amending(event, ["batches EVENT --enough"]):
            decisions = decide_enough(found, replace_stale, session=session)
        return [_in_words(decision, session) for decision in decisions], review_plan(found, session=session)

    lines, findings = folder.change("decide enough batches", decide_all)
    for line in lines or ["nothing left to decide"]:
        printing.say(line)
    if findings:
        printing.say(f"{counted(len(findings), 'finding')} to review: see 'plandoc plan review {event}'")


def undecide(event: str, /, *keys: Annotated[str, Parameter("UNIT")], folder: Folder) -> None:
    """Remove batch decisions.

    Args:
        keys: The units whose decisions are removed, by their short names or numbers; by default all.

    Examples:
        plandoc plan undecide harbour-market rye-loaf
    """

    def remove(session: Session) -> list[str]:
        found = event_id(event, session)
        units = [unit.id for unit in all_of(FinishedUnit, keys, session)] if keys else None
        with amend_hints.suggest_amending(event, amend_hints.for_batches(dict.fromkeys(keys, 0))):
            removed = delete_batch_decisions(found, units, session=session)
        return [_removed_in_words(one, session) for one in removed]

    for line in folder.change("remove batch decisions", remove) or ["nothing"]:
        printing.say(f"no longer decided: {line}")


def _by_id(record_type: type[Identified[IdT]], numbers: Mapping[str, int], session: Session) -> dict[IdT, int]:
    found = all_of(record_type, numbers, session)
    by_id = {record.id: number for record, number in zip(found, numbers.values(), strict=True)}
    if len(by_id) < len(found):
        raise UsageError("the same item is given twice, once by slug and once by id")
    return by_id


def _amendments(
    found: EventId, wanted: Mapping[str, int], typed: Mapping[int, str], session: Session, *, replace: bool
) -> Iterator[str]:
    """Yield the commands that amend the goods of a plan, with the names that were typed, or else short names."""
    planned = get_event_fg_quantities(found, session=session)
    yield from amend_hints.for_goods(wanted, {typed.get(good.id, good.slug): n for good, n in planned}, replace=replace)


def _change_in_words(change: QuantityChange) -> str:
    if not change.before:
        return f"added to the plan: {change.after} {change.name}"
    if not change.after:
        return f"removed from the plan: {change.before} {change.name}"
    return f"changed: {change.name} from {change.before} to {change.after}"


def _in_words(decision: BatchDecision, session: Session) -> str:
    unit = session.get(FinishedUnit, decision.finished_unit_id)
    made = units_yielded(decision.batches, decision.yield_per_batch)
    difference = made - decision.units_needed
    how = difference_in_words(difference, accepted=max(0, -difference))
    return f"decided: {decision.batches} x {unit.name} make {made} of {decision.units_needed} needed ({how})"


def _removed_in_words(decision: BatchDecision, session: Session) -> str:
    unit = session.get(FinishedUnit, decision.finished_unit_id)
    return f"{batches_in_words(decision.batches)} of {unit.name}"
