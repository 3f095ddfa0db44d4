"""`plandoc report`."""

import os
import subprocess
import sys
import webbrowser

import pytest

from plandoc import PlandocError
from plandoc.cli import sample
from plandoc.cli.data_folder import Folder
from plandoc.cli.report_command import report


@pytest.fixture
def bakery(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sample.write(tmp_path / "data")
    return Folder(tmp_path / "data")


def test_the_file_is_called_after_the_event(bakery, tmp_path, capsys):
    report("harbour-market", folder=bakery)

    assert capsys.readouterr().out == f"report of Harbour Market: {tmp_path / 'harbour-market.html'}\n"
    assert "Harbour Market" in (tmp_path / "harbour-market.html").read_text(encoding="utf-8")


def test_a_file_or_a_folder_for_it_can_be_named(bakery, tmp_path):
    (tmp_path / "reports").mkdir()
    report("1", output=tmp_path / "market.html", folder=bakery)
    report("1", output=tmp_path / "reports", folder=bakery)

    assert (tmp_path / "market.html").read_bytes()[:15] == b"<!DOCTYPE html>"
    assert os.listdir(tmp_path / "reports") == ["harbour-market.html"]


def test_another_file_is_replaced_only_on_demand(bakery, tmp_path):
    other = tmp_path / "harbour-market.html"
    other.write_text("the menu")
    with pytest.raises(PlandocError, match="replace it with replace=True, or name another file"):
        report("harbour-market", folder=bakery)
    before = other.read_text()
    report("harbour-market", replace=True, folder=bakery)

    assert before == "the menu"
    assert "Harbour Market" in other.read_text(encoding="utf-8")


def test_an_unknown_event_leaves_no_file(bakery, tmp_path):
    with pytest.raises(PlandocError, match="Event 'nowhere' not found"):
        report("nowhere", folder=bakery)

    assert os.listdir(tmp_path) == ["data"]


@pytest.fixture
def no_browsers(monkeypatch):
    """Python's list of browsers, empty: none of this machine is to start."""
    monkeypatch.setattr(webbrowser, "_tryorder", [])
    monkeypatch.setattr(webbrowser, "_browsers", {})


def test_the_browser_is_opened_with_the_file(bakery, tmp_path, no_browsers):
    opener = tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    opener.chmod(0o755)
    webbrowser.register("opener", None, webbrowser.GenericBrowser(str(opener)), preferred=True)
    report("1", open_it=True, folder=bakery)

    assert (tmp_path / "opened").read_text().strip() == (tmp_path / "harbour-market.html").as_uri()


def test_without_a_browser_the_report_is_still_there(bakery, tmp_path, no_browsers):
    with pytest.raises(PlandocError, match="could not open a browser"):
        report("1", open_it=True, folder=bakery)

    assert (tmp_path / "harbour-market.html").exists()


def test_importing_plandoc_does_not_import_jinja2():
    code = "import sys, plandoc, plandoc.cli; sys.exit('jinja2' in sys.modules or 'plandoc.report' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
