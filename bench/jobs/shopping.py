"""The shopping list of one event among N, of plandoc alone: what others would have to work out, nobody has written for them."""

from __future__ import annotations

import random
from functools import partial

from bench.contenders.with_plandoc import Contender
from bench.jobs.contract import Job, Run
from bench.jobs.looking import Look
from bench.measuring.figures import Cell, JobResult
from bench.measuring.turns import Table

WARM, COLD = "plandoc, warm", "plandoc, cold"


class Shopping(Job):
    """Warm and cold, at every size."""

    name = "shop"
    title = "the shopping list of one event among N"

    def measure(self, run: Run) -> list[JobResult]:
        """Return one table."""
        table = Table(run.rounds, warm=True, sync=False, order=random.Random(run.seed))
        for row, cold in ((WARM, False), (COLD, True)):
            for size in run.sizes:
                turn = partial(Look, Contender, run.places, size, ask=_shop, as_json=_as_json, cold=cold)
                table.seat(Cell(row, size), turn)
        table.run()
        table.close()
        return [JobResult(self.name, self.title, table.measured(), rounds=run.rounds)]


def _shop(opened: Contender, size: int) -> object:
    return opened.shopping_list(size // 2 + 1)


def _as_json(_: Contender, found: object) -> object:
    return found
