"""What every contender can do, so that a job can be asked of all of them in the same words."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, Protocol

from bench.workload import Catalog, Row


class Contender(Protocol):
    """One way to keep production plans, open in a folder that its `build` has filled.

    Attributes:
        NAME: As the tables call it.
        PACKAGES: The distributions that it is made of, for their versions.
        DURABILITY: What of an acknowledged change is still there after a power cut, and whether a change can be torn.
        USE: How it is used, as its documentation recommends.
    """

    NAME: ClassVar[str]
    PACKAGES: ClassVar[tuple[str, ...]]
    DURABILITY: ClassVar[str]
    USE: ClassVar[str]

    def __init__(self, folder: Path) -> None: ...

    @classmethod
    def build(cls, folder: Path, catalog: Catalog, event_ids: Iterable[int]) -> None:
        """Fill an empty folder with the catalog and these events, all LOCKED."""

    # Changes. Each is durable when it returns, as far as the contender can.

    def start(self, event_id: int) -> None:
        """Freeze the plan with its definitions and move it to IN_PRODUCTION, once, in one transaction."""

    def change_quantity(self, event_id: int, good_id: int, quantity: int, reason: str) -> None:
        """Amend a plan in production: change how many of a good are handed out, and keep the reason."""

    def decide(self, event_id: int, unit_id: int, batches: int) -> None:
        """Save how many batches of a unit are baked, with the need and the recipe's fingerprint of today."""

    def bake(self, event_id: int, unit_id: int, batches: int) -> None:
        """Record that batches of a unit of a plan in production were baked, and take nothing from the stock."""

    def add_event(self, number: int) -> None:
        """Add a bare event in a transaction of its own."""

    def add_events(self, numbers: Iterable[int]) -> None:
        """Add bare events in one transaction."""

    def import_catalog(self, rows: Catalog, source: Path) -> None:
        """Bring in a catalog: plandoc reads the source, the others are given the rows that plandoc made of it."""

    # Looks. Each returns what the contender has: records, rows or objects; `as_json` makes the same JSON of all.

    def plan(self, event_id: int) -> Any:
        """Return everything about one plan."""

    def plan_as_json(self, found: Any) -> Any:
        """Return a plan in the form of `bench/forms.py`."""

    def events(self) -> Any:
        """Return all events."""

    def events_as_json(self, found: Any) -> Any:
        """Return the rows of the events, each with its id."""

    def comparison(self, event_id: int) -> Any:
        """Return what became of a plan since it was started."""

    def comparison_as_json(self, found: Any) -> Any:
        """Return a comparison in the form of `bench/forms.py`."""

    def check(self) -> list[str]:
        """Return what is wrong: at least references that lead nowhere, and snapshots that are not what they were."""

    # For seeing that all did the same; never measured.

    def frozen(self, event_id: int) -> Any:
        """Return what `start` froze: snapshot_data and definitions."""

    def runs(self, event_id: int) -> list[Row]:
        """Return what was baked for an event, in order, without the moments."""

    def catalog(self) -> Catalog:
        """Return the rows of the catalog."""

    def close(self) -> None:
        """Let go of the files."""


class AlreadyJson:
    """For contenders whose looks return JSON as they are."""

    def plan_as_json(self, found: Any) -> Any:
        """Return it as it is."""
        return found

    def events_as_json(self, found: Any) -> Any:
        """Return it as it is."""
        return found

    def comparison_as_json(self, found: Any) -> Any:
        """Return it as it is."""
        return found


def now() -> str:
    """Return the present moment as the snapshots hold it."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0).isoformat()
