"""The tree of commands: where each is, and what it is for.

They are named by where they are, so that only the module of the one that is called is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from plandoc.cli.messages import UsageError

# A command with all its arguments; what it returns is its exit status, None for "done".
Call = Callable[[], "int | None"]

# Where each command is, and what it is for: said here too, help must not import them all.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("demo", "demo_command:demo", "Build a sample bakery, plan, lock, start production, show the snapshot."),
    ("init", "data_folder_commands:init", "Make a new data folder."),
    ("import", "data_folder_commands:import_file", "Import an export of plandoc or of bake-tracker."),
    ("export", "export_commands:export", "Export everything, or some events, as one JSON file."),
    ("export-csv", "export_commands:export_csv", "Write tables for a spreadsheet as CSV files."),
    ("schema", "export_commands:print_schema", "Print the JSON Schema of a document or of an export."),
    ("check", "data_folder_commands:check", "Report everything that is wrong with the data folder."),
    ("repair", "repair_command:repair", "Put a damaged data folder in order, as far as that is safe."),
    ("backup", "backup_commands:backup", "Make a consistent copy of the data folder while others work in it."),
    ("restore", "backup_commands:restore", "Make the data folder what a backup holds, all of it or nothing."),
    ("event add", "event_commands:add", "Add an event."),
    ("event edit", "event_commands:edit", "Change the name, the date, the attendees or the notes of an event."),
    ("event list", "event_commands:list_events", "List the events."),
    ("event show", "event_commands:show", "Show an event and what is planned for it."),
    ("ingredient list", "stock_commands:list_ingredients", "List the ingredients and what they weigh."),
    ("ingredient import", "import_commands:import_ingredients", "Import ingredients from CSV or JSON written by hand."),
    ("recipe list", "catalog_commands:list_recipes", "List the recipes and what a batch of each yields."),
    ("recipe import", "import_commands:import_recipes", "Import recipes from CSV or JSON written by hand."),
    ("good list", "catalog_commands:list_goods", "List the goods and what is in them."),
    ("good import", "import_commands:import_goods", "Import goods from CSV or JSON written by hand."),
    ("stock list", "stock_commands:list_stock", "List what is in stock."),
    ("stock set", "stock_commands:set_amount", "Set how much of an ingredient is in stock."),
    ("stock add", "stock_commands:add_amount", "Add what was bought or delivered to the stock."),
    ("stock import", "import_commands:import_stock", "Set the stock from CSV or JSON written by hand."),
    ("plan recipes", "plan_commands:recipes", "Choose the recipes of an event."),
    ("plan goods", "plan_commands:goods", "Choose the goods to hand out, and how many."),
    ("plan available", "overview_commands:available", "Show which goods can be handed out, and what the others miss."),
    ("plan options", "overview_commands:options", "Show how many batches can be decided, and what they give."),
    ("plan batches", "plan_commands:batches", "Decide how many batches to bake."),
    ("plan decide", "plan_commands:decide", "Decide enough batches of everything that is undecided."),
    ("plan undecide", "plan_commands:undecide", "Remove batch decisions."),
    ("plan show", "overview_commands:show", "Show the plan of an event on one screen."),
    ("plan review", "overview_commands:review", "Show what should be looked at before a plan is locked."),
    ("needs", "shopping_commands:needs", "Show which ingredients the decided batches take."),
    ("shop", "shopping_commands:shop", "Show what has to be bought for what is still to bake."),
    ("feasible", "shopping_commands:feasible", "Show whether the goods can be packed from the decided batches."),
    ("lock", "lifecycle_commands:lock", "Lock a plan: recipes and goods can no longer change."),
    ("unlock", "lifecycle_commands:unlock", "Unlock a locked plan, to change it again."),
    ("start", "lifecycle_commands:start", "Start production of a locked plan; its snapshot is kept."),
    ("amend drop", "amend_commands:drop", "Take a good out of a plan in production."),
    ("amend add", "amend_commands:add", "Put a good into a plan in production."),
    ("amend quantity", "amend_commands:quantity", "Change how many of a good are handed out."),
    ("amend batches", "amend_commands:batches", "Change how many batches are baked."),
    ("amend recipe", "amend_commands:recipe", "Take over what the catalog says of a recipe now."),
    ("amend good", "amend_commands:good", "Take over what the catalog says a good is made of now."),
    ("amendments", "amend_commands:list_amendments", "List what was changed since production started, and why."),
    ("compare", "compare_command:compare", "Show the original plan beside the current one, and why they differ."),
    ("bake", "run_commands:bake", "Record that batches were baked, and what came out of them."),
    ("pack", "run_commands:pack", "Record that goods were packed."),
    ("runs", "run_commands:runs", "List what was baked and packed."),
    ("void", "run_commands:void", "Take back a run that was recorded by mistake."),
    ("progress", "progress_command:progress", "Show what is baked and packed, what remains, and what stops it."),
    ("report", "report_command:report", "Make a report of an event: one HTML file to look at and to print."),
    ("complete", "lifecycle_commands:complete", "Complete the production of an event."),
    ("snapshot", "lifecycle_commands:snapshot", "Show the plan as it was when production started."),
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
