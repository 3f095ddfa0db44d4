"""Whatever a caller names as a path, the answer is a refusal of plandoc's own, and nothing is written."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import plandoc
from plandoc.errors import PlandocError
from tests.records.folders import everything_in

BAD = {
    "nothing": "",
    "a NUL": "a\0b",
    "a NUL in a Path": Path("a\0b"),
    "a name too long": "x" * 300,
    "a path too long": "x/" * 3000,
    "half a character": "nowhere/\udcff/x",
    "a link to itself": "loop",
    "below a link to itself": "loop/x",
    "below a file": "file/x",
    "nowhere": "nothing/there",
    "a device": "/dev/null",
    "a full device": "/dev/full",
    "a pipe": "pipe",
}
CALLS: dict[str, Callable[[Any], object]] = {
    "open_store": plandoc.open_store,
    "check": plandoc.check,
    "the source of a backup": lambda path: plandoc.backup(path, "made.zip"),
    "the target of a backup": lambda path: plandoc.backup("data", path),
    "the place of several backups": lambda path: plandoc.backup("data", path, 2),
    "the source of a restore": lambda path: plandoc.restore(path, "made"),
    "the target of a restore": lambda path: plandoc.restore("kept.zip", path),
    "the target of a restore with replace": lambda path: plandoc.restore("kept.zip", path, replace=True),
    "verify_backup": plandoc.verify_backup,
    "repair": plandoc.repair,
    "a dry repair": lambda path: plandoc.repair(path, True),
    "the backup of a repair": lambda path: plandoc.repair("data", False, path),
    "import_file": plandoc.import_file,
    "import_ingredients": plandoc.import_ingredients,
    "import_recipes": plandoc.import_recipes,
    "import_goods": plandoc.import_goods,
    "import_stock": plandoc.import_stock,
    "export_file": lambda path: plandoc.export_file(path, replace=True),
    "export_csv": lambda path: plandoc.export_csv(path, replace=True),
    "write_report": lambda path: plandoc.write_report(1, path, replace=True),
}
# What is no mistake: a name that is free, below a folder that is there.
FINE = {("the target of a backup", "a name too long")}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLANDOC_DATA", str(tmp_path / "data"))
    with plandoc.open_store("data", create=True) as store, store.session() as session:
        session.add(plandoc.Event("Christmas", datetime.date(2026, 12, 25)))
    plandoc.backup("data", "kept.zip")
    Path("file").write_text("x")
    Path("loop").symlink_to("loop")
    os.mkfifo("pipe")
    return tmp_path


def but_for_the_lock(place: Path) -> dict[str, object]:
    return {name: facts for name, facts in everything_in(place).items() if ".plandoc" not in name}


@pytest.mark.sample(16)
@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("call", CALLS)
def test_a_path_that_cannot_be_is_refused_with_a_word_about_it(place: Path, call: str, name: str) -> None:
    before = but_for_the_lock(place)
    with plandoc.open_store("data") as store:
        plandoc.use_store(store)
        if call == "verify_backup" and name in {"a link to itself", "a device", "a full device", "a pipe"}:
            # It returns what is wrong.
            said = [str(problem) for problem in CALLS[call](BAD[name])]
        else:
            with pytest.raises(PlandocError) as refused:
                CALLS[call](BAD[name])
            said = [str(refused.value)]

    assert all(said)
    assert but_for_the_lock(place) == before
