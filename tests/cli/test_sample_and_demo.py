"""The sample bakery and the demo that takes it into production."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import plandoc
from plandoc.cli import sample

from .conftest import contents

COMMITTED = Path(__file__).resolve().parents[2] / "data"


def without_identity(folder):
    """The files of a folder without its lineage, and without the digests, which cover that and the moment."""
    lineage = json.loads((folder / "plandoc.json").read_bytes())["lineage"].encode()
    return {
        name: re.sub(
            rb'"written_by":"[^"]*","digest":"[^"]*"|"line_digest": "[^"]*"', b"", content.replace(lineage, b"L")
        )
        for name, content in contents(folder).items()
        if name != "README.md"
    }


def test_the_committed_sample_is_what_its_script_writes(bakery):
    assert without_identity(bakery) == without_identity(COMMITTED)
    assert plandoc.check(COMMITTED, strict=True) == []


def test_the_sample_is_planned_without_a_shortfall(bakery):
    with plandoc.open_store(bakery):
        event = plandoc.find_by_key(plandoc.Event, sample.EVENT_SLUG)
        decisions = plandoc.get_batch_decisions(event.id)

    assert event.plan_state is plandoc.PlanState.DRAFT
    assert len(decisions) == len(sample.BATCHES)
    assert not any(decision.shortfall_accepted for decision in decisions)


@pytest.mark.costly
def test_the_sample_script_refuses_a_folder_that_is_not_empty(tmp_path):
    (tmp_path / "diary.txt").write_text("mine")
    ended = subprocess.run(
        [sys.executable, "-m", "plandoc.cli.sample", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert "is not empty" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]


def test_the_demo_ends_in_production_with_its_snapshot_shown(run, folder):
    ended = run("demo", str(folder))
    event = json.loads(run("event", "show", "harbour-market", "--json").out)

    assert (ended.status, ended.err) == (0, "")
    assert "Snapshot of 'Harbour Market'" in ended.out
    assert "IN_PRODUCTION" in ended.out
    assert event["plan_state"] == "in_production"
    assert plandoc.check(folder) == []


def test_the_demo_without_a_folder_makes_a_new_one_and_says_which(call, bakery, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("PLANDOC_DATA", str(bakery))
    before = contents(bakery)
    ended = call("demo")
    made = [path for path in tmp_path.iterdir() if path.name.startswith("plandoc-demo-")]

    assert ended.status == 0
    assert len(made) == 1
    assert str(made[0]) in ended.out
    assert plandoc.check(made[0]) == []
    assert contents(bakery) == before


@pytest.mark.parametrize("kind", ["full", "file"])
def test_the_demo_refuses_what_is_not_a_new_folder(call, tmp_path, kind):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "diary.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    ended = call("demo", kind)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("plandoc: ")
    assert (tmp_path / "full" / "diary.txt").read_text() == "mine"
