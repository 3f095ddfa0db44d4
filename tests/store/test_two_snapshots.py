"""Two snapshots of one event, as a hand or a merge leaves them: nobody picks one, and everybody says so."""

from __future__ import annotations

import json
import shutil

import pytest

import plandoc
from plandoc import PlanState, RunKind
from plandoc.cli import main
from plandoc.errors import DamagedError
from plandoc.workflow.production import get_progress, record_assembly, record_production, void_run
from tests.builders import a_bakery, a_plan, folder_bytes
from tests.plans.amending import CHANGES

FILE = "events/1.json"
WANTED = (
    "events/1.json:{}, plan_snapshots {}, event_id: wanted one snapshot of the event, found rows 1 and 2 (only you can "
    "say which one is right: remove the other with an editor, or restore the file from a backup: "
    "repair(folder, backup=backup))"
)
STATES = {"draft": PlanState.DRAFT, "locked": PlanState.LOCKED, "started": PlanState.IN_PRODUCTION}
# By the state that the plan is in.
OPERATIONS = {
    "started": {
        "get_plan_snapshot": lambda bakery, event: plandoc.get_plan_snapshot(event.id),
        "create_plan_snapshot": lambda bakery, event: plandoc.create_plan_snapshot(event.id),
        "get_plan": lambda bakery, event: plandoc.get_plan(event.id),
        "get_plan_comparison": lambda bakery, event: plandoc.get_plan_comparison(event.id),
        "get_progress": lambda bakery, event: get_progress(event.id),
        "complete_production": lambda bakery, event: plandoc.complete_production(event.id),
        "record_production": lambda bakery, event: record_production(event.id, bakery.cookie.id, 1),
        "record_assembly": lambda bakery, event: record_assembly(event.id, bakery.cookie_box.id, 1),
        "void_run": lambda bakery, event: void_run(event.id, RunKind.PRODUCTION, 1, "why"),
        "export_file": lambda bakery, event: plandoc.export_file("never-written.json"),
        "render_report": lambda bakery, event: plandoc.write_report(event.id, "never-written.html"),
        **{f"amend: {name}": call for name, call in CHANGES.items()},
    },
    "locked": {
        "start_production": lambda bakery, event: plandoc.start_production(event.id),
        "unlock_plan": lambda bakery, event: plandoc.unlock_plan(event.id),
        "save_batch_decision": lambda bakery, event: plandoc.save_batch_decision(event.id, bakery.cookie.id, 9),
    },
    "draft": {
        "lock_plan": lambda bakery, event: plandoc.lock_plan(event.id),
        "set_event_recipes": lambda bakery, event: plandoc.set_event_recipes(event.id, [bakery.cake.id]),
    },
}
COMMANDS = [
    ("event", "show", "1"),
    ("plan", "show", "1"),
    ("plan", "show", "1", "--json"),
    ("snapshot", "1"),
    ("snapshot", "1", "--json"),
    ("compare", "1"),
    ("progress", "1"),
    ("amend", "drop", "1", "hamper", "--reason", "why"),
    ("amend", "add", "1", "plain-cookie", "3", "--reason", "why"),
    ("amend", "quantity", "1", "hamper", "3", "--reason", "why"),
    ("amend", "batches", "1", "cookie", "7", "--reason", "why"),
    ("bake", "1", "cookie", "1"),
    ("pack", "1", "cookie-gift-box", "1"),
    ("void", "1", "b1", "--reason", "why"),
    ("complete", "1"),
    ("report", "1", "-o", "never-written.html"),
    ("export", "never-written.json"),
    ("export", "-", "1"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder for each state, whose event has the same snapshot twice, in plandoc's own form."""
    top = tmp_path_factory.mktemp("two")
    for name, state in STATES.items():
        with plandoc.open_store(top / name, create=True) as store:
            bakery = a_bakery(store)
            event = a_plan(store, PlanState.LOCKED if state is PlanState.DRAFT else state, bakery=bakery)
            with store.session() as session:
                plandoc.create_plan_snapshot(event.id, session=session)
                if state is PlanState.DRAFT:
                    plandoc.unlock_plan(event.id, session=session)
                if state is PlanState.IN_PRODUCTION:
                    record_production(event.id, bakery.cookie.id, 1, session=session)
        plandoc.backup(top / name, top / f"{name}.zip")
        _double(top / name / FILE)
    return top, bakery, event


def _double(file):
    """Put the row there twice, and nothing else, so that the file stays in plandoc's own form."""
    lines = file.read_bytes().split(b"\n")
    at = lines.index(b' "plan_snapshots": {') + 1
    row = lines[at].removesuffix(b",")
    lines[at : at + 1] = [row + b",", row.replace(b'  "1":', b'  "2":', 1)]
    file.write_bytes(b"\n".join(lines))


@pytest.fixture(params=["own form", "touched"])
def place(made, tmp_path, monkeypatch, request):
    """Copies of those folders, with files in plandoc's own form or in that of an editor."""
    for name in STATES:
        shutil.copytree(made[0] / name, tmp_path / name)
        file = tmp_path / name / FILE
        if request.param == "touched":
            file.write_text(json.dumps(json.loads(file.read_bytes()), indent=3))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _is_told(problems):
    return [str(problem).replace(f":{problem.line}", ":{}", 1) for problem in problems] == [
        WANTED.replace("plan_snapshots {}", f"plan_snapshots {row}") for row in (1, 2)
    ]


@pytest.mark.sample(25)
@pytest.mark.parametrize(("state", "name"), [(state, name) for state, calls in OPERATIONS.items() for name in calls])
def test_no_operation_picks_one(made, place, state, name):
    before = folder_bytes(place / state)
    with plandoc.open_store(place / state), pytest.raises(DamagedError) as refused:
        OPERATIONS[state][name](made[1], made[2])

    assert _is_told(refused.value.problems)
    assert refused.value.path == FILE
    assert folder_bytes(place / state) == before
    assert not list(place.glob("never-written*"))


@pytest.mark.sample(14)
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_picks_one(place, capsys, arguments):
    before = folder_bytes(place / "started")
    status = main(["--data", "started", *arguments])
    out, err = capsys.readouterr()

    assert (status, out) == (1, "")
    assert "plan_snapshots 1" in err
    assert "plan_snapshots 2" in err
    assert "wanted one snapshot of the event, found rows 1 and 2" in err
    assert folder_bytes(place / "started") == before
    assert not list(place.glob("never-written*"))


def test_what_needs_no_snapshot_goes_on(place, capsys):
    statuses = [
        main(["--data", "started", *words]) for words in (("event", "list"), ("good", "list"), ("stock", "list"))
    ]
    capsys.readouterr()

    assert statuses == [0, 0, 0]


def test_the_check_reports_both_and_nothing_else_but_the_next_id(place):
    problems = plandoc.check(place / "started")

    assert _is_told(problem for problem in problems if problem.table == "plan_snapshots")
    assert [problem.field for problem in problems if problem.table != "plan_snapshots"] == ["next_ids.plan_snapshots"]


def test_the_command_that_takes_the_file_back_from_a_backup_is_named_and_does_so(made, place, capsys):
    shutil.copy(made[0] / "started.zip", place / "plandoc-20260101T000000Z.zip")
    refused = main(["--data", "started", "snapshot", "1"])
    said = capsys.readouterr().err
    repaired = main(["--data", "started", "repair", "--from", "plandoc-20260101T000000Z.zip"])

    assert refused == 1
    assert "restore the file from a backup: 'plandoc --data started repair --from BACKUP'" in said
    assert repaired == 0
    assert plandoc.check(place / "started") == []
    assert list((place / "started" / "lost-found").iterdir())


def test_a_repair_without_a_backup_leaves_both_where_they_are(place, capsys):
    before = folder_bytes(place / "started")
    status = main(["--data", "started", "repair"])

    assert status == 1
    assert "plan_snapshots 2" in capsys.readouterr().out
    assert folder_bytes(place / "started") == before
