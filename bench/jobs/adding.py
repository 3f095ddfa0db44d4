"""Add a thousand bare events to N: each in a transaction of its own, or all in one.

One more is added before, unmeasured: every contender has then looked at the events that there are.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from bench.contenders.contract import Contender
from bench.contenders.limits import Append, AppendAndMake
from bench.jobs.contract import ContenderJob
from bench.measuring.figures import TooSlowError
from bench.measuring.places import Places
from bench.measuring.turns import LONGEST_RUN_SECONDS

_COUNT = 1000


class _Add:
    """Each run is of a new copy of the folder."""

    def __init__(
        self, contender: type[Contender], places: Places, size: int, *, in_one_session: bool, count: int
    ) -> None:
        self._contender = contender
        self._places = places
        self._size = size
        self._in_one_session = in_one_session
        self._count = count
        self._opened: Contender | None = None
        self.appended_bytes = 0

    def before(self) -> None:
        """Take a new copy, and open it."""
        self.close()
        self._folder = self._places.copy(self._contender, self._size)
        self._opened = self._contender(self._folder)
        self._opened.add_event(self._size + 1)

    def run(self) -> None:
        """Add the events."""
        opened, numbers = self._present(), self._numbers()
        if self._in_one_session:
            opened.add_events(numbers)
        else:
            for number in numbers:
                opened.add_event(number)

    def result(self) -> Any:
        """Return all events as JSON."""
        opened = self._present()
        self.appended_bytes = opened.journal_bytes() if hasattr(opened, "journal_bytes") else 0
        return opened.events_as_json(opened.events())

    def close(self) -> None:
        """Let go of the copy."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _present(self) -> Contender:
        if self._opened is None:
            raise ValueError("a copy is taken first")
        return self._opened

    def _numbers(self) -> Iterator[int]:
        deadline = time.monotonic() + LONGEST_RUN_SECONDS
        for number in range(self._size + 2, self._size + self._count + 2):
            yield number
            if time.monotonic() > deadline:
                raise TooSlowError


def jobs(count: int) -> tuple[ContenderJob, ContenderJob]:
    """Return both ways to add so many events."""
    one_by_one, together = (
        ContenderJob(
            "add",
            key,
            f"add {count} events to N, {how}",
            partial(_Add, in_one_session=in_one_session, count=count),
            changes=True,
            warm=False,
            most_rounds=5,
            only_ends=not in_one_session,
            limits=(Append, partial(AppendAndMake, count=count)) if in_one_session else (),
        )
        for key, how, in_one_session in (("add each", "one by one", False), ("add together", "in one session", True))
    )
    return one_by_one, together


JOBS = jobs(_COUNT)
