"""The commands on a store on a server."""

from __future__ import annotations

import re

import pytest

import plandoc
from plandoc import PlanState
from tests.builders import a_plan, folder_bytes

pytestmark = pytest.mark.postgres

SECRET = "hunter2"


@pytest.fixture
def store(address):
    with plandoc.open_store(address, create=True) as opened:
        plandoc.use_store(opened)
        yield opened


@pytest.fixture
def secret_address(address):
    return address.replace("baker@", f"baker:{SECRET}@")


def test_a_store_is_made_worked_in_and_checked_by_its_address(run, secret_address):
    named = ("--data", secret_address)
    made = run(*named, "init")
    again = run("init", PLANDOC_DATA=secret_address)
    added = run(*named, "event", "add", "Fair", "--date", "2026-05-01")
    listed = run("event", "list", PLANDOC_DATA=secret_address)
    checked = run(*named, "check")
    wrong = run(*named, "event", "show", "fairy")

    everything = (made, again, added, listed, checked, wrong)
    assert [one.status for one in everything] == [0, 0, 0, 0, 0, 1], everything
    assert "is ready" in made.out
    assert "is already a plandoc store" in again.out
    assert "Fair" in listed.out
    assert "nothing is wrong" in checked.out
    assert all(SECRET not in one.out + one.err for one in everything)


def test_a_command_that_is_overtaken_is_run_again(call, address, monkeypatch):
    with plandoc.open_store(address, create=True) as store:
        a_plan(store, PlanState.LOCKED)
        original, overtaken = plandoc.Store._commit, []

        def late(self, session, transaction):
            if not overtaken:
                overtaken.append(True)
                with store.session() as faster:
                    plandoc.unlock_plan(1, session=faster)
                    plandoc.save_batch_decision(1, 1, 7, session=faster)
                    plandoc.lock_plan(1, session=faster)
            return original(self, session, transaction)

        monkeypatch.setattr(plandoc.Store, "_commit", late)
        assert call("--data", address, "start", "1", "--yes").status == 0
        assert {one.finished_unit_id: one.batches for one in plandoc.get_batch_decisions(1)}[1] == 7
    assert overtaken


def test_push_and_pull_say_what_they_did(run, folder, secret_address):
    run("init")
    run("event", "add", "Fair", "--date", "2026-05-01")
    pushed = run("push", "data", secret_address)
    again = run("push", "data", secret_address)
    run("event", "add", "Easter", "--date", "2026-04-05", PLANDOC_DATA=secret_address)
    refused = run("push", "data", secret_address)
    pulled = run("pull", secret_address, "data")
    wrong = run("--data", "data", "push", "data", secret_address)

    assert [one.status for one in (pushed, again, refused, pulled, wrong)] == [0, 0, 1, 0, 2]
    assert "4 of 4 documents written, from" in pushed.out
    assert "nothing was changed" in again.out
    assert re.search(r"plandoc pull postgresql://\S+ \S+/data'", refused.err)
    assert "--allow-newer" in refused.err
    assert "2 of 5 documents written, from" in pulled.out
    assert "leave --data out" in wrong.err
    assert all(SECRET not in one.out + one.err for one in (pushed, again, refused, pulled, wrong))
    assert plandoc.check(folder) == []


@pytest.mark.parametrize(
    "arguments",
    [("repair",), ("restore", "kept.zip"), ("demo",)],
    ids=["repair", "restore", "demo"],
)
def test_what_is_for_folders_says_so(run, secret_address, arguments):
    ended = run("--data", secret_address, *arguments)

    assert ended.status == 1
    assert "is on a server; this is for a folder" in ended.err
    assert SECRET not in ended.err


def test_the_views_show_what_the_store_holds(run, store, server, address):
    a_plan(store, PlanState.IN_PRODUCTION)
    plandoc.record_production(1, 1, 2)
    schema = address.rpartition("=")[2]
    said = run("--data", address, "sql-views")
    server.run(*said.out.split(";\n"))
    server.run(*said.out.split(";\n"))
    event = server.run(f"select id, name, event_date, plan_state from {schema}.events")
    baked = server.run(
        f"select e.name, u.name, r.batches, r.produced_at is not null from {schema}.production_runs r "
        f"join {schema}.events e on e.id = r.event_id join {schema}.finished_units u on u.id = r.finished_unit_id"
    )

    assert [(one[0], one[1], str(one[2]), one[3]) for one in event] == [
        (1, "Christmas 2026", "2026-12-25", "in_production")
    ]
    assert baked == [("Christmas 2026", "Cookie", 2, True)]
    for table in ("ingredients", "recipes", "finished_goods", "stock", "plan_snapshots", "batch_decisions"):
        assert server.run(f"select * from {schema}.{table}"), table


def test_completion_knows_the_names_on_a_server(run, store, address):
    a_plan(store)

    assert "christmas-2026" in run("__complete", "words", "--data", address, "lock", "").out


def test_what_a_server_holds_is_backed_up_by_the_command(run, store, address, tmp_path):
    a_plan(store)
    made = run("--data", address, "backup", str(tmp_path / "kept.zip"))
    plandoc.restore(tmp_path / "kept.zip", tmp_path / "back")

    assert (made.status, plandoc.check(tmp_path / "back")) == (0, [])
    assert len(folder_bytes(tmp_path / "back")) == 5
