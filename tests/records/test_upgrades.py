from __future__ import annotations

import pytest

from plandoc.engine.document import DocumentSession
from plandoc.storage.documents import FORMAT, Document
from plandoc.storage.migrations import UPGRADES, upgraded


def _renamed(tables):
    return {"events": {key: {"name": row["title"]} for key, row in tables["events"].items()}}


def _with_notes(tables):
    return {"events": {key: {**row, "notes": ""} for key, row in tables["events"].items()}}


def test_there_is_an_upgrade_from_every_format_before_the_present_one():
    assert sorted(UPGRADES) == list(range(1, FORMAT))


def test_upgrades_run_one_after_the_other_from_the_format_found():
    old = {"events": {"1": {"title": "Fair"}}}
    new = upgraded(old, found=1, wanted=3, upgrades={1: _renamed, 2: _with_notes})

    assert new == {"events": {"1": {"name": "Fair", "notes": ""}}}
    assert old == {"events": {"1": {"title": "Fair"}}}, "what was read stays as it is"


def test_only_the_upgrades_from_the_format_found_on_are_run():
    tables = {"events": {"1": {"name": "Fair"}}}

    assert upgraded(tables, found=2, wanted=3, upgrades={1: _renamed, 2: _with_notes}) == {
        "events": {"1": {"name": "Fair", "notes": ""}}
    }


def test_tables_in_the_present_format_are_left_alone():
    tables = {"events": {"1": {"name": "Fair"}}}

    assert upgraded(tables, found=FORMAT, wanted=FORMAT) is tables


def test_a_missing_upgrade_is_no_silent_success():
    with pytest.raises(KeyError):
        upgraded({}, found=1, wanted=2, upgrades={})


def test_a_document_that_was_only_read_does_not_count_as_changed():
    opened = DocumentSession(Document("catalog.json", FORMAT, "a", {}, {"recipes": {"1": {"name": "Cake"}}}))

    assert not opened.changed
