"""Every operation that takes an id takes a slug and a record as well, and refuses what is another thing."""

from __future__ import annotations

import datetime
import inspect
import re
from collections.abc import Callable

import attrs
import pytest

import plandoc
from plandoc.records import PlanState, RunKind
from tests.builders import EVENT_DATE, Bakery, a_bakery, a_plan
from tests.conftest import MOMENT

_FORMS: dict[str, Callable[[object], object]] = {
    "id": lambda record: record.id,
    "slug": lambda record: record.slug,
    "record": lambda record: record,
}
_DRAFT, _LOCKED, _BAKING = PlanState.DRAFT, PlanState.LOCKED, PlanState.IN_PRODUCTION

# By operation: the state of the plan that it wants, and its arguments from the event and the bakery in one of the forms.
_OPERATIONS: dict[str, tuple[PlanState, Callable[..., tuple[object, ...]]]] = {
    **{
        name: (_BAKING, lambda event, b, as_: (as_(event),))
        for name in (
            "get_amendments get_available_finished_goods get_batch_decisions get_batch_options get_event_fg_quantities "
            "get_event_recipes get_feasibility get_ingredient_needs get_plan get_plan_comparison get_plan_snapshot "
            "get_production_sheet get_progress get_requirements get_shopping_list render_report review_plan "
            "complete_production create_plan_snapshot receive_shopping"
        ).split()
    },
    **{name: (_DRAFT, lambda event, b, as_: (as_(event),)) for name in ("decide_enough", "lock_plan", "remove_event")},
    **{name: (_LOCKED, lambda event, b, as_: (as_(event),)) for name in ("start_production", "unlock_plan")},
    "add_finished_good": (_BAKING, lambda event, b, as_: (as_(event), as_(b.plain_cookie), 3, "asked for")),
    "add_stock": (_DRAFT, lambda event, b, as_: (as_(b.flour), 1, "kg")),
    "amend_enough": (_BAKING, lambda event, b, as_: (as_(event), "more guests")),
    "change_event_finished_goods": (_DRAFT, lambda event, b, as_: (as_(event), {as_(b.hamper): 0})),
    "change_quantity": (_BAKING, lambda event, b, as_: (as_(event), as_(b.hamper), 3, "more guests")),
    "copy_event": (_DRAFT, lambda event, b, as_: (as_(event), "Copy", datetime.date(2027, 12, 25))),
    "delete_batch_decisions": (_DRAFT, lambda event, b, as_: (as_(event), [as_(b.cookie)])),
    "drop_finished_good": (_BAKING, lambda event, b, as_: (as_(event), as_(b.hamper), "not wanted", True)),
    "merge_ingredients": (_DRAFT, lambda event, b, as_: (as_(b.butter), as_(b.sugar))),
    "modify_batch_decision": (_BAKING, lambda event, b, as_: (as_(event), as_(b.cookie), 7, "one was burnt")),
    "record_assembly": (_BAKING, lambda event, b, as_: (as_(event), as_(b.cookie_box), 1)),
    "record_production": (_BAKING, lambda event, b, as_: (as_(event), as_(b.cookie), 1)),
    "revise_finished_good": (_BAKING, lambda event, b, as_: (as_(event), as_(b.cookie_box), "a new box")),
    "revise_recipe": (_BAKING, lambda event, b, as_: (as_(event), as_(b.cookies), "a new recipe")),
    "save_batch_decision": (_DRAFT, lambda event, b, as_: (as_(event), as_(b.cookie), 9)),
    "save_batch_decisions": (_DRAFT, lambda event, b, as_: (as_(event), {as_(b.cookie): 9})),
    "scale_recipe": (_DRAFT, lambda event, b, as_: (as_(b.cookies), 1, 30, as_(b.cookie))),
    "set_event_finished_goods": (_DRAFT, lambda event, b, as_: (as_(event), {as_(b.hamper): 3})),
    "set_event_recipes": (_DRAFT, lambda event, b, as_: (as_(event), [as_(b.cookies)])),
    "set_stock": (_DRAFT, lambda event, b, as_: (as_(b.flour), 1, "kg")),
    "suggest_batches": (_DRAFT, lambda event, b, as_: (as_(b.cookies), 30)),
    "void_run": (_BAKING, lambda event, b, as_: (as_(event), RunKind.PRODUCTION, 1, "a slip")),
}
_WRITE_FILES = {"export_file", "write_report"}


def test_the_operations_tried_are_all_that_take_an_id():
    taking_ids = {
        name
        for name in plandoc.__all__
        if inspect.isfunction(operation := getattr(plandoc, name))
        and any("Ref" in str(parameter.annotation) for parameter in inspect.signature(operation).parameters.values())
    }

    assert taking_ids == _OPERATIONS.keys() | _WRITE_FILES


@pytest.mark.parametrize("name", _OPERATIONS)
def test_an_operation_does_the_same_for_an_id_a_slug_and_a_record(name):
    by_id, by_slug, by_record = (_result(name, form) for form in _FORMS.values())

    assert by_id == by_slug == by_record


def _result(name: str, form: Callable[[object], object]) -> object:
    state, arguments = _OPERATIONS[name]
    with plandoc.open_store(":memory:", clock=lambda: MOMENT) as store:
        bakery = a_bakery(store)
        event = a_plan(store, state, bakery=bakery)
        if state is _BAKING:
            _bake_and_change(event, bakery, store)
        return getattr(plandoc, name)(*arguments(event, bakery, form))


def _bake_and_change(event: plandoc.Event, bakery: Bakery, store: plandoc.Store) -> None:
    plandoc.record_production(event.id, bakery.cookie.id, 2, units_made=40, lost={"burnt": 8})
    with store.session() as session:
        session.replace(attrs.evolve(bakery.cookies, lines=bakery.cookies.lines[:1]))
        part = attrs.evolve(bakery.cookie_box.components[0], quantity=13)
        session.replace(attrs.evolve(bakery.cookie_box, components=(part,)))


def test_files_are_written_of_events_by_slug_and_by_record(store, tmp_path):
    event = a_plan(store)
    one, other, third = (tmp_path / name for name in ("one.json", "other.json", "third.json"))

    plandoc.export_file(one, [event.id])
    plandoc.export_file(other, event.slug)
    plandoc.export_file(third, [event, event.slug])

    assert one.read_bytes() == other.read_bytes() == third.read_bytes()
    assert plandoc.write_report(event, tmp_path / "plan.html").read_text("utf-8") == plandoc.render_report(event.slug)


def test_a_session_finds_gets_and_removes_by_slug_and_by_record(store):
    event, bakery = a_plan(store), None
    with store.session() as session:
        bakery = session.get(plandoc.Recipe, "sponge-cake")
        assert session.get(plandoc.Recipe, bakery) == bakery
        assert session.event("christmas-2026") == session.event(event) == event
        of_event = session.find(plandoc.results.EventRecipe, event_id="christmas-2026")
        assert of_event == session.find(plandoc.results.EventRecipe, event_id=event) != []
        assert session.get(plandoc.results.EventRecipe, of_event[0], event_id=event) == of_event[0]
        new = session.add(plandoc.Recipe("Rye Bread"))
        session.remove(plandoc.Recipe, new)
        session.remove(plandoc.Recipe, session.add(new_one := plandoc.Recipe("Rye Bread")).slug)
        assert session.find(plandoc.Recipe, lambda row: row["name"] == new_one.name) == []


def test_a_name_is_as_near_as_its_slug(store):
    a_plan(store)

    with pytest.raises(plandoc.NotFoundError, match=r"Christmas 2026.* not found .did you mean christmas-2026"):
        plandoc.lock_plan("Christmas 2026")


@pytest.mark.parametrize(
    ("wanted", "given", "what_it_is"),
    [
        ("cookie", "sponge-cake", "it is the recipe 'Sponge Cake'; its finished units are slice"),
        ("cookie", "frosting", "it is the recipe 'Frosting'; it has no finished unit"),
        ("cookie", "hamper", "it is the finished good 'Hamper'"),
    ],
)
def test_a_slug_of_another_kind_is_refused_with_what_it_is(store, wanted, given, what_it_is):
    event = a_plan(store)

    with pytest.raises(plandoc.ValidationError, match=re.escape(f"Finished unit {given!r} not found ({what_it_is}")):
        plandoc.save_batch_decision(event, given, 3)


def test_a_unit_where_a_recipe_is_wanted_names_its_recipe(store):
    a_plan(store)

    with pytest.raises(plandoc.NotFoundError, match="it is the finished unit 'Slice'; its recipe is sponge-cake"):
        plandoc.scale_recipe("slice")


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (lambda e, b: plandoc.lock_plan(b.cake), "wanted an event, found the recipe 'Sponge Cake'"),
        (
            lambda e, b: plandoc.save_batch_decision(e, b.cake, 3),
            "wanted a finished unit, found the recipe 'Sponge Cake' (its finished units are slice)",
        ),
        (lambda e, b: plandoc.set_event_finished_goods(e, {b.cookie: 3}), "wanted a finished good, found the finished"),
        (lambda e, b: plandoc.set_event_recipes(e, [b.flour]), "wanted a recipe, found the ingredient 'Flour'"),
        (lambda e, b: plandoc.get_shopping_list(b.flour), "wanted an event, found the ingredient 'Flour'"),
        (lambda e, b: plandoc.set_stock(b.flour_in_stock, 3, "kg"), "wanted an ingredient, found a stock item"),
        (
            lambda e, b: plandoc.lock_plan(plandoc.Event("Easter", EVENT_DATE)),
            "the event 'Easter' has no id, because it was never added (use the record that session.add returned)",
        ),
    ],
)
def test_a_record_of_another_kind_or_one_never_added_is_refused(store, operation, message):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)

    with pytest.raises(plandoc.ValidationError, match=re.escape(message)):
        operation(event, bakery)


def test_all_unknown_goods_are_named_at_once_whatever_names_them(store):
    event = a_plan(store)

    with pytest.raises(plandoc.ValidationError) as refused:
        plandoc.set_event_finished_goods(event, {"hampr": 3, 99: 1, "cookie-gift-box": 2})

    assert [problem.message for problem in refused.value.problems] == [
        "Finished good 'hampr' not found",
        "Finished good 99 not found",
    ]


def test_a_good_that_is_given_twice_under_several_names_is_refused(store):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)

    with pytest.raises(plandoc.ValidationError, match=r"Finished good 4 is given 2 times.*name it once"):
        plandoc.set_event_finished_goods(event, {bakery.hamper.id: 3, "hamper": 4})


def test_digits_in_quotes_are_a_slug_and_no_id(store):
    event = a_plan(store)

    with pytest.raises(plandoc.NotFoundError, match="text is a slug; for the id write 1 without quotes"):
        plandoc.lock_plan(str(event.id))
    with store.session() as session:
        session.add(plandoc.Event("Harvest", EVENT_DATE, slug="1"))
    assert plandoc.get_plan("1").event.name == "Harvest"
    assert plandoc.get_plan(1).event.name == "Christmas 2026"


def test_a_plan_in_production_is_asked_by_the_names_that_it_froze(store):
    bakery = a_bakery(store)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    with store.session() as session:
        session.replace(attrs.evolve(bakery.cookie, name="Biscuit", slug="biscuit"))
        session.replace(attrs.evolve(bakery.small_cookie, slug="cookie"))

    run = plandoc.record_production(event, "cookie", 1)

    assert run.finished_unit_id == bakery.cookie.id


def test_a_run_is_voided_by_itself_and_never_as_a_run_of_another_event_or_kind(store):
    bakery = a_bakery(store)
    event, other = (a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, name=name) for name in ("Easter", "Fair"))
    run = plandoc.record_production(event, "cookie", 1)

    with pytest.raises(plandoc.ValidationError, match=r"wanted a run of Fair \(event 2\), found one of event 1"):
        plandoc.void_run(other, RunKind.PRODUCTION, run, "a slip")
    with pytest.raises(plandoc.ValidationError, match="wanted an assembly run, found a production run"):
        plandoc.void_run(event, RunKind.ASSEMBLY, run, "a slip")

    assert plandoc.void_run(event, RunKind.PRODUCTION, run, "a slip").run_id == run.id


def test_one_recipe_needs_no_list_around_it_and_pairs_are_not_taken_for_a_mapping(store):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)

    assert plandoc.set_event_recipes(event.id, bakery.cake).recipes == (bakery.cake,)
    with pytest.raises(plandoc.ValidationError, match="wanted a number for each finished good, found .*a mapping"):
        plandoc.set_event_finished_goods(event.id, [("hamper", 3)])
    with pytest.raises(plandoc.ValidationError, match="wanted a number for each finished unit, found .*a mapping"):
        plandoc.save_batch_decisions(event.id, [("cookie", 3)])
