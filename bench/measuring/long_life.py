"""One process that commits very often, and says now and then how much memory it takes and how many files it has open.

`python -m bench.measuring.long_life FOLDER COMMITS`: prints a line of JSON after each tenth.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from bench import workload
from bench.contenders.with_plandoc import Contender
from bench.measuring.places import STARTED

_UNIT = 4
_ENOUGH = workload.decisions()[_UNIT - 1]["batches"]
TENTHS = 10


def main() -> None:
    """Save decisions of all plans that are not started, one plan after the other."""
    folder, commits = Path(sys.argv[1]), int(sys.argv[2])
    events = len(list((folder / "plandoc" / "events").glob("*.json"))) - STARTED
    opened = Contender(folder)
    for number in range(1, commits + 1):
        opened.decide(STARTED + 1 + number % events, _UNIT, _ENOUGH + number // events % 2)
        if number % (commits // TENTHS) == 0:
            print(json.dumps({"commits": number, "bytes": _resident_bytes(), "files": _open_files()}), flush=True)
    opened.close()


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


if __name__ == "__main__":
    main()
