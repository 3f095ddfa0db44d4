"""Reading a command line, and showing help: the one place that knows the parser.

Imported only where a command line holds more than plain words, for the parser takes longer to import than most commands
take to run.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

import cyclopts
from cyclopts import App, CycloptsError

from plandoc.cli.arguments import as_path
from plandoc.cli.command_table import COMMANDS, GROUPS, Call, Called
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import UsageError
from plandoc.cli.parameters import Parameter
from plandoc.version import __version__

_USAGE = "Usage: plandoc [--data FOLDER] COMMAND [OPTIONS]"

_HELP = """Plan a bakery's events in a folder of JSON files, each change whole or not at all.

The folder is the one that --data names, else the one in the environment variable PLANDOC_DATA, else ./data.
EVENT, RECIPE, GOOD and UNIT are the short names that the lists show (chocolate-chip-cookies), or the numbers.

Try it first: 'plandoc demo' builds a small bakery in a new folder and starts its production.
"""


def read(tokens: Sequence[str], called: Called | None, folder: Folder) -> Call:
    """Return the call that a command line stands for: of a command, or of what shows help.

    Args:
        tokens: The command line, without `--data FOLDER`.
        called: The command that it names, if any.
        folder: The data folder for it.

    Raises:
        UsageError: when the command line cannot be understood.
    """
    if called:
        _describe(called.command)
    try:
        command, bound, unparsed = _make_app().parse_args(tokens, print_error=False, exit_on_error=False)
    except CycloptsError as error:
        raise UsageError(str(error)) from error
    if "folder" in unparsed:
        bound.arguments["folder"] = folder
    return partial(command, *bound.args, **bound.kwargs)


def _describe(command: Callable[..., Any]) -> None:
    """Let the parser read in the annotations what is said there by `plandoc.cli.parameters`."""
    hints = get_type_hints(command, include_extras=True)
    command.__annotations__ = {name: _as_parameter(hint) for name, hint in hints.items()}


def _as_parameter(hint: Any) -> Any:
    said = [each for each in getattr(hint, "__metadata__", ()) if isinstance(each, Parameter)]
    kind = hint.__origin__ if said else hint
    settings = [each.settings for each in said]
    settings += [{"converter": convert} for wanted, convert in _CONVERTERS if wanted in {kind, *get_args(kind)}]
    return Annotated[(kind, *(cyclopts.Parameter(**each) for each in settings))] if settings else hint


def _day(_: Any, tokens: Sequence[cyclopts.Token]) -> datetime.date:
    """Return the day that an argument says, in the one form that the files have; cyclopts takes others, too."""
    from plandoc import codec  # noqa: PLC0415  (it takes longer to import than this whole module, but the parser)

    (token,) = tokens
    try:
        return codec.day(token.value)
    except ValueError as error:
        raise UsageError(f"{token.keyword or 'the day'}: {error}") from None


def _path(_: Any, tokens: Sequence[cyclopts.Token]) -> Path:
    (token,) = tokens
    return as_path(token.value)


_CONVERTERS: tuple[tuple[type, Callable[..., Any]], ...] = ((datetime.date, _day), (Path, _path))


def _make_app() -> App:
    app = App(
        name="plandoc",
        usage=_USAGE,
        help=_HELP,
        help_format="plaintext",
        version=__version__,
        suppress_keyboard_interrupt=False,
        result_action="return_value",
    )
    groups = {name: App(name=name, help=purpose) for name, purpose in GROUPS}
    for position, (words, place, purpose) in enumerate(COMMANDS):
        group, _, name = words.rpartition(" ")
        if group and groups[group].sort_key is None:
            groups[group].sort_key = position
            app.command(groups[group])
        (groups[group] if group else app).command(f"plandoc.cli.{place}", name=name, help=purpose, sort_key=position)
    return app
