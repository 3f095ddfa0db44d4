"""The calls that plandoc makes are a way through the protocol's model: what is proved of the one holds for the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import attrs
import pytest
from protocol_disk import A_CLOSED_FOLDER, NOTHING_THERE, Disk
from protocol_model import Model
from protocol_process import interpret
from protocol_recording import EVENT, Call, Calls, way
from protocol_state import Bound, first_state
from protocol_steps import PRESENT
from recorder import CATALOG, Killed, QuickFiles, commit, document, make_folder, open_folder

from plandoc.errors import PlandocError
from plandoc.storage import journal, marker, recovery

MODEL = Model(PRESENT, reads_all=True)
BOUND = Bound(transactions=4, kills=1, power_cuts=0, failed_syncs=1, readings=4)


@attrs.frozen
class Scenario:
    """Something that processes do to a folder, one behind the other."""

    act: Callable[[Path, Calls], None]
    start: Disk = A_CLOSED_FOLDER


def change(backend, text: str) -> None:
    commit(backend, {CATALOG: document(CATALOG, text), EVENT: document(EVENT, text)})


def until(files: Calls, call: str, on: str, act: Callable[[], None]) -> None:
    """Do something and be killed right behind a call."""
    files.die_behind = (call, on)
    with pytest.raises(Killed):
        act()
    files.die_behind = None
    files.die_after(None)
    files.mark("killed", 0)


def making(root: Path, files: Calls) -> None:
    make_folder(root, files)


def two_commits_and_closing(root: Path, files: Calls) -> None:
    backend = open_folder(root, files)
    change(backend, "one")
    change(backend, "two")
    backend.close()


def a_look_at_nothing(root: Path, files: Calls) -> None:
    backend = open_folder(root, files)
    backend.begin("look", timeout_seconds=0).release()
    backend.close()


def a_checkpoint_between_commits(root: Path, files: Calls) -> None:
    backend = open_folder(root, files, checkpoint_size=1)
    change(backend, "one")
    change(backend, "two")
    backend.close()


def two_stores_in_turn(root: Path, files: Calls) -> None:
    one = open_folder(root, files)
    change(one, "one")
    one.close()
    other = open_folder(root, files)
    change(other, "two")
    other.close()


def killed_behind_the_line(root: Path, files: Calls) -> None:
    until(files, "write_at", journal.NAME, lambda: change(open_folder(root, files), "one"))
    two_commits_and_closing(root, files)


def killed_behind_the_commit(root: Path, files: Calls) -> None:
    until(files, "sync_data", journal.NAME, lambda: change(open_folder(root, files), "one"))
    two_commits_and_closing(root, files)


def killed_between_two_documents(root: Path, files: Calls) -> None:
    until(files, "replace", CATALOG, lambda: change(open_folder(root, files), "one"))
    two_commits_and_closing(root, files)


def killed_behind_the_documents(root: Path, files: Calls) -> None:
    until(files, "replace", EVENT, lambda: change(open_folder(root, files), "one"))
    two_commits_and_closing(root, files)


def killed_behind_the_marker(root: Path, files: Calls) -> None:
    backend = open_folder(root, files)
    change(backend, "one")
    until(files, "replace", marker.NAME, backend.close)
    two_commits_and_closing(root, files)


def killed_behind_the_cut(root: Path, files: Calls) -> None:
    backend = open_folder(root, files)
    change(backend, "one")
    until(files, "truncate", journal.NAME, backend.close)
    two_commits_and_closing(root, files)


def killed_in_the_middle_of_the_first_line(root: Path, files: Calls) -> None:
    torn(files, open_folder(root, files))
    two_commits_and_closing(root, files)


def killed_in_the_middle_of_the_second_line(root: Path, files: Calls) -> None:
    backend = open_folder(root, files)
    change(backend, "one")
    torn(files, backend)
    two_commits_and_closing(root, files)


def torn(files: Calls, backend) -> None:
    files.is_torn = True
    with pytest.raises(Killed):
        change(backend, "torn")
    files.is_torn = False
    files.die_after(None)


def a_line_that_is_not_synced(root: Path, files: Calls) -> None:
    backend = open_folder(root, files)
    change(backend, "one")
    failing(files, "sync_data", journal.NAME, lambda: change(backend, "lost"))
    two_commits_and_closing(root, files)


def a_folder_that_is_not_synced(root: Path, files: Calls) -> None:
    backend = open_folder(root, files)
    change(backend, "one")
    until(files, "replace", marker.NAME, backend.close)
    failing(files, "sync_folder", ".", lambda: change(open_folder(root, files), "not saved"))
    two_commits_and_closing(root, files)


def a_marker_that_is_not_synced(root: Path, files: Calls) -> None:
    backend = open_folder(root, files)
    change(backend, "one")
    failing(files, "sync_file", "plandoc.json.plandoc-tmp", backend.close)
    two_commits_and_closing(root, files)


def failing(files: Calls, call: str, on: str, act: Callable[[], None]) -> None:
    files.fails_at = (call, on)
    with pytest.raises(PlandocError):
        act()
    assert files.fails_at is None


def a_reader_of_a_line_that_nobody_synced(root: Path, files: Calls) -> None:
    until(files, "write_at", journal.NAME, lambda: change(open_folder(root, files), "one"))
    open_folder(root, files)


SCENARIOS = {
    "making": Scenario(making, NOTHING_THERE),
    **{
        act.__name__: Scenario(act)
        for act in (
            two_commits_and_closing,
            a_look_at_nothing,
            a_checkpoint_between_commits,
            two_stores_in_turn,
            killed_behind_the_line,
            killed_behind_the_commit,
            killed_between_two_documents,
            killed_behind_the_documents,
            killed_behind_the_marker,
            killed_behind_the_cut,
            killed_in_the_middle_of_the_first_line,
            killed_in_the_middle_of_the_second_line,
            a_line_that_is_not_synced,
            a_folder_that_is_not_synced,
            a_marker_that_is_not_synced,
            a_reader_of_a_line_that_nobody_synced,
        )
    },
}


# These two show what the rest must show of each call; the others take longer than they tell.
QUICK = ("making", "killed_between_two_documents")
SPOILED = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in SCENARIOS]


def recorded(name: str, root: Path) -> list[Call]:
    if SCENARIOS[name].start != NOTHING_THERE:
        make_folder(root, QuickFiles())
    files = Calls(root)
    SCENARIOS[name].act(root, files)
    return list(files.calls())


def ways(name: str, calls: Sequence[Call]) -> frozenset:
    return way(MODEL, first_state(SCENARIOS[name].start, BOUND, processes=1), calls)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_plandoc_does_is_a_way_through_the_model(name: str, scratch: Path) -> None:
    calls = recorded(name, scratch / "data")

    ends = ways(name, calls)

    root = scratch / "data"
    found = recovery.interpret((root / journal.NAME).read_bytes(), (root / marker.NAME).read_bytes())
    meanings = [interpret(state.disk, PRESENT) for state in ends]
    assert (found.serial, len(found.lines)) in {(meaning.serial, len(meaning.lines)) for meaning in meanings}


@pytest.mark.parametrize("name", SPOILED)
def test_no_call_of_it_can_be_left_out(name: str, scratch: Path) -> None:
    calls = recorded(name, scratch / "data")

    superfluous = [
        call
        for at, call in enumerate(calls)
        if call.is_needed and is_followed_by_another(calls, at) and is_a_way(name, [*calls[:at], *calls[at + 1 :]])
    ]

    assert superfluous == []


@pytest.mark.parametrize("name", SPOILED)
def test_no_call_of_it_can_change_its_place_with_the_next(name: str, scratch: Path) -> None:
    calls = recorded(name, scratch / "data")

    swapped = [
        [*calls[:at], calls[at + 1], call, *calls[at + 2 :]]
        for at, call in enumerate(calls)
        if call.steps and is_followed_by_another(calls, at)
    ]

    assert [calls for calls in swapped if is_a_way(name, calls)] == []


def is_followed_by_another(calls: Sequence[Call], at: int) -> bool:
    """Whether another call comes next; a process that is killed earlier or later is a way through the model, too."""
    return at + 1 < len(calls) and calls[at + 1].steps not in (frozenset(), calls[at].steps)


def is_a_way(name: str, calls: Sequence[Call]) -> bool:
    with suppress(AssertionError):
        return bool(ways(name, calls))
    return False
