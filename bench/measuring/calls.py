"""Calls of functions, those of Python and those of C: a figure that no other process and no disk disturbs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import ParamSpec

P = ParamSpec("P")


def calls_of(operation: Callable[P, object], *arguments: P.args, **named: P.kwargs) -> int:
    """Return how many functions are called by an operation, itself and the end of counting included.

    >>> calls_of(sorted, [2, 1])
    2
    """
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        operation(*arguments, **named)
    finally:
        sys.setprofile(before)
    return calls
