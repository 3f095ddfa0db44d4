"""Calling a command, and how it ends.

Exit status 0: done. 1: refused, or what was looked at is not as it should be. 2: wrong usage. 3: done, but something
failed afterwards; running the command again would do it twice.
"""

from __future__ import annotations

import inspect
import shlex
import sys
import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any

from plandoc import hints
from plandoc.cli import parsing, printing, streams
from plandoc.cli.arguments import as_text
from plandoc.cli.command_table import Call
from plandoc.cli.done import Done
from plandoc.cli.messages import UsageError
from plandoc.errors import Outcome, PlandocError, StorageError
from plandoc.storage.folder import RecoveryWarning

DONE = 0
REFUSED = 1
WRONG_USAGE = 2
DONE_BUT = 3
# As a shell reports a program that was ended by SIGINT or SIGPIPE.
INTERRUPTED = 130
NOBODY_READS = 141

# The first word of a command line by which a shell asks what can stand where TAB was pressed; no command begins so.
ASKING = "__complete"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, or with those of the process; return the exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == [ASKING]:
        from plandoc.cli import completion  # noqa: PLC0415  (2 ms that other commands need not spend)

        return completion.answer(given[1:])
    with warnings.catch_warnings(), streams.guarded():
        warnings.simplefilter("always", RecoveryWarning)
        warnings.showwarning = _show_warning
        return _run(given, Done())


def _run(arguments: list[str], done: Done) -> int:
    try:
        status = _call(arguments, done)
        sys.stdout.flush()
        return status
    except UsageError as error:
        _complain(str(error), f"see 'plandoc {error.command} --help'" if error.command else "see 'plandoc --help'")
        return WRONG_USAGE
    except PlandocError as error:
        return _refused(error, done)
    except streams.OutputError as error:
        return _not_shown(error, done)
    except OSError as error:
        # What the store meets it tells itself; this is about other paths, such as one that is too long.
        _complain(": ".join(str(part) for part in (error.filename, error.strerror or error) if part), *done.lines)
        return DONE_BUT if done else REFUSED
    except KeyboardInterrupt:
        _complain("interrupted", *done.lines)
        return INTERRUPTED


def _refused(error: PlandocError, done: Done) -> int:
    """Say why something was refused, and what was done all the same."""
    is_saved = isinstance(error, StorageError) and error.outcome is Outcome.SAVED
    # What was begun has ended as the error itself says.
    done.end("do not run it again" if is_saved and not done else None)
    _complain(str(error), *done.lines)
    return DONE_BUT if done else REFUSED


def _not_shown(error: streams.OutputError, done: Done) -> int:
    """Say what was done although it could not be shown; a reader that went away need not hear that nothing was."""
    if done or not error.nobody_reads:
        _complain(str(error), *(done.lines or ["nothing was changed"]))
    streams.silence(sys.stdout)
    if error.nobody_reads:
        return NOBODY_READS
    return DONE_BUT if done else REFUSED


def _complain(*lines: str) -> None:
    """Print a message below what was printed before it; what can no longer be printed is given up."""
    try:
        sys.stdout.flush()
    except streams.OutputError:
        streams.silence(sys.stdout)
    printing.complain("\n".join(lines))


def _call(arguments: list[str], done: Done) -> int:
    if any("\0" in argument for argument in arguments):
        raise UsageError("no argument can hold a NUL character")
    call = parsing.read([as_text(argument) for argument in arguments], done)
    try:
        status = call()
    except PlandocError as error:
        message, *others = error.args
        error.args = (hints.for_command(message, **_typed(call)), *others)
        raise
    return status if isinstance(status, int) else DONE


def _typed(call: Call) -> dict[str, str]:
    """Return what was typed for an event, a good and so on, so that the way out of a refusal can be pasted as it is."""
    if not isinstance(call, partial):
        return {}
    given = inspect.signature(call.func).bind_partial(*call.args, **call.keywords).arguments
    # So many are packed now; how many are wanted is another number.
    names = hints.FACTS - ({"quantity"} if call.func.__name__ == "pack" else set())
    return {name: shlex.quote(str(value)) for name, value in given.items() if name in names and value is not None}


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    printing.complain(str(message))
