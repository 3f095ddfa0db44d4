"""Calls of functions, those of Python and those of C: a figure that no other process and no disk disturbs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

# What switching the counter off calls.
_OWN_CALLS = 1


def calls_of(work: Callable[[], object]) -> int:
    """Return how many functions are called while some work is done, the work itself included.

    >>> calls_of(lambda: abs(abs(1)))
    3
    """
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        if event in {"call", "c_call"}:
            count += 1

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count - _OWN_CALLS
