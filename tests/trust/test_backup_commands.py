"""`plandoc backup` and `plandoc restore`, as they are typed."""

from __future__ import annotations

import os

import pytest

from plandoc.cli import main
from plandoc.maintenance.backups.verification import verify_backup
from tests.trust.backing import add_event, documents_of, names_of_events


@pytest.fixture
def call(capsys, worked_in, monkeypatch):
    """Run a command on a folder with two plans; return its exit status, what it said and what it complained of."""
    monkeypatch.chdir(worked_in.parent)
    monkeypatch.delenv("PLANDOC_DATA", raising=False)

    def called(*arguments):
        capsys.readouterr()
        status = main(list(arguments))
        return status, *capsys.readouterr()

    return called


def test_a_backup_is_made_restored_and_said(call, worked_in, tmp_path):
    status, out, _ = call("backup", "monday.zip")
    assert (status, verify_backup(tmp_path / "monday.zip")) == (0, [])
    assert "monday.zip: 5 files as of transaction 5," in out
    status, out, _ = call("--data", "new", "restore", "monday.zip")

    assert (status, documents_of(tmp_path / "new")) == (0, documents_of(worked_in))
    assert "restored 5 files as of transaction 5" in out


def test_restoring_over_a_folder_asks_for_each_word_and_names_what_it_kept(call, worked_in, tmp_path):
    call("backup", "monday.zip")
    add_event(worked_in, "Later")
    answers = [call("restore", "monday.zip"), call("restore", "monday.zip", "--replace")]
    done = call("restore", "monday.zip", "--replace", "--allow-older")
    [kept] = [name for name in os.listdir(tmp_path) if "before-restore" in name]

    assert [status for status, *_ in answers] == [1, 1]
    assert "with --replace, which keeps a backup of it" in answers[0][2]
    assert "restore anyway with --allow-older" in answers[1][2]
    assert done[0] == 0
    assert kept in done[1]
    assert names_of_events(worked_in) == ["Draft", "Started"]


def test_rotation_names_what_it_removed(call, tmp_path):
    for _ in range(2):
        call("backup", "kept", "--keep", "1")
    status, out, _ = call("backup", "kept", "--keep", "1")

    assert (status, len(os.listdir(tmp_path / "kept"))) == (0, 1)
    assert "removed, to keep 1" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["backup", "data"], "never overwrites"),
        (["backup", "data/inside.zip"], "is inside the data folder"),
        (["backup", "kept", "--keep", "0"], "at least 1"),
        (["backup", "kept.zip", "--keep", "2"], "wanted a folder for several backups"),
        (["restore", "nothing.zip", "--replace"], "there is no backup at"),
        (["restore", "data", "--replace"], "is not a backup"),
        (["--data", "nothing", "backup", "x.zip"], "not a plandoc folder"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(call, worked_in, tmp_path, arguments, said):
    before = documents_of(worked_in)
    status, out, err = call(*arguments)

    assert (status, out) == (1, "")
    assert said in err
    assert documents_of(worked_in) == before
    assert os.listdir(tmp_path) == ["data"]


def test_a_backup_of_a_folder_with_something_wrong_ends_with_1_and_says_what(call, worked_in, tmp_path):
    event = worked_in / "events" / "2.json"
    event.write_bytes(event.read_bytes().replace(b"Hamper", b"Humper", 1))
    status, out, _ = call("backup", "b.zip")

    assert status == 1
    assert "events/2.json" in out
    assert "the backup is an exact copy of it" in out
    assert (tmp_path / "b.zip").exists()
