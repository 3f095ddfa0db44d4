"""A snapshot that tells of an import is checked back to the one that was sealed first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import plandoc
from plandoc.exchange import import_file
from plandoc.exchange.native.export_native import render_export
from plandoc.snapshots import digest_of
from tests.exchange.exchange_files import filled
from tests.report.plans import a_typical_plan


@pytest.fixture
def travelled(tmp_path: Path) -> Path:
    """A folder into which a started plan came whose numbers were taken there."""
    with plandoc.open_store(tmp_path / "origin", create=True) as store:
        a_typical_plan(store)
        content = store.read(lambda session: render_export(session=session)).content
    (tmp_path / "export.json").write_bytes(content)
    with plandoc.open_store(tmp_path / "data", create=True) as store:
        filled(store, up_to=9)
        with store.session() as session:
            import_file(tmp_path / "export.json", session=session)
    return tmp_path / "data"


def resealed(folder: Path, change: Any) -> None:
    """Change what a snapshot holds, and give it the digest that fits, as a forger does."""
    file = max(folder.glob("events/*.json"), key=lambda path: path.stat().st_size)
    tables = json.loads(file.read_bytes())
    [(_, row)] = tables["plan_snapshots"].items()
    change(row)
    row["digest"] = digest_of(
        row["snapshot_data"], row["definitions"], [plandoc.results.Finding(**one) for one in row["findings"]]
    )
    file.write_text(json.dumps(tables))


def test_a_plan_that_was_imported_under_other_numbers_is_sound(travelled: Path) -> None:
    assert plandoc.check(travelled) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row["definitions"]["imported"][0].update(digest="0" * 64),
        lambda row: row["definitions"]["imported"][0]["ids"].clear(),
        lambda row: row["definitions"].update(imported="from afar"),
        lambda row: row["definitions"]["recipes"].popitem(),
    ],
    ids=["another digest", "no numbers", "no list", "a recipe less"],
)
def test_one_that_is_not_what_it_was_before_its_import_is_found_and_not_exported(travelled: Path, change: Any) -> None:
    resealed(travelled, change)
    messages = [problem.message for problem in plandoc.check(travelled)]

    assert "the snapshot records an import, but its original content does not match the recorded digest" in messages
    with plandoc.open_store(travelled) as store, pytest.raises(plandoc.ValidationError, match=r"check\(folder\)"):
        store.read(lambda session: render_export(session=session))
