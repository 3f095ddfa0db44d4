"""Every call to the system in the life of a folder fails in turn, and the caller does what the error says.

Not saved: once more. Saved: go on. Unknown: open the folder again and look. In the end every step is there exactly once,
and nothing was told that the folder does not hold.
"""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from faulty_system import FaultySystem
from recorder import SYNCS, Fault, FaultyFiles, QuickFiles
from stories import STORIES, Sweep

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EINTR, errno.EMFILE)
MOMENTS = ("before", "half", "after")
MOST = 4000

# Where a number is multiplied, so many calls are left out, for these are to be a matter of seconds; the long sweeps leave
# none out.


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("name", STORIES)
def test_whatever_call_fails_nothing_acknowledged_is_lost_and_work_goes_on(name: str, scratch: Path) -> None:
    sweep = Sweep(STORIES[name], scratch)
    told = 0
    while sweep.tell(FaultyFiles(), Fault(4 * told, MOMENTS[told % 3], ERRORS[told % 5])) is not None:
        told += 1

    assert 20 < told < MOST


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("name", STORIES)
def test_whichever_sync_fails_once_nothing_acknowledged_is_lost(name: str, scratch: Path) -> None:
    sweep = Sweep(STORIES[name], scratch)
    told = 0
    while sweep.tell(FaultyFiles(SYNCS), Fault(told, "before", ERRORS[told % 2])) is not None:
        told += 1

    assert 5 < told < MOST


@pytest.mark.proof
@pytest.mark.parametrize("name", STORIES)
def test_whatever_the_system_itself_refuses_nothing_acknowledged_is_lost(name: str, scratch: Path) -> None:
    sweep = Sweep(STORIES[name], scratch)
    system = FaultySystem()
    told = 0
    while sweep.tell(system, Fault(11 * told, MOMENTS[told % 2], ERRORS[told % 5]), QuickFiles()) is not None:
        told += 1

    assert 10 < told < MOST


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("call", ["close", "unlock_descriptor", "lock_descriptor"])
@pytest.mark.parametrize("name", STORIES)
def test_wherever_a_file_cannot_be_closed_or_the_lock_not_be_given_back_the_error_says_what_is_saved(
    name: str, call: str, scratch: Path
) -> None:
    sweep = Sweep(STORIES[name], scratch)
    system = FaultySystem({call})
    told = 0
    step = 4 if call == "close" else 1
    while sweep.tell(system, Fault(step * told, "after", errno.EIO), QuickFiles()) is not None:
        told += 1

    assert 1 < told < MOST


@pytest.mark.slow
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "until it is mended"])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("name", STORIES)
def test_the_same_holds_for_every_error_at_every_call(
    name: str, error: int, moment: str, lasting: bool, scratch: Path
) -> None:
    sweep = Sweep(STORIES[name], scratch)
    told = 0
    while sweep.tell(FaultyFiles(), Fault(told, moment, error, lasting)) is not None:
        told += 1

    assert 40 < told < MOST


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("name", STORIES)
def test_the_same_holds_for_every_error_at_every_call_of_the_system_itself(
    name: str, error: int, moment: str, scratch: Path
) -> None:
    sweep = Sweep(STORIES[name], scratch)
    system = FaultySystem()
    told = 0
    while sweep.tell(system, Fault(told, moment, error), QuickFiles()) is not None:
        told += 1

    assert 40 < told < MOST
