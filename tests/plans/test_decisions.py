from __future__ import annotations

import tempfile
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import given, settings

import plandoc
from plandoc import PlanState
from plandoc.domain.batches import BatchOption
from plandoc.results import FindingKind
from tests.builders import a_plan, folder_bytes, transactions
from tests.effort import examples
from tests.plans.strategies import planned, plans

NO_NUMBERS = [0, -1, 1.5, 2.0, 10**13, 10**5000, float("nan"), float("inf"), "2", "", True, None, Decimal(2)]
NO_IDS = [*NO_NUMBERS, 1.0, 99, "no-such-thing"]


def shown(value):
    return "huge" if isinstance(value, int) and value > 10**100 else repr(value)


@pytest.fixture
def event(store, bakery):
    return a_plan(store, bakery=bakery)


def batches_of(event):
    return {row.finished_unit_id: row.batches for row in plandoc.get_batch_decisions(event.id)}


def test_requirements_are_exact_and_name_the_goods_that_ask(bakery, event):
    cookie, piece = plandoc.get_requirements(event.id)

    assert (cookie.unit, cookie.recipe, cookie.units) == (bakery.cookie, bakery.cookies, 144)
    assert [(source.good, source.quantity) for source in cookie.sources] == [
        (bakery.cookie_box, 120),
        (bakery.hamper, 24),
    ]
    assert (piece.unit, piece.exact, piece.units) == (bakery.slice, Fraction(4), 4)


def test_options_come_for_every_needed_unit_in_both_yield_modes(store, bakery):
    event = a_plan(
        store, bakery=bakery, name="Fair", quantities={bakery.plain_cookie.id: 50, bakery.plain_slice.id: 10}
    )
    cookie, piece = plandoc.get_batch_options(event.id)

    assert cookie.options == (BatchOption(2, 48, -2), BatchOption(3, 72, 22))
    assert piece.options == (BatchOption(2, 8, -2), BatchOption(3, 12, 2))
    assert (cookie.suggested.batches, piece.suggested.batches) == (3, 3)


def test_the_yield_of_a_recipe_that_wastes_least_is_suggested(bakery):
    assert plandoc.suggest_batches(bakery.cookies.id, 50).unit == bakery.cookie
    assert plandoc.suggest_batches(bakery.cookies.id, 96).unit == bakery.small_cookie
    assert plandoc.suggest_batches(bakery.cookies.id, 96).option == BatchOption(2, 96, 0)


def test_a_recipe_without_a_yield_has_no_suggestion_but_a_way_out(bakery):
    with pytest.raises(plandoc.ValidationError, match="add a finished unit to the recipe"):
        plandoc.suggest_batches(bakery.frosting.id, 10)


def test_an_empty_plan_needs_nothing_and_decides_nothing(store, bakery):
    event = a_plan(store, bakery=bakery, quantities={})

    assert plandoc.get_requirements(event.id) == []
    assert plandoc.get_batch_options(event.id) == []
    assert plandoc.decide_enough(event.id) == []


def test_several_units_are_decided_in_one_write_in_the_order_given(folder, bakery, event):
    before = transactions(folder)
    decisions = plandoc.save_batch_decisions(event.id, {bakery.slice.id: 2, bakery.cookie.id: 7})

    assert [(row.finished_unit_id, row.batches) for row in decisions] == [(bakery.slice.id, 2), (bakery.cookie.id, 7)]
    assert batches_of(event) == {bakery.cookie.id: 7, bakery.slice.id: 2}
    assert len(transactions(folder)) == len(before) + 1


def test_all_problems_of_several_decisions_are_reported_at_once_and_none_is_saved(folder, bakery, event):
    before = folder_bytes(folder)
    wanted = {bakery.cookie.id: 5, 99: 1, bakery.small_cookie.id: 3, bakery.slice.id: 0, 98: 2}
    with pytest.raises(plandoc.ValidationError) as refused:
        plandoc.save_batch_decisions(event.id, wanted)

    assert [problem.message for problem in refused.value.problems] == [
        "Cookie: 5 batches make 120 of 144 needed, 24 short",
        "Finished unit 99 not found",
        "batches of Slice: wanted a whole number of at least 1, found 0",
        "Finished unit 98 not found",
    ]
    assert folder_bytes(folder) == before


def test_one_batch_is_spoken_of_as_one(store, bakery):
    event = a_plan(store, bakery=bakery, name="Fair", quantities={bakery.plain_cookie.id: 25})
    with pytest.raises(plandoc.ValidationError, match="Cookie: 1 batch makes 24 of 25 needed, 1 short"):
        plandoc.save_batch_decision(event.id, bakery.cookie.id, 1)


def test_a_caught_refusal_leaves_nothing_half_decided_in_the_session(store, bakery, event):
    with store.session() as session:
        with pytest.raises(plandoc.ValidationError):
            plandoc.save_batch_decisions(event.id, {bakery.cookie.id: 9, 99: 1}, session=session)
        plandoc.save_batch_decision(event.id, bakery.slice.id, 3, session=session)

    assert batches_of(event) == {bakery.cookie.id: 6, bakery.slice.id: 3}


def test_a_shortfall_is_accepted_only_for_what_is_short(bakery, event):
    wanted = {bakery.cookie.id: 5, bakery.slice.id: 2}
    cookie, piece = plandoc.save_batch_decisions(event.id, wanted, accept_shortfall=True)

    assert (cookie.shortfall_accepted, cookie.units_needed) == (True, 144)
    assert (piece.shortfall_accepted, piece.units_needed) == (False, 4)


def test_a_decision_that_is_made_again_keeps_its_id(bakery, event):
    before = plandoc.get_batch_decisions(event.id)[0]
    after = plandoc.save_batch_decision(event.id, bakery.cookie.id, 8)

    assert (after.id, after.batches) == (before.id, 8)


def test_deciding_what_nobody_needs_is_allowed_and_found(bakery, event):
    decision = plandoc.save_batch_decision(event.id, bakery.small_cookie.id, 2)
    (finding,) = plandoc.review_plan(event.id)

    assert (decision.units_needed, decision.shortfall_accepted) == (0, False)
    assert finding.kind is FindingKind.UNNEEDED


def test_enough_is_decided_for_every_undecided_unit_and_for_no_other(bakery, event):
    plandoc.save_batch_decision(event.id, bakery.slice.id, 5)
    plandoc.delete_batch_decisions(event.id, [bakery.cookie.id])
    (new,) = plandoc.decide_enough(event.id)

    assert (new.finished_unit_id, new.batches, new.units_needed) == (bakery.cookie.id, 6, 144)
    assert batches_of(event) == {bakery.cookie.id: 6, bakery.slice.id: 5}
    assert plandoc.decide_enough(event.id) == []


def test_stale_short_and_accepted_decisions_are_replaced_only_when_that_is_wanted(store, bakery, event):
    plandoc.save_batch_decision(event.id, bakery.slice.id, 1)
    plandoc.save_batch_decision(event.id, bakery.cookie.id, 5, accept_shortfall=True)
    plandoc.set_event_finished_goods(event.id, {bakery.cookie_box.id: 20, bakery.hamper.id: 2})
    kept = plandoc.decide_enough(event.id)
    replaced = plandoc.decide_enough(event.id, replace_stale=True)

    assert kept == []
    assert [(row.finished_unit_id, row.batches, row.shortfall_accepted) for row in replaced] == [
        (bakery.cookie.id, 11, False)
    ]
    assert batches_of(event) == {bakery.cookie.id: 11, bakery.slice.id: 1}
    assert plandoc.review_plan(event.id) == []


def test_an_accepted_shortfall_that_is_not_stale_is_replaced_too(bakery, event):
    plandoc.save_batch_decision(event.id, bakery.cookie.id, 5, accept_shortfall=True)
    (replaced,) = plandoc.decide_enough(event.id, replace_stale=True)

    assert (replaced.batches, replaced.shortfall_accepted) == (6, False)


def test_a_surplus_that_somebody_chose_is_never_replaced(bakery, event):
    plandoc.save_batch_decision(event.id, bakery.cookie.id, 9)

    assert plandoc.decide_enough(event.id, replace_stale=True) == []
    assert batches_of(event)[bakery.cookie.id] == 9


def test_a_decision_that_is_stale_by_its_recipe_is_replaced_by_one_that_is_not(store, bakery, event):
    with store.session() as session:
        session.replace(attrs.evolve(bakery.frosting, lines=()))
    (replaced,) = plandoc.decide_enough(event.id, replace_stale=True)

    assert replaced.finished_unit_id == bakery.slice.id
    assert plandoc.review_plan(event.id) == []


def test_enough_is_refused_when_the_recipe_of_a_needed_unit_is_not_selected(store, folder, bakery, event):
    with store.session() as session:
        session.replace(attrs.evolve(bakery.slice, recipe_id=bakery.frosting.id))
    plandoc.delete_batch_decisions(event.id)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError, match="Slice: its recipe Frosting is not selected"):
        plandoc.decide_enough(event.id)

    assert folder_bytes(folder) == before


def test_decisions_are_removed_and_returned(bakery, event):
    (removed,) = plandoc.delete_batch_decisions(event.id, [bakery.slice.id, bakery.slice.id])

    assert (removed.finished_unit_id, removed.batches) == (bakery.slice.id, 1)
    assert batches_of(event) == {bakery.cookie.id: 6}
    assert plandoc.delete_batch_decisions(event.id, []) == []
    assert [row.finished_unit_id for row in plandoc.delete_batch_decisions(event.id)] == [bakery.cookie.id]
    assert batches_of(event) == {}


def test_removing_names_every_unit_that_is_not_decided_and_then_removes_none(folder, bakery, event):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        plandoc.delete_batch_decisions(event.id, [bakery.small_cookie.id, bakery.cookie.id, 99])

    assert [problem.message for problem in refused.value.problems] == [
        f"no batches of finished unit {bakery.small_cookie.id} are decided",
        "no batches of finished unit 99 are decided",
    ]
    assert folder_bytes(folder) == before


CHANGES = {
    "save one": lambda event, bakery: plandoc.save_batch_decision(event.id, bakery.cookie.id, 9),
    "save several": lambda event, bakery: plandoc.save_batch_decisions(event.id, {bakery.cookie.id: 9}),
    "decide enough": lambda event, bakery: plandoc.decide_enough(event.id, replace_stale=True),
    "remove": lambda event, bakery: plandoc.delete_batch_decisions(event.id),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_decisions_change_while_a_plan_is_locked(store, bakery, change):
    event = a_plan(store, bakery=bakery, state=PlanState.LOCKED)
    change(event, bakery)

    assert plandoc.get_plan(event.id).event.plan_state is PlanState.LOCKED


@pytest.mark.parametrize("state", [PlanState.IN_PRODUCTION, PlanState.COMPLETED])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_decisions_never_change_once_production_has_started(store, folder, bakery, change, state):
    event = a_plan(store, bakery=bakery, state=state)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.PlanStateError) as refused:
        change(event, bakery)

    assert (refused.value.event_id, refused.value.current_state) == (event.id, state)
    assert folder_bytes(folder) == before


WITH_A_NUMBER = {
    "one decision": lambda event, bakery, value: plandoc.save_batch_decision(event.id, bakery.cookie.id, value),
    "several": lambda event, bakery, value: plandoc.save_batch_decisions(event.id, {bakery.cookie.id: value}),
    "accepted": lambda event, bakery, value: plandoc.save_batch_decision(event.id, bakery.cookie.id, value, True),
    "suggestion": lambda event, bakery, value: plandoc.suggest_batches(bakery.cookies.id, value),
    "goods": lambda event, bakery, value: plandoc.set_event_finished_goods(event.id, {bakery.cookie_box.id: value}),
}
WITH_AN_ID = {
    "unit to decide": lambda event, bakery, value: plandoc.save_batch_decision(event.id, value, 6),
    "unit to remove": lambda event, bakery, value: plandoc.delete_batch_decisions(event.id, [value]),
    "recipe to bake": lambda event, bakery, value: plandoc.suggest_batches(value, 6),
    "recipe to select": lambda event, bakery, value: plandoc.set_event_recipes(event.id, [value]),
    "good": lambda event, bakery, value: plandoc.set_event_finished_goods(event.id, {value: 1}),
    "event of decision": lambda event, bakery, value: plandoc.save_batch_decision(value, bakery.cookie.id, 6),
    "event of decisions": lambda event, bakery, value: plandoc.save_batch_decisions(value, {bakery.cookie.id: 6}),
    "event to decide": lambda event, bakery, value: plandoc.decide_enough(value),
    "event to undecide": lambda event, bakery, value: plandoc.delete_batch_decisions(value),
    "event's requirements": lambda event, bakery, value: plandoc.get_requirements(value),
    "event's options": lambda event, bakery, value: plandoc.get_batch_options(value),
    "event's decisions": lambda event, bakery, value: plandoc.get_batch_decisions(value),
    "event's goods": lambda event, bakery, value: plandoc.get_available_finished_goods(value),
    "event's review": lambda event, bakery, value: plandoc.review_plan(value),
    "event's feasibility": lambda event, bakery, value: plandoc.get_feasibility(value),
    "event's plan": lambda event, bakery, value: plandoc.get_plan(value),
}


def check_refused(folder, call, event, bakery, value) -> str:
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        call(event, bakery, value)
    (problem,) = refused.value.problems

    assert 0 < len(problem.message) < 200
    assert folder_bytes(folder) == before
    return problem.message


@pytest.mark.sample(19)
@pytest.mark.parametrize("value", NO_NUMBERS, ids=shown)
@pytest.mark.parametrize("call", WITH_A_NUMBER.values(), ids=WITH_A_NUMBER)
def test_what_is_no_whole_number_above_zero_is_one_clear_error_and_changes_no_byte(folder, bakery, event, call, value):
    assert "wanted a whole number" in check_refused(folder, call, event, bakery, value)


@pytest.mark.sample(20)
@pytest.mark.parametrize("value", NO_IDS, ids=shown)
@pytest.mark.parametrize("call", WITH_AN_ID.values(), ids=WITH_AN_ID)
def test_what_is_no_id_is_one_clear_error_and_changes_no_byte(folder, bakery, event, call, value):
    message = check_refused(folder, call, event, bakery, value)

    assert message.endswith("not found") or message.startswith("no batches of finished unit")


@pytest.mark.parametrize("text", ["", "1", "12", b"1"])
def test_text_in_the_place_of_recipes_to_select_is_one_wrong_id_and_clears_nothing(folder, event, text):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        plandoc.set_event_recipes(event.id, text)

    assert len(refused.value.problems) == 1
    assert folder_bytes(folder) == before


def test_a_need_too_large_for_any_decision_is_refused_and_changes_no_byte(store, folder, bakery):
    with store.session() as session:
        parts = (plandoc.Component(finished_unit_id=bakery.cookie.id, quantity=Decimal(10**11)),)
        heap = session.add(plandoc.FinishedGood("Heap", parts))
    event = a_plan(store, bakery=bakery, quantities={heap.id: 10**12})
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError, match="wanted a whole number of at most"):
        plandoc.decide_enough(event.id)
    with pytest.raises(plandoc.ValidationError, match="wanted a whole number of at most"):
        plandoc.save_batch_decision(event.id, bakery.cookie.id, 1, accept_shortfall=True)

    assert plandoc.get_requirements(event.id)[0].units == 10**23
    assert folder_bytes(folder) == before


@settings(max_examples=examples(25), deadline=None)
@given(plans())
def test_a_plan_decided_as_enough_has_no_findings_and_can_be_packed(plan):
    with (
        tempfile.TemporaryDirectory() as parent,
        plandoc.open_store(f"{parent}/data", create=True) as store,
    ):
        event = planned(store, plan)
        undecided = plandoc.review_plan(event.id)
        decisions = plandoc.decide_enough(event.id)

        assert {finding.kind for finding in undecided} <= {FindingKind.UNDECIDED}
        assert len(undecided) == len(decisions) == len(plandoc.get_requirements(event.id))
        assert plandoc.review_plan(event.id) == []
        assert plandoc.get_feasibility(event.id).is_feasible
        assert all(unit.difference >= 0 for unit in plandoc.get_plan(event.id).units)
