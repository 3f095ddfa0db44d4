"""The command line: `python -m bench` runs the whole suite; see README.md beside this file."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import suite

_RESULTS = Path(__file__).with_name("RESULTS.md")


def run(arguments: Sequence[str]) -> None:
    """Run the jobs, print their tables, and write the results."""
    parser = argparse.ArgumentParser("python -m bench", description="Measure plandoc beside others that do the same.")
    parser.add_argument("--jobs", default="", help="some jobs only, with commas between them; all unless given")
    parser.add_argument("--sizes", default="10,100,1000,10000", help="numbers of events, with commas between them")
    parser.add_argument("--rounds", type=int, default=15, help="how often each contender runs")
    parser.add_argument(
        "--folder",
        type=Path,
        help="where to work; must be on the disk to measure. The system's folder for temporary files unless given",
    )
    parser.add_argument(
        "--output",
        type=Path,
        help="where to write the results. A run of everything writes bench/RESULTS.md; a part only when this is given",
    )
    parser.add_argument("--plot", type=Path, help="also draw cost against N, as SVG; needs matplotlib")
    parser.add_argument("--commits", type=int, default=20_000, help="of the process whose memory is watched")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long many writers write")
    parser.add_argument("--seed", type=int, default=1, help="of the order of turns")
    given = parser.parse_args(arguments)
    wanted = suite.Wanted.of(
        given.jobs, given.sizes, given.rounds, given.seed, commits=given.commits, seconds=given.seconds
    )
    target = given.output or (_RESULTS if wanted.is_everything else None)
    suite.run(wanted, given.folder or Path(tempfile.gettempdir()), target, given.plot)


def main(arguments: list[str]) -> None:
    """Run the suite, or what the first argument names: `planning`, `production`, `tables` or `durable`."""
    match arguments:
        case ["planning", *rest]:
            from bench import planning

            planning.main(rest)
        case ["production", *rest]:
            from bench import production

            production.main(rest)
        case ["tables", *rest]:
            from bench import tables

            tables.main(rest)
        case ["durable", *rest]:
            from bench import durable

            durable.main(rest)
        case _:
            run(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
