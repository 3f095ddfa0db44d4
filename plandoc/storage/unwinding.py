"""Undoing something whatever happens meanwhile, even if an interruption hits the undoing itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def or_undone(work: Callable[[], T], undo: Callable[[], None]) -> T:
    """Return what the work returns; if anything is raised, undo the work before the exception goes on.

    Two levels, so that after one interruption anywhere, even in the inner `undo`, one `undo` still runs to its end. It must do
    no harm when it runs twice, or when there is nothing to undo. (A `try` right after the work would be a step too late;
    and Python 3.11 protects the line of a `try` within a `try` by neither.)
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
    """Return what the work returns, and finish before it is returned or an exception goes on.

    `finish` runs to its end as `undo` does above, and under the same conditions.
    """

    def whole() -> T:
        try:
            return work()
        finally:
            finish()

    return or_undone(whole, finish)
