"""The command `plandoc`: arguments, printing and exit statuses; it holds no rule of baking or of files.

Start-up time counts in every command: the modules of other commands, and rich, are imported only when needed.
"""

from __future__ import annotations

import atexit
import gc
from collections.abc import Sequence

__all__ = ["main"]

# Modules and records live until the end of a command, so collecting garbage among them finds none and takes a tenth of
# its time. A long import may still produce garbage, so collection is delayed, not disabled.
_OBJECTS_BEFORE_COLLECTION = 200_000

# At exit, Python collects once more, which takes another tenth; frozen objects are skipped. By then stores are closed and
# the output is written.
atexit.register(gc.freeze)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, or with those of the process; return the exit status."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION, *before[1:])
    try:
        from plandoc.cli import app  # noqa: PLC0415  (imported while collection is paused: a tenth of a command's time)

        return app.main(arguments)
    finally:
        gc.set_threshold(*before)
