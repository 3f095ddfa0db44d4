"""The same plans with a catalog of 1 000 recipes as with one of 8: whoever plans with few should not pay for the rest."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial

from bench import workload
from bench.contenders.with_plandoc import Contender
from bench.jobs import changing, looking
from bench.jobs.contract import Job, Run
from bench.measuring.figures import Cell, JobResult
from bench.measuring.places import Places
from bench.measuring.turns import Table, Turn

_SETTLED_SECONDS = 4
SMALL, LARGE = workload.RECIPES, 1_000
COLUMNS = {recipes: f"{recipes:,} recipes".replace(",", " ") for recipes in (SMALL, LARGE)}
_TURNS: dict[str, Callable[[type[Contender], Places, int], Turn]] = {
    "start": changing.Start,
    "decide": changing.Decide,
    "amend": changing.Amend,
    "bake": changing.Bake,
    "read warm": looking.read_turn(cold=False),
    "read cold": looking.read_turn(cold=True),
}
ROWS = tuple(_TURNS)


class LargeCatalog(Job):
    """plandoc with both catalogs, in the same rounds."""

    name = "catalog"
    title = (
        f"one plan with a catalog of {SMALL} recipes, and with one of {LARGE} of which {LARGE - SMALL} have 12 lines"
    )

    def measure(self, run: Run) -> list[JobResult]:
        """Return one table."""
        size = run.sizes[:2][-1]
        places = {SMALL: run.places, LARGE: Places(run.places.empty(), recipes=LARGE)}
        table = Table(run.rounds, warm=True, sync=True, order=random.Random(run.seed))
        for row, turn in _TURNS.items():
            for recipes, where in places.items():
                table.seat(Cell(row, COLUMNS[recipes]), partial(turn, Contender, where, size))
        # Nobody looks at a catalog in the very moment in which all of it was written; plandoc reads a file that is younger, and its clock has steps of a second.
        time.sleep(_SETTLED_SECONDS if run.rounds > 2 else 0)
        table.run()
        table.close()
        return [JobResult(self.name, f"{self.title}, N = {size}", table.measured(), rounds=run.rounds)]
