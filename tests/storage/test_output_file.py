"""A file that a user asked for is on the disk, and its name too, when it is said to be written."""

import pytest

import plandoc
from plandoc.errors import Outcome
from plandoc.report import html_file
from plandoc.storage.files import Files
from plandoc.storage.output_file import save_all

MARK = '<meta name="generator" content="plandoc report">'


def save(text, path):
    return html_file.save(text, path, html_file.REPORT)


@pytest.fixture
def calls(monkeypatch):
    """The calls that change something, in their order, with the names of what they are done to."""
    made = []
    for name in ("create", "sync_file", "replace", "sync_folder", "remove"):

        def recorded(self, path, *rest, name=name, act=getattr(Files, name), **options):
            made.append((name, "temporary" if path.suffix == ".tmp" else path.name))
            return act(self, path, *rest, **options)

        monkeypatch.setattr(Files, name, recorded)
    return made


def test_a_report_and_its_name_are_on_the_disk_when_it_is_written(tmp_path, calls):
    save(f"{MARK} new", tmp_path / "report.html")

    assert [call for call in calls if call[0] != "remove"] == [
        ("create", "temporary"),
        ("sync_file", "temporary"),
        ("replace", "temporary"),
        ("sync_folder", tmp_path.name),
    ]


def test_the_name_of_a_folder_that_an_export_makes_is_on_the_disk_too(store, tmp_path, calls):
    plandoc.use_store(store)
    calls.clear()
    plandoc.export_csv(tmp_path / "sheets", ["recipes", "stock"])

    assert [call for call in calls if call[0] == "sync_folder"] == [
        ("sync_folder", "sheets"),
        ("sync_folder", tmp_path.name),
    ]


def test_none_of_several_files_gets_its_name_before_all_are_on_the_disk(tmp_path, calls):
    save_all({tmp_path / "a": b"a", tmp_path / "b": b"b"})
    names = [name for name, _ in calls]

    assert names.index("replace") > len(names) - 1 - names[::-1].index("sync_file")
    assert (names.count("replace"), names.count("sync_folder")) == (2, 1)


def test_a_name_that_cannot_be_made_durable_is_reported_as_written_and_not_as_lost(tmp_path, monkeypatch):
    def fail(self, path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Files, "sync_folder", fail)
    with pytest.raises(plandoc.StorageError, match="may not survive a power cut") as raised:
        save(f"{MARK} new", tmp_path / "report.html")

    assert raised.value.outcome is Outcome.SAVED
    assert (tmp_path / "report.html").read_text() == f"{MARK} new"
