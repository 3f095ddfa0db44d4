"""Count the crash states that the proofs look at: `python -m tests.storage.count_states [long]`, on two cores."""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

# The modules of the proofs find each other as they do under pytest.
sys.path.insert(0, str(Path(__file__).parent))

from test_power_loss import JUDGEMENTS, LONG, NORMAL, Size

from tests.conftest import IN_MEMORY

_CORES = 2
# How many of the bad states of a judgement are described.
_SHOWN = 3


def judged(number: int, size: Size) -> tuple[str, int, list[str], float]:
    """Do one of the judgements; return its name, the states, what is wrong and the seconds it took."""
    judge, name = JUDGEMENTS[number]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as scratch:
        tried, wrong = judge(name, size, Path(scratch))
    return f"{judge.__name__} {name}", tried, wrong, time.monotonic() - started


def main(arguments: list[str]) -> int:
    """Print one line for each judgement, and the sum."""
    size = LONG if "long" in arguments else NORMAL
    started = time.monotonic()
    with ProcessPoolExecutor(_CORES) as pool:
        found = list(pool.map(judged, range(len(JUDGEMENTS)), [size] * len(JUDGEMENTS)))
    for name, tried, wrong, seconds in found:
        print(f"{tried:8} {len(wrong):4} {seconds:7.1f} s  {name}")
        for one in wrong[:_SHOWN]:
            print(f"{'':14}{one[:200]}")
    states, bad = sum(one[1] for one in found), sum(len(one[2]) for one in found)
    print(f"{states:8} {bad:4} {time.monotonic() - started:7.1f} s  states, bad ones, on {_CORES} cores")
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
