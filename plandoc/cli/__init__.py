"""The command `plandoc`: arguments, printing and exit statuses; it holds no rule of baking or of files.

What every single command costs to start is watched: the modules of the other commands, and rich, are imported
only where they are needed.
"""

from __future__ import annotations

import atexit
import gc
from collections.abc import Sequence

__all__ = ["main"]

# Modules and records stay to the end of a command, so that looking for garbage among them finds none, and takes a tenth
# of its time. Not never: a long import may leave much behind.
_OBJECTS_BEFORE_COLLECTION = 200_000

# When the process ends, Python looks through everything once more before it lets go of it, which takes another tenth;
# what is frozen is left out. Stores are closed and what was said is written by then.
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
