"""The whole way of an event by the command."""

import json

import pytest

import plandoc


@pytest.mark.costly
def test_an_event_goes_from_nothing_to_its_snapshot(run, bakery):
    steps = [
        ("init",),
        ("event", "add", "Christmas 2026", "--date", "2026-12-25", "--attendees", "50", "--notes", "gift bags"),
        ("plan", "recipes", "christmas-2026", "hazelnut-sables", "harbour-rye"),
        ("plan", "goods", "christmas-2026", "sable-bag=9", "single-rye-loaf=4"),
        ("plan", "batches", "christmas-2026", "hazelnut-sable=2", "rye-loaf=2"),
        ("lock", "christmas-2026"),
        ("start", "2"),
        ("check",),
    ]

    for step in steps:
        ended = run(*step)
        assert (ended.status, ended.err) == (0, ""), step

    data = json.loads(run("snapshot", "christmas-2026", "--json").out)
    assert list(data) == ["snapshot_version", "created_at", "recipes", "finished_goods", "batch_decisions"]
    assert [row["quantity"] for row in data["finished_goods"]] == [4, 9]
    assert [row["batches"] for row in data["batch_decisions"]] == [2, 2]
    assert plandoc.check(bakery) == []


def test_a_plan_can_be_unlocked_and_completed(call, bakery):
    statuses = [call(step, "harbour-market").status for step in ("lock", "unlock", "lock", "start")]
    statuses.append(call("complete", "harbour-market", "--yes").status)
    last = call("event", "show", "harbour-market", "--json")

    assert statuses == [0, 0, 0, 0, 0]
    assert json.loads(last.out)["plan_state"] == "completed"


def test_a_second_start_is_refused_and_changes_no_byte(call, bakery):
    from .conftest import contents

    call("lock", "1")
    call("start", "1")
    before = contents(bakery)
    second = call("start", "1")

    assert second.status == 1
    assert second.out == ""
    assert second.err.startswith("plandoc: cannot start production: the plan of ")
    assert "(event 1) is IN_PRODUCTION" in second.err
    assert contents(bakery) == before


def test_a_refusal_names_the_command_that_helps(call, bakery):
    ended = call("start", "1")

    assert "'plandoc lock harbour-market'" in ended.err
    assert "lock_plan" not in ended.err


@pytest.mark.proof
def test_the_data_folder_can_be_named_by_option_and_by_environment(run, folder):
    by_option = run("--data", "here", "init")
    by_environment = run("init", PLANDOC_DATA="there")
    after_the_command = run("init", "--data=elsewhere")
    by_nothing = run("init")

    assert [one.status for one in (by_option, by_environment, after_the_command, by_nothing)] == [0, 0, 0, 0]
    assert all((folder.parent / name / "plandoc.json").exists() for name in ("here", "there", "elsewhere", "data"))


def test_init_leaves_a_folder_that_is_there_as_it_is(call, bakery):
    from .conftest import contents

    before = contents(bakery)
    ended = call("init")

    assert (ended.status, ended.err) == (0, "")
    assert "already" in ended.out
    assert contents(bakery) == before


def test_several_decisions_are_one_write(call, bakery):
    def serial():
        return json.loads((bakery / "plandoc.json").read_bytes())["serial"]

    before = serial()
    ended = call("plan", "batches", "1", "rye-loaf=10", "cardamom-bun=5")

    assert ended.status == 0
    assert "10 x Rye loaf make 30 of 25 needed (5 over)" in ended.out
    assert serial() == before + 1


def test_one_bad_decision_saves_none_and_every_one_is_named(call, bakery):
    from .conftest import contents

    before = contents(bakery)
    ended = call("plan", "batches", "1", "rye-loaf=10", "cardamom-bun=1", "hazelnut-sable=1")

    assert ended.status == 1
    assert "Cardamom bun" in ended.err
    assert "Hazelnut sablé" in ended.err
    assert "--accept-shortfall" in ended.err
    assert contents(bakery) == before


def test_a_shortfall_is_saved_when_it_is_accepted(call, bakery):
    ended = call("plan", "batches", "1", "cardamom-bun=1", "--accept-shortfall")

    assert ended.status == 0
    assert "short, accepted" in ended.out
    assert "short, accepted" in call("event", "show", "1").out


def test_what_leaves_the_plan_with_its_recipe_is_shown(call, bakery):
    ended = call("plan", "recipes", "1", "hazelnut-sables", "cardamom-buns")

    assert ended.status == 0
    assert "removed from the plan: Single rye loaf" in ended.out
    assert "removed from the plan: 9 batches of Rye loaf" in ended.out


def test_missing_recipes_are_added_when_asked_for(call, bakery):
    call("event", "add", "Tea", "--date", "2026-06-01")
    refused = call("plan", "goods", "tea", "tea-box=1")
    done = call("plan", "goods", "tea", "tea-box=1", "--add-missing-recipes")

    assert refused.status == 1
    assert "--add-missing-recipes" in refused.err
    assert done.status == 0
    assert "recipe added: Lemon tart" in done.out
