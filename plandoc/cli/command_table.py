"""The tree of commands: the function and the purpose of each.

Functions are given by name, so that only the module of the command that runs is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any

from plandoc.cli.messages import UsageError
from plandoc.errors import shorten
from plandoc.frozen import frozen
from plandoc.text.near_words import nearest

# A command with all its arguments; it returns its exit status, None for success.
Call = Callable[[], "int | None"]


@frozen
class Command:
    """A command.

    Attributes:
        words: Its name: one word, or the word of its group and its own.
        place: Its module in `plandoc.cli`, and its function there.
        purpose: One line for help, kept here because help must not import every module.
    """

    words: tuple[str, ...]
    place: str
    purpose: str

    @property
    def name(self) -> str:
        """Its name, as it is typed."""
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
                "Build a sample bakery and take an event into production.",
            ),
            Command(
                ("completion",),
                "completion_command:completion",
                "Print the completion script for a shell.",
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
                ("ingredient", "show"),
                "show_commands:show_ingredient",
                "Show an ingredient, its stock, and where it is used.",
            ),
            Command(("ingredient", "add"), "add_commands:add_ingredient", "Add an ingredient."),
            Command(("ingredient", "edit"), "edit_commands:edit_ingredient", "Change an ingredient in your editor."),
            Command(("ingredient", "rename"), "rename_commands:rename_ingredient", "Give an ingredient another name."),
            Command(
                ("ingredient", "remove"), "remove_commands:remove_ingredient", "Remove an ingredient that nothing uses."
            ),
            Command(
                ("ingredient", "import"),
                "import_commands:import_ingredients",
                "Import ingredients from a CSV or JSON file.",
            ),
            Command(
                ("ingredient", "merge"),
                "merge_command:merge",
                "Make one ingredient of two that are the same.",
            ),
            Command(
                ("recipe", "list"), "catalog_commands:list_recipes", "List the recipes and what a batch of each yields."
            ),
            Command(("recipe", "show"), "show_commands:show_recipe", "Show a recipe, scaled, with its sub-recipes."),
            Command(("recipe", "add"), "add_commands:add_recipe", "Add a recipe."),
            Command(("recipe", "edit"), "edit_commands:edit_recipe", "Change a recipe in your editor."),
            Command(
                ("recipe", "rename"),
                "rename_commands:rename_recipe",
                "Give a recipe, or one of its yields, another name.",
            ),
            Command(("recipe", "remove"), "remove_commands:remove_recipe", "Remove a recipe that nothing uses."),
            Command(("recipe", "import"), "import_commands:import_recipes", "Import recipes from a CSV or JSON file."),
            Command(
                ("recipe", "convert"),
                "convert_command:convert",
                "Convert web pages, Cooklang, Mealie and Tandoor recipes to CSV.",
            ),
            Command(("good", "list"), "catalog_commands:list_goods", "List the goods and what is in them."),
            Command(("good", "show"), "show_commands:show_good", "Show a good, and everything that goes into it."),
            Command(("good", "add"), "add_commands:add_good", "Add a good."),
            Command(("good", "edit"), "edit_commands:edit_good", "Change a good in your editor."),
            Command(("good", "rename"), "rename_commands:rename_good", "Give a good another name."),
            Command(("good", "remove"), "remove_commands:remove_good", "Remove a good that nothing uses."),
            Command(("good", "import"), "import_commands:import_goods", "Import goods from a CSV or JSON file."),
            Command(("stock", "list"), "catalog_commands:list_stock", "List what is in stock."),
            Command(("stock", "set"), "stock_commands:set_amount", "Set how much of an ingredient is in stock."),
            Command(("stock", "add"), "stock_commands:add_amount", "Add to the stock what was bought, or made ahead."),
            Command(("stock", "import"), "import_commands:import_stock", "Set the stock from a CSV or JSON file."),
            Command(("unit", "add"), "unit_commands:add", "Define a word of your own as a unit of measure."),
            Command(("unit", "list"), "unit_commands:list_units", "List the units of measure."),
            Command(("unit", "remove"), "unit_commands:remove", "Remove a unit of measure that you added."),
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
            Command(("event", "copy"), "event_copy_command:copy", "Copy the plan of an event into a new event."),
            Command(
                ("event", "remove"), "remove_commands:remove_event", "Remove an event and everything planned for it."
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
                "Show which goods can be handed out, and what others lack.",
            ),
            Command(
                ("plan", "options"),
                "overview_commands:options",
                "Show how many batches can be decided, and what they make.",
            ),
            Command(("plan", "batches"), "plan_commands:batches", "Decide how many batches to bake."),
            Command(
                ("plan", "decide"), "plan_commands:decide", "Decide enough batches of everything that is undecided."
            ),
            Command(("plan", "undecide"), "plan_commands:undecide", "Remove batch decisions."),
            Command(("plan", "show"), "overview_commands:show", "Show the plan of an event on one screen."),
            Command(("plan", "review"), "overview_commands:review", "Show what to review before a plan is locked."),
            Command(("needs",), "shopping_commands:needs", "Show which ingredients the decided batches take."),
            Command(("shop",), "shopping_commands:shop", "Show what has to be bought for what is still to bake."),
            Command(
                ("feasible",),
                "shopping_commands:feasible",
                "Show whether the goods can be packed from the decided batches.",
            ),
            Command(("lock",), "lifecycle_commands:lock", "Lock a plan: its recipes and goods can no longer change."),
            Command(("unlock",), "lifecycle_commands:unlock", "Unlock a locked plan to change it again."),
        ),
    ),
    (
        "Produce",
        (
            Command(("start",), "lifecycle_commands:start", "Start production of a locked plan; its snapshot is kept."),
            Command(("amend", "drop"), "amend_commands:drop", "Drop a good from a plan in production."),
            Command(("amend", "add"), "amend_commands:add", "Add a good to a plan in production."),
            Command(("amend", "quantity"), "amend_commands:quantity", "Change how many of a good are handed out."),
            Command(("amend", "batches"), "amend_commands:batches", "Change how many batches are baked."),
            Command(
                ("amend", "recipe"),
                "amend_commands:recipe",
                "Update a recipe to its current definition in the catalog.",
            ),
            Command(
                ("amend", "good"), "amend_commands:good", "Update a good to its current definition in the catalog."
            ),
            Command(
                ("amendments",),
                "amend_commands:list_amendments",
                "List what was changed since production started, and why.",
            ),
            Command(
                ("sheet",), "sheet_command:sheet", "Show what to work from: recipes still to bake, scaled, and packing."
            ),
            Command(("bake",), "run_commands:bake", "Record that batches were baked, and what came out of them."),
            Command(("pack",), "run_commands:pack", "Record that goods were packed."),
            Command(("runs",), "run_commands:runs", "List what was baked and packed."),
            Command(("void",), "run_commands:void", "Void a run that was recorded by mistake."),
            Command(
                ("progress",),
                "progress_command:progress",
                "Show what is baked and packed, what remains, and what is missing.",
            ),
            Command(("complete",), "complete_command:complete", "Complete the production of an event."),
        ),
    ),
    (
        "Look back",
        (
            Command(("snapshot",), "snapshot_command:snapshot", "Show the plan as it was when production started."),
            Command(
                ("compare",),
                "compare_command:compare",
                "Compare the current plan with the original one, with reasons.",
            ),
            Command(
                ("report",),
                "report_command:report",
                "Write a report of an event as one HTML file, to read or print.",
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
        "Work on a PostgreSQL server",
        (
            Command(("push",), "server_commands:push", "Make a store on a server hold what a data folder holds."),
            Command(("pull",), "server_commands:pull", "Make a data folder hold what a store on a server holds."),
            Command(
                ("sql-views",),
                "server_commands:print_sql_views",
                "Print the SQL that makes views of the tables of a store on a server.",
            ),
        ),
    ),
    (
        "Maintain the folder",
        (
            Command(("check",), "check_command:check", "Report every problem of the data folder."),
            Command(("repair",), "repair_command:repair", "Repair a damaged data folder without losing data."),
            Command(
                ("backup",),
                "backup_commands:backup",
                "Make a consistent copy of the data folder, even while in use.",
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

# One line for each group of commands.
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "ingredient": "Ingredients and what they weigh",
        "recipe": "Recipes and what a batch of each yields",
        "good": "Goods that can be handed out, and what is in them",
        "stock": "What is in stock",
        "unit": "Units of measure, and words of your own for them",
        "event": "Events, with their dates and notes",
        "plan": "Recipes, goods and batches of an event, and their review",
        "amend": "Change a plan in production, giving a reason",
    }
)

# The completion scripts of shells call this. It is not meant for people: its arguments are another command line.
COMPLETION = Command(("__complete",), "completion:answer", "Print the words that can complete a command line.")

_BY_WORDS: Mapping[tuple[str, ...], Command] = MappingProxyType({command.words: command for command in COMMANDS})


def commands_of(group: str) -> list[Command]:
    """Return the commands of a group; empty if it is not a group."""
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
        raise UsageError(f"'plandoc {words[0]}' needs a command: {' or '.join(known)}")
    near = did_you_mean(words[1], known, before=f"{words[0]} ") or f"; wanted {words[0]} {' or '.join(known)}"
    raise UsageError(f"unknown command {shorten(' '.join(words[:2]))}{near}")


def first_words() -> list[str]:
    """Return the words that a command line can begin with: single commands and groups."""
    return list(dict.fromkeys(command.words[0] for command in COMMANDS))


def did_you_mean(word: str, known: Iterable[str], before: str = "") -> str:
    """Return the end of a message that suggests the nearest of some words; blank when none is close.

    Args:
        word: What was typed.
        known: The known words.
        before: What is typed before the word.

    >>> did_you_mean("--note", ["--notes", "--date"]), did_you_mean("x", ["--notes"])
    ('; did you mean --notes?', '')
    """
    near = nearest(word, known)
    return "" if near is None else f"; did you mean {before}{near}?"
