"""All events at once: a list is what the documents say, however they came to say it, and reads what has changed only."""

import contextlib
import multiprocessing
import os
import shutil
import stat
import time

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

import plandoc
from plandoc import Event, where
from plandoc.storage import directory_scan
from plandoc.storage.files import Files
from plandoc.storage.folder import FolderBackend
from plandoc.store import Store
from tests.builders import EVENT_DATE

# So many that their rows are kept on the machine from one process to the next.
MANY = 230


class CountingFiles(Files):
    """The real calls, and which documents of events were read."""

    def __init__(self):
        self.events_read = []
        self.looks = 0

    def statuses(self, path):
        self.looks += 1
        return super().statuses(path)

    def read(self, path):
        if path.parent.name == "events":
            self.events_read.append(path.name)
        return super().read(path)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Where rows are kept: of this test alone."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("PLANDOC_CACHE", str(folder))
    return folder


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
        with pytest.raises(plandoc.DamagedError, match=r"events/2\.json"):
            names_in(opened)
        with pytest.raises(plandoc.DamagedError, match=r"events/2\.json"):
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

        with pytest.raises(plandoc.DamagedError, match="symbolic link"):
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


def test_adding_one_to_many_reads_and_compares_no_other_event(folder):
    plandoc.open_store(folder, create=True).close()
    files = CountingFiles()
    with Store(FolderBackend(folder, files=files)) as store:
        add(store, *(f"Fair {number}" for number in range(50)))
        add(store, "Fair 7")
        files.events_read.clear()
        add(store, "Fair 7")

        # The new one alone: it is taken in with the next look, and a document is read once more before it is replaced.
        assert set(files.events_read) <= {"51.json", "52.json"}
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
        self.base = os.path.join(os.environ["PLANDOC_CACHE"], str(time.monotonic_ns()))
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
        shutil.rmtree(self.base)


class ListedByOne(ListedAndRead):
    """One store that nobody disturbs, whose sessions look at what they changed themselves and at nothing else."""

    stores_wanted = 1


TestListedAndRead = ListedAndRead.TestCase
TestListedByOne = ListedByOne.TestCase
TestListedAndRead.settings = TestListedByOne.settings = settings(
    stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)


# What is kept from one process to the next.


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A folder of many events, whose files are old enough to be known by their fingerprints."""
    folder = tmp_path_factory.mktemp("many") / "data"
    with plandoc.open_store(folder, create=True) as store:
        add(store, *(f"Fair {number}" for number in range(1, MANY + 1)))
    time.sleep(directory_scan._SETTLED_SECONDS + 1.1)
    return folder


def listed_by_another_process(folder):
    """Return what a store lists that was opened just now, and how many documents of events it read for that."""
    files = CountingFiles()
    with Store(FolderBackend(folder, files=files)) as store:
        return names_in(store), len(files.events_read)


NAMES = [f"Fair {number}" for number in range(1, MANY + 1)]


def test_the_second_process_lists_many_events_without_reading_them(many):
    first, second = listed_by_another_process(many), listed_by_another_process(many)

    assert first == (NAMES, MANY)
    assert second == (NAMES, 0)
    assert plandoc.check(many) == []


def test_what_is_kept_is_for_its_user_alone_and_not_in_the_folder(many, cache):
    before = sorted(os.listdir(many / ".plandoc"))
    listed_by_another_process(many)
    [kept] = cache.iterdir()

    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert sorted(os.listdir(many / ".plandoc")) == before


def test_only_what_changed_is_read_again(many, tmp_path):
    folder = tmp_path / "copied" / "data"
    shutil.copytree(many, folder)
    time.sleep(directory_scan._SETTLED_SECONDS + 1.1)
    assert listed_by_another_process(folder) == (NAMES, MANY)
    with plandoc.open_store(folder) as store:
        rename(store, 7, "Ball")

    assert listed_by_another_process(folder) == ([*NAMES[:6], "Ball", *NAMES[7:]], 1)


def test_a_copy_of_the_folder_takes_nothing_from_what_is_kept_for_the_first(many, tmp_path):
    listed_by_another_process(many)
    shutil.copytree(many, tmp_path / "copy")

    assert listed_by_another_process(tmp_path / "copy") == (NAMES, MANY)


def test_another_folder_that_stands_in_the_same_place_takes_nothing_from_what_is_kept(many, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(many, folder)
    time.sleep(directory_scan._SETTLED_SECONDS + 1.1)
    listed_by_another_process(folder)
    shutil.rmtree(folder)
    with plandoc.open_store(folder, create=True) as store:
        add(store, *(f"Market {number}" for number in range(1, MANY + 1)))

    assert listed_by_another_process(folder) == ([f"Market {number}" for number in range(1, MANY + 1)], MANY)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: kept.write_bytes(b""),
        lambda kept: kept.write_bytes(kept.read_bytes()[:-100]),
        lambda kept: kept.write_bytes(kept.read_bytes().replace(b"Fair 7", b"Ball 7")),
        lambda kept: kept.write_bytes(b"\0" * kept.stat().st_size),
        lambda kept: kept.unlink(),
        lambda kept: (kept.unlink(), kept.mkdir()),
        lambda kept: (kept.unlink(), kept.symlink_to("/dev/zero")),
    ],
    ids=["empty", "cut off", "altered", "zeros", "gone", "a folder", "a link"],
)
def test_what_was_kept_and_spoiled_is_as_good_as_nothing(many, cache, spoil):
    listed_by_another_process(many)
    [kept] = cache.iterdir()
    spoil(kept)

    assert listed_by_another_process(many) == (NAMES, MANY)


def test_rows_that_no_document_can_hold_are_forgotten(many, cache):
    listed_by_another_process(many)
    [kept] = cache.iterdir()
    _forge(kept, b'"name":"Fair 7"', b'"name":7')

    assert listed_by_another_process(many)[0] == NAMES
    assert listed_by_another_process(many) == (NAMES, 0)


def test_a_check_finds_rows_that_are_kept_wrongly_and_a_repair_forgets_them(many, cache):
    listed_by_another_process(many)
    [kept] = cache.iterdir()
    _forge(kept, b'"name":"Fair 7"', b'"name":"Ball 7"')
    _forge(kept, b'"name":"Fair 9"', b'"name":"Ball 9"')
    [problem] = plandoc.check(many)
    report = plandoc.repair(many)

    assert problem.file == str(kept)
    assert problem.message == "what this machine keeps of its events to list them is not what they say: 7, 9"
    assert [(action.fix.name, action.file) for action in report.actions] == [("DROP_CACHE", str(kept))]
    assert (report.remaining, plandoc.check(many)) == ((), [])
    assert listed_by_another_process(many) == (NAMES, MANY)


def test_a_check_does_not_mind_rows_of_files_that_have_changed_since(many, cache, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(many, folder)
    time.sleep(directory_scan._SETTLED_SECONDS + 1.1)
    listed_by_another_process(folder)
    with plandoc.open_store(folder) as store:
        rename(store, 7, "Ball")

    assert plandoc.check(folder) == []


def test_what_another_plandoc_kept_in_another_form_is_as_good_as_nothing(many, cache):
    listed_by_another_process(many)
    [kept] = cache.iterdir()
    _forge(kept, b'"form":1', b'"form":2')
    _forge(kept, b'"rows":{', b'"all":{')

    assert listed_by_another_process(many) == (NAMES, MANY)
    assert listed_by_another_process(many) == (NAMES, 0)


def _forge(kept, old, new):
    import hashlib

    content = kept.read_bytes()[32:].replace(old, new)
    kept.write_bytes(hashlib.sha256(content).digest() + content)


def test_nothing_is_kept_where_the_user_wants_nothing_kept(many, cache, monkeypatch):
    monkeypatch.setenv("PLANDOC_CACHE", "")

    assert listed_by_another_process(many) == (NAMES, MANY)
    assert listed_by_another_process(many) == (NAMES, MANY)
    assert not cache.exists()


def test_a_place_that_cannot_be_written_costs_time_and_nothing_else(many, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("PLANDOC_CACHE", str(tmp_path / "file" / "cache"))

    assert listed_by_another_process(many) == (NAMES, MANY)
    assert listed_by_another_process(many) == (NAMES, MANY)


def test_a_few_events_leave_nothing_outside_the_folder(store, cache):
    add(store, "Fair", "Market")
    names_in(store)

    assert not cache.exists()


def test_events_that_were_changed_just_now_are_not_kept(folder, cache):
    with plandoc.open_store(folder, create=True) as store:
        add(store, *NAMES)

    assert listed_by_another_process(folder) == (NAMES, MANY)
    assert not cache.exists()
