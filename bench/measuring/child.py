"""One contender in a process of its own: does one operation so many times, and tells what memory that took.

`python -m bench.measuring.child MODULE FOLDER OPERATION TIMES ENDING`: the module is that of the contender, the folder is
changed, the ending is one of `ENDINGS`. What is imported is not counted.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench import workload
from bench.measuring.places import STARTED

_GOOD, _UNIT = 5, 4
OPERATIONS = ("start", "amend", "decide", "add")
# Closed as it should be, or left as it is: what an acknowledged change has brought to the disk by then is all there is.
CLOSED, LEFT = "closed", "left"
ENDINGS = (CLOSED, LEFT)


def main() -> None:
    """Do what the command line says."""
    module, folder, operation, times, ending = sys.argv[1:]
    # Only this one: what the others import would be memory that this one need not ask for.
    contender: Any = importlib.import_module(module).Contender
    for name in getattr(contender, "IMPORTED_ON_USE", ()):
        importlib.import_module(name)
    _forget_peak()
    before = _peak_kibibytes()
    opened: Any = contender(Path(folder))
    for number in range(int(times)):
        _do(opened, operation, number)
    print(json.dumps({"bytes": max(0, _peak_kibibytes() - before) * 1024}), flush=True)
    if ending == LEFT:
        os._exit(0)
    opened.close()


def _do(opened: Any, operation: str, number: int) -> None:
    if operation == "start":
        opened.start(STARTED + 1 + number)
    elif operation == "amend":
        opened.change_quantity(STARTED, _GOOD, 100 + number, "more guests")
    elif operation == "decide":
        opened.decide(STARTED + 1, _UNIT, workload.decisions()[_UNIT - 1]["batches"] + 1 + number % 2)
    else:
        opened.add_event(1_000_000 + number)


def _forget_peak() -> None:
    """Make the memory of this moment the most that there was, where the system can: imports need more for moments."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_kibibytes() -> int:
    """Return the most memory that the process had.

    Not what getrusage says where there is something better: that counts the process from which this one was made.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


if __name__ == "__main__":
    main()
