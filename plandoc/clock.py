"""The one place that reads the clock; everything else is given the time."""

from __future__ import annotations

import datetime
import functools
import os
import time
from collections.abc import Callable

Clock = Callable[[], datetime.datetime]


def system_clock() -> datetime.datetime:
    """Return the present time as the clock on the wall shows it, with its offset from UTC.

    In whole seconds, because a baker's files need no more.
    """
    return _local(int(time.time()), time.timezone, time.altzone)


@functools.lru_cache(maxsize=1)
def _local(seconds: int, *_zone: int) -> datetime.datetime:
    """Return a second as local time; asked for again and again within the same second, which is worked out once."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).astimezone()


def stopwatch_seconds() -> float:
    """Return seconds on a clock that never goes backwards; only differences mean anything."""
    return time.monotonic()


def let_others_run() -> None:
    """Pause for no longer than it takes others to run that are ready to."""
    getattr(os, "sched_yield", functools.partial(time.sleep, 0))()


def pause(seconds: float) -> None:
    """Wait for a number of seconds."""
    time.sleep(seconds)
