"""The tree of commands: where each is, and what it is for.

They are named by where they are, so that only the module of the one that is called is imported.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any

from plandoc.cli.messages import UsageError
from plandoc.errors import shorten
from plandoc.frozen import frozen

# A command with all its arguments; what it returns is its exit status, None for "done".
Call = Callable[[], "int | None"]


@frozen
class Command:
    """A command.

    Attributes:
        words: What it is called: one word, or that of its group and its own.
        place: Its module in `plandoc.cli`, and its function there.
        purpose: What it is for, said here because help must not import them all.
    """

    words: tuple[str, ...]
    place: str
    purpose: str

    @property
    def name(self) -> str:
        """What it is called, as it is typed."""
        return " ".join(self.words)

    def load(self) -> Callable[..., Any]:
        """Import its module and return its function."""
        module, _, name = self.place.partition(":")
        function: Callable[..., Any] = getattr(import_module(f"plandoc.cli.{module}"), name)
        return function


# The commands in the order of help, under the headings of help.
SECTIONS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    (
        "Set up",
        (
            Command(("init",), "init_command:init", "Create a new data folder."),
            Command(
                ("demo",),
                "demo_command:demo",
                "Build a sample bakery, plan, lock, start production, show the snapshot.",
            ),
            Command(
                ("completion",),
                "completion_command:completion",
                "Print the script that lets a shell complete commands, options and names.",
            ),
        ),
    ),
    (
        "Catalog and stock",
        (
            Command(
                ("ingredient", "list"), "catalog_commands:list_ingredients", "List the ingredients and what they weigh."
            ),
            Command(
                ("ingredient", "import"),
                "import_commands:import_ingredients",
                "Import ingredients from a CSV or JSON file.",
            ),
            Command(
                ("recipe", "list"), "catalog_commands:list_recipes", "List the recipes and what a batch of each yields."
            ),
            Command(("recipe", "import"), "import_commands:import_recipes", "Import recipes from a CSV or JSON file."),
            Command(("good", "list"), "catalog_commands:list_goods", "List the goods and what is in them."),
            Command(("good", "import"), "import_commands:import_goods", "Import goods from a CSV or JSON file."),
            Command(("stock", "list"), "catalog_commands:list_stock", "List what is in stock."),
            Command(("stock", "set"), "stock_commands:set_amount", "Set how much of an ingredient is in stock."),
            Command(("stock", "add"), "stock_commands:add_amount", "Add what was bought or delivered to the stock."),
            Command(("stock", "import"), "import_commands:import_stock", "Set the stock from a CSV or JSON file."),
        ),
    ),
    (
        "Events",
        (
            Command(("event", "add"), "event_commands:add", "Add an event."),
            Command(
                ("event", "edit"),
                "event_commands:edit",
                "Change the name, the date, the attendees or the notes of an event.",
            ),
            Command(("event", "list"), "event_commands:list_events", "List the events."),
            Command(("event", "show"), "event_commands:show", "Show an event and what is planned for it."),
        ),
    ),
    (
        "Plan",
        (
            Command(("plan", "recipes"), "plan_commands:recipes", "Choose the recipes of an event."),
            Command(("plan", "goods"), "plan_commands:goods", "Choose the goods to hand out, and how many."),
            Command(
                ("plan", "available"),
                "overview_commands:available",
                "Show which goods can be handed out, and what the others miss.",
            ),
            Command(
                ("plan", "options"),
                "overview_commands:options",
                "Show how many batches can be decided, and what they give.",
            ),
            Command(("plan", "batches"), "plan_commands:batches", "Decide how many batches to bake."),
            Command(
                ("plan", "decide"), "plan_commands:decide", "Decide enough batches of everything that is undecided."
            ),
            Command(("plan", "undecide"), "plan_commands:undecide", "Remove batch decisions."),
            Command(("plan", "show"), "overview_commands:show", "Show the plan of an event on one screen."),
            Command(
                ("plan", "review"), "overview_commands:review", "Show what should be looked at before a plan is locked."
            ),
            Command(("needs",), "shopping_commands:needs", "Show which ingredients the decided batches take."),
            Command(("shop",), "shopping_commands:shop", "Show what has to be bought for what is still to bake."),
            Command(
                ("feasible",),
                "shopping_commands:feasible",
                "Show whether the goods can be packed from the decided batches.",
            ),
            Command(("lock",), "lifecycle_commands:lock", "Lock a plan: recipes and goods can no longer change."),
            Command(("unlock",), "lifecycle_commands:unlock", "Unlock a locked plan, to change it again."),
        ),
    ),
    (
        "Produce",
        (
            Command(("start",), "lifecycle_commands:start", "Start production of a locked plan; its snapshot is kept."),
            Command(("amend", "drop"), "amend_commands:drop", "Take a good out of a plan in production."),
            Command(("amend", "add"), "amend_commands:add", "Put a good into a plan in production."),
            Command(("amend", "quantity"), "amend_commands:quantity", "Change how many of a good are handed out."),
            Command(("amend", "batches"), "amend_commands:batches", "Change how many batches are baked."),
            Command(("amend", "recipe"), "amend_commands:recipe", "Take over what the catalog says of a recipe now."),
            Command(("amend", "good"), "amend_commands:good", "Take over what the catalog says a good is made of now."),
            Command(
                ("amendments",),
                "amend_commands:list_amendments",
                "List what was changed since production started, and why.",
            ),
            Command(("bake",), "run_commands:bake", "Record that batches were baked, and what came out of them."),
            Command(("pack",), "run_commands:pack", "Record that goods were packed."),
            Command(("runs",), "run_commands:runs", "List what was baked and packed."),
            Command(("void",), "run_commands:void", "Take back a run that was recorded by mistake."),
            Command(
                ("progress",),
                "progress_command:progress",
                "Show what is baked and packed, what remains, and what stops it.",
            ),
            Command(("complete",), "lifecycle_commands:complete", "Complete the production of an event."),
        ),
    ),
    (
        "Look back",
        (
            Command(("snapshot",), "lifecycle_commands:snapshot", "Show the plan as it was when production started."),
            Command(
                ("compare",),
                "compare_command:compare",
                "Show the original plan beside the current one, and why they differ.",
            ),
            Command(
                ("report",),
                "report_command:report",
                "Make a report of an event: one HTML file to look at and to print.",
            ),
        ),
    ),
    (
        "Exchange data",
        (
            Command(("import",), "import_commands:import_file", "Import an export of plandoc or of bake-tracker."),
            Command(("export",), "export_commands:export", "Export everything, or some events, as one JSON file."),
            Command(("export-csv",), "export_commands:export_csv", "Write tables for a spreadsheet as CSV files."),
            Command(("schema",), "schema_command:print_schema", "Print the JSON Schema of a document or of an export."),
        ),
    ),
    (
        "Look after the folder",
        (
            Command(("check",), "check_command:check", "Report everything that is wrong with the data folder."),
            Command(("repair",), "repair_command:repair", "Repair a damaged data folder without losing data."),
            Command(
                ("backup",),
                "backup_commands:backup",
                "Make a consistent copy of the data folder while others work in it.",
            ),
            Command(
                ("restore",),
                "backup_commands:restore",
                "Restore the data folder from a backup, completely or not at all.",
            ),
        ),
    ),
)
COMMANDS: tuple[Command, ...] = tuple(command for _, commands in SECTIONS for command in commands)

# What each group of commands is for.
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "ingredient": "Ingredients and what they weigh",
        "recipe": "Recipes and what a batch of each yields",
        "good": "Goods that can be handed out, and what is in them",
        "stock": "What is in the house",
        "event": "Events, with their dates and notes",
        "plan": "Recipes, goods and batches for an event, and their review",
        "amend": "Changes of a plan in production, each with its reason",
    }
)

_BY_WORDS: Mapping[tuple[str, ...], Command] = MappingProxyType({command.words: command for command in COMMANDS})


def commands_of(group: str) -> list[Command]:
    """Return the commands of a group; none for what is not a group."""
    return [command for command in COMMANDS if command.words[0] == group and len(command.words) > 1]


def find(words: Sequence[str]) -> tuple[Command, Sequence[str]]:
    """Return the command that a command line names, and what follows its name.

    Raises:
        UsageError: when it names none, or only a group of commands.
    """
    for length in (2, 1):
        command = _BY_WORDS.get(tuple(words[:length]))
        if command is not None:
            return command, words[length:]
    group = commands_of(words[0])
    if not group:
        raise UsageError(f"unknown command {shorten(words[0])}{did_you_mean(words[0], first_words())}")
    known = [command.words[1] for command in group]
    if len(words) == 1:
        raise UsageError(f"'plandoc {words[0]}' wants a command: {' or '.join(known)}")
    near = did_you_mean(words[1], known, before=f"{words[0]} ") or f"; wanted {words[0]} {' or '.join(known)}"
    raise UsageError(f"unknown command {shorten(' '.join(words[:2]))}{near}")


def first_words() -> list[str]:
    """Return the words that a command line can begin with: single commands and groups."""
    return list(dict.fromkeys(command.words[0] for command in COMMANDS))


def did_you_mean(word: str, known: Iterable[str], before: str = "") -> str:
    """Return the end of a message that suggests the nearest of some words; blank when none comes near.

    Args:
        word: What was typed.
        known: The words that there are.
        before: What is typed before the word.

    >>> did_you_mean("--note", ["--notes", "--date"]), did_you_mean("x", ["--notes"])
    ('; did you mean --notes?', '')
    """
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {before}{near[0]}?" if near else ""
