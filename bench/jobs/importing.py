"""Import a catalog of a real bakery into an empty folder.

plandoc reads the file of another program, understands and checks it. The others are given the rows that plandoc made of
it, and only store them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import plandoc
from bench.contenders.contract import Contender
from bench.contenders.with_plandoc import Contender as Plandoc
from bench.jobs.contract import ContenderJob
from bench.measuring.places import Places
from bench.workload import Catalog

SOURCE = Path(__file__).parents[3] / "shared" / "data" / "bake_tracker_4.2_catalog.json"


class _Import:
    """Each run is into a new folder."""

    def __init__(self, contender: type[Contender], places: Places, _size: int) -> None:
        self._contender = contender
        self._places = places
        self._rows = _imported_rows(places)
        self._opened: Contender | None = None

    def before(self) -> None:
        """Make an empty folder, and open it."""
        self.close()
        self._folder = self._places.empty()
        self._contender.build(self._folder, {}, [])
        self._opened = self._contender(self._folder)

    def run(self) -> None:
        """Import."""
        if self._opened is None:
            raise ValueError("a folder is made first")
        self._opened.import_catalog(self._rows, SOURCE)

    def result(self) -> Any:
        """Return the rows of the catalog."""
        return self._opened and self._opened.catalog()

    def close(self) -> None:
        """Let go of the folder."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None


@cache
def _imported_rows(places: Places) -> Catalog:
    folder = places.empty()
    with plandoc.open_store(folder / "plandoc", create=True) as store:
        plandoc.use_store(store)
        plandoc.import_file(SOURCE)
    opened = Plandoc(folder)
    rows = opened.catalog()
    opened.close()
    return rows


def _missing() -> str | None:
    return None if SOURCE.exists() else f"{SOURCE.name} is not there"


JOBS = (
    ContenderJob(
        "import",
        "import",
        "import the 4.2 catalog into an empty folder",
        _Import,
        changes=True,
        warm=False,
        has_events=False,
        missing=_missing,
    ),
)
