"""Taking something back whatever happens meanwhile, also when an interruption meets the taking back itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def or_undone(work: Callable[[], T], undo: Callable[[], None]) -> T:
    """Return what the work returns; when anything is raised, undo it before that goes on.

    Two levels, so that one interruption anywhere, in the inner `undo` too, still ends in one that ran to its end. It must
    do no harm when it runs twice, or when there is nothing to undo.
    """
    try:
        try:
            return work()
        except BaseException:
            undo()
            raise
    except BaseException:
        undo()
        raise
