"""`plandoc event remove`, `ingredient remove`, `recipe remove` and `good remove`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from plandoc.cli import printing
from plandoc.cli.catalog_commands import quantity_and_unit
from plandoc.cli.catalog_lookup import find_in_catalog, label_of
from plandoc.cli.concerns import Concern
from plandoc.cli.confirm import ConfirmedAction, run_if_confirmed
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import counted
from plandoc.domain.states import Edit, check_edit
from plandoc.engine.session import Session
from plandoc.records import (
    AssemblyRun,
    BatchDecision,
    Event,
    EventFinishedGood,
    EventRecipe,
    FinishedGood,
    Ingredient,
    PlanAmendment,
    PlanSnapshot,
    ProductionRun,
    Recipe,
    StockItem,
)
from plandoc.workflow import catalog

# What an event can have, and what one of it is called.
_PARTS: tuple[tuple[type[Any], str], ...] = (
    (EventRecipe, "recipe"),
    (EventFinishedGood, "good"),
    (BatchDecision, "batch decision"),
    (PlanSnapshot, "snapshot"),
    (PlanAmendment, "amendment"),
    (ProductionRun, "baking run"),
    (AssemblyRun, "packing run"),
)


def remove_event(event: str, /, *, discard_history: bool = False, yes: bool = False, folder: Folder) -> int:
    """Remove an event with everything planned for it. This cannot be undone; its number is never used again.

    Shows what is removed with it first, and asks for confirmation. What its runs took from the stock stays taken.

    Args:
        discard_history: Also remove one whose production has started, with its snapshot, amendments and runs.

    Examples:
        plandoc event remove harbour-market
        plandoc event remove harbour-market --discard-history --yes
    """

    def find_concerns(session: Session) -> list[Concern]:
        found = catalog.find_by_key(Event, event, session=session)
        if not discard_history:
            check_edit(found, Edit.REMOVAL)
        return [Concern(text) for text in _planned(found, session)]

    def remove(session: Session) -> Event:
        found = catalog.find_by_key(Event, event, session=session)
        catalog.remove_event(found.id, discard_history, session=session)
        return found

    action = ConfirmedAction("remove an event", find_concerns, remove, _also_removed, "Remove it?")
    removed = run_if_confirmed(action, folder, yes=yes, is_silent=True)
    if removed is None:
        return 1
    printing.say(f"removed {removed.name!r} on {removed.event_date} (event {removed.id}, {removed.slug})")
    return 0


def _also_removed(_: int) -> str:
    return "this also removes:"


def _planned(event: Event, session: Session) -> Iterable[str]:
    for record_type, called in _PARTS:
        number = len(session.find(record_type, event_id=event.id))
        if number:
            yield counted(number, called)


def remove_ingredient(ingredient: str, /, *, folder: Folder) -> None:
    """Remove an ingredient that nothing uses; one that is used, or in stock, is refused with what uses it.

    Args:
        ingredient: The ingredient, by its short name, its name or its number.

    Examples:
        plandoc ingredient remove nutmeg
    """
    _remove(Ingredient, ingredient, folder)


def remove_recipe(recipe: str, /, *, folder: Folder) -> None:
    """Remove a recipe and its yields; one that is used is refused with what uses it.

    Args:
        recipe: The recipe, by its short name, its name or its number.

    Examples:
        plandoc recipe remove lemon-tart
    """
    _remove(Recipe, recipe, folder)


def remove_good(good: str, /, *, folder: Folder) -> None:
    """Remove a good; one that is in another good or in a plan is refused with what uses it.

    Args:
        good: The good, by its short name, its name or its number.

    Examples:
        plandoc good remove tea-box
    """
    _remove(FinishedGood, good, folder)


def _remove(record_type: type[Any], key: str, folder: Folder) -> None:
    def work(session: Session) -> list[Any]:
        found = find_in_catalog(record_type, key, session)
        return catalog.remove_record(record_type, found.id, session=session)

    for record in folder.change(f"remove {key}", work):
        printing.say(f"removed {_in_words(record)}")


def _in_words(record: Any) -> str:
    if isinstance(record, StockItem):
        return f"its row of the stock: {' '.join(quantity_and_unit(record))}"
    return f"{label_of(record)} ({record.slug})"
