"""The tree of commands, and how the command ends.

Exit status 0: done. 1: refused, or what was looked at is not as it should be. 2: wrong usage. Commands are named by
where they are, so that only the module of the one that is called is imported.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cyclopts import App, CycloptsError

from plandoc.cli import printing
from plandoc.cli.folder import Folder
from plandoc.cli.wording import UsageError, as_said_here
from plandoc.errors import PlandocError
from plandoc.storage.folder import RecoveryWarning

DONE = 0
REFUSED = 1
WRONG_USAGE = 2
# As a shell reports a program that was ended by SIGINT or SIGPIPE.
INTERRUPTED = 130
NOBODY_READS = 141

_USAGE = "Usage: plandoc [--data FOLDER] COMMAND [OPTIONS]"

_HELP = """Plan a bakery's events in a folder of JSON files, each change whole or not at all.

The folder is the one that --data names, else the one in the environment variable PLANDOC_DATA, else ./data.
EVENT, RECIPE, GOOD and UNIT are the short names that the lists show (chocolate-chip-cookies), or the numbers.

Try it first: 'plandoc demo' builds a small bakery in a new folder and starts its production.
"""

# Where each command is, and what it is for: said here too, for help must not import them all.
_COMMANDS: tuple[tuple[str, str, str], ...] = (
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
    ("shop", "provisions:shop", "Show what has to be bought for the decided batches."),
    ("feasible", "provisions:feasible", "Show whether the goods can be packed from the decided batches."),
    ("lock", "life:lock", "Lock a plan: recipes and goods can no longer change."),
    ("unlock", "life:unlock", "Unlock a locked plan, to change it again."),
    ("start", "life:start", "Start production of a locked plan; its snapshot is kept."),
    ("amend drop", "amending:drop", "Take a good out of a plan in production."),
    ("amend add", "amending:add", "Put a good into a plan in production."),
    ("amend quantity", "amending:quantity", "Change how many of a good are handed out."),
    ("amend batches", "amending:batches", "Change how many batches are baked."),
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
_GROUPS: tuple[tuple[str, str], ...] = (
    ("event", "Add an event, list the events, show one of them."),
    ("ingredient", "List the ingredients, import them."),
    ("recipe", "List the recipes, import them."),
    ("good", "List the goods that can be handed out, import them."),
    ("stock", "List what is in stock, set it, import it."),
    ("plan", "Choose recipes, goods and batches for an event, and review them."),
    ("amend", "Change a plan in production, with the reason."),
)


def _version() -> str:
    from importlib import metadata  # noqa: PLC0415  (only --version asks)

    try:
        return metadata.version("plandoc")
    except metadata.PackageNotFoundError:
        return "unknown (run from its source folder, not installed)"


def _make_app() -> App:
    app = App(
        name="plandoc",
        usage=_USAGE,
        help=_HELP,
        help_format="plaintext",
        version=_version,
        suppress_keyboard_interrupt=False,
        result_action="return_value",
    )
    groups = {name: App(name=name, help=purpose) for name, purpose in _GROUPS}
    for position, (words, place, purpose) in enumerate(_COMMANDS):
        group, _, name = words.rpartition(" ")
        if group and groups[group].sort_key is None:
            groups[group].sort_key = position
            app.command(groups[group])
        (groups[group] if group else app).command(f"plandoc.cli.{place}", name=name, help=purpose, sort_key=position)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, or with those of the process; return the exit status."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", RecoveryWarning)
        warnings.showwarning = _show_warning
        _let_streams_take_any_character()
        try:
            return _run(sys.argv[1:] if arguments is None else list(arguments))
        except BrokenPipeError:
            # Or the interpreter meets the same error again when it flushes at its exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return NOBODY_READS


def _run(arguments: list[str]) -> int:
    try:
        status = _call(arguments)
        sys.stdout.flush()
        return status
    except (CycloptsError, UsageError) as error:
        printing.complain(f"{error}\nsee 'plandoc --help'")
        return WRONG_USAGE
    except PlandocError as error:
        printing.complain(as_said_here(str(error)))
        return REFUSED
    except BrokenPipeError:
        raise
    except OSError as error:
        # What the store meets it tells itself; this is about other paths, such as one that is too long.
        printing.complain(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
        return REFUSED
    except KeyboardInterrupt:
        printing.complain("interrupted")
        return INTERRUPTED


def _call(arguments: list[str]) -> int:
    if any("\0" in argument for argument in arguments):
        raise UsageError("no argument can hold a NUL character")
    tokens, data = _without_data(arguments)
    group = f"{tokens[0]} " if len(tokens) == 1 else ""
    known = [words.removeprefix(group) for words, *_ in _COMMANDS if group and words.startswith(group)]
    if known:
        raise UsageError(f"'plandoc {tokens[0]}' wants a command: {' or '.join(known)}")
    command, bound, unparsed = _make_app().parse_args(tokens, print_error=False, exit_on_error=False)
    if "folder" in unparsed:
        bound.arguments["folder"] = Folder(data)
    status = command(*bound.args, **bound.kwargs)
    return status if isinstance(status, int) else DONE


def _without_data(arguments: list[str]) -> tuple[list[str], Path | None]:
    """Take `--data FOLDER` out, wherever it stands before a `--`.

    By hand, for a second app above this one ("meta") would read every command line twice, which costs more time than
    the write itself.
    """
    rest: list[str] = []
    data: Path | None = None
    remaining = iter(arguments)
    for argument in remaining:
        name, equals, value = argument.partition("=")
        if name != "--data":
            rest.append(argument)
            if argument == "--":
                break
            continue
        folder = value if equals else next(remaining, "")
        if not folder:
            # An unset variable of a script must not come to mean ./data.
            raise UsageError("--data wants a folder, found nothing")
        data = Path(folder)
    return [*rest, *remaining], data


def _let_streams_take_any_character() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    printing.complain(str(message))
