"""Every public function that changes something, in every state of a plan: allowed where the table says so, else refused."""

import datetime

import attrs
import pytest

import plandoc
from plandoc import PlanState, store
from plandoc.domain.states import ALLOWED, Edit
from tests.builders import a_bakery, a_plan, brought_to, folder_bytes

_SELECTION, _DECISIONS = ALLOWED[Edit.SELECTION], ALLOWED[Edit.DECISIONS]
_AMENDMENTS, _RUNS, _REMOVAL = ALLOWED[Edit.AMENDMENTS], ALLOWED[Edit.RUNS], ALLOWED[Edit.REMOVAL]

# What is called, and in which states it is allowed.
CHANGES = {
    "set_event_recipes": (lambda event, shop: plandoc.set_event_recipes(event, [shop.cake.id]), _SELECTION),
    "set_event_finished_goods": (
        lambda event, shop: plandoc.set_event_finished_goods(event, {shop.cookie_box.id: 1}),
        _SELECTION,
    ),
    "change_event_finished_goods": (
        lambda event, shop: plandoc.change_event_finished_goods(event, {shop.cookie_box.id: 1}),
        _SELECTION,
    ),
    "save_batch_decision": (lambda event, shop: plandoc.save_batch_decision(event, shop.cookie.id, 9), _DECISIONS),
    "save_batch_decisions": (lambda event, shop: plandoc.save_batch_decisions(event, {shop.cookie.id: 9}), _DECISIONS),
    "decide_enough": (lambda event, shop: plandoc.decide_enough(event), _DECISIONS),
    "delete_batch_decisions": (lambda event, shop: plandoc.delete_batch_decisions(event), _DECISIONS),
    "lock_plan": (lambda event, shop: plandoc.lock_plan(event), {PlanState.DRAFT}),
    "unlock_plan": (lambda event, shop: plandoc.unlock_plan(event), {PlanState.LOCKED}),
    "start_production": (lambda event, shop: plandoc.start_production(event), {PlanState.LOCKED}),
    "complete_production": (lambda event, shop: plandoc.complete_production(event), {PlanState.IN_PRODUCTION}),
    "remove_event": (lambda event, shop: plandoc.remove_event(event), _REMOVAL),
    "drop_finished_good": (
        lambda event, shop: plandoc.drop_finished_good(event, shop.hamper.id, "rain", force=True),
        _AMENDMENTS,
    ),
    "add_finished_good": (
        lambda event, shop: plandoc.add_finished_good(event, shop.plain_slice.id, 1, "the mayor comes"),
        _AMENDMENTS,
    ),
    "change_quantity": (lambda event, shop: plandoc.change_quantity(event, shop.hamper.id, 3, "more"), _AMENDMENTS),
    "modify_batch_decision": (
        lambda event, shop: plandoc.modify_batch_decision(event, shop.cookie.id, 9, "to be sure"),
        _AMENDMENTS,
    ),
    "revise_recipe": (lambda event, shop: plandoc.revise_recipe(event, shop.cookies.id, "less sugar"), _AMENDMENTS),
    "revise_finished_good": (
        lambda event, shop: plandoc.revise_finished_good(event, shop.cookie_box.id, "smaller boxes"),
        _AMENDMENTS,
    ),
    "amend_enough": (lambda event, shop: plandoc.amend_enough(event, "to be sure"), _AMENDMENTS),
    "record_production": (lambda event, shop: plandoc.record_production(event, shop.cookie.id, 1), _RUNS),
    "record_assembly": (lambda event, shop: plandoc.record_assembly(event, shop.cookie_box.id, 1), _RUNS),
    "receive_shopping": (
        lambda event, shop: plandoc.receive_shopping(event),
        {PlanState.DRAFT, PlanState.LOCKED, PlanState.IN_PRODUCTION},
    ),
    "void_run": (lambda event, shop: plandoc.void_run(event, plandoc.RunKind.PRODUCTION, 1, "twice"), _RUNS),
}
# What changes no plan that is there, or never a second time.
WITHOUT_A_PLAN = {
    "add_stock",
    "add_unit_word",
    "copy_event",
    "create_plan_snapshot",
    "import_file",
    "import_goods",
    "import_ingredients",
    "import_recipes",
    "import_stock",
    "merge_ingredients",
    "receive_shopping",
    "remove_record",
    "remove_unit_word",
    "rename_record",
    "set_stock",
}


def test_no_function_that_changes_something_is_missing_here():
    for name in plandoc.__all__:
        getattr(plandoc, name)

    assert set(store.CHANGING) == set(CHANGES) | WITHOUT_A_PLAN
    assert set(store.CHANGING) <= set(plandoc.__all__)


@pytest.mark.sample(16)
@pytest.mark.parametrize("state", list(PlanState))
@pytest.mark.parametrize("name", CHANGES)
def test_every_change_is_allowed_in_its_states_and_refused_in_all_others(store, folder, name, state):
    call, allowed = CHANGES[name]
    bakery = a_bakery(store)
    event = _planned(store, bakery, state, undecided=name in {"decide_enough", "amend_enough"})
    if name.startswith("revise"):
        _change_the_catalog(store, bakery)
    before = folder_bytes(folder)
    # What was worked out of the plan must not outlive it.
    plandoc.get_plan(event.id)
    if state in allowed:
        call(event.id, bakery)
        assert folder_bytes(folder) != before
        if name != "remove_event":
            assert plandoc.get_plan(event.id) == plan_in_a_new_store(folder, event.id)
    elif name == "receive_shopping":
        assert call(event.id, bakery).buy == ()
        assert folder_bytes(folder) == before, "for a completed plan nothing is bought"
    else:
        with pytest.raises(plandoc.PlanStateError) as refused:
            call(event.id, bakery)
        assert (refused.value.event_id, refused.value.current_state) == (event.id, state)
        assert refused.value.hint
        assert folder_bytes(folder) == before


def plan_in_a_new_store(folder, event_id):
    with plandoc.open_store(folder) as other:
        return other.read(lambda session: plandoc.get_plan(event_id, session=session))


def _change_the_catalog(store, bakery):
    with store.session() as session:
        session.replace(attrs.evolve(bakery.cookies, lines=bakery.cookies.lines[:1]))
        session.replace(attrs.evolve(bakery.cookie_box, name="Small Cookie Gift Box"))


def _planned(store, bakery, state, *, undecided):
    quantities = {bakery.cookie_box.id: 10, bakery.hamper.id: 2} if undecided else None
    event = a_plan(store, bakery=bakery, quantities=quantities)
    if state is PlanState.DRAFT or state is PlanState.LOCKED:
        return brought_to(store, event, state)
    event = brought_to(store, event, PlanState.IN_PRODUCTION)
    plandoc.record_production(event.id, bakery.cookie.id, 1)
    return plandoc.complete_production(event.id) if state is PlanState.COMPLETED else event


# The table of what may be edited by hand, in the order DRAFT, LOCKED, IN_PRODUCTION, COMPLETED.
BY_HAND = {
    "name": (lambda session, event, shop: session.replace(attrs.evolve(event, name="Boxing Day")), "yyyn"),
    "date": (
        lambda session, event, shop: session.replace(attrs.evolve(event, event_date=datetime.date(2027, 1, 6))),
        "yyyn",
    ),
    "attendees": (lambda session, event, shop: session.replace(attrs.evolve(event, expected_attendees=80)), "yyyn"),
    "no attendees": (
        lambda session, event, shop: session.replace(attrs.evolve(event, expected_attendees=None)),
        "yyyn",
    ),
    "notes": (lambda session, event, shop: session.replace(attrs.evolve(event, notes="rain")), "yyyy"),
    "notes and name": (
        lambda session, event, shop: session.replace(attrs.evolve(event, notes="rain", name="Boxing Day")),
        "yyyn",
    ),
    "recipes": (
        lambda session, event, shop: session.add(plandoc.results.EventRecipe(event.id, shop.frosting.id)),
        "ynnn",
    ),
    "goods": (
        lambda session, event, shop: session.add(plandoc.results.EventFinishedGood(event.id, shop.plain_slice.id, 1)),
        "ynnn",
    ),
    "quantities": (
        lambda session, event, shop: session.replace(
            attrs.evolve(session.find(plandoc.results.EventFinishedGood, event_id=event.id)[0], quantity=77)
        ),
        "ynnn",
    ),
    "a good that leaves": (
        lambda session, event, shop: session.remove(plandoc.results.EventFinishedGood, 1, event_id=event.id),
        "ynnn",
    ),
    "batches": (
        lambda session, event, shop: session.replace(
            attrs.evolve(session.find(plandoc.results.BatchDecision, event_id=event.id)[0], batches=9)
        ),
        "yynn",
    ),
    "the event itself": (lambda session, event, shop: session.remove(plandoc.Event, event.id), "yynn"),
}


@pytest.mark.sample(18)
@pytest.mark.parametrize(("state", "column"), list(zip(PlanState, range(4), strict=True)))
@pytest.mark.parametrize("edit", BY_HAND)
def test_every_edit_by_hand_is_allowed_in_its_states_and_refused_in_all_others(store, folder, edit, state, column):
    change, allowed = BY_HAND[edit]
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)
    with store.session() as session:
        session.replace(attrs.evolve(session.event(event.id), expected_attendees=50))
    event = brought_to(store, plandoc.find_by_key(plandoc.Event, event.id), state)
    before = folder_bytes(folder)
    if allowed[column] == "y":
        with store.session() as session:
            change(session, event, bakery)
        assert folder_bytes(folder) != before
    else:
        with pytest.raises(plandoc.PlanStateError, match=f"'Christmas 2026' .event 1. is {state.name}; "):  # noqa: SIM117
            with store.session() as session:
                change(session, event, bakery)
        assert folder_bytes(folder) == before


@pytest.mark.parametrize(
    "kind",
    [
        plandoc.results.PlanAmendment,
        plandoc.results.ProductionRun,
        plandoc.results.AssemblyRun,
        plandoc.results.VoidedRun,
    ],
)
def test_what_tells_the_history_of_a_plan_is_not_added_by_hand(store, folder, kind):
    bakery = a_bakery(store)
    event = _planned(store, bakery, PlanState.IN_PRODUCTION, undecided=False)
    records = {
        plandoc.results.PlanAmendment: lambda moment: plandoc.results.PlanAmendment(
            event.id, 1, plandoc.results.ModifyBatch(1, "Cookies", 1, "cookie", 6, 7), "more guests", moment
        ),
        plandoc.results.ProductionRun: lambda moment: plandoc.results.ProductionRun(
            event.id, bakery.cookie.id, 1, 24, 24, moment
        ),
        plandoc.results.AssemblyRun: lambda moment: plandoc.results.AssemblyRun(
            event.id, bakery.cookie_box.id, 1, moment
        ),
        plandoc.results.VoidedRun: lambda moment: plandoc.results.VoidedRun(
            event.id, plandoc.RunKind.PRODUCTION, 1, "twice", moment
        ),
    }
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError, match=r" by (\w+_\w+)"), store.session() as session:
        session.add(records[kind](session.moment))

    assert folder_bytes(folder) == before
