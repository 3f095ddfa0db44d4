"""Power cuts: whatever POSIX allows the disk to hold, every acknowledged transaction is there, whole.

`python -m tests.storage.count_states` prints how many states these proofs look at.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import attrs
import pytest
from every_workload import WORKLOADS
from going_on import AFTER_A_REPAIR, NEXT, Unexpected, after_a_kill, after_a_power_cut, kill_points
from lives import Life
from proofs import Proof, every_nth
from recorder import make_folder, open_folder
from taking_turns import ORDERS, Witness, in_order, with_one_killed
from workloads import change_everything, fifty_documents

import plandoc
from plandoc.storage import marker
from plandoc.store import Store


@attrs.frozen
class Size:
    """How much of what a power cut may leave is looked at.

    Attributes:
        limit: States after each operation, about.
        cuts: At how many bytes each write is torn.
        every: One in so many states is gone on from, and the power cut again.
        second_limit: States after each operation of the process that goes on.
        line_cuts: At how many bytes the line of a start may be torn; the states are drawn from that.
        kills: At how many calls of a life its process is killed, drawn; 0 stands for all.
        kill_limit: States after each operation of the process that goes on after such a kill.
        orders: In how many of the orders two processes take turns, drawn; 0 stands for all.
        renames: States after each transaction of fifty documents.
    """

    limit: int
    cuts: int
    every: int
    second_limit: int
    line_cuts: int
    kills: int
    kill_limit: int
    orders: int
    renames: int


NORMAL = Size(limit=7, cuts=3, every=17, second_limit=4, line_cuts=160, kills=1, kill_limit=3, orders=2, renames=8)
LONG = Size(
    limit=120, cuts=24, every=13, second_limit=7, line_cuts=1_000_000, kills=0, kill_limit=4, orders=0, renames=600
)
_MOST_TORN_LINES = 40_000
# Lives with a crash worth recovering from at nearly every operation.
RECOVERED = ("checkpoints", "several_documents", "runs", "killed_at_7", "edited")
Wrong = list[str]


def first_cuts(name: str, size: Size, scratch: Path) -> tuple[int, Wrong]:
    """Cut the power after every operation of a life; return how many states there were, and what is wrong."""
    life = WORKLOADS[name](scratch / "life")
    life.cuts = size.cuts
    proof = Proof(scratch)
    wrong = proof.violations(life, limit=size.limit)
    return proof.tried, wrong


def second_cuts(name: str, size: Size, scratch: Path) -> tuple[int, Wrong]:
    """Cut the power, let the next process recover and go on, and cut the power at each of its operations."""
    life = WORKLOADS[name](scratch / "life")
    proof = Proof(scratch)
    wrong: Wrong = []
    for number, crash in enumerate(every_nth(life, limit=size.second_limit, every=size.every)):
        then = list(NEXT)[number % len(NEXT)]
        second = after_a_power_cut(life, crash, NEXT[then], scratch / f"second-{number}")
        wrong += [f"{then}: {one}" for one in proof.violations(second, limit=size.second_limit)]
        shutil.rmtree(second.top)
    return proof.tried, wrong


def cuts_after_kills(name: str, size: Size, scratch: Path) -> tuple[int, Wrong]:
    """Kill the process of a life at any of its calls, let the next one go on, and cut the power at each of its calls."""
    life = WORKLOADS[name](scratch / "life")
    points = [KillPoint(at, half, then) for at, half in kill_points(life) for then in NEXT]
    drawn = random.Random(name).sample(points, size.kills) if size.kills else points
    return _cuts_after(life, drawn, size.kill_limit, scratch)


def cuts_after_a_kill_behind_the_marker(name: str, size: Size, scratch: Path) -> tuple[int, Wrong]:
    """Kill it where the marker has its new name already, and that name is not on the disk yet."""
    life = WORKLOADS[name](scratch / "life")
    places = [at for at, operation in enumerate(life.files.log, start=1) if _names_the_marker(operation)]
    return _cuts_after(
        life, [KillPoint(at, half=False, then=then) for at in places for then in NEXT], size.limit, scratch
    )


def _names_the_marker(operation: tuple[Any, ...]) -> bool:
    return operation[0] == "replace" and operation[2].name == marker.NAME


def cuts_after_killed_repairs(name: str, size: Size, scratch: Path) -> tuple[int, Wrong]:
    """Kill a repair at any of its calls, let the next one repair, and cut the power at each of its calls."""
    life = WORKLOADS[name](scratch / "life")
    points = [KillPoint(at, half, then) for at, half in kill_points(life) for then in AFTER_A_REPAIR]
    return _cuts_after(life, points, size.kill_limit, scratch)


class KillPoint(NamedTuple):
    """Where a process is killed: before an operation or half way through it; and what the next one does."""

    at: int
    half: bool
    then: str


def _cuts_after(life: Life, points: Sequence[KillPoint], limit: int, scratch: Path) -> tuple[int, Wrong]:
    proof = Proof(scratch)
    wrong: Wrong = []
    for point in points:
        try:
            second = after_a_kill(life, point.at, {**NEXT, **AFTER_A_REPAIR}[point.then], half=point.half)
        except Unexpected as error:
            found = [str(error)]
        else:
            found = [] if second is None else proof.violations(second, limit=limit)
        wrong += [f"{point}: {one}" for one in found]
    return proof.tried, wrong


def torn_lines(name: str, size: Size, scratch: Path) -> tuple[int, Wrong]:
    """Tear the journal's line of a life's first transaction at many places, beside lost or torn staged files; drawn."""
    life = WORKLOADS[name](scratch / "life")
    life.cuts = size.line_cuts
    proof = Proof(scratch)
    at = next(at for at, operation in enumerate(life.files.log) if operation[0] == "write_at")
    # The files that were staged before the line are lost or torn beside it, so that not all of that can be listed.
    limit = min(4 * size.line_cuts, _MOST_TORN_LINES)
    wrong = proof.violations(life, life.files.log[: at + 1], limit=limit, first=at)
    return proof.tried, wrong


def lost_renames(_: str, size: Size, scratch: Path) -> tuple[int, Wrong]:
    """Lose any of the renames of a transaction with fifty documents; too many to be listed, so they are drawn."""
    life = fifty_documents(scratch / "life")
    proof = Proof(scratch)
    wrong: Wrong = []
    for at in (at for at, operation in enumerate(life.files.log) if operation[0] == "acknowledged"):
        wrong += proof.violations(life, life.files.log[: at + 1], limit=size.renames, first=at)
    return proof.tried, wrong


def turns(_: str, size: Size, scratch: Path) -> tuple[int, Wrong]:
    """Let two processes take turns in any order; cut the power after each operation, and look at each of them."""
    proof = Proof(scratch)
    wrong: Wrong = []
    for order in random.Random("turns").sample(ORDERS, size.orders) if size.orders else ORDERS:
        life, objections = in_order(scratch / order, order, Witness)
        found = proof.violations(life, limit=size.kill_limit)
        wrong += [f"in the order {order}: {one}" for one in (*objections, *found)]
    return proof.tried, wrong


def survivors(_: str, size: Size, scratch: Path) -> tuple[int, Wrong]:
    """Kill one of two processes; the other goes on with what it remembers. Then cut the power."""
    proof = Proof(scratch)
    wrong: Wrong = []
    for number, life in enumerate(_survived(scratch)):
        # A sample: every eighth, unless all are wanted.
        if number % 8 == 0 or not size.kills:
            wrong += [f"{life.top.name}: {one}" for one in proof.violations(life, limit=size.kill_limit)]
    return proof.tried, wrong


def _survived(scratch: Path) -> Iterator[Life]:
    for act in (change_everything, Store.close):
        for operations in range(100):
            life = with_one_killed(scratch / f"killed in {act.__name__} at {operations}", operations, act)
            if life is None:
                break
            yield life


Judge = Callable[[str, Size, Path], tuple[int, Wrong]]
JUDGEMENTS: tuple[tuple[Judge, str], ...] = (
    *((first_cuts, name) for name in WORKLOADS),
    *((second_cuts, name) for name in RECOVERED),
    *((cuts_after_kills, name) for name in WORKLOADS),
    (cuts_after_a_kill_behind_the_marker, "creation"),
    (cuts_after_a_kill_behind_the_marker, "closed_and_opened"),
    (cuts_after_killed_repairs, "repaired_copy"),
    (cuts_after_killed_repairs, "repaired_from_backup"),
    (torn_lines, "start"),
    (torn_lines, "creation"),
    (lost_renames, "of fifty documents"),
    (turns, "of two processes"),
    (survivors, "of two processes"),
)
CASES = [pytest.param(judge, name, id=f"{judge.__name__}-{name}") for judge, name in JUDGEMENTS]


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize(("judge", "name"), CASES)
def test_after_a_power_cut_every_acknowledged_transaction_is_there_and_none_is_half(
    judge: Judge, name: str, scratch: Path
) -> None:
    tried, wrong = judge(name, NORMAL, scratch)

    assert wrong == []
    assert tried > 1


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
