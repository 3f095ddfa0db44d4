"""`plandoc plan recipes`, `goods` and `batches`: what is made for an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from cyclopts import Parameter

from plandoc import planning
from plandoc.cli import printing
from plandoc.cli.finding import all_of, event_id
from plandoc.cli.folder import DataFolder
from plandoc.cli.wording import UsageError, numbers_by_key
from plandoc.errors import Problem, ValidationError
from plandoc.records import BatchDecision, FinishedGood, FinishedUnit, Recipe
from plandoc.requirements import units_yielded
from plandoc.sessions import Session

Flag = Annotated[bool, Parameter(negative="", show_default=False)]


def recipes(event: str, /, *keys: Annotated[str, Parameter(name="RECIPE", required=True)], folder: DataFolder) -> None:
    """Choose the recipes of an event, in place of those chosen before.

    Goods and batches that lose their recipe by it leave the plan and are listed.

    Args:
        event: The event, by its short name or number.
        keys: All recipes to bake, by their short names or numbers.
    """

    def select(session: Session) -> tuple[planning.RecipeSelection, dict[int, str]]:
        found = event_id(event, session)
        wanted = [recipe.id for recipe in all_of(Recipe, keys, session)]
        selection = planning.set_event_recipes(found, wanted, session=session)
        lost = {one.id: session.get(FinishedUnit, one.finished_unit_id).name for one in selection.removed_decisions}
        return selection, lost

    selection, lost = folder.change("select recipes", select)
    printing.say(f"chosen: {', '.join(recipe.name for recipe in selection.recipes)}")
    for good in selection.removed_goods:
        printing.say(f"removed from the plan: {good.name}, for a recipe that it needs is not chosen")
    for decision in selection.removed_decisions:
        printing.say(f"removed from the plan: {decision.batches} batches of {lost[decision.id]}, with its recipe")


def goods(
    event: str,
    /,
    *quantities: Annotated[str, Parameter(name="GOOD=QUANTITY", required=True)],
    add_missing_recipes: Flag = False,
    folder: DataFolder,
) -> None:
    """Choose the goods to hand out at an event, in place of those chosen before.

    Args:
        event: The event, by its short name or number.
        quantities: Each good and how many of it, such as cookie-box=10.
        add_missing_recipes: Choose the recipes that the goods need, too.
    """
    wanted = numbers_by_key(quantities, "GOOD=QUANTITY")

    def select(session: Session) -> planning.GoodsSelection:
        found = event_id(event, session)
        by_id = _by_id(FinishedGood, wanted, session)
        return planning.set_event_finished_goods(found, by_id, add_missing_recipes, session=session)

    selection = folder.change("select goods", select)
    for good, quantity in selection.quantities:
        printing.say(f"chosen: {quantity} {good.name}")
    for recipe in selection.added_recipes:
        printing.say(f"recipe added: {recipe.name}")


def batches(
    event: str,
    /,
    *numbers: Annotated[str, Parameter(name="UNIT=BATCHES", required=True)],
    accept_shortfall: Flag = False,
    folder: DataFolder,
) -> None:
    """Decide how many batches to bake; all of the decisions are saved, or none.

    Args:
        event: The event, by its short name or number.
        numbers: Each unit and its batches, such as chocolate-chip-cookie=5.
        accept_shortfall: Save decisions that yield less than is needed.
    """
    wanted = numbers_by_key(numbers, "UNIT=BATCHES")

    def decide(session: Session) -> list[str]:
        found = event_id(event, session)
        by_id = _by_id(FinishedUnit, wanted, session)
        decisions = _decide_all(found, by_id, accept_shortfall=accept_shortfall, session=session)
        return [_in_words(session.get(FinishedUnit, one.finished_unit_id), one) for one in decisions]

    for line in folder.change("decide batches", decide):
        printing.say(line)


def _by_id(
    record_type: type[FinishedGood | FinishedUnit], numbers: Mapping[str, int], session: Session
) -> dict[int, int]:
    found = all_of(record_type, numbers, session)
    by_id = {record.id: number for record, number in zip(found, numbers.values(), strict=True)}
    if len(by_id) < len(found):
        raise UsageError("one thing is given twice, by its short name and by its number")
    return by_id


def _decide_all(
    found: int, batches_by_unit: Mapping[int, int], *, accept_shortfall: bool, session: Session
) -> list[BatchDecision]:
    """Save every decision; one error names all that are refused."""
    decisions: list[BatchDecision] = []
    problems: list[Problem] = []
    for unit_id, number in batches_by_unit.items():
        try:
            decisions.append(planning.save_batch_decision(found, unit_id, number, accept_shortfall, session=session))
        except ValidationError as error:
            problems.extend(error.problems)
    if problems:
        raise ValidationError(problems)
    return decisions


def _in_words(unit: FinishedUnit, decision: BatchDecision) -> str:
    made = units_yielded(decision.batches, decision.yield_per_batch)
    difference = made - decision.units_needed
    how = "exact" if difference == 0 else f"{difference} over" if difference > 0 else f"{-difference} short, accepted"
    return f"decided: {decision.batches} x {unit.name} make {made} of {decision.units_needed} needed ({how})"
