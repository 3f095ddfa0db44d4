"""A report goes into its file whole or not at all, and never over something that is no report."""

import os
import resource
import stat

import pytest

import plandoc
from plandoc.report import html_file, write_report
from plandoc.report.html_file import REPORT
from tests.builders import a_plan, folder_bytes

MARK = '<meta name="generator" content="plandoc report">'
PAGE = f"<!DOCTYPE html>\n{MARK}\nnew"


def save(text, path, *, replace=False):
    return html_file.save(text, path, REPORT, replace=replace)


@pytest.mark.parametrize("name", ["x.pdf", "x.PDF", "x.docx", "harbour.2026"])
def test_a_name_that_promises_another_form_is_refused_with_the_way_to_it(tmp_path, name):
    with pytest.raises(plandoc.PlandocError, match="a report of plandoc is not a .* file; name it .*html") as refused:
        save(PAGE, tmp_path / name)

    assert ("print it as PDF" in str(refused.value)) == name.lower().endswith(".pdf")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["x.html", "x.HTM", "x"])
def test_a_name_of_html_or_without_an_ending_is_taken(tmp_path, name):
    assert save(PAGE, tmp_path / name).name == name


def test_the_mark_is_at_the_beginning_of_every_report(made, tmp_path):
    for name in ("empty", "large"):
        path = save(made(name).html, tmp_path / "report.html")

        assert save(PAGE, path).read_text() == PAGE


def test_a_report_is_written_by_its_event(store, tmp_path):
    path = write_report(a_plan(store).id, tmp_path / "christmas.html")

    assert path == tmp_path / "christmas.html"
    assert "Christmas 2026" in path.read_text(encoding="utf-8")


def test_an_earlier_report_and_an_empty_file_are_replaced(tmp_path):
    file = tmp_path / "report.html"
    file.touch()
    save(f"{MARK} old", file)
    save(PAGE, file)

    assert file.read_text() == PAGE
    assert os.listdir(tmp_path) == ["report.html"]


def test_a_file_that_is_no_report_is_left_alone_unless_it_is_to_be_replaced(tmp_path):
    file = tmp_path / "recipes.html"
    file.write_text("grandmother's recipes")
    with pytest.raises(plandoc.PlandocError, match="already exists and is not a report.* replace=True"):
        save(PAGE, file)
    before = file.read_text()
    save(PAGE, file, replace=True)

    assert before == "grandmother's recipes"
    assert file.read_text() == PAGE


@pytest.mark.parametrize("name", ["catalog.json", "plandoc.json", "journal.jsonl", "events/1.json", "events/new.html"])
def test_a_file_of_a_data_folder_is_never_replaced_by_a_report(store, folder, name):
    a_plan(store)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.PlandocError, match="belongs to a data folder"):
        save(PAGE, folder / name, replace=True)

    assert folder_bytes(folder) == before


def test_what_a_link_leads_to_is_replaced_and_the_link_stays(tmp_path):
    (tmp_path / "shared").mkdir()
    target, link = tmp_path / "shared" / "report.html", tmp_path / "report.html"
    link.symlink_to(target)
    path = save(PAGE, link)

    assert link.is_symlink()
    assert path == target
    assert target.read_text() == PAGE


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_a_folder_or_a_device_is_never_replaced(tmp_path, kind):
    place = tmp_path / "thing"
    if kind == "folder":
        place.mkdir()
    else:
        os.mkfifo(place)
    before = place.stat().st_mode
    with pytest.raises(plandoc.PlandocError, match=r"name a file, such as report\.html"):
        save(PAGE, place, replace=True)

    assert place.stat().st_mode == before


def test_a_missing_folder_is_named_and_not_made(tmp_path):
    with pytest.raises(plandoc.PlandocError, match="there is no folder"):
        save(PAGE, tmp_path / "nowhere" / "report.html")

    assert os.listdir(tmp_path) == []


def test_a_write_that_breaks_off_leaves_the_old_report_and_nothing_else(tmp_path):
    file = tmp_path / "report.html"
    save(PAGE, file)
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(plandoc.PlandocError, match="not saved"):
            save(MARK + "x" * 2_000_000, file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))

    assert file.read_text() == PAGE
    assert os.listdir(tmp_path) == ["report.html"]


def test_a_name_that_the_system_refuses_is_refused(tmp_path):
    with pytest.raises(plandoc.PlandocError, match="name too long: not saved"):
        save(PAGE, tmp_path / ("x" * 300))


def test_a_report_has_the_rights_of_any_new_file(tmp_path):
    plain = tmp_path / "plain"
    plain.touch()
    path = save(PAGE, tmp_path / "report.html")

    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path):
    path = save(PAGE, tmp_path / ("x" * 250 + ".html"))

    assert path.read_text() == PAGE
