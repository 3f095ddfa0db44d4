"""Calling a command, and how it ends.

Exit status 0: done. 1: refused, or what was looked at is not as it should be. 2: wrong usage.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from plandoc.cli import commands, plain_words, printing, typed
from plandoc.cli.commands import Call
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
    except UsageError as error:
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
    call = _read(tokens, Folder(data))
    with typed.put_in(call):
        status = call()
    return status if isinstance(status, int) else DONE


def _read(tokens: list[str], folder: Folder) -> Call:
    called = commands.find(tokens)
    if called and (call := plain_words.read(called, folder)):
        return call
    from plandoc.cli import parsing  # noqa: PLC0415  (it imports the parser)

    return parsing.read(tokens, called, folder)


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
