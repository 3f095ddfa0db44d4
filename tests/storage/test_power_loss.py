"""Power cuts: whatever POSIX allows the disk to hold, every acknowledged transaction is there, whole.

`python -m tests.storage.count_states` prints how many states these proofs look at.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from every_workload import WORKLOADS
from lives import Proof, second_crashes
from recorder import make_folder, open_folder

import plandoc


@attrs.frozen
class Size:
    """How much of what a power cut may leave is looked at.

    Attributes:
        limit: States after each operation, about.
        cuts: At how many bytes each write is torn.
        every: One in so many states is recovered with a second power cut in the recovery.
        second_limit: States after each operation of such a recovery.
        line_cuts: At how many bytes the line of a start is torn.
    """

    limit: int
    cuts: int
    every: int
    second_limit: int
    line_cuts: int


NORMAL = Size(limit=7, cuts=3, every=17, second_limit=4, line_cuts=160)
LONG = Size(limit=270, cuts=24, every=7, second_limit=16, line_cuts=1_000_000)
# Lives with a crash worth recovering from at nearly every operation.
RECOVERED = ("checkpoints", "several_documents", "runs", "killed_at_7", "edited")


def first_cuts(name: str, size: Size, scratch: Path) -> tuple[int, list[str]]:
    """Cut the power after every operation of a life; return how many states there were, and what is wrong."""
    life = WORKLOADS[name](scratch / "life")
    life.cuts = size.cuts
    proof = Proof(scratch)
    wrong = proof.violations(life, limit=size.limit)
    return proof.tried, wrong


def second_cuts(name: str, size: Size, scratch: Path) -> tuple[int, list[str]]:
    """Cut the power again in the recoveries of a life; what the first reader saw must stay."""
    life = WORKLOADS[name](scratch / "life")
    proof = Proof(scratch)
    wrong = []
    for second in second_crashes(life, scratch, limit=size.second_limit, every=size.every):
        wrong += proof.violations(second, limit=size.second_limit)
    return proof.tried, wrong


def torn_lines(name: str, size: Size, scratch: Path) -> tuple[int, list[str]]:
    """Tear the journal's line of a life's first transaction at every byte, or at some."""
    life = WORKLOADS[name](scratch / "life")
    life.cuts = size.line_cuts
    proof = Proof(scratch)
    at = next(at for at, operation in enumerate(life.files.log) if operation[0] == "write_at")
    wrong = proof.violations(life, life.files.log[: at + 1], limit=10**9, first=at)
    return proof.tried, wrong


Judge = Callable[[str, Size, Path], tuple[int, list[str]]]
JUDGEMENTS: tuple[tuple[Judge, str], ...] = (
    *((first_cuts, name) for name in WORKLOADS),
    *((second_cuts, name) for name in RECOVERED),
    (torn_lines, "start"),
    (torn_lines, "creation"),
)
CASES = [pytest.param(judge, name, id=f"{judge.__name__}-{name}") for judge, name in JUDGEMENTS]


@pytest.mark.parametrize(("judge", "name"), CASES)
def test_after_a_power_cut_every_acknowledged_transaction_is_there_and_none_is_half(
    judge: Judge, name: str, scratch: Path
) -> None:
    tried, wrong = judge(name, NORMAL, scratch)

    assert wrong == []
    assert tried > 10


@pytest.mark.slow
@pytest.mark.parametrize(("judge", "name"), CASES)
def test_the_same_holds_for_many_more_states(judge: Judge, name: str, scratch: Path) -> None:
    tried, wrong = judge(name, LONG, scratch)

    assert wrong == []
    assert tried > 100


def test_a_half_written_file_beside_sound_documents_is_removed_by_the_next_writer(scratch: Path) -> None:
    root = make_folder(scratch / "data")
    left = [root / "catalog.json.plandoc-tmp", root / "events" / "3.json.plandoc-tmp"]
    for path in left:
        path.write_bytes(b"{")

    open_folder(root).begin("look", timeout_seconds=0).release()

    assert [path for path in left if path.exists()] == []
    assert plandoc.check(root) == []
