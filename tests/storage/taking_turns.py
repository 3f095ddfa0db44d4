"""Two processes in one folder: in every order, with somebody who looks at every call, or with one of them killed."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

from lives import Life
from looking import Found
from recorder import QuickFiles, open_folder, read_with_serial
from workloads import add_event, rename, with_plan

from plandoc.records import PlanState
from plandoc.store import Store

SCRIPT_SIZE = 4
ORDERS = tuple(
    "".join("a" if at in chosen else "b" for at in range(2 * SCRIPT_SIZE))
    for chosen in itertools.combinations(range(2 * SCRIPT_SIZE), SCRIPT_SIZE)
)


class Witness:
    """Somebody who looks at a folder at every call of others: with a store that stays open, and with a new one."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.seen: list[Found] = []
        self.looks = 0
        self._present = open_folder(life.root, QuickFiles())
        life.files.between = self.look

    def look(self) -> None:
        for backend in (self._present, open_folder(self.life.root, QuickFiles())):
            found = Found(backend.view(read_with_serial))
            self.looks += 1
            if not self.seen or self.seen[-1] != found:
                self.seen.append(found)

    def objections(self) -> list[str]:
        """Return what is wrong with what was seen: it must be each transaction once, in order, and nothing else."""
        wanted = [Found(one.held) for one, _ in itertools.groupby(self.life.expected)]
        return [] if self.seen == wanted else [f"the witness saw {self.seen}, wanted {wanted}"]


def in_order(top: Path, order: str, witness: Callable[[Life], Witness] | None = None) -> tuple[Life, list[str]]:
    """Let two processes take turns: each opens the folder, changes it twice and closes it.

    Returns:
        The life, and what a witness objects to.
    """
    life = with_plan(top, PlanState.DRAFT)
    life.begin()
    seen = witness(life) if witness else None
    scripts = {"a": _script(life, 1), "b": _script(life, 2)}
    for who in order:
        next(scripts[who])
    life.files.between = None
    return life, seen.objections() if seen else []


def _script(life: Life, number: int) -> Iterator[None]:
    # Small enough that some of the changes fold the journal in while the other one has it open.
    store = life.open(checkpoint_size=9000)
    yield
    life.do(functools.partial(rename, store, f"Renamed by {number}", recipe_id=number))
    yield
    life.do(functools.partial(add_event, store, f"Event of {number}"))
    yield
    life.do(store.close)
    yield


def with_one_killed(top: Path, operations: int, act: Callable[[Store], object]) -> Life | None:
    """Kill one process after some changes, while the other has the folder open and goes on with what it remembers.

    Returns:
        The life; None when the one was done before it was to be killed.
    """
    life = with_plan(top, PlanState.DRAFT)
    life.begin()
    survivor = life.open()
    life.do(lambda: rename(survivor, "Before"))
    files = life.files.of_another_process()
    victim = life.open(files)
    life.do(lambda: rename(victim, "By the one who dies"))
    if life.try_to(lambda: act(victim), operations, files):
        return None
    life.expected.append(life.look())
    life.do(lambda: rename(survivor, "After, and shorter", recipe_id=2))
    life.do(survivor.close)
    return life
