from __future__ import annotations

import attrs
import pytest

import plandoc
from plandoc import PlanState
from plandoc.domain.states import ALLOWED, Edit
from plandoc.results import EventFinishedGood, EventRecipe
from tests.builders import a_plan, folder_bytes


@pytest.fixture
def event(store, bakery):
    return a_plan(store, bakery=bakery)


def test_selecting_recipes_replaces_the_selection_and_counts_doubles_once(bakery, event):
    selection = plandoc.set_event_recipes(event.id, [bakery.cake.id, bakery.cookies.id, bakery.cake.id])

    assert selection.recipes == (bakery.cookies, bakery.cake)
    assert plandoc.get_event_recipes(event.id) == [bakery.cookies, bakery.cake]
    assert (selection.removed_goods, selection.removed_decisions) == ((), ())


def test_goods_and_decisions_that_lose_a_recipe_leave_the_plan_and_are_reported(bakery, event):
    selection = plandoc.set_event_recipes(event.id, [bakery.cookies.id])

    assert selection.removed_goods == (bakery.hamper,)
    assert [decision.finished_unit_id for decision in selection.removed_decisions] == [bakery.slice.id]
    assert plandoc.get_event_fg_quantities(event.id) == [(bakery.cookie_box, 10)]


def test_unknown_recipes_are_all_named_and_nothing_changes(folder, bakery, event):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        plandoc.set_event_recipes(event.id, [bakery.cake.id, 77, 78])

    assert [problem.message for problem in refused.value.problems] == ["Recipe 77 not found", "Recipe 78 not found"]
    assert folder_bytes(folder) == before


def test_a_row_that_stays_selected_keeps_its_id(store, bakery, event):
    before = store.read(lambda session: session.find(EventRecipe, event_id=event.id))
    plandoc.set_event_recipes(event.id, [bakery.cake.id, bakery.frosting.id])
    after = store.read(lambda session: session.find(EventRecipe, event_id=event.id))

    assert [row for row in before if row.recipe_id == bakery.cake.id][0] in after
    assert [row.id for row in after] == [2, 3]


@pytest.mark.parametrize("quantity", [0, -1, 2.5, True, "3", None, 10**18])
def test_a_number_of_goods_that_is_no_whole_number_above_zero_is_refused(folder, bakery, event, quantity):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError, match="Cookie Gift Box"):
        plandoc.set_event_finished_goods(event.id, {bakery.cookie_box.id: quantity})

    assert folder_bytes(folder) == before


def test_all_offending_goods_are_listed_at_once(bakery, event):
    plandoc.set_event_recipes(event.id, [bakery.cookies.id])
    with pytest.raises(plandoc.ValidationError) as refused:
        plandoc.set_event_finished_goods(event.id, {99: 1, bakery.hamper.id: 1, bakery.cookie_box.id: 0})

    messages = [problem.message for problem in refused.value.problems]
    assert messages[0] == "Finished good 99 not found"
    assert "Hamper needs recipes that are not selected: Sponge Cake" in messages
    assert any("Cookie Gift Box" in message for message in messages)


def test_missing_recipes_are_selected_when_that_is_wanted(bakery, event):
    plandoc.set_event_recipes(event.id, [])
    selection = plandoc.set_event_finished_goods(event.id, {bakery.hamper.id: 3}, add_missing_recipes=True)

    assert selection.added_recipes == (bakery.cookies, bakery.cake)
    assert selection.quantities == ((bakery.hamper, 3),)


def test_a_decision_keeps_the_need_it_was_made_for(bakery, event):
    decision = plandoc.get_batch_decisions(event.id)[0]

    assert (decision.units_needed, decision.batches, decision.yield_per_batch) == (144, 6, 24)
    assert decision.shortfall_accepted is False


def test_a_short_decision_is_refused_with_the_numbers_unless_accepted(bakery, event):
    with pytest.raises(
        plandoc.ValidationError, match=r"5 batches make 120 of 144 needed, 24 short \(6 batches are enough"
    ):
        plandoc.save_batch_decision(event.id, bakery.cookie.id, 5)
    accepted = plandoc.save_batch_decision(event.id, bakery.cookie.id, 5, accept_shortfall=True)

    assert accepted.shortfall_accepted is True
    assert plandoc.get_batch_decisions(event.id)[0] == accepted


def test_accepting_a_shortfall_that_is_none_is_not_kept_as_one(bakery, event):
    decision = plandoc.save_batch_decision(event.id, bakery.cookie.id, 7, accept_shortfall=True)

    assert decision.shortfall_accepted is False


def test_two_yields_of_one_recipe_are_decided_apart(bakery, event):
    plandoc.save_batch_decision(event.id, bakery.small_cookie.id, 1)
    decided = {row.finished_unit_id: row.batches for row in plandoc.get_batch_decisions(event.id)}

    assert decided == {bakery.cookie.id: 6, bakery.small_cookie.id: 1, bakery.slice.id: 1}


@pytest.mark.parametrize("batches", [0, -1, 1.0, "2", None])
def test_batches_are_a_whole_number_above_zero(bakery, event, batches):
    with pytest.raises(plandoc.ValidationError, match="batches of Cookie: wanted a whole number"):
        plandoc.save_batch_decision(event.id, bakery.cookie.id, batches)


def test_a_unit_whose_recipe_is_not_selected_cannot_be_decided(bakery, event):
    plandoc.set_event_recipes(event.id, [bakery.cake.id])
    with pytest.raises(plandoc.ValidationError, match="Chocolate Chip Cookies is not selected"):
        plandoc.save_batch_decision(event.id, bakery.cookie.id, 1)


EDITS = {
    Edit.NOTES: lambda session, event, bakery: session.replace(attrs.evolve(event, notes="new")),
    Edit.DETAILS: lambda session, event, bakery: session.replace(attrs.evolve(event, name="new")),
    Edit.SELECTION: lambda session, event, bakery: plandoc.set_event_recipes(event.id, [], session=session),
    Edit.DECISIONS: lambda session, event, bakery: plandoc.save_batch_decision(
        event.id, bakery.cookie.id, 9, session=session
    ),
    Edit.RUNS: lambda session, event, bakery: plandoc.record_production(event.id, bakery.cookie.id, 1, session=session),
    Edit.AMENDMENTS: lambda session, event, bakery: plandoc.modify_batch_decision(
        event.id, bakery.cookie.id, 7, "more guests", session=session
    ),
    Edit.REMOVAL: lambda session, event, bakery: plandoc.remove_event(event.id, session=session),
}


@pytest.mark.parametrize("state", list(PlanState))
@pytest.mark.parametrize("edit", list(Edit))
def test_every_kind_of_edit_is_allowed_in_its_states_and_refused_in_all_others(store, folder, bakery, edit, state):
    event = a_plan(store, state, bakery=bakery)
    before = folder_bytes(folder)
    if state in ALLOWED[edit]:
        with store.session() as session:
            EDITS[edit](session, event, bakery)
        assert folder_bytes(folder) != before
    else:
        with pytest.raises(plandoc.PlanStateError) as refused, store.session() as session:
            EDITS[edit](session, event, bakery)
        assert refused.value.current_state is state
        assert folder_bytes(folder) == before


def test_goods_are_guarded_like_recipes(store, bakery):
    event = a_plan(store, PlanState.LOCKED, bakery=bakery)
    with pytest.raises(plandoc.PlanStateError, match="unlock_plan"):
        plandoc.set_event_finished_goods(event.id, {})
    with pytest.raises(plandoc.PlanStateError, match="unlock_plan"), store.session() as session:
        session.add(EventFinishedGood(event.id, bakery.plain_cookie.id, 1))


def test_an_event_in_production_goes_only_with_its_history_discarded(store, folder, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    plandoc.remove_event(event.id, discard_history=True)

    assert plandoc.list_records(plandoc.Event) == []
