"""Where a document is damaged and a backup of it is known, the way out names that backup; else nobody is sent looking."""

from __future__ import annotations

import datetime
import json
import os
import shutil
from pathlib import Path

import pytest

import plandoc
from plandoc.maintenance.backups import registry
from plandoc.maintenance.backups.backup_writer import backup
from plandoc.maintenance.backups.registry import newest_usable, remember
from plandoc.maintenance.backups.restore import restore
from plandoc.storage.holder import this_host
from tests.conftest import MOMENT
from tests.records.folders import everything_in
from tests.trust.backing import add_event
from tests.trust.bad_inputs import command

EVENT = "events/1.json"
SENTENCE = "a backup of 2026-01-28 03:25 UTC has it undamaged: 'plandoc repair --from {}' takes it back"


def damage(folder: Path, name: str = EVENT) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:200])


def made(folder: Path, target: Path, *, day: int = 0, keep: int | None = None) -> Path:
    return backup(folder, target, keep, clock=lambda: MOMENT + datetime.timedelta(days=day)).path


def said(folder: Path, *arguments: str) -> str:
    return command(*arguments)(folder).said


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    (tmp_path / "another disk").mkdir()
    return tmp_path / "another disk"


READING = [("event", "show", "1"), ("event", "add", "x", "--date", "2027-01-01"), ("check",), ("lock", "1")]


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_a_backup_that_the_command_made_anywhere_is_named(worked_in: Path, elsewhere: Path, arguments: tuple[str, ...]):
    assert command("backup", str(elsewhere / "m.zip"))(worked_in).status == 0
    damage(worked_in)
    before = everything_in(worked_in)
    ended = command(*arguments)(worked_in)

    assert ended.status == 1
    assert f"""has it undamaged: 'plandoc repair --from "{elsewhere / "m.zip"}"' takes it back""" in ended.said
    assert {name: facts for name, facts in everything_in(worked_in).items() if ".plandoc" not in name} == {
        name: facts for name, facts in before.items() if ".plandoc" not in name
    }


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_without_one_it_says_what_it_says_without(worked_in: Path, arguments: tuple[str, ...]) -> None:
    damage(worked_in)

    assert "undamaged" not in said(worked_in, *arguments)
    assert "take the file back from a backup" in said(worked_in, *arguments)


def test_what_is_named_takes_the_document_back(worked_in: Path, tmp_path: Path) -> None:
    content = (worked_in / EVENT).read_bytes()
    command("backup", str(tmp_path / "m.zip"))(worked_in)
    damage(worked_in)
    named = said(worked_in, "check").split("'plandoc ")[1].split("'")[0].split()
    ended = command(*named)(worked_in)

    assert (named[0], ended.status) == ("repair", 0)
    assert (worked_in / EVENT).read_bytes() == content
    assert plandoc.check(worked_in) == []


@pytest.mark.parametrize("name", [EVENT, "catalog.json", "plandoc.json"])
@pytest.mark.parametrize("how", ["damaged", "lost"])
def test_it_is_named_for_every_kind_of_document(worked_in: Path, tmp_path: Path, name: str, how: str) -> None:
    made(worked_in, tmp_path / "plandoc-20260128T032547Z.zip")
    if how == "lost":
        (worked_in / name).unlink()
    else:
        (worked_in / name).write_bytes(b"{")
    shown = said(worked_in, "event", "show", "1")
    checked = said(worked_in, "check")
    sentence = SENTENCE.format(tmp_path / "plandoc-20260128T032547Z.zip")

    if (name, how) == (EVENT, "lost"):
        # It may have been removed on purpose.
        assert (shown, "nothing is wrong" in checked) == ("plandoc: Event '1' not found\n", True)
    else:
        assert sentence in shown
        assert sentence in checked


def test_one_that_lies_beside_the_folder_or_was_kept_by_a_restore_is_found_by_its_name(
    worked_in: Path, tmp_path: Path
) -> None:
    made(worked_in, tmp_path / "b.zip")
    kept = restore(tmp_path / "b.zip", worked_in, replace=True, clock=lambda: MOMENT).kept
    damage(worked_in)
    first = newest_usable(worked_in, [EVENT])
    shutil.move(tmp_path / "b.zip", tmp_path / "plandoc-20270101T000000Z.zip")
    kept.unlink()
    second = newest_usable(worked_in, [EVENT])

    assert first.path == kept
    assert second.path == tmp_path / "plandoc-20270101T000000Z.zip"


def test_the_one_that_was_made_before_a_new_format_is_found(worked_in: Path, tmp_path: Path) -> None:
    shutil.move(made(worked_in, tmp_path / "b.zip"), worked_in / ".plandoc" / "before-format-2.3.zip")
    damage(worked_in)

    assert newest_usable(worked_in, [EVENT]).path == worked_in / ".plandoc" / "before-format-2.3.zip"


def test_it_is_the_newest_that_holds_the_document_unharmed(worked_in: Path, tmp_path: Path) -> None:
    kept = tmp_path / "plandoc-{}.zip"
    made(worked_in, Path(str(kept).format("20260101T000000Z")), day=1)
    wanted = made(worked_in, Path(str(kept).format("20260102T000000Z")), day=2)
    damage(worked_in)
    made(worked_in, Path(str(kept).format("20260103T000000Z")), day=3)
    # The file system's own date is no proof.
    os.utime(wanted, (0, 0))

    assert newest_usable(worked_in, [EVENT]).path == wanted
    assert newest_usable(worked_in, [EVENT]).created_at == MOMENT + datetime.timedelta(days=2)
    assert newest_usable(worked_in, ["events/99.json"]) is None


def test_of_several_damaged_documents_the_one_with_the_most_of_them_counts(worked_in: Path, tmp_path: Path) -> None:
    both = made(worked_in, tmp_path / "plandoc-20260101T000000Z.zip")
    damage(worked_in)
    made(worked_in, tmp_path / "plandoc-20260103T000000Z.zip", day=3)
    damage(worked_in, "events/2.json")

    assert newest_usable(worked_in, [EVENT, "events/2.json"]).path == both


def test_backups_of_other_folders_and_broken_ones_are_not_named(worked_in: Path, tmp_path: Path) -> None:
    other = tmp_path / "others" / "data"
    plandoc.open_store(other, create=True).close()
    add_event(other, "Other")
    made(other, tmp_path / "plandoc-20260101T000000Z.zip")
    broken = made(worked_in, tmp_path / "plandoc-20260102T000000Z.zip")
    broken.write_bytes(broken.read_bytes()[:-1])
    (tmp_path / "plandoc-20260103T000000Z.zip").write_bytes(b"")
    os.mkfifo(tmp_path / "plandoc-20260104T000000Z.zip")
    (tmp_path / "data-before-restore-20260101T000000Z").mkdir()
    damage(worked_in)

    assert newest_usable(worked_in, [EVENT]) is None


NOTE = Path(".plandoc") / "backups.json"


@pytest.mark.parametrize("how", ["copied", "moved"])
def test_a_note_is_not_believed_in_another_place(worked_in: Path, tmp_path: Path, elsewhere: Path, how: str) -> None:
    remember(worked_in, made(worked_in, elsewhere / "m.zip"))
    other = tmp_path / "other place"
    (shutil.copytree if how == "copied" else shutil.move)(worked_in, other)
    damage(other)

    assert newest_usable(other, [EVENT]) is None


def test_a_note_of_another_machine_is_not_believed(
    worked_in: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(worked_in, made(worked_in, elsewhere / "m.zip"))
    monkeypatch.setattr("plandoc.storage.holder.this_host", lambda: "another-machine")
    damage(worked_in)

    assert newest_usable(worked_in, [EVENT]) is None


@pytest.mark.parametrize(
    "note",
    [
        *(b"", b"{", b"[]", b"null", b'{"backups": 3}', b"\xff", b"[" * 100_000),
        *(b'{"host": HOST, "folder": FOLDER}', b'{"host": HOST, "folder": FOLDER, "backups": {"a": 1}}'),
        b'{"host": HOST, "folder": FOLDER, "backups": [null, 7, "", "relative.zip", "/a\\u0000b", "/dev/zero", "\\ud800"]}',
    ],
    ids=lambda note: note[:40].decode("latin-1"),
)
def test_whatever_stands_in_the_note_harms_nobody(worked_in: Path, tmp_path: Path, note: bytes) -> None:
    filled = note.replace(b"HOST", json.dumps(this_host()).encode())
    (worked_in / NOTE).write_bytes(filled.replace(b"FOLDER", json.dumps(str(worked_in)).encode()))

    assert plandoc.check(worked_in) == []
    damage(worked_in)
    assert newest_usable(worked_in, [EVENT]) is None
    assert "Traceback" not in said(worked_in, "event", "show", "1")
    remember(worked_in, made(worked_in, tmp_path / "m.zip"))


def test_the_note_keeps_a_few_and_the_last_first(worked_in: Path, elsewhere: Path) -> None:
    places = [made(worked_in, elsewhere / f"{number}.zip", day=number) for number in range(8)]
    for place in [*places, places[4]]:
        remember(worked_in, place)
    noted = json.loads((worked_in / NOTE).read_bytes())["backups"]

    assert noted == [str(places[number]) for number in (4, 7, 6, 5, 3)]
    assert registry._MOST_REMEMBERED == len(noted)


def test_losing_the_note_loses_nothing_and_nothing_wonders_at_it(worked_in: Path, elsewhere: Path) -> None:
    command("backup", str(elsewhere / "m.zip"))(worked_in)
    assert plandoc.check(worked_in) == []
    restore(elsewhere / "m.zip", worked_in, replace=True)
    assert plandoc.check(worked_in) == []
    (worked_in / NOTE).unlink()

    assert plandoc.check(worked_in) == []
    assert command("backup", str(elsewhere / "n.zip"))(worked_in).status == 0


@pytest.mark.parametrize("way", ["link", "linked folder", "folder", "no folder"])
def test_a_note_is_left_through_no_link(worked_in: Path, tmp_path: Path, elsewhere: Path, way: str) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "backups.json").write_bytes(b"precious")
    if way == "link":
        (worked_in / NOTE).symlink_to(precious / "backups.json")
    elif way == "folder":
        (worked_in / NOTE).mkdir()
    else:
        shutil.rmtree(worked_in / ".plandoc")
        if way == "linked folder":
            (worked_in / ".plandoc").symlink_to(precious)
    remember(worked_in, elsewhere / "m.zip")

    assert (precious / "backups.json").read_bytes() == b"precious"
    assert sorted(os.listdir(precious)) == ["backups.json"]


def test_repair_without_a_backup_says_that_one_is_known(worked_in: Path, tmp_path: Path) -> None:
    content = (worked_in / EVENT).read_bytes()
    place = made(worked_in, tmp_path / "plandoc-20260128T032547Z.zip")
    damage(worked_in)
    planned, done = said(worked_in, "repair", "--dry-run"), said(worked_in, "repair")
    again = command("repair", "--from", str(place))(worked_in)

    assert SENTENCE.format(place) in planned
    assert SENTENCE.format(place) in done
    assert again.status == 0
    assert (worked_in / EVENT).read_bytes() == content


def test_an_import_of_a_broken_file_called_like_a_document_points_to_no_backup(
    worked_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(worked_in, tmp_path / "plandoc-20260128T032547Z.zip")
    monkeypatch.chdir(tmp_path)
    Path("catalog.json").write_bytes(b"{")
    ended = command("import", "catalog.json")(worked_in)

    assert ended.status == 1
    assert "catalog.json" in ended.said
    assert "undamaged" not in ended.said


@pytest.mark.parametrize(
    ("name", "typed"),
    [("m.zip", "{}/m.zip"), ("my backup.zip", '"{}/my backup.zip"'), ("it's.zip", '"{}/it\'s.zip"')],
)
def test_the_path_is_written_so_that_it_can_be_typed(worked_in: Path, tmp_path: Path, name: str, typed: str) -> None:
    command("backup", str(tmp_path / name))(worked_in)
    damage(worked_in)

    assert f"'plandoc repair --from {typed.format(tmp_path)}'" in said(worked_in, "event", "show", "1")


@pytest.mark.parametrize("way", ["a link", "another folder", "a detour"])
def test_it_is_found_by_whatever_way_somebody_comes(
    worked_in: Path, tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    command("backup", str(elsewhere / "m.zip"))(worked_in)
    damage(worked_in)
    (tmp_path / "link").symlink_to("data")
    monkeypatch.chdir(elsewhere)
    path = {"a link": tmp_path / "link", "another folder": Path("../data"), "a detour": tmp_path / "x" / ".." / "data"}
    (tmp_path / "x").mkdir()

    assert str(elsewhere / "m.zip") in said(path[way], "event", "show", "1")
