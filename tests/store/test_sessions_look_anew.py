"""A session that writes hands out what is in the files, and never writes over what another program wrote unseen."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys

import attrs
import pytest

import plandoc
from plandoc import Event, where
from plandoc.storage.files import Files
from plandoc.storage.folder import FolderBackend
from plandoc.store import Store
from tests.builders import EVENT_DATE, folder_bytes

DATE, OTHER_DATE = b"2026-12-25", b"2026-12-31"
MOVED = datetime.date(2026, 12, 31)

# Each way in which a session hands out event 2 without being told its number.
WAYS = {
    "find": lambda session: session.find(Event)[1],
    "find by a query": lambda session: session.find(Event, where("slug") == "fair")[0],
    "list_records": lambda session: plandoc.list_records(Event, session=session)[1],
    "find_by_key": lambda session: plandoc.find_by_key(Event, "fair", session=session),
    "get": lambda session: session.get(Event, 2),
}


class CoarseFiles(Files):
    """The real calls on a file system whose clock stands still for an hour: a change in place cannot be told by it."""

    def status(self, path):
        return _coarse(super().status(path))

    def statuses(self, path):
        return [(name, _coarse(status)) for name, status in super().statuses(path)]


def _coarse(status):
    if status is None:
        return None
    parts = list(status[:10])
    hour = int(status.st_mtime // 3600 * 3600)
    exact = dict.fromkeys(("st_mtime_ns", "st_ctime_ns"), hour * 10**9)
    return os.stat_result(parts[:7] + [hour, hour, hour], exact)


@pytest.fixture
def fairs(folder):
    """A folder of three events at rest; the second is the one that others change."""
    with plandoc.open_store(folder, create=True) as store, store.session() as session:
        for name in ("Market", "Fair", "Wedding"):
            session.add(Event(name, EVENT_DATE))
    return folder


@pytest.fixture
def store(fairs):
    with plandoc.open_store(fairs) as opened:
        yield opened


def edit_in_place(folder, old=DATE, new=OTHER_DATE, event_id=2):
    """Change an event as another program does; what it says stays as long as it was."""
    file = folder / "events" / f"{event_id}.json"
    changed = file.read_bytes().replace(old, new)
    with file.open("r+b") as opened:
        opened.write(changed)


def third_as_fourth(folder):
    """What somebody puts into a folder who makes an event of another one by hand."""
    third = (folder / "events" / "3.json").read_bytes()
    return third.replace(b'"3":', b'"4":').replace(b"events/3.json", b"events/4.json")


def date_in(folder):
    with plandoc.open_store(folder) as other:
        return other.read(lambda session: session.event(2).event_date)


@pytest.mark.parametrize("way", WAYS)
def test_what_changed_since_the_last_look_of_the_same_second_is_what_a_session_hands_out(store, fairs, way):
    store.read(lambda session: session.find(Event))
    edit_in_place(fairs)
    with store.session("attendees") as session:
        event = WAYS[way](session)
        session.replace(attrs.evolve(event, expected_attendees=50))

    assert event.event_date == MOVED
    assert store.read(lambda session: session.event(2)) == attrs.evolve(event, expected_attendees=50)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_changed_after_it_was_handed_out_is_a_conflict_and_stays(store, fairs, way):
    with pytest.raises(plandoc.ConflictError, match=r"events/2\.json was changed by another program"):  # noqa: SIM117
        with store.session("attendees") as session:
            event = WAYS[way](session)
            edit_in_place(fairs)
            session.replace(attrs.evolve(event, expected_attendees=50))

    assert date_in(fairs) == MOVED


@pytest.mark.of_folder
@pytest.mark.parametrize("way", WAYS)
def test_where_the_clock_of_the_files_tells_nothing_a_change_is_seen_or_a_conflict(fairs, way):
    with Store(FolderBackend(fairs, files=CoarseFiles())) as store:
        store.read(lambda session: session.find(Event))
        edit_in_place(fairs)
        try:
            with store.session("attendees") as session:
                session.replace(attrs.evolve(WAYS[way](session), expected_attendees=50))
        except plandoc.ConflictError as error:
            assert error.path == "events/2.json"  # noqa: PT017  (either is right)

    assert date_in(fairs) == MOVED


def test_an_event_that_was_changed_after_it_was_handed_out_is_not_removed(store, fairs):
    with pytest.raises(plandoc.ConflictError, match=r"events/2\.json"), store.session("remove") as session:
        (event,) = session.find(Event, where("slug") == "fair")
        edit_in_place(fairs)
        session.remove(Event, event.id)

    assert date_in(fairs) == MOVED


def test_one_session_hands_out_one_event_however_it_is_asked(store, fairs):
    with store.session("look") as session:
        first = session.get(Event, 2)
        edit_in_place(fairs)
        again = session.find(Event)[1], plandoc.find_by_key(Event, "fair", session=session)

    assert again == (first, first)


def test_what_a_session_decides_for_another_event_is_what_is_in_the_files(store, fairs):
    store.read(lambda session: session.find(Event))
    edit_in_place(fairs)
    with store.session("the day after the fair") as session:
        (fair,) = session.find(Event, where("slug") == "fair")
        session.replace(attrs.evolve(session.event(3), event_date=fair.event_date + datetime.timedelta(days=1)))

    assert store.read(lambda session: session.event(3).event_date) == datetime.date(2027, 1, 1)


def test_an_event_renamed_in_place_is_found_by_its_new_short_name_at_once(store, fairs):
    store.read(lambda session: session.find(Event))
    edit_in_place(fairs, b'"slug":"fair"', b'"slug":"ball"')
    with store.session("rename") as session:
        found = plandoc.find_by_key(Event, "ball", session=session)
        with pytest.raises(plandoc.NotFoundError, match="did you mean ball"):
            plandoc.find_by_key(Event, "balls", session=session)
        with pytest.raises(plandoc.NotFoundError):
            plandoc.find_by_key(Event, "fair", session=session)

    assert (found.id, found.slug) == (2, "ball")


def test_a_session_finds_by_its_short_name_what_it_renamed_and_added_itself(store):
    with store.session("rename") as session:
        session.replace(attrs.evolve(session.event(2), name="Ball", slug="ball"))
        added = session.add(Event("Fair", EVENT_DATE))

        assert plandoc.find_by_key(Event, "ball", session=session).id == 2
        assert plandoc.find_by_key(Event, "fair", session=session) == added
        assert [event.slug for event in session.find(Event)] == ["market", "ball", "wedding", "fair"]


def test_an_event_that_another_program_put_there_is_not_written_over_by_a_new_one(store, fairs):
    store.read(lambda session: session.find(Event))
    theirs = third_as_fourth(fairs).replace(b"edding", b"alk")
    with store.session("add") as session:
        # So that the look at all events is over before the file comes.
        session.find(Event)
        (fairs / "events" / "4.json").write_bytes(theirs)
        added = session.add(Event("Ball", EVENT_DATE))

    assert added.id == 5
    assert (fairs / "events" / "4.json").read_bytes() == theirs


def test_a_file_that_comes_where_a_new_event_goes_is_a_conflict(store, fairs):
    theirs = third_as_fourth(fairs)
    with pytest.raises(plandoc.ConflictError, match=r"events/4\.json"), store.session("add") as session:
        session.add(Event("Ball", EVENT_DATE))
        (fairs / "events" / "4.json").write_bytes(theirs)

    assert (fairs / "events" / "4.json").read_bytes() == theirs


def test_two_events_that_got_one_short_name_in_the_same_second_are_found_by_check(store, fairs):
    store.read(lambda session: session.find(Event))
    edit_in_place(fairs, b'"slug":"fair"', b'"slug":"ball"')
    with store.session("add") as session:
        session.add(Event("Ball", EVENT_DATE))
    store.close()

    (double,) = plandoc.check(fairs)
    assert str(double).startswith("events/4.json:6, events 4: same slug as in events/2.json events 2")


@pytest.mark.parametrize("way", WAYS)
def test_a_session_that_only_looked_at_what_others_changed_writes_nothing(store, fairs, way):
    edit_in_place(fairs)
    before = folder_bytes(fairs)
    with store.session("look") as session:
        WAYS[way](session)

    assert folder_bytes(fairs) == before


# The store that is meant when none is named.


def run_script(tmp_path, *lines, **variables):
    """Run a script in a folder in which there is a ./data, and return what it printed."""
    with plandoc.open_store(tmp_path / "data", create=True) as store, store.session() as session:
        session.add(plandoc.Recipe("From ./data"))
    with plandoc.open_store(tmp_path / "mine", create=True) as store, store.session() as session:
        session.add(plandoc.Recipe("Mine"))
    environment = {name: value for name, value in os.environ.items() if name != "PLANDOC_DATA"} | variables
    script = "\n".join(["import plandoc", *lines])
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    return (ended.stdout + ended.stderr).strip().splitlines()[-1]


OPENED_AND_CLOSED = "with plandoc.open_store('mine'): pass"
NAMES = "print([one.name for one in plandoc.list_records(plandoc.Recipe)])"


@pytest.mark.costly
@pytest.mark.of_folder
def test_after_its_store_was_closed_a_script_is_not_answered_from_another_folder(tmp_path):
    said = run_script(tmp_path, OPENED_AND_CLOSED, NAMES)

    assert said.startswith("plandoc.errors.SessionError: no store is open: ")
    assert "mine was closed; open it again, or set PLANDOC_DATA" in said


@pytest.mark.costly
@pytest.mark.of_folder
def test_a_change_after_the_store_was_closed_is_refused_too(tmp_path):
    said = run_script(tmp_path, OPENED_AND_CLOSED, "plandoc.lock_plan(1)")

    assert "SessionError: no store is open" in said


@pytest.mark.of_folder
@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ([NAMES], "['From ./data']"),
        ([OPENED_AND_CLOSED, "store = plandoc.open_store('mine')", NAMES], "['Mine']"),
        ([OPENED_AND_CLOSED, "plandoc.use_store(plandoc.open_store('mine'))", NAMES], "['Mine']"),
    ],
)
def test_a_script_that_has_a_store_is_answered_from_it(tmp_path, lines, names):
    assert run_script(tmp_path, *lines) == names


@pytest.mark.costly
@pytest.mark.of_folder
def test_the_folder_of_the_environment_still_counts_after_a_store_was_closed(tmp_path):
    assert run_script(tmp_path, OPENED_AND_CLOSED, NAMES, PLANDOC_DATA="data") == "['From ./data']"


@pytest.mark.costly
@pytest.mark.of_folder
def test_a_closed_store_that_was_named_answers_no_more(tmp_path):
    lines = ["store = plandoc.open_store('mine')", "store.close()", "plandoc.use_store(store)", NAMES]

    assert "mine was closed; open it again" in run_script(tmp_path, *lines)
