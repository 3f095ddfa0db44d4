"""Running a change again that somebody else overtook."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from plandoc.clock import pause
from plandoc.errors import ConflictError

T = TypeVar("T")

# How long a change that was overtaken waits before it is run again, at most; by chance, so that two that met part.
_LONGEST_PAUSES_SECONDS = (0.01, 0.03, 0.1, 0.3, 1.0)


def until_not_overtaken(change: Callable[[], T]) -> T:
    """Return what a change gives, and run it again, up to five times, when somebody else was faster.

    Raises:
        ConflictError: when somebody else was faster each time.
    """
    for longest in _LONGEST_PAUSES_SECONDS:
        try:
            return change()
        except ConflictError:
            pause(longest * os.urandom(1)[0] / 255)
    return change()
