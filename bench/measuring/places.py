"""The folders of the contenders: built once for each size, and copied for jobs that change them."""

from __future__ import annotations

import itertools
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench import workload
from bench.contenders.contract import Contender
from bench.measuring.figures import NotRun, TooSlowError

# The event that is started and amended in every folder; all others are LOCKED.
STARTED = 1
FIRST_AMENDMENTS = ((3, 50), (5, 60), (3, 70))
LONGEST_BUILD_SECONDS = 240


class Places:
    """Where the contenders have their files.

    Nothing is removed before the end: for five seconds ext4 looks past each file that was just removed whenever it makes a
    new one, and whoever makes files would pay for that.

    Args:
        root: An empty folder on the disk to measure.
        recipes: How many the catalog holds; the plans take the first ones of them.
    """

    def __init__(self, root: Path, recipes: int = workload.RECIPES) -> None:
        self._root = root
        self._catalog = workload.catalog(recipes)
        self._built: dict[tuple[str, int], Path | NotRun] = {}
        self._numbers = itertools.count(1)

    def built(self, contender: type[Contender], size: int) -> Path | NotRun:
        """Return the folder of a contender with so many events, built when it is first asked for; for looks alone."""
        key = contender.NAME, size
        if key not in self._built:
            self._built[key] = self._build(contender, size)
        return self._built[key]

    def folder(self, contender: type[Contender], size: int) -> Path:
        """Return the folder of a contender that could be built."""
        found = self.built(contender, size)
        if isinstance(found, NotRun):
            raise TypeError(found.reason)
        return found

    def copy(self, contender: type[Contender], size: int) -> Path:
        """Return a copy to change of a folder that was built."""
        return self.duplicate(self.folder(contender, size))

    def duplicate(self, original: Path) -> Path:
        """Return a copy of a folder."""
        folder = self.empty()
        shutil.copytree(original, folder, dirs_exist_ok=True)
        return folder

    def empty(self) -> Path:
        """Return a new folder."""
        folder = self._root / f"{next(self._numbers)}"
        folder.mkdir()
        return folder

    def _build(self, contender: type[Contender], size: int) -> Path | NotRun:
        folder = self.empty()
        try:
            _fill(contender, folder, self._catalog, size)
        except TooSlowError:
            return NotRun(f"storing {size} events: over {LONGEST_BUILD_SECONDS} s")
        except Exception as error:
            # Whatever it is, the others are measured all the same.
            return NotRun.failed(error)
        return folder


def _fill(contender: type[Contender], folder: Path, catalog: workload.Catalog, size: int) -> None:
    contender.build(folder, catalog, _while_bearable(range(1, size + 1)))
    opened = contender(folder)
    opened.start(STARTED)
    for good_id, quantity in FIRST_AMENDMENTS:
        opened.change_quantity(STARTED, good_id, quantity, "more guests")
    opened.close()


def _while_bearable(event_ids: Iterable[int]) -> Iterator[int]:
    deadline = time.monotonic() + LONGEST_BUILD_SECONDS
    for event_id in event_ids:
        if time.monotonic() > deadline:
            raise TooSlowError
        yield event_id
