"""The command line: `python -m bench` runs the whole suite; see README.md beside this file."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bench import suite

app = App(name="python -m bench", help="Measure plandoc beside others that do the same.", version_flags=[])

_RESULTS = Path(__file__).with_name("RESULTS.md")


@app.default
def run(
    *,
    jobs: str = "",
    sizes: str = "10,100,1000,10000",
    rounds: int = 21,
    folder: Path | None = None,
    output: Path | None = None,
    plot: Path | None = None,
    seed: int = 1,
) -> None:
    """Run the jobs, print their tables, and write the results.

    Parameters
    ----------
    jobs
        Some jobs only, with commas between them; all unless given.
    sizes
        Numbers of events, with commas between them.
    rounds
        How often each contender runs.
    folder
        Where to work; must be on the disk to measure. The system's folder for temporary files unless given.
    output
        Where to write the results. A run of everything writes bench/RESULTS.md; a part is written only when this is given.
    plot
        Also draw cost against N, as SVG; needs matplotlib.
    seed
        Of the order of turns.
    """
    wanted = suite.Wanted.of(jobs, sizes, rounds, seed)
    work = folder or Path(tempfile.gettempdir())
    target = output or (_RESULTS if wanted.is_everything else None)
    suite.run(wanted, work, target, plot)


@app.command(help_flags=[])
def planning(*arguments: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> None:
    """Measure the sums of planning of one large event."""
    from bench import planning as measured

    measured.main(list(arguments))


@app.command(help_flags=[])
def production(*arguments: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> None:
    """Measure what comes after the start of one large event."""
    from bench import production as measured

    measured.main(list(arguments))


if __name__ == "__main__":
    app(sys.argv[1:])
