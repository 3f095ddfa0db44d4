"""Import 5 000 recipes of 12 lines, first into an empty folder and then again: of a table as CSV, and of plandoc's own export."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import attrs

import plandoc
from bench.jobs.contract import Job, Run
from bench.measuring.figures import Cell, JobResult, NotRun, Sample
from bench.measuring.turns import Cost, cost_of

RECIPES, LINES = 5_000, 12
CSV, EXPORT = "CSV", "an export of plandoc"
FIRST, AGAIN = "first", "again"
_MOST_ROUNDS = 3


class LargeImport(Job):
    """Both kinds of files, each into a new folder in each round."""

    name = "import"
    title = "import many recipes, first and again"

    def __init__(self, recipes: int = RECIPES) -> None:
        self._recipes = recipes

    def measure(self, run: Run) -> list[JobResult]:
        """Return a table of the time by the clock, and one of the processor's."""
        rounds = min(run.rounds, _MOST_ROUNDS)
        table, export = run.places.empty() / "recipes.csv", run.places.empty() / "export.json"
        _write_table(table, self._recipes)
        costs: dict[Cell, list[Cost]] = {}
        for number in range(rounds):
            folder = run.places.empty()
            imported = _import_twice(folder, lambda: plandoc.import_recipes(table, add_ingredients=True))
            _keep(costs, CSV, imported)
            if number == 0:
                _export(folder, export)
            _keep(costs, EXPORT, _import_twice(run.places.empty(), lambda: plandoc.import_file(export)))
        title = f"import {self._recipes} recipes of {LINES} lines"
        return [
            JobResult("import large", title, _cells(costs, lambda cost: cost.clock), rounds=rounds),
            JobResult(
                "import large, processor",
                f"{title}, processor time alone",
                _cells(costs, lambda cost: cost.processor),
                rounds=rounds,
            ),
        ]


def _write_table(path: Path, recipes: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["recipe", "category", "ingredient", "quantity", "unit"])
        for recipe in range(1, recipes + 1):
            for line in range(LINES):
                ingredient = 1 + (recipe * 7 + line * 5) % (5 * LINES)
                writer.writerow([f"Recipe {recipe}", "Cakes", f"Ingredient {ingredient}", f"{1 + line}.25", "cup"])


def _export(folder: Path, target: Path) -> None:
    with plandoc.open_store(folder / "plandoc") as store:
        plandoc.use_store(store)
        plandoc.export_file(target)


@attrs.frozen
class _Imported:
    first: Cost
    again: Cost


def _import_twice(folder: Path, work: Callable[[], object]) -> _Imported:
    with plandoc.open_store(folder / "plandoc", create=True) as store:
        plandoc.use_store(store)
        os.sync()
        return _Imported(cost_of(work), cost_of(work))


def _keep(costs: dict[Cell, list[Cost]], row: str, imported: _Imported) -> None:
    costs.setdefault(Cell(row, FIRST), []).append(imported.first)
    costs.setdefault(Cell(row, AGAIN), []).append(imported.again)


def _cells(costs: dict[Cell, list[Cost]], figure: Callable[[Cost], float]) -> dict[Cell, Sample | NotRun]:
    return {cell: Sample(tuple(map(figure, found))) for cell, found in costs.items()}
