"""The tree of commands: where each is, and what it is for.

They are named by where they are, so that only the module of the one that is called is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from plandoc.cli.wording import UsageError

# A command with all its arguments; what it returns is its exit status, None for "done".
Call = Callable[[], "int | None"]

# Where each command is, and what it is for: said here too, help must not import them all.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("demo", "demo:demo", "Build a sample bakery, plan, lock, start production, show the snapshot."),
    ("init", "folders:init", "Make a new data folder."),
    ("import", "folders:import_file", "Import an export of plandoc or of bake-tracker."),
    ("export", "exporting:export", "Export everything, or some events, as one JSON file."),
    ("export-csv", "exporting:export_csv", "Write tables for a spreadsheet as CSV files."),
    ("schema", "exporting:print_schema", "Print the JSON Schema of a document or of an export."),
    ("check", "folders:check", "Report everything that is wrong with the data folder."),
    ("repair", "repairing:repair", "Put a damaged data folder in order, as far as that is safe."),
    ("backup", "backing_up:backup", "Make a consistent copy of the data folder while others work in it."),
    ("restore", "backing_up:restore", "Make the data folder what a backup holds, all of it or nothing."),
    ("event add", "events:add", "Add an event."),
    ("event edit", "events:edit", "Change the name, the date, the attendees or the notes of an event."),
    ("event list", "events:list_events", "List the events."),
    ("event show", "events:show", "Show an event and what is planned for it."),
    ("ingredient list", "stock:list_ingredients", "List the ingredients and what they weigh."),
    ("ingredient import", "handwritten:import_ingredients", "Import ingredients from CSV or JSON written by hand."),
    ("recipe list", "catalogue:list_recipes", "List the recipes and what a batch of each yields."),
    ("recipe import", "handwritten:import_recipes", "Import recipes from CSV or JSON written by hand."),
    ("good list", "catalogue:list_goods", "List the goods and what is in them."),
    ("good import", "handwritten:import_goods", "Import goods from CSV or JSON written by hand."),
    ("stock list", "stock:list_stock", "List what is in stock."),
    ("stock set", "stock:set_amount", "Set how much of an ingredient is in stock."),
    ("stock add", "stock:add_amount", "Add what was bought or delivered to the stock."),
    ("stock import", "handwritten:import_stock", "Set the stock from CSV or JSON written by hand."),
    ("plan recipes", "plans:recipes", "Choose the recipes of an event."),
    ("plan goods", "plans:goods", "Choose the goods to hand out, and how many."),
    ("plan available", "overview:available", "Show which goods can be handed out, and what the others miss."),
    ("plan options", "overview:options", "Show how many batches can be decided, and what they give."),
    ("plan batches", "plans:batches", "Decide how many batches to bake."),
    ("plan decide", "plans:decide", "Decide enough batches of everything that is undecided."),
    ("plan undecide", "plans:undecide", "Remove batch decisions."),
    ("plan show", "overview:show", "Show the plan of an event on one screen."),
    ("plan review", "overview:review", "Show what should be looked at before a plan is locked."),
    ("needs", "provisions:needs", "Show which ingredients the decided batches take."),
    ("shop", "provisions:shop", "Show what has to be bought for what is still to bake."),
    ("feasible", "provisions:feasible", "Show whether the goods can be packed from the decided batches."),
    ("lock", "life:lock", "Lock a plan: recipes and goods can no longer change."),
    ("unlock", "life:unlock", "Unlock a locked plan, to change it again."),
    ("start", "life:start", "Start production of a locked plan; its snapshot is kept."),
    ("amend drop", "amending:drop", "Take a good out of a plan in production."),
    ("amend add", "amending:add", "Put a good into a plan in production."),
    ("amend quantity", "amending:quantity", "Change how many of a good are handed out."),
    ("amend batches", "amending:batches", "Change how many batches are baked."),
    ("amend recipe", "amending:recipe", "Take over what the catalogue says of a recipe now."),
    ("amend good", "amending:good", "Take over what the catalogue says a good is made of now."),
    ("amendments", "amending:list_amendments", "List what was changed since production started, and why."),
    ("compare", "comparing:compare", "Show the original plan beside the current one, and why they differ."),
    ("bake", "baking:bake", "Record that batches were baked, and what came out of them."),
    ("pack", "baking:pack", "Record that goods were packed."),
    ("runs", "baking:runs", "List what was baked and packed."),
    ("void", "baking:void", "Take back a run that was recorded by mistake."),
    ("progress", "progressing:progress", "Show what is baked and packed, what remains, and what stops it."),
    ("report", "reporting:report", "Make a report of an event: one HTML file to look at and to print."),
    ("complete", "life:complete", "Complete the production of an event."),
    ("snapshot", "life:snapshot", "Show the plan as it was when production started."),
)
GROUPS: tuple[tuple[str, str], ...] = (
    ("event", "Add an event, change it, list the events, show one of them."),
    ("ingredient", "List the ingredients, import them."),
    ("recipe", "List the recipes, import them."),
    ("good", "List the goods that can be handed out, import them."),
    ("stock", "List what is in stock, set it, add to it, import it."),
    ("plan", "Choose recipes, goods and batches for an event, and review them."),
    ("amend", "Change a plan in production, with the reason."),
)

_PLACES = {tuple(words.split()): place for words, place, _ in COMMANDS}


class Called(NamedTuple):
    """The command that a command line names.

    Attributes:
        command: The function.
        words: What stands after its name.
    """

    command: Callable[..., Any]
    words: Sequence[str]


def find(tokens: Sequence[str]) -> Called | None:
    """Return what a command line names; None when it begins with no command.

    Raises:
        UsageError: when it names only a group of commands.
    """
    for length in (2, 1):
        if place := _PLACES.get(tuple(tokens[:length])):
            module, _, name = place.partition(":")
            return Called(getattr(import_module(f"plandoc.cli.{module}"), name), tokens[length:])
    known = [words[1] for words in _PLACES if len(words) > 1 and [words[0]] == list(tokens)]
    if known:
        raise UsageError(f"'plandoc {tokens[0]}' wants a command: {' or '.join(known)}")
    return None
