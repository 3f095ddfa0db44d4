"""A store in memory does what one in a folder does, until it needs the folder itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import plandoc
from plandoc import PlanState
from tests.builders import a_bakery, a_plan
from tests.conftest import MOMENT


@pytest.fixture
def memory():
    with plandoc.open_store(":memory:", clock=lambda: MOMENT) as opened:
        plandoc.use_store(opened)
        yield opened


def _work(store):
    """Take a plan from its first recipe to a packed box."""
    shop = a_bakery(store)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=shop)
    with store.session("bake") as session:
        plandoc.change_quantity(event.id, shop.cookie_box.id, 9, "fewer guests", session=session)
        plandoc.record_production(event.id, shop.cookie.id, 1, session=session)
    return event


def test_the_same_work_leaves_the_same_records_as_in_a_folder(memory, store):
    events = [_work(each) for each in (memory, store)]
    kinds = (
        plandoc.Recipe,
        plandoc.FinishedGood,
        plandoc.Event,
        plandoc.results.PlanAmendment,
        plandoc.results.ProductionRun,
    )
    found = [each.read(lambda session: [session.find(kind) for kind in kinds]) for each in (memory, store)]

    assert events[0] == events[1]
    assert found[0] == found[1]
    assert all(found[0])


def test_a_session_that_fails_changes_nothing(memory):
    with pytest.raises(ZeroDivisionError), memory.session() as session:
        session.add(plandoc.Recipe("Rye", category="Bread"))
        raise ZeroDivisionError

    assert memory.read(lambda session: session.find(plandoc.Recipe)) == []


def test_functions_without_a_session_work_in_it(memory):
    event = a_plan(memory)
    plandoc.lock_plan(event.id)

    assert memory.read(lambda session: session.event(event.id)).plan_state is PlanState.LOCKED


def test_each_is_new_and_sees_no_other(memory):
    with memory.session() as session:
        session.add(plandoc.Recipe("Rye", category="Bread"))
    with plandoc.open_store(":memory:") as other:
        assert other.read(lambda session: session.find(plandoc.Recipe)) == []


def test_it_is_known_by_its_name_and_gone_when_it_is_closed(memory):
    memory.close()

    assert memory.location == ":memory:"
    with pytest.raises(plandoc.errors.SessionError):
        memory.read(lambda session: session.find(plandoc.Recipe))


def test_reports_exports_and_backups_come_out_of_it_as_files(memory, tmp_path):
    event = _work(memory)
    page = plandoc.write_report(event.id, tmp_path / "report.html")
    plandoc.export_file(tmp_path / "plans.json")
    report = plandoc.backup(memory, tmp_path / "kept")
    with plandoc.open_store(report.path) as opened:
        kept = opened.read(lambda session: session.event(event.id))

    assert page.stat().st_size > 1000
    assert (tmp_path / "plans.json").exists()
    assert (report.problems, plandoc.check(report.path)) == ((), [])
    assert kept == memory.read(lambda session: session.event(event.id))


def test_an_import_goes_into_it(memory, tmp_path):
    _work(memory)
    plandoc.export_file(tmp_path / "plans.json")
    with plandoc.open_store(":memory:") as other:
        with other.session("import") as session:
            plandoc.import_file(tmp_path / "plans.json", session=session)

        assert other.read(lambda session: len(session.find(plandoc.Event))) == 1


@pytest.mark.parametrize(
    "call",
    [
        plandoc.check,
        plandoc.repair,
        lambda path: plandoc.restore("kept.zip", path),
        lambda path: plandoc.backup(path, "kept.zip"),
        lambda path: plandoc.export_file(path),
    ],
    ids=["check", "repair", "restore", "backup", "export"],
)
def test_what_needs_a_folder_or_a_file_refuses_its_name(memory, call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(plandoc.StorageError, match="a store in memory has neither a folder nor files"):
        call(":memory:")

    assert os.listdir(tmp_path) == []


def test_a_folder_may_have_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plandoc.open_store(Path(":memory:"), create=True).close()

    assert os.listdir(tmp_path) == [":memory:"]
    assert plandoc.check("./:memory:") == []
