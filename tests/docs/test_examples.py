"""Every example of the README and the docs is run as it stands, in the order of its page."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import plandoc
from tests.docs.examples import REPOSITORY, blocks, commands, is_as_shown, pages, run_page

_WITH_EXAMPLES = {
    "README.md",
    "cookbook.md",
    "durable-tinydb.md",
    "files-by-hand.md",
    "how-to.md",
    "planning.md",
    "production.md",
    "reference.md",
    "tutorial.md",
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_python_and_console_example_of_a_page_works(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLANDOC_DATA", raising=False)

    count = run_page(page, tmp_path)

    assert (count > 0) == (page.name in _WITH_EXAMPLES)
    for folder in _folders_in(tmp_path):
        assert plandoc.check(folder) == []


def _folders_in(folder: Path) -> list[Path]:
    # Those of plans; one of databases says so.
    return [marker.parent for marker in folder.glob("*/plandoc.json") if b'"holds"' not in marker.read_bytes()]


@pytest.mark.costly
@pytest.mark.parametrize("need", ["pandas", "jq"])
def test_the_examples_of_the_cookbook_that_need_more_work_with_it(need, tmp_path, monkeypatch):
    if importlib.util.find_spec(need) is None and shutil.which(need) is None:
        pytest.skip(f"{need} is not installed")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLANDOC_DATA", raising=False)
    cookbook = next(page for page in pages() if page.name == "cookbook.md")
    assert any(block.needs == need for block in blocks(cookbook))

    run_page(cookbook, tmp_path, with_need=need)


@pytest.mark.costly
def test_the_tests_of_the_cookbook_pass(tmp_path):
    cookbook = next(page for page in pages() if page.name == "cookbook.md")
    (block,) = (block for block in blocks(cookbook) if block.needs == "pytest")
    (tmp_path / "test_bakery.py").write_text(block.text, "utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "2 passed" in done.stdout, done.stdout


def test_the_readme_script_can_be_pasted_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    readme = next(page for page in pages() if page.name == "README.md")

    run_page(readme, tmp_path)
    run_page(readme, tmp_path)

    with plandoc.open_store("my-bakery"):
        states = [event.plan_state for event in plandoc.list_records(plandoc.Event)]
    assert states == [plandoc.PlanState.IN_PRODUCTION]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_a_page_has_only_blocks_that_are_run_or_known_not_to_be(page):
    languages = {block.language for block in blocks(page)}

    assert languages <= {"python", "py", "console", "csv", "sh", "json", ""}


def test_a_console_block_gives_each_command_with_its_status_and_output():
    first, second = commands("$ plandoc check\nfine\n$ plandoc start 1    # exit status 1\n")

    assert (first.line, first.status, first.expected) == ("plandoc check", 0, "fine\n")
    assert (second.line, second.status, second.expected) == ("plandoc start 1", 1, "")


def test_shown_output_may_leave_things_out_but_not_say_something_else():
    assert is_as_shown("taken ... by\n", "taken 2026-01-28\tby\n")
    assert not is_as_shown("5 batches\n", "6 batches\n")
