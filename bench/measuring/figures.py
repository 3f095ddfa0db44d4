"""What was measured: figures by contender and column, or why there are none."""

from __future__ import annotations

import enum
import statistics
from typing import Self

import attrs

# Columns are numbers of events; where that number does not matter there is one column, or columns with names.
ANY_SIZE = 0
Column = int | str
# Characters of an error that a table has room for.
_SHOWN = 60


class Unit(enum.Enum):
    """What a figure counts; the value is how tables call it."""

    SECONDS = "ms"
    BYTES = "MB"
    BYTES_WRITTEN = "kB"
    TIMES = ""


@attrs.frozen
class Cell:
    """A contender in a column.

    Attributes:
        contender: Its name.
        column: The number of events, or ANY_SIZE, or a name.
    """

    contender: str
    column: Column


@attrs.frozen
class Sample:
    """The figures of one cell.

    Attributes:
        values: Of each run, in the order in which they were made.
    """

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        """A quarter of the runs lies below the first, a quarter above the second."""
        if len(self.values) < 2:
            return self.median, self.median
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return low, high


@attrs.frozen
class NotRun:
    """A cell without figures.

    Attributes:
        reason: As a person is told.
    """

    reason: str

    @classmethod
    def failed(cls, error: Exception) -> Self:
        """Return why there are no figures, when it was an error."""
        first, *_ = str(error).splitlines() or [""]
        name = type(error).__name__
        return cls(f"failed: {name}: {first[:_SHOWN]}" if first else f"failed: {name}")


class TooSlowError(Exception):
    """Something was cut off because it took longer than anybody would wait."""


@attrs.frozen
class JobResult:
    """A table of figures.

    Attributes:
        name: By which goals find it.
        title: What was done.
        cells: What was measured, or why not.
        unit: Of the figures.
        rounds: How often a cell was measured unless its figures are fewer.
    """

    name: str
    title: str
    cells: dict[Cell, Sample | NotRun]
    unit: Unit = Unit.SECONDS
    rounds: int = 1

    def median(self, contender: str, column: Column) -> float | None:
        """Return the median of a cell; None when it was not measured."""
        found = self.cells.get(Cell(contender, column))
        return found.median if isinstance(found, Sample) else None

    @property
    def contenders(self) -> list[str]:
        """Their names, in the order in which they were measured."""
        return list(dict.fromkeys(cell.contender for cell in self.cells))

    @property
    def columns(self) -> list[Column]:
        """Numbers from small to large, or names in their order."""
        columns = list(dict.fromkeys(cell.column for cell in self.cells))
        numbers = sorted(column for column in columns if isinstance(column, int))
        return [*numbers, *(column for column in columns if isinstance(column, str))]
