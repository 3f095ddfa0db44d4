from __future__ import annotations

import json
from fractions import Fraction

import pytest

import plandoc
from plandoc import PlanState
from plandoc.domain.feasibility import GoodFeasibility
from plandoc.results import FindingKind
from tests.builders import a_bakery, a_plan, folder_bytes


def test_a_plan_is_everything_about_it_in_one_record(store, bakery):
    event = a_plan(store, bakery=bakery)
    plandoc.save_batch_decision(event.id, bakery.small_cookie.id, 1)
    plan = plandoc.get_plan(event.id)

    assert (plan.event, plan.recipes) == (event, (bakery.cookies, bakery.cake))
    assert plan.goods == ((bakery.cookie_box, 10), (bakery.hamper, 2))
    assert list(plan.decisions) == plandoc.get_batch_decisions(event.id)
    assert [(unit.unit, unit.recipe, unit.needed, unit.made, unit.difference) for unit in plan.units] == [
        (bakery.cookie, bakery.cookies, 144, 144, 0),
        (bakery.small_cookie, bakery.cookies, 0, 48, 48),
        (bakery.slice, bakery.cake, 4, 4, 0),
    ]
    assert list(plan.findings) == plandoc.review_plan(event.id) != []
    assert (plan.snapshot, plan.amendments, plan.production_runs, plan.assembly_runs) == (None, (), (), ())


def test_a_unit_that_is_needed_and_not_decided_is_in_the_plan_without_a_difference(store, bakery):
    event = a_plan(store, bakery=bakery)
    plandoc.delete_batch_decisions(event.id, [bakery.slice.id])
    unit = plandoc.get_plan(event.id).units[1]

    assert (unit.unit, unit.needed, unit.decision, unit.made, unit.difference) == (bakery.slice, 4, None, 0, None)


def test_a_started_plan_holds_its_snapshot_amendments_and_runs_in_their_order(store, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    amendments = [
        plandoc.modify_batch_decision(event.id, bakery.cookie.id, batches, "other guests") for batches in (7, 6)
    ]
    baked = plandoc.record_production(event.id, bakery.cookie.id, 1)
    packed = plandoc.record_assembly(event.id, bakery.cookie_box.id, 1)
    plan = plandoc.get_plan(event.id)

    assert plan.snapshot == plandoc.get_plan_snapshot(event.id) is not None
    assert list(plan.amendments) == amendments
    assert (plan.production_runs, plan.assembly_runs) == ((baked,), (packed,))


def test_an_empty_plan_is_empty(store, bakery):
    event = a_plan(store, bakery=bakery, quantities={})
    plan = plandoc.get_plan(event.id)

    assert plan.event == event
    assert (plan.recipes, plan.goods, plan.decisions, plan.units, plan.findings) == ((), (), (), (), ())
    assert plandoc.get_feasibility(event.id).is_feasible


def test_a_plan_can_be_packed_as_far_as_the_decisions_go(store, bakery):
    event = a_plan(store, bakery=bakery)
    enough = plandoc.get_feasibility(event.id)
    plandoc.save_batch_decision(event.id, bakery.cookie.id, 5, accept_shortfall=True)
    short = plandoc.get_feasibility(event.id)
    plandoc.delete_batch_decisions(event.id)

    assert (enough.is_feasible, enough.left_over) == (True, ())
    assert short.goods == (
        GoodFeasibility(bakery.cookie_box, 10, 10, ()),
        GoodFeasibility(bakery.hamper, 2, 0, (bakery.cookie,), (bakery.cookie,)),
    )
    assert short.left_over == ((bakery.slice, Fraction(4)),)
    assert [good.possible for good in plandoc.get_feasibility(event.id).goods] == [0, 0]


# What another hand can break in the files of a plan: the file, the change, what the sums then say, and the findings.
EVENT, CATALOG = "events/1.json", "catalog.json"
BROKEN = {
    "good of the plan": (
        EVENT,
        lambda rows: rows["event_finished_goods"]["1"].update(finished_good_id=99),
        ["Finished good 99 not found"],
        ["Finished good 99 not found"],
    ),
    "good of a good": (
        CATALOG,
        lambda rows: rows["finished_goods"].pop("2"),
        ["Hamper: finished good 2 not found"],
        ["Hamper: finished good 2 not found"],
    ),
    "unit of a good": (
        CATALOG,
        lambda rows: rows["finished_goods"]["3"]["components"][0].update(finished_unit_id=99),
        ["Cookie Gift Box: finished unit 99 not found", "Hamper -> Cookie Gift Box: finished unit 99 not found"],
        ["Cookie Gift Box: finished unit 99 not found", "Hamper -> Cookie Gift Box: finished unit 99 not found"],
    ),
    "recipe of a unit": (
        CATALOG,
        lambda rows: rows["finished_units"]["3"].update(recipe_id=99),
        ["Hamper -> Plain Slice: recipe 99 of Slice not found"],
        ["Hamper -> Plain Slice: recipe 99 of Slice not found"],
    ),
    "cycle": (
        CATALOG,
        lambda rows: rows["finished_goods"]["3"]["components"].append({"finished_good_id": 4, "quantity": "1"}),
        [
            "Cookie Gift Box contains itself: Cookie Gift Box -> Hamper -> Cookie Gift Box",
            "Hamper contains itself: Hamper -> Cookie Gift Box -> Hamper",
        ],
        [
            "Cookie Gift Box contains itself: Cookie Gift Box -> Hamper -> Cookie Gift Box",
            "Hamper contains itself: Hamper -> Cookie Gift Box -> Hamper",
        ],
    ),
    "cycle further in": (
        CATALOG,
        lambda rows: rows["finished_goods"]["2"].update(
            assembly_type="bundle", components=[{"finished_good_id": 2, "quantity": "1"}]
        ),
        ["Hamper: Plain Slice contains itself: Plain Slice -> Plain Slice"],
        ["Hamper: Plain Slice contains itself: Plain Slice -> Plain Slice"],
    ),
    "selected recipe": (
        EVENT,
        lambda rows: rows["event_recipes"]["2"].update(recipe_id=99),
        [],
        [
            "recipe 99 is in the plan, but was not found",
            "Hamper is in the plan, but needs recipes that are not selected: Sponge Cake",
        ],
    ),
    "decided unit": (
        EVENT,
        lambda rows: rows["batch_decisions"]["2"].update(finished_unit_id=99),
        [],
        ["1 batch was decided of finished unit 99, which was not found", "Slice: 4 needed, no batches decided"],
    ),
    "decided recipe": (
        EVENT,
        lambda rows: rows["batch_decisions"]["2"].update(recipe_id=99),
        [],
        [
            "recipe 99 is in the plan, but was not found",
            "Slice: 1 batch was decided before it became a yield of another recipe",
        ],
    ),
    "sub-recipe": (
        CATALOG,
        lambda rows: rows["recipes"].pop("2"),
        [],
        [
            "Recipe 2 not found, wanted by 'Sponge Cake'",
            "Slice: 1 batch was decided before what goes into the recipe changed",
        ],
    ),
    "ingredient": (
        CATALOG,
        lambda rows: rows["ingredients"].pop("3"),
        [],
        ["Ingredient 3 not found, wanted by 'Sponge Cake' -> 'Frosting'"],
    ),
}


@pytest.fixture(params=BROKEN.values(), ids=BROKEN)
def broken(request, folder):
    """A draft whose files another hand has broken: the folder, what the sums refuse with, and the findings."""
    name, spoil, problems, findings = request.param
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store)
        rows = json.loads((folder / name).read_text("utf-8"))
        spoil(rows)
        (folder / name).write_text(json.dumps(rows), "utf-8")
        yield folder, problems, findings


SUMS = {
    "requirements": plandoc.get_requirements,
    "options": plandoc.get_batch_options,
    "feasibility": plandoc.get_feasibility,
}


@pytest.mark.parametrize("operation", SUMS.values(), ids=SUMS)
def test_sums_over_broken_goods_are_one_clear_error_and_others_go_on(broken, operation):
    folder, problems, _ = broken
    before = folder_bytes(folder)
    if problems:
        with pytest.raises(plandoc.ValidationError) as refused:
            operation(1)
        assert [problem.message for problem in refused.value.problems] == problems
    else:
        assert operation(1)
    assert folder_bytes(folder) == before


def test_deciding_what_broken_goods_need_is_refused_and_changes_no_byte(broken):
    folder, problems, _ = broken
    before = folder_bytes(folder)
    if problems:
        for decide in (plandoc.decide_enough, lambda event_id: plandoc.save_batch_decision(event_id, 1, 9)):
            with pytest.raises(plandoc.ValidationError) as refused:
                decide(1)
            assert [problem.message for problem in refused.value.problems] == problems
        assert folder_bytes(folder) == before
    else:
        assert plandoc.save_batch_decision(1, 1, 9).batches == 9


def test_a_review_of_a_broken_plan_names_what_is_broken(broken):
    _, _, findings = broken

    assert [finding.message for finding in plandoc.review_plan(1)] == findings


def test_a_broken_plan_is_shown_with_all_that_is_whole_and_with_the_findings(broken):
    _, _, findings = broken
    plan = plandoc.get_plan(1)

    assert [finding.message for finding in plan.findings] == findings
    assert {recipe.name for recipe in plan.recipes} >= {"Chocolate Chip Cookies"}
    assert {good.name for good, _ in plan.goods} >= {"Hamper"}


def test_the_goods_of_a_broken_catalog_are_listed_with_what_is_broken(broken):
    _, problems, _ = broken
    answers = {one.good.name: one for one in plandoc.get_available_finished_goods(1)}
    for name, one in answers.items():
        reported = [problem for problem in problems if problem.startswith((f"{name}:", f"{name} "))]
        assert one.problem is None or not one.is_available
        assert all(problem in (one.problem or "") for problem in reported)


@pytest.mark.parametrize(
    "broken", [pytest.param(BROKEN[name], id=name) for name in ("good of a good", "unit of a good")], indirect=True
)
def test_needs_and_shopping_of_a_broken_plan_say_that_they_are_not_complete(broken):
    needs = plandoc.get_ingredient_needs(1)

    assert any(finding.kind is plandoc.results.FindingKind.BROKEN for finding in needs.undecided)
    assert plandoc.get_shopping_list(1).undecided == needs.undecided


def test_a_broken_plan_is_locked_all_the_same(broken):
    assert plandoc.lock_plan(1).plan_state is PlanState.LOCKED


def test_a_broken_plan_is_started_all_the_same_and_its_snapshot_keeps_the_findings(broken):
    _, _, findings = broken
    plandoc.lock_plan(1)
    plandoc.start_production(1)

    assert [finding.message for finding in plandoc.get_plan_snapshot(1).findings] == findings


def test_a_way_out_of_a_broken_plan_is_to_plan_without_what_is_broken(broken):
    plandoc.set_event_finished_goods(1, {})
    plandoc.set_event_recipes(1, [1])
    plandoc.delete_batch_decisions(1)

    assert plandoc.review_plan(1) == []
    assert plandoc.get_plan(1).units == ()


def test_eleven_levels_written_by_another_hand_are_refused_with_the_path(folder):
    with plandoc.open_store(folder, create=True) as store:
        bakery = a_bakery(store)
        event = a_plan(store, bakery=bakery, quantities={bakery.cookie_box.id: 1})
        rows = json.loads((folder / CATALOG).read_text("utf-8"))
        template = rows["finished_goods"]["4"]
        inner = {"finished_good_id": 0, "quantity": "2"}
        for level in range(10):
            parts = [{**inner, "finished_good_id": 11 + level if level < 9 else 3}]
            named = {"name": f"Level {level + 1}", "slug": f"level-{level + 1}", "components": parts}
            rows["finished_goods"][str(10 + level)] = {**template, **named}
        (folder / CATALOG).write_text(json.dumps(rows), "utf-8")
        answers = {one.good.id: one.problem for one in plandoc.get_available_finished_goods(event.id)}
        with pytest.raises(plandoc.ValidationError) as refused:
            plandoc.set_event_finished_goods(event.id, {10: 1}, add_missing_recipes=True)

    path = " -> ".join([*(f"Level {level}" for level in range(1, 11)), "Cookie Gift Box"])
    assert answers[10] == f"Level 1 is nested more than 10 levels deep: {path}"
    assert answers[11] is None
    assert [problem.message for problem in refused.value.problems] == [answers[10]]


def test_finding_kinds_are_the_worst_first():
    assert [kind.value for kind in FindingKind] == [
        "broken",
        "missing_recipe",
        "undecided",
        "short",
        "stale",
        "unneeded",
        "catalog_changed",
    ]
