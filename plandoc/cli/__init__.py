"""The command `plandoc`: arguments, printing and exit statuses; it holds no rule of baking or of files.

Start-up time counts in every command: the modules of other commands, and rich, are imported only when needed. So does the time
until the process has ended.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

__all__ = ["main", "run"]

# Modules and records live until the end of a command, so collecting garbage among them finds none and takes a tenth of
# its time. A long import may still produce garbage, so collection is delayed, not disabled.
_OBJECTS_BEFORE_COLLECTION = 200_000


def run() -> NoReturn:
    """Run the command with the arguments of the process, and end the process.

    Python would now take all modules apart, object by object, which takes a seventh of a short command's time and has no
    effect: stores are closed and the output is written.
    """
    # Never reset: the next object would start a collection of everything that the command made, just before it ends.
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION, *gc.get_threshold()[1:])
    status = main()
    if threading.active_count() > 1 or sys.gettrace() or sys.getprofile():
        # Somebody waits for the usual end: a thread, a debugger or a profiler.
        sys.exit(status)
    atexit._run_exitfuncs()  # noqa: SLF001  (other packages may count on it, and nothing else calls them before the end)
    for stream in (sys.stdout, sys.stderr):
        # Errors of the output were reported by the command; without a standard stream there is None.
        with suppress(AttributeError, OSError, ValueError):
            stream.flush()
    os._exit(status)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, or with those of the process; return the exit status."""
    from plandoc.cli import app  # noqa: PLC0415  (imported after `run` has delayed collection: a tenth of a command's time)

    return app.main(arguments)
