"""All events at once: a list is what the documents say, however they came to say it, and reads what has changed only."""

import contextlib
import multiprocessing
import os
import shutil
import tempfile
import time
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

import plandoc
from plandoc import Event, where
from plandoc.storage.files import Files
from plandoc.storage.folder import FolderBackend
from plandoc.store import Store
from tests.builders import EVENT_DATE
from tests.effort import examples


class CountingFiles(Files):
    """The real calls, and which documents of events were read, or looked into."""

    def __init__(self):
        self.events_read = []
        self.heads_read = []
        self.looks = 0

    def statuses(self, path):
        self.looks += 1
        return super().statuses(path)

    def read(self, path):
        if Path(path).parent.name == "events":
            self.events_read.append(Path(path).name)
        return super().read(path)

    def read_ends(self, path, *sizes, **where):
        self.heads_read.append(Path(path).name)
        return super().read_ends(path, *sizes, **where)


def names_in(store, query=None):
    return store.read(lambda session: [event.name for event in session.find(Event, query)])


def add(store, *names):
    with store.session("add") as session:
        return [session.add(Event(name, EVENT_DATE)).id for name in names]


def rename(store, event_id, name):
    with store.session("rename") as session:
        session.replace(attrs.evolve(session.event(event_id), name=name))


def edit_in_place(folder, event_id, old, new):
    file = folder / "events" / f"{event_id}.json"
    changed = file.read_bytes().replace(old, new)
    with file.open("r+b") as open_file:
        open_file.write(changed)
        open_file.truncate()


def test_a_list_shows_what_was_added_renamed_and_removed_since_the_last(store):
    add(store, "Fair", "Market", "Wedding")
    before = names_in(store)
    rename(store, 2, "Big Market")
    with store.session("remove") as session:
        session.remove(Event, 1)

    assert before == ["Fair", "Market", "Wedding"]
    assert names_in(store) == ["Big Market", "Wedding"]


def test_a_session_lists_its_own_changes_and_nobody_else_does_before_they_are_saved(store):
    add(store, "Fair", "Market", "Wedding")
    with store.session("change") as session:
        session.replace(attrs.evolve(session.event(1), name="Small Fair"))
        session.remove(Event, 2)
        session.add(Event("Ball", EVENT_DATE))
        inside = [event.name for event in session.find(Event)]
        found = [event.id for event in session.find(Event, where("slug") == "ball")]
        with pytest.raises(ZeroDivisionError), plandoc.open_store(store.location) as other:
            assert names_in(other) == ["Fair", "Market", "Wedding"]
            raise ZeroDivisionError

    assert inside == ["Small Fair", "Wedding", "Ball"]
    assert found == [4]
    assert names_in(store) == ["Small Fair", "Wedding", "Ball"]


def test_a_session_that_fails_leaves_the_list_as_it_was(store):
    add(store, "Fair", "Market")
    with pytest.raises(ZeroDivisionError), store.session("fail") as session:
        session.add(Event("Ball", EVENT_DATE))
        assert len(session.find(Event)) == 3
        raise ZeroDivisionError

    assert names_in(store) == ["Fair", "Market"]


def test_a_query_sees_the_rows_of_the_files(store):
    add(store, "Fair", "Market", "Wedding")

    assert names_in(store, where("slug") == "market") == ["Market"]
    assert names_in(store, where("plan_state") == "draft") == ["Fair", "Market", "Wedding"]
    assert names_in(store, where("event_date") > "2027") == []


def _change_elsewhere(location):
    with plandoc.open_store(location) as other:
        rename(other, 1, "Changed elsewhere")
        add(other, "Added elsewhere")


@pytest.mark.proof
def test_what_another_process_changed_is_in_the_next_list(store):
    add(store, "Fair", "Market")
    before = names_in(store)
    process = multiprocessing.get_context("spawn").Process(target=_change_elsewhere, args=(store.location,))
    process.start()
    process.join()

    assert before == ["Fair", "Market"]
    assert names_in(store) == ["Changed elsewhere", "Market", "Added elsewhere"]


def test_a_file_that_was_replaced_by_hand_is_in_the_next_list(store, folder):
    add(store, "Fair", "Market")
    before = names_in(store)
    file = folder / "events" / "2.json"
    changed = file.read_bytes().replace(b'"Market"', b'"Bazaar"')
    # An open store holds its last changes in the journal, too; at rest the files alone count.
    store.close()
    with plandoc.open_store(folder) as opened:
        assert names_in(opened) == before
        temporary = folder / "edited"
        temporary.write_bytes(changed)
        temporary.replace(file)

        assert names_in(opened) == ["Fair", "Bazaar"]


def test_a_file_that_was_edited_in_place_is_in_the_list_a_second_later_though_size_and_time_are_as_before(folder):
    with plandoc.open_store(folder, create=True) as store:
        add(store, "Fair", "Market")
    with plandoc.open_store(folder) as opened:
        names_in(opened)
        file = folder / "events" / "2.json"
        before = file.stat()
        time.sleep(0.05)
        edit_in_place(folder, 2, b'"Market"', b'"Bazaar"')
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        time.sleep(1.1)

        assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
        assert names_in(opened) == ["Fair", "Bazaar"]


def test_a_damaged_event_stops_the_list_until_it_is_whole_again(folder):
    with plandoc.open_store(folder, create=True) as store:
        add(store, "Fair", "Market")
    file = folder / "events" / "2.json"
    whole = file.read_bytes()
    with plandoc.open_store(folder) as opened:
        assert names_in(opened) == ["Fair", "Market"]
        file.unlink()
        file.write_bytes(whole[:-30])
        with pytest.raises(plandoc.errors.DamagedError, match=r"events/2\.json"):
            names_in(opened)
        with pytest.raises(plandoc.errors.DamagedError, match=r"events/2\.json"):
            names_in(opened)
        file.unlink()
        file.write_bytes(whole)

        assert names_in(opened) == ["Fair", "Market"]


def test_a_link_in_the_place_of_an_event_is_refused_and_a_file_of_another_name_is_no_event(folder, tmp_path):
    with plandoc.open_store(folder, create=True) as store:
        add(store, "Fair", "Market")
    (folder / "events" / "2 (conflicted copy).json").write_bytes((folder / "events" / "2.json").read_bytes())
    with plandoc.open_store(folder) as opened:
        assert names_in(opened) == ["Fair", "Market"]
        (folder / "events" / "2.json").rename(tmp_path / "2.json")
        (folder / "events" / "2.json").symlink_to(tmp_path / "2.json")

        with pytest.raises(plandoc.errors.DamagedError, match="symbolic link"):
            names_in(opened)


def test_many_changes_within_one_tick_of_the_clock_are_all_listed(store):
    [event_id] = add(store, "Fair 000")
    seen = []
    for number in range(120):
        rename(store, event_id, f"Fair {number:03}")
        # Only each third is looked at: the file that was seen last is gone, and its number may be used again.
        if number % 3 == 2:
            seen.append((names_in(store), number))

    assert seen == [([f"Fair {number:03}"], number) for number in range(2, 120, 3)]


@pytest.mark.of_folder
def test_adding_one_after_the_other_looks_once_at_the_files_that_others_may_have_changed(folder):
    plandoc.open_store(folder, create=True).close()
    files = CountingFiles()
    with Store(FolderBackend(folder, files=files)) as store:
        started = time.monotonic()
        for number in range(5):
            add(store, f"Fair {number}")
        taken = time.monotonic() - started

        assert files.looks <= 1 + taken
        assert names_in(store) == [f"Fair {number}" for number in range(5)]


@pytest.mark.of_folder
def test_adding_one_to_many_reads_and_compares_no_other_event(folder):
    plandoc.open_store(folder, create=True).close()
    files = CountingFiles()
    with Store(FolderBackend(folder, files=files)) as store:
        add(store, *(f"Fair {number}" for number in range(50)))
        add(store, "Fair 7")
        files.events_read.clear()
        files.heads_read.clear()
        add(store, "Fair 7")

        # The new one alone: it is taken in with the next look, and a document is read once more before it is replaced.
        assert {*files.events_read, *files.heads_read} <= {"51.json", "52.json"}
        assert [event.slug for event in store.read(lambda session: session.find(Event))][-2:] == [
            "fair-7-2",
            "fair-7-3",
        ]


def test_two_events_that_got_one_slug_by_hand_both_keep_it_from_a_third(store, folder):
    add(store, "Fair", "Market", "Ball")
    store.close()
    file = folder / "events" / "2.json"
    file.write_bytes(
        file.read_bytes().replace(b'"slug":"market"', b'"slug":"fair"').replace(b'"slug": "market"', b'"slug": "fair"')
    )
    with plandoc.open_store(folder) as opened:
        assert opened.read(lambda session: [event.slug for event in session.find(Event)]) == ["fair", "fair", "ball"]
        add(opened, "Fair")
        with opened.session("free one of them") as session:
            session.remove(Event, 2)
        add(opened, "Fair", "Market")
        found = opened.read(lambda session: [event.slug for event in session.find(Event)])

    assert found == ["fair", "ball", "fair-2", "fair-3", "market"]


def test_what_another_program_replaces_between_two_writes_of_a_store_is_listed_a_second_later(store, folder):
    add(store, "Fair", "Market")
    names_in(store)
    store.close()
    with plandoc.open_store(folder) as opened:
        names_in(opened)
        file = folder / "events" / "2.json"
        (folder / "edited").write_bytes(file.read_bytes().replace(b'"Market"', b'"Bazaar"'))
        (folder / "edited").replace(file)
        rename(opened, 1, "Big Fair")
        time.sleep(1.1)

        assert names_in(opened) == ["Big Fair", "Bazaar"]


class ListedAndRead(RuleBasedStateMachine):
    """Two stores work in one folder; each lists what a reading of every document gives."""

    stores_wanted = 2

    def __init__(self):
        super().__init__()
        self.base = os.path.join(tempfile.mkdtemp(), "data")
        plandoc.open_store(self.base, create=True).close()
        self.stores = [plandoc.open_store(self.base) for _ in range(self.stores_wanted)] * (2 // self.stores_wanted)
        self.model = {}

    @rule(which=st.sampled_from([0, 1]), name=st.sampled_from(["Fair", "Ball", "Feast"]))
    def add(self, which, name):
        [event_id] = add(self.stores[which], name)
        self.model[event_id] = name

    @precondition(lambda self: self.model)
    @rule(which=st.sampled_from([0, 1]), data=st.data(), name=st.sampled_from(["Fair", "Ball", "Feast"]))
    def rename(self, which, data, name):
        event_id = data.draw(st.sampled_from(sorted(self.model)))
        rename(self.stores[which], event_id, name)
        self.model[event_id] = name

    @precondition(lambda self: self.model)
    @rule(which=st.sampled_from([0, 1]), data=st.data(), slug=st.sampled_from(["fair", "ball", "fair-2"]))
    def give_a_slug(self, which, data, slug):
        event_id = data.draw(st.sampled_from(sorted(self.model)))
        store = self.stores[which]
        with store.session("look") as session:
            by_others = {event.slug for event in session.find(Event) if event.id != event_id}
        with contextlib.ExitStack() as stack:
            if slug in by_others:
                stack.enter_context(pytest.raises(plandoc.ValidationError, match="already"))
            session = stack.enter_context(store.session("give a slug"))
            session.replace(attrs.evolve(session.event(event_id), slug=slug))

    @precondition(lambda self: self.model)
    @rule(which=st.sampled_from([0, 1]), data=st.data())
    def remove(self, which, data):
        event_id = data.draw(st.sampled_from(sorted(self.model)))
        with self.stores[which].session("remove") as session:
            session.remove(Event, event_id)
        del self.model[event_id]

    @precondition(lambda self: self.stores_wanted > 1)
    @rule(which=st.sampled_from([0, 1]))
    def reopen(self, which):
        self.stores[which].close()
        self.stores[which] = plandoc.open_store(self.base)

    @rule(which=st.sampled_from([0, 1]), is_reader=st.booleans())
    def lists(self, which, is_reader):
        store = self.stores[which]
        if is_reader and self.stores_wanted > 1:
            found = store.read(lambda session: session.find(Event))
        else:
            with store.session("look") as session:
                found = session.find(Event)

        assert [(event.id, event.name) for event in found] == sorted(self.model.items())
        assert len({event.slug for event in found}) == len(found)

    def teardown(self):
        for store in self.stores:
            store.close()

        assert plandoc.check(self.base) == []
        shutil.rmtree(os.path.dirname(self.base))


class ListedByOne(ListedAndRead):
    """One store that nobody disturbs, whose sessions look at what they changed themselves and at nothing else."""

    stores_wanted = 1


TestListedAndRead = ListedAndRead.TestCase
TestListedByOne = pytest.mark.costly(ListedByOne.TestCase)
TestListedAndRead.settings = TestListedByOne.settings = settings(
    max_examples=examples(15), stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)


# What a store that was opened just now looks into.


def listed_by_another_process(folder):
    """Return what a store lists that was opened just now, and of which events it read the head, and all."""
    files = CountingFiles()
    with Store(FolderBackend(folder, files=files)) as store:
        return names_in(store), files.heads_read, files.events_read


def edited(folder, event_id, old, new):
    """Change an event as another program does that replaces the file."""
    file = folder / "events" / f"{event_id}.json"
    content = file.read_bytes()
    assert old in content
    (folder / "edited").write_bytes(content.replace(old, new, 1))
    (folder / "edited").replace(file)


@pytest.fixture
def two(folder):
    """A folder of two events at rest."""
    with plandoc.open_store(folder, create=True) as store:
        add(store, "Fair", "Market")
    return folder


@pytest.mark.of_folder
def test_a_store_that_was_just_opened_lists_events_by_the_heads_of_their_files(two):
    assert listed_by_another_process(two) == (["Fair", "Market"], ["1.json", "2.json"], [])


def test_a_file_that_another_program_laid_out_otherwise_is_read_whole(two):
    edited(two, 2, b'"name":', b'"name": ')

    assert listed_by_another_process(two) == (["Fair", "Market"], ["1.json", "2.json"], ["2.json"])


@pytest.mark.of_folder
def test_an_event_whose_first_lines_are_longer_than_the_head_is_read_whole(folder):
    with plandoc.open_store(folder, create=True) as store, store.session("add") as session:
        session.add(Event("Fair", EVENT_DATE, notes="n" * 5000))
        session.add(Event("Market", EVENT_DATE))

    assert listed_by_another_process(folder) == (["Fair", "Market"], ["1.json", "2.json"], ["1.json"])


def test_a_folder_without_the_folder_of_events_has_none_and_takes_the_first(folder):
    plandoc.open_store(folder, create=True).close()
    (folder / "events").rmdir()
    with plandoc.open_store(folder) as opened:
        assert names_in(opened) == []
        add(opened, "Fair")
        assert names_in(opened) == ["Fair"]


def test_a_folder_of_an_older_plandoc_is_listed_by_all_of_its_files(tmp_path):
    shutil.copytree(Path(__file__).parents[1] / "formats" / "1", tmp_path / "data")
    names, _, read = listed_by_another_process(tmp_path / "data")

    assert names[0] == "Draft"
    assert read == sorted(os.listdir(tmp_path / "data" / "events"), key=lambda name: f"events/{name}")


def test_a_list_shows_what_the_journal_of_a_store_that_is_open_says(store, folder):
    add(store, "Fair", "Market")
    rename(store, 2, "Bazaar")
    (folder / "events" / "1.json").unlink()

    assert listed_by_another_process(folder)[0] == ["Fair", "Bazaar"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'"name":"Market"', b'"name":7', "found 7"),
        (b'"name":"Market"', b'"name":"Market","name":"Bazaar"', "duplicate key 'name'"),
        (b'"expected_attendees":null', b'"expected_attendees":1.5', "1.5"),
        (b'"expected_attendees":null', b'"attendees":null', "attendees"),
        (b'"document":"events/2.json"', b'"document":"events/1.json"', "renamed or copied"),
        (b'"lineage":"', b'"lineage":"0', "another folder"),
        (b'"format":2', b'"format":2,"weight":2', "weight"),
        (b'  "2": {', b'  "3": {', "exactly one event"),
        (b' "events": {\n', b' "events": {\n  "1": {},\n', "exactly one event"),
        (b' "events": {\n', b' "event_recipes": {\n', "exactly one event"),
        (b' },\n "events"', b',\n  "2": {}\n },\n "events"', "_plandoc 2: unknown row"),
    ],
)
def test_what_is_wrong_in_the_head_of_a_file_stops_the_list_like_a_reading_of_all_of_it(two, old, new, message):
    edited(two, 2, old, new)

    with pytest.raises(plandoc.errors.DamagedError, match=message):
        listed_by_another_process(two)


@pytest.mark.parametrize("lost", [1, 2, 30])
def test_a_file_that_was_cut_off_stops_the_list_however_long_it_is(folder, lost):
    with plandoc.open_store(folder, create=True) as store, store.session("add") as session:
        recipes = [session.add(plandoc.Recipe(f"Recipe {number}", category="Bread")).id for number in range(200)]
        event_id = session.add(Event("Fair", EVENT_DATE)).id
        plandoc.set_event_recipes(event_id, recipes, session=session)
    file = folder / "events" / "1.json"
    whole = file.read_bytes()
    file.write_bytes(whole[:-lost])

    assert len(whole) > 4096
    if lost == 1:
        # White space alone; plandoc reads it, and all of it.
        assert listed_by_another_process(folder) == (["Fair"], ["1.json"], ["1.json"])
    else:
        with pytest.raises(plandoc.errors.DamagedError, match="1.json"):
            listed_by_another_process(folder)


def test_damage_behind_the_head_is_found_where_the_event_is_opened_and_by_a_check_and_not_by_a_list(folder):
    with plandoc.open_store(folder, create=True) as store, store.session("add") as session:
        recipe = session.add(plandoc.Recipe("Rye", category="Bread"))
        event_id = session.add(Event("Fair", EVENT_DATE)).id
        plandoc.set_event_recipes(event_id, [recipe.id], session=session)
    edited(folder, 1, b'"recipe_id":1', b'"recipe_id":x')

    assert listed_by_another_process(folder) == (["Fair"], ["1.json"], [])
    assert [problem.file for problem in plandoc.check(folder)] == ["events/1.json"]
    with plandoc.open_store(folder) as store, pytest.raises(plandoc.errors.DamagedError, match=r"events/1\.json"):
        store.read(lambda session: session.event(1))


@pytest.mark.of_folder
def test_a_list_leaves_nothing_outside_the_folder(two, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "XDG_CACHE_HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(home))
    before = sorted(two.rglob("*"))
    listed_by_another_process(two)

    assert list(home.iterdir()) == []
    assert sorted(two.rglob("*")) == before
