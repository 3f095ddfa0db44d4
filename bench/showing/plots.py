"""A picture of cost against the number of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.measuring.figures import JobResult, Unit
from bench.showing.grids import OURS

_COLUMNS = 3


def draw(results: Sequence[JobResult], target: Path) -> None:
    """Draw every table of times over sizes, both axes logarithmic.

    Raises:
        SystemExit: when matplotlib is not installed, or nothing can be drawn.
    """
    try:
        import matplotlib as mpl
    except ImportError:
        raise SystemExit("matplotlib is not installed; pip install -e '.[bench]' brings it") from None
    mpl.use("svg")
    # Text stays text, and the same figures give the same file.
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "plandoc", "font.size": 8})
    from matplotlib import pyplot

    clocked = [result for result in results if result.unit is Unit.SECONDS and "processor" not in result.name]
    drawable = [result for result in clocked if len(_sizes(result)) > 1]
    if not drawable:
        raise SystemExit("nothing to draw: two sizes are needed at least")
    names = dict.fromkeys(name for result in drawable for name in result.contenders)
    # The ten usual colours are too few.
    palette: Any = mpl.colormaps["tab20"]
    colours = {name: palette.colors[number * 2 % 20 + number // 10] for number, name in enumerate(names)}
    rows = -(-len(drawable) // _COLUMNS)
    figure, all_axes = pyplot.subplots(rows, _COLUMNS, figsize=(4.2 * _COLUMNS, 3.4 * rows), squeeze=False)
    for axes, result in zip(all_axes.flat, drawable, strict=False):
        _draw(axes, result, colours)
    for axes in all_axes.flat[len(drawable) :]:
        axes.axis("off")
    figure.tight_layout()
    figure.savefig(target, metadata={"Date": None})
    pyplot.close(figure)


def _sizes(result: JobResult) -> list[int]:
    return [column for column in result.columns if isinstance(column, int) and column]


def _draw(axes: Any, result: JobResult, colours: Mapping[str, Any]) -> None:
    for contender in result.contenders:
        points = [(size, median * 1e3) for size in _sizes(result) if (median := result.median(contender, size))]
        if points:
            width = 2.5 if contender == OURS else 1.0
            axes.loglog(
                *zip(*points, strict=True), marker=".", linewidth=width, label=contender, color=colours[contender]
            )
    axes.set_title(result.title)
    axes.set_xlabel("N events")
    axes.set_ylabel("ms")
    axes.grid(visible=True, which="major", linewidth=0.3)
    axes.legend(fontsize=5, framealpha=0.5)
