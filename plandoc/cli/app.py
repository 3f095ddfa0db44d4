"""The tree of commands, and how the command ends.

Exit status 0: done. 1: refused, or the folder is damaged. 2: wrong usage. Commands are named by where they are, so
that only the module of the one that is called is imported.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Parameter

from plandoc.cli import printing
from plandoc.cli.folder import Folder
from plandoc.cli.wording import UsageError, as_said_here
from plandoc.errors import PlandocError

DONE = 0
REFUSED = 1
WRONG_USAGE = 2
# As a shell reports a program that was ended by SIGINT or SIGPIPE.
INTERRUPTED = 130
NOBODY_READS = 141

_HELP = """Plan a bakery's events in a folder of JSON files, each change whole or not at all.

EVENT, RECIPE, GOOD and UNIT are the short names that the lists show (chocolate-chip-cookies), or the numbers.
"""

_EPILOGUE = "Try it first: 'plandoc demo' builds a small bakery in a new folder and starts its production."


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415  (only --version asks)

    return version("plandoc")


app = App(
    name="plandoc",
    help=_HELP,
    help_epilogue=_EPILOGUE,
    help_format="plaintext",
    version=_version,
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)
_event = App(name="event", help="Add an event, list the events, show one of them.")
_recipe = App(name="recipe", help="List the recipes.")
_good = App(name="good", help="List the goods that can be handed out.")
_plan = App(name="plan", help="Choose recipes, goods and batches for an event.")

app.command("plandoc.cli.demo:demo", name="demo", sort_key=1)
app.command("plandoc.cli.folders:init", name="init", sort_key=2)
app.command("plandoc.cli.folders:import_file", name="import", sort_key=2)
app.command("plandoc.cli.folders:check", name="check", sort_key=2)
for _position, _group in enumerate((_event, _recipe, _good, _plan), start=3):
    _group.sort_key = _position
    app.command(_group)
_event.command("plandoc.cli.events:add", name="add")
_event.command("plandoc.cli.events:list_events", name="list")
_event.command("plandoc.cli.events:show", name="show")
_recipe.command("plandoc.cli.catalogue:list_recipes", name="list")
_good.command("plandoc.cli.catalogue:list_goods", name="list")
_plan.command("plandoc.cli.plans:recipes", name="recipes")
_plan.command("plandoc.cli.plans:goods", name="goods")
_plan.command("plandoc.cli.plans:batches", name="batches")
for _name in ("lock", "unlock", "start", "complete", "snapshot"):
    app.command(f"plandoc.cli.life:{_name}", name=_name, sort_key=7)


@app.meta.default
def _launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    data: Annotated[Path | None, Parameter(name="--data")] = None,
) -> int:
    """Run one command.

    Args:
        data: The data folder; else the one in PLANDOC_DATA, else ./data.
    """
    if data is not None and not data.name:
        # An unset variable of a script must not mean the folder one stands in.
        data = data if str(data) == "." and "." in _values_of_data(sys.argv) else data
    _refuse_missing_command(tokens)
    command, bound, unparsed = app.parse_args(tokens, print_error=False, exit_on_error=False)
    extra: dict[str, Any] = {"folder": Folder(data)} if "folder" in unparsed else {}
    status = command(*bound.args, **bound.kwargs, **extra)
    return status if isinstance(status, int) else DONE
