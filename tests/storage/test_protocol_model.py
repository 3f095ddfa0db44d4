"""The protocol has no bad state; that of 0.1.0, and each that leaves out a step or moves one, is found to have some."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs
import pytest
from protocol_disk import A_CLONE, A_CLOSED_FOLDER, NOTHING_THERE, Disk
from protocol_model import FULL, Model, explore
from protocol_state import Bound
from protocol_steps import EMPTY_JOURNAL, OF_0_1_0, PRESENT, PUT_MARKER, RENAME_DOCUMENTS, Protocol, Step

SMALL = (
    (NOTHING_THERE, Bound(transactions=1, kills=1, power_cuts=1)),
    (A_CLONE, Bound(transactions=1, kills=1, power_cuts=1)),
    (A_CLOSED_FOLDER, Bound(transactions=2, kills=1, power_cuts=1)),
    (A_CLOSED_FOLDER, Bound(transactions=1, kills=0, power_cuts=1, failed_syncs=1, readings=1)),
)

POWER_CUT = Bound(transactions=1, kills=0, power_cuts=1)
KILL = Bound(transactions=1, kills=1, power_cuts=1)
FAILED_SYNC = Bound(transactions=1, kills=0, power_cuts=1, failed_syncs=1)
KILL_AND_FAILED_SYNC = Bound(transactions=1, kills=1, power_cuts=1, failed_syncs=1)
KILL_ALONE = Bound(transactions=2, kills=1, power_cuts=0)
THREE_LINES = Bound(transactions=3, kills=1, power_cuts=1)
READER = Bound(transactions=1, kills=0, power_cuts=1, readings=1)

LOST, HALF, TWICE = "is lost", "is half there", "a serial is given twice"
GONE, BEHIND, GAP = "a folder that was made is gone", "has good ones behind it", "does not open: wanted transactions"
TORN_MARKER, NO_MARKER = "the marker is torn", "the marker is missing"


@attrs.frozen
class Control:
    """A bad protocol, what is found of it, and how much must happen for that."""

    protocol: Protocol
    finding: str
    bound: Bound = POWER_CUT
    start: Disk = A_CLOSED_FOLDER
    processes: int = 1


def with_other(**steps: object) -> Protocol:
    return attrs.evolve(PRESENT, **steps)


# A reader that knows the first lines of the journal does not sync its name once more, nor a line that is in place.
GOING_ON = (Step.LOOK, Step.LOOK_AT_DOCUMENTS, Step.SYNC_SEEN, Step.LOOK_AGAIN)

CONTROLS: Mapping[str, Control] = MappingProxyType(
    {
        "the catalog of a new folder is not synced": Control(
            PRESENT.without("making", Step.SYNC_NEW_CATALOG), HALF, start=NOTHING_THERE
        ),
        "the marker of a new folder is not synced": Control(
            PRESENT.without("making", Step.SYNC_NEW_MARKER), TORN_MARKER, start=NOTHING_THERE
        ),
        "a new folder is not synced behind its marker": Control(
            PRESENT.without("making", Step.SYNC_FOLDER, number=3), GONE, start=NOTHING_THERE
        ),
        "the marker of a new folder comes first": Control(
            PRESENT.with_earlier("making", PUT_MARKER, before=Step.NEW_CATALOG), HALF, start=NOTHING_THERE
        ),
        "the folder is never synced for a newly opened journal": Control(
            with_other(syncs_name="never"), NO_MARKER, KILL, NOTHING_THERE
        ),
        "the folder is synced behind the first line": Control(
            with_other(syncs_name="after"), NO_MARKER, KILL, NOTHING_THERE
        ),
        "the folder is never synced for a journal that was made": Control(
            with_other(syncs_name="never"), HALF, start=A_CLONE
        ),
        "the line is not synced": Control(PRESENT.without("commit", Step.SYNC_JOURNAL), HALF),
        "documents are put in place before the line": Control(
            PRESENT.with_earlier("commit", RENAME_DOCUMENTS, before=Step.WRITE_LINE), HALF
        ),
        "documents are put in place before the line is synced": Control(
            PRESENT.with_earlier("commit", RENAME_DOCUMENTS, before=Step.SYNC_JOURNAL), HALF
        ),
        "a checkpoint does not sync the catalog": Control(PRESENT.without("checkpoint", Step.SYNC_NEW_CATALOG), HALF),
        "a checkpoint does not sync the event": Control(PRESENT.without("checkpoint", Step.SYNC_NEW_EVENT), HALF),
        "a checkpoint does not sync the folder behind the catalog": Control(
            PRESENT.without("checkpoint", Step.SYNC_FOLDER), HALF
        ),
        "a checkpoint does not sync the folder of the events": Control(
            PRESENT.without("checkpoint", Step.SYNC_EVENTS), HALF
        ),
        "a checkpoint does not sync the marker": Control(
            PRESENT.without("checkpoint", Step.SYNC_NEW_MARKER), TORN_MARKER
        ),
        "a checkpoint writes over the marker": Control(
            PRESENT.with_instead("checkpoint", Step.RENAME_MARKER, Step.OVERWRITE_MARKER), TORN_MARKER
        ),
        "a checkpoint does not sync the folder behind the marker": Control(
            PRESENT.without("checkpoint", Step.SYNC_FOLDER, number=1), TWICE
        ),
        "a checkpoint writes the marker before the documents": Control(
            PRESENT.with_earlier("checkpoint", PUT_MARKER, before=Step.NEW_CATALOG), LOST
        ),
        "a checkpoint cuts the journal before the marker": Control(
            PRESENT.with_earlier("checkpoint", EMPTY_JOURNAL, before=Step.NEW_MARKER), TWICE
        ),
        "a checkpoint syncs the documents in their places": Control(
            with_other(checkpoint=OF_0_1_0.checkpoint, after_lost_documents=OF_0_1_0.after_lost_documents),
            HALF,
            KILL_AND_FAILED_SYNC,
        ),
        "a torn line is not cut off": Control(with_other(torn=(), appends_behind_torn=True), BEHIND, KILL_ALONE),
        "lines that are folded in are cut off before the marker is durable": Control(
            with_other(folded=EMPTY_JOURNAL), TWICE, FAILED_SYNC
        ),
        "the marker is not synced before lines that are folded in are cut off": Control(
            PRESENT.without("folded", Step.SYNC_NEW_MARKER), TORN_MARKER, KILL
        ),
        "the cut of lines that are folded in is not synced": Control(
            PRESENT.without("folded", Step.SYNC_JOURNAL), BEHIND, THREE_LINES
        ),
        "all lines count or none, where another process has folded some in": Control(
            with_other(drops_folded=False), GAP, KILL_ALONE, processes=2
        ),
        "a journal that was found empty is not synced": Control(
            with_other(syncs_found_empty=False), BEHIND, THREE_LINES
        ),
        "a killed writer's line is not made durable": Control(with_other(unfinished=()), HALF, KILL),
        "a killed writer's line is only synced in its place": Control(
            with_other(unfinished=(Step.SYNC_JOURNAL,)), HALF, KILL_AND_FAILED_SYNC
        ),
        "the new journal of a recovery is not synced": Control(
            PRESENT.without("unfinished", Step.SYNC_NEW_JOURNAL), HALF, KILL
        ),
        "a recovery writes over the journal": Control(
            PRESENT.with_instead("unfinished", Step.RENAME_JOURNAL, Step.OVERWRITE_JOURNAL), HALF, KILL
        ),
        "a recovery does not sync the folder behind the new journal": Control(
            PRESENT.without("unfinished", Step.SYNC_FOLDER), HALF, KILL_AND_FAILED_SYNC
        ),
        "a recovery does not sync the old journal before a reader that goes on with it can see the new one": Control(
            attrs.evolve(PRESENT.without("unfinished", Step.SYNC_JOURNAL), reading=GOING_ON),
            LOST,
            KILL._replace(readings=1),
            processes=2,
        ),
        "a reader believes a line that nobody has synced": Control(
            with_other(reading=(Step.LOOK, Step.LOOK_AGAIN)), LOST, READER, processes=2
        ),
        "a reader does not look again": Control(
            with_other(reading=(Step.LOOK, Step.SYNC_SEEN)),
            LOST,
            READER._replace(power_cuts=0, failed_syncs=1),
            processes=2,
        ),
    }
)

# What another step makes superfluous; each is there as part of one rule for all.
NOT_NEEDED: Mapping[str, Protocol] = MappingProxyType(
    {
        "the folder behind the new catalog is synced with the next": PRESENT.without("making", Step.SYNC_FOLDER),
        "the journal of a new folder is empty and cannot be half": PRESENT.without("making", Step.SYNC_NEW_JOURNAL),
        "whoever finds the journal empty syncs it": PRESENT.without("checkpoint", Step.SYNC_JOURNAL),
        "a torn line is written over": PRESENT.without("torn", Step.SYNC_JOURNAL),
        "documents are put in place behind the sync of their line": PRESENT.without("current", Step.SYNC_JOURNAL),
        "a line whose sync has failed is written anew by a recovery": PRESENT.without("taking_back", Step.CUT_JOURNAL),
        "only a restore replaces the journal by one of other lines": with_other(reading=GOING_ON),
    }
)


@pytest.mark.sample(1)
@pytest.mark.parametrize(("start", "bound"), SMALL)
def test_no_state_of_the_protocol_is_bad(start: Disk, bound: Bound) -> None:
    found = explore(Model(PRESENT), bound, start=start)

    assert found.finding is None
    assert found.states > 1000


@pytest.mark.parametrize("bound", [READER, READER._replace(failed_syncs=1), KILL._replace(readings=1)])
def test_no_state_is_bad_where_a_reader_goes_on_with_a_journal_that_it_knows(bound: Bound) -> None:
    found = explore(Model(with_other(reading=GOING_ON)), bound, processes=2)

    assert found.finding is None
    assert found.states > 1000


@pytest.mark.slow
@pytest.mark.parametrize(("start", "bound"), FULL)
def test_no_state_of_the_protocol_is_bad_in_the_full_bound(start: Disk, bound: Bound) -> None:
    found = explore(Model(PRESENT), bound, start=start)

    assert found.finding is None
    assert found.states > 50_000


@pytest.mark.slow
def test_no_state_is_bad_where_a_name_stays_lost_when_a_later_sync_of_its_folder_passes() -> None:
    found = explore(Model(PRESENT, names_stick=True), KILL_AND_FAILED_SYNC._replace(transactions=2))

    assert found.finding is None


def test_a_folder_made_by_0_1_0_never_opens_after_a_kill_and_a_power_cut_in_the_next_process() -> None:
    found = explore(Model(OF_0_1_0), KILL, start=NOTHING_THERE).finding

    assert found is not None
    assert NO_MARKER in found.what
    assert found.way[-7:] == [
        "0: rename the new marker into place",
        "0: is killed",
        "0: takes the lock",
        "0: open the journal, make it where it is missing",
        "0: commits",
        "0: write the line into the journal",
        "power cut",
    ]


def test_0_1_0_gives_a_serial_twice_after_a_kill_and_a_power_cut_in_the_next_process() -> None:
    found = explore(Model(OF_0_1_0), KILL).finding

    assert found is not None
    assert TWICE in found.what
    assert found.way[-6:] == [
        "0: rename the new marker into place",
        "0: is killed",
        "0: takes the lock",
        "0: open the journal, make it where it is missing",
        "0: cut the journal",
        "power cut",
    ]


@pytest.mark.sample(6)
@pytest.mark.parametrize("name", CONTROLS)
def test_it_is_found_when(name: str) -> None:
    control = CONTROLS[name]

    found = explore(Model(control.protocol), control.bound, start=control.start, processes=control.processes).finding

    assert found is not None
    assert control.finding in found.what


@pytest.mark.slow
@pytest.mark.parametrize("name", NOT_NEEDED)
@pytest.mark.parametrize(("start", "bound"), [*SMALL, (A_CLOSED_FOLDER, KILL_AND_FAILED_SYNC._replace(readings=1))])
def test_nothing_is_found_where(name: str, start: Disk, bound: Bound) -> None:
    assert explore(Model(NOT_NEEDED[name]), bound, start=start).finding is None
