"""The small changes of one plan among N: start it, amend it, decide batches, record what was baked."""

from __future__ import annotations

from typing import Any

from bench import workload
from bench.contenders.contract import Contender
from bench.jobs.contract import ContenderJob
from bench.measuring.places import STARTED, Places

_GOOD, _UNIT = 5, 4
_ENOUGH = workload.decisions()[_UNIT - 1]["batches"]


class _Change:
    """A contender with a copy of its folder."""

    def __init__(self, contender: type[Contender], places: Places, size: int) -> None:
        self._contender = contender
        self._places = places
        self._size = size
        self.appended_bytes = 0
        self._open()

    def before(self) -> None:
        """Nothing is used up."""

    def run(self) -> None:
        """Do it."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the copy."""
        self._opened.close()

    def _open(self) -> None:
        self._folder = self._places.copy(self._contender, self._size)
        self._opened = self._contender(self._folder)

    def _count_bytes(self) -> None:
        """Run once more and keep how much plandoc appends: the limits bring the same bytes to the disk."""
        before = _journal_bytes(self._opened)
        self.run()
        self.appended_bytes = max(0, _journal_bytes(self._opened) - before)


class Start(_Change):
    """Freeze a plan and move it on. Each event can be started once; then another copy is taken."""

    def before(self) -> None:
        """Take another copy when fewer than three events are left: one for the first start in a store just opened."""
        if self._next + 3 > self._size + 1:
            self.close()
            self._open()
            self.run()

    def run(self) -> None:
        """Start the next event."""
        self._opened.start(self._next)
        self._next += 1

    def result(self) -> Any:
        """Return what was frozen."""
        self._count_bytes()
        frozen = self._opened.frozen(self._next - 1)
        frozen["snapshot_data"]["created_at"] = ""
        return frozen

    def _open(self) -> None:
        super()._open()
        self._next = STARTED + 1


class Amend(_Change):
    """Change how many of a good are handed out, now to one number and now to another."""

    _quantity = 100

    def run(self) -> None:
        """Change it."""
        self._quantity = 201 - self._quantity
        self._opened.change_quantity(STARTED, _GOOD, self._quantity, "more guests")

    def result(self) -> Any:
        """Return the plan with its amendments."""
        self._count_bytes()
        plan = self._opened.plan_as_json(self._opened.plan(STARTED))
        if plan["snapshot"] is not None:
            plan["snapshot"] = {**plan["snapshot"], "created_at": ""}
        return plan


class Decide(_Change):
    """Save how many batches of a unit are baked, now just enough and now one more."""

    _more = 0

    def run(self) -> None:
        """Save it."""
        self._more = 1 - self._more
        self._opened.decide(self._event_id, _UNIT, _ENOUGH + self._more)

    def result(self) -> Any:
        """Return the plan with its decisions."""
        self._count_bytes()
        return self._opened.plan_as_json(self._opened.plan(self._event_id))

    @property
    def _event_id(self) -> int:
        return self._size // 2 + 1


class Bake(_Change):
    """Record that a batch of a unit was baked."""

    def run(self) -> None:
        """Record it."""
        self._opened.bake(STARTED, _UNIT, 1)

    def result(self) -> Any:
        """Return what was baked."""
        self._count_bytes()
        return self._opened.runs(STARTED)


def _journal_bytes(opened: Any) -> int:
    return opened.journal_bytes() if hasattr(opened, "journal_bytes") else 0


JOBS = (
    ContenderJob("start", "start", "start_production of one plan among N", Start, changes=True),
    ContenderJob("amend", "amend", "one amendment of a plan among N", Amend, changes=True),
    ContenderJob("decide", "decide", "save one decision of a plan among N", Decide, changes=True),
    ContenderJob("bake", "bake", "record that a batch of a plan among N was baked", Bake, changes=True),
)
