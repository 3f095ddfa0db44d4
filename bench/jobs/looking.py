"""Looks that change nothing: one plan, all events, a comparison, a check.

Warm is a store or database that has looked before; cold is one that is opened, asked once and closed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bench.contenders.contract import Contender
from bench.jobs.contract import ContenderJob
from bench.measuring.places import STARTED, Places

# Of an open contender and the number of its events; and the JSON of what it returned.
Ask = Callable[[Any, int], Any]
AsJson = Callable[[Any, Any], Any]


class Look:
    """One question, asked again and again of a store that is open, or of one that is opened for it."""

    def __init__(
        self, contender: type[Contender], places: Places, size: int, *, ask: Ask, as_json: AsJson, cold: bool
    ) -> None:
        self._open = partial(contender, places.folder(contender, size))
        self._size = size
        self._ask = ask
        self._as_json = as_json
        self._opened = None if cold else self._open()

    def before(self) -> None:
        """Nothing is used up."""

    def run(self) -> None:
        """Look."""
        if self._opened is not None:
            self._ask(self._opened, self._size)
            return
        opened = self._open()
        self._ask(opened, self._size)
        opened.close()

    def result(self) -> Any:
        """Return what was seen as JSON."""
        opened = self._opened or self._open()
        found = self._as_json(opened, self._ask(opened, self._size))
        if self._opened is None:
            opened.close()
        return found

    def close(self) -> None:
        """Let go of the files."""
        if self._opened is not None:
            self._opened.close()


def _job(name: str, key: str, title: str, ask: Ask, as_json: AsJson, *, cold: bool = False) -> ContenderJob:
    return ContenderJob(name, key, title, partial(Look, ask=ask, as_json=as_json, cold=cold))


def _plan(opened: Contender, size: int) -> Any:
    return opened.plan(size // 2 + 1)


def _events(opened: Contender, _size: int) -> Any:
    return opened.events()


def read_turn(*, cold: bool) -> Callable[[type[Contender], Places, int], Look]:
    """Return what makes a turn that reads a plan."""
    return partial(Look, ask=_plan, as_json=lambda one, found: one.plan_as_json(found), cold=cold)


JOBS = (
    _job("read", "read warm", "read one plan among N, warm", _plan, lambda one, found: one.plan_as_json(found)),
    _job(
        "read", "read cold", "read one plan among N, cold", _plan, lambda one, found: one.plan_as_json(found), cold=True
    ),
    _job("list", "list warm", "list N events, warm", _events, lambda one, found: one.events_as_json(found)),
    _job("list", "list cold", "list N events, cold", _events, lambda one, found: one.events_as_json(found), cold=True),
    _job(
        "compare",
        "compare",
        "compare one plan among N with its snapshot, warm",
        lambda opened, _: opened.comparison(STARTED),
        lambda one, found: one.comparison_as_json(found),
    ),
    _job("check", "check", "check everything, N events", lambda opened, _: opened.check(), lambda _, found: found),
)
