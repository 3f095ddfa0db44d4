"""Calling a command, and how it ends.

Exit status 0: done. 1: refused, or a check found problems. 2: wrong usage. 3: done, but something
failed afterwards; running the command again would do it twice.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any

from plandoc.cli import done, parsing, printing, program, streams
from plandoc.cli.arguments import as_text
from plandoc.cli.command_table import COMPLETION, Call
from plandoc.cli.messages import UsageError, without_parameters
from plandoc.cli.program import quoted
from plandoc.cli.work_log import WorkLog
from plandoc.errors import Outcome, PlandocError, RecoveryWarning, StorageError, hints

DONE = 0
REFUSED = 1
WRONG_USAGE = 2
DONE_BUT = 3
# As a shell reports a program that was ended by SIGINT or SIGPIPE.
INTERRUPTED = 130
CLOSED_PIPE = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, or with those of the process; return the exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == [*COMPLETION.words]:
        status: int = COMPLETION.load()(given[1:])
        return status
    with warnings.catch_warnings(), streams.guarded():
        warnings.simplefilter("always", RecoveryWarning)
        warnings.showwarning = _show_warning
        program.name_folder(None)
        return _run(given, WorkLog())


def _run(arguments: list[str], work_log: WorkLog) -> int:
    try:
        status = _call(arguments, work_log)
        sys.stdout.flush()
        return status
    except UsageError as error:
        _complain(str(error), f"see 'plandoc {error.command} --help'" if error.command else "see 'plandoc --help'")
        return WRONG_USAGE
    except PlandocError as error:
        return _refused(error, work_log)
    except streams.OutputError as error:
        return _not_shown(error, work_log)
    except OSError as error:
        # The store reports its own errors; this is about other paths, such as one that is too long.
        _complain(": ".join(str(part) for part in (error.filename, error.strerror or error) if part), *work_log.lines)
        return DONE_BUT if work_log else REFUSED
    except KeyboardInterrupt:
        _complain("interrupted", *work_log.lines)
        return INTERRUPTED


def _refused(error: PlandocError, work_log: WorkLog) -> int:
    """Report why something was refused, and what was done nevertheless."""
    is_saved = isinstance(error, StorageError) and error.outcome is Outcome.SAVED
    # The error itself says how the step ended.
    work_log.end("do not run it again" if is_saved and not work_log else None)
    _complain(str(error), *work_log.lines)
    return DONE_BUT if work_log else REFUSED


def _not_shown(error: streams.OutputError, work_log: WorkLog) -> int:
    """Report what was done although it could not be shown; a closed pipe needs no report that nothing was."""
    if work_log or not error.is_closed_pipe:
        _complain(str(error), *(work_log.lines or ["nothing was changed"]))
    streams.silence(sys.stdout)
    if error.is_closed_pipe:
        return CLOSED_PIPE
    return DONE_BUT if work_log else REFUSED


def _complain(*lines: str) -> None:
    """Print a message below what was printed before it; output that can no longer be printed is dropped."""
    try:
        sys.stdout.flush()
    except streams.OutputError:
        streams.silence(sys.stdout)
    printing.complain("\n".join(lines))


def _call(arguments: list[str], work_log: WorkLog) -> int:
    if any("\0" in argument for argument in arguments):
        raise UsageError("no argument can hold a NUL character")
    reading = parsing.read([as_text(argument) for argument in arguments], work_log)
    try:
        status = _done(reading, work_log)
    except UsageError as error:
        error.command = reading.command
        raise
    except PlandocError as error:
        error.args = (hints.for_command(without_parameters(error), **_typed(reading.call)), *error.args[1:])
        raise
    return status if isinstance(status, int) else DONE


def _done(reading: parsing.ParsedCommand, work_log: WorkLog) -> int | None:
    if not reading.wants_json:
        return reading.call()
    return done.call_for_json(reading.command, reading.call, work_log)


def _typed(call: Call) -> dict[str, str]:
    """Return what was typed for an event, a good and so on, so that the hint of a refusal can be pasted as it is."""
    if not isinstance(call, partial):
        return {}
    given = inspect.signature(call.func).bind_partial(*call.args, **call.keywords).arguments
    # This is how many were packed now, not how many are planned.
    names = hints.FACTS - ({"quantity"} if call.func.__name__ == "pack" else set())
    return {name: quoted(str(value)) for name, value in given.items() if name in names and value is not None}


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    printing.complain(str(message))
