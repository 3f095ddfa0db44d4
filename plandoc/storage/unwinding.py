"""Taking something back whatever happens meanwhile, also when an interruption hits the taking back itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def or_undone(work: Callable[[], T], undo: Callable[[], None]) -> T:
    """Return what the work returns; when anything is raised, undo it before that goes on.

    Two levels, so that one interruption anywhere, in the inner `undo` too, still ends in one that ran to its end. It must
    do no harm when it runs twice, or when there is nothing to undo. (A `try` right after the taking, instead, is a
    step too late; and Python 3.11 guards the line of a `try` within a `try` by neither.)
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


def and_done(work: Callable[[], T], finish: Callable[[], None]) -> T:
    """Return what the work returns, and finish before that, or before whatever it raises, goes on.

    `finish` runs to its end as `undo` does above, and under the same conditions.
    """

    def whole() -> T:
        try:
            return work()
        finally:
            finish()

    return or_undone(whole, finish)
