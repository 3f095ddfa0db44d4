from __future__ import annotations

from decimal import Decimal

import attrs
import pytest

import plandoc
from plandoc import PlanState, snapshots
from plandoc.results import FindingKind
from tests.builders import a_plan, brought_to, folder_bytes


@pytest.fixture
def event(store, bakery):
    return a_plan(store, bakery=bakery)


def found(event):
    return [(one.kind, one.what) for one in plandoc.review_plan(event.id)]


def changed(store, record, **fields):
    with store.session("change the catalog") as session:
        return session.replace(attrs.evolve(record, **fields))


def line(ingredient, quantity, unit="cup"):
    return plandoc.RecipeLine(ingredient.id, Decimal(str(quantity)), unit)


def boxes(bakery, quantity):
    return plandoc.Component(finished_unit_id=bakery.cookie.id, quantity=Decimal(str(quantity)))


def test_a_plan_that_is_decided_as_needed_has_no_findings(event):
    assert plandoc.review_plan(event.id) == []


# What a person can change after deciding, and at what the review then points.
CHANGES = {
    "line of a recipe": (
        lambda store, b, e: changed(store, b.cookies, lines=(line(b.flour, "2.5"), line(b.sugar, 1))),
        [(FindingKind.STALE, "Cookie")],
    ),
    "line taken out of a recipe": (
        lambda store, b, e: changed(store, b.cookies, lines=(line(b.flour, 2),)),
        [(FindingKind.STALE, "Cookie")],
    ),
    "unit of a line": (
        lambda store, b, e: changed(store, b.cookies, lines=(line(b.flour, 2, "tbsp"), line(b.sugar, 1))),
        [(FindingKind.STALE, "Cookie")],
    ),
    "ingredient of a line": (
        lambda store, b, e: changed(store, b.cookies, lines=(line(b.butter, 2), line(b.sugar, 1))),
        [(FindingKind.STALE, "Cookie")],
    ),
    "sub-recipe": (
        lambda store, b, e: changed(store, b.frosting, lines=(line(b.butter, "0.68"),)),
        [(FindingKind.STALE, "Slice")],
    ),
    "multiplier of a sub-recipe": (
        lambda store, b, e: changed(store, b.cake, sub_recipes=(plandoc.SubRecipe(b.frosting.id, 2),)),
        [(FindingKind.STALE, "Slice")],
    ),
    "sub-recipe put into a sub-recipe": (
        lambda store, b, e: changed(store, b.frosting, sub_recipes=(plandoc.SubRecipe(b.cookies.id),)),
        [(FindingKind.STALE, "Slice")],
    ),
    "yield": (
        lambda store, b, e: changed(store, b.cookie, items_per_batch=30),
        [(FindingKind.STALE, "Cookie")],
    ),
    "smaller yield": (
        lambda store, b, e: changed(store, b.cookie, items_per_batch=20),
        [(FindingKind.SHORT, "Cookie")],
    ),
    "percentage": (
        lambda store, b, e: changed(store, b.slice, batch_percentage=Decimal(20)),
        [(FindingKind.STALE, "Slice")],
    ),
    "mode of the yield": (
        lambda store, b, e: changed(
            store, b.slice, mode=plandoc.YieldMode.DISCRETE_COUNT, batch_percentage=None, items_per_batch=3
        ),
        [(FindingKind.SHORT, "Slice")],
    ),
    "unit moved to a recipe that is not selected": (
        lambda store, b, e: changed(store, b.slice, recipe_id=b.frosting.id),
        [(FindingKind.MISSING_RECIPE, "Hamper"), (FindingKind.STALE, "Slice")],
    ),
    "unit moved to a recipe that is selected": (
        lambda store, b, e: changed(store, b.slice, recipe_id=b.cookies.id),
        [(FindingKind.STALE, "Slice")],
    ),
    "more in a good": (
        lambda store, b, e: changed(store, b.cookie_box, components=(boxes(b, 13),)),
        [(FindingKind.SHORT, "Cookie")],
    ),
    "less in a good": (
        lambda store, b, e: changed(store, b.cookie_box, components=(boxes(b, "11.5"),)),
        [(FindingKind.STALE, "Cookie")],
    ),
    "another unit in a good": (
        lambda store, b, e: changed(
            store, b.cookie_box, components=(plandoc.Component(finished_unit_id=b.small_cookie.id, quantity=12),)
        ),
        [(FindingKind.UNDECIDED, "Small Cookie"), (FindingKind.UNNEEDED, "Cookie")],
    ),
    "everything out of a good": (
        lambda store, b, e: changed(store, b.cookie_box, components=()),
        [(FindingKind.BROKEN, "Cookie Gift Box"), (FindingKind.UNNEEDED, "Cookie")],
    ),
    "quantity up": (
        lambda store, b, e: plandoc.set_event_finished_goods(e.id, {b.cookie_box.id: 11, b.hamper.id: 2}),
        [(FindingKind.SHORT, "Cookie")],
    ),
    "quantity down": (
        lambda store, b, e: plandoc.set_event_finished_goods(e.id, {b.cookie_box.id: 9, b.hamper.id: 2}),
        [(FindingKind.STALE, "Cookie")],
    ),
    "good out of the selection": (
        lambda store, b, e: plandoc.set_event_finished_goods(e.id, {b.cookie_box.id: 10}),
        [(FindingKind.STALE, "Cookie"), (FindingKind.UNNEEDED, "Slice")],
    ),
    "good into the selection": (
        lambda store, b, e: plandoc.set_event_finished_goods(
            e.id, {b.cookie_box.id: 10, b.hamper.id: 2, b.plain_slice.id: 1}
        ),
        [(FindingKind.SHORT, "Slice")],
    ),
    "recipe out of the selection": (
        lambda store, b, e: plandoc.set_event_recipes(e.id, [b.cookies.id]),
        [(FindingKind.STALE, "Cookie")],
    ),
    "no goods at all": (
        lambda store, b, e: plandoc.set_event_finished_goods(e.id, {}),
        [(FindingKind.UNNEEDED, "Cookie"), (FindingKind.UNNEEDED, "Slice")],
    ),
    "decision removed": (
        lambda store, b, e: plandoc.delete_batch_decisions(e.id, [b.slice.id]),
        [(FindingKind.UNDECIDED, "Slice")],
    ),
}


@pytest.mark.sample(12)
@pytest.mark.parametrize(("change", "findings"), CHANGES.values(), ids=CHANGES)
def test_what_changes_after_deciding_shows_as_a_finding(store, bakery, event, change, findings):
    change(store, bakery, event)

    assert found(event) == findings
    assert all(one.message and one.hint for one in plandoc.review_plan(event.id))


OF_THE_SELECTION = {name for name in CHANGES if "selection" in name or "quantity" in name or "goods at all" in name}


@pytest.mark.sample(10)
@pytest.mark.parametrize("name", [name for name in CHANGES if name not in OF_THE_SELECTION])
def test_what_changes_after_locking_shows_as_a_finding_too(store, bakery, name):
    change, findings = CHANGES[name]
    event = a_plan(store, PlanState.LOCKED, bakery=bakery)
    change(store, bakery, event)

    assert found(event) == findings


def test_a_recipe_two_levels_down_counts_as_well(store, bakery):
    with store.session() as session:
        vanilla = session.add(plandoc.Recipe("Vanilla Sugar", lines=(line(bakery.sugar, 1),)))
        session.replace(attrs.evolve(bakery.frosting, sub_recipes=(plandoc.SubRecipe(vanilla.id),)))
    event = a_plan(store, bakery=bakery)
    before = found(event)
    changed(store, vanilla, lines=(line(bakery.sugar, 2),))

    assert before == []
    assert found(event) == [(FindingKind.STALE, "Slice")]


@pytest.mark.parametrize(
    "change",
    [
        lambda store, b, e: changed(store, b.cookies, name="Cookies", notes="crisp", category="Biscuits"),
        lambda store, b, e: changed(store, b.cookies, lines=b.cookies.lines[::-1]),
        lambda store, b, e: changed(store, b.frosting, name="Icing", notes="white"),
        lambda store, b, e: changed(store, b.cookie, name="Large Cookie", item_unit="cookie", notes="round"),
        lambda store, b, e: changed(store, b.cookie_box, name="Box", notes="red"),
        lambda store, b, e: changed(store, b.flour, name="Wheat Flour", notes="550"),
        lambda store, b, e: changed(store, b.slice, mode=plandoc.YieldMode.DISCRETE_COUNT, batch_percentage=None, items_per_batch=4),
        lambda store, b, e: changed(store, b.hamper, components=b.hamper.components[::-1]),
        lambda store, b, e: changed(store, e, name="Winter", notes="cold", expected_attendees=50),
        lambda store, b, e: plandoc.save_batch_decision(e.id, b.cookie.id, 8),
        lambda store, b, e: changed(store, b.flour_in_stock, quantity=Decimal(0)),
    ],
    ids=[
        "names of a recipe", "order of lines", "names of a sub-recipe", "names of a unit", "names of a good",
        "names of an ingredient", "same yield said otherwise", "order of components", "names of the event", "a surplus",
        "stock",
    ],
)  # fmt: skip
def test_names_notes_order_and_stock_are_no_findings(store, bakery, event, change):
    before = everything_in(store)
    change(store, bakery, event)

    assert everything_in(store) != before
    assert found(event) == []


def everything_in(store):
    return store.read(lambda session: [session.find(kind) for kind in plandoc.tables.BY_TYPE])


def test_even_a_change_that_leaves_the_whole_number_of_units_needed_as_it_was_is_found(store, bakery):
    with store.session() as session:
        tenth = session.add(plandoc.FinishedGood("Taste", (boxes(bakery, "0.1"),)))
    event = a_plan(store, bakery=bakery, quantities={tenth.id: 11})
    plandoc.decide_enough(event.id)
    plandoc.set_event_finished_goods(event.id, {tenth.id: 20})
    (finding,) = plandoc.review_plan(event.id)

    assert finding.kind is FindingKind.STALE
    assert "the need changed from 1.1 to 2, which is 2 rounded up as before" in finding.message


def test_an_accepted_shortfall_shows_when_it_grows_and_is_stale_when_it_shrinks(bakery, event):
    plandoc.save_batch_decision(event.id, bakery.cookie.id, 5, accept_shortfall=True)
    accepted = found(event)
    plandoc.set_event_finished_goods(event.id, {bakery.cookie_box.id: 11, bakery.hamper.id: 2})
    grown = found(event)
    plandoc.set_event_finished_goods(event.id, {bakery.cookie_box.id: 9, bakery.hamper.id: 2})
    shrunk = found(event)
    plandoc.set_event_finished_goods(event.id, {bakery.cookie_box.id: 10, bakery.hamper.id: 2})

    assert accepted == []
    assert grown == [(FindingKind.SHORT, "Cookie")]
    assert shrunk == [(FindingKind.STALE, "Cookie")]
    assert found(event) == []


def test_looking_takes_no_lock_and_changes_no_byte(store, folder, bakery, event):
    before = folder_bytes(folder)
    with store.session():
        with plandoc.open_store(folder, timeout_seconds=0) as other:
            look = other.read(
                lambda session: (
                    plandoc.review_plan(event.id, session=session),
                    plandoc.get_plan(event.id, session=session),
                    plandoc.get_feasibility(event.id, session=session),
                )
            )

    assert look[0] == []
    assert folder_bytes(folder) == before


def test_a_review_in_a_session_sees_what_the_session_has_changed(store, bakery, event):
    with store.session() as session:
        before = plandoc.review_plan(event.id, session=session)
        session.replace(attrs.evolve(bakery.cookie, items_per_batch=20))
        after = plandoc.review_plan(event.id, session=session)

    assert before == []
    assert [one.kind for one in after] == [FindingKind.SHORT]


# Plans that nobody should start, and that start all the same when a person wants it.
DOUBTFUL = {
    "undecided": (lambda store, b, e: plandoc.delete_batch_decisions(e.id), {FindingKind.UNDECIDED}),
    "short": (lambda store, b, e: changed(store, b.cookie, items_per_batch=1), {FindingKind.SHORT}),
    "unneeded": (
        lambda store, b, e: plandoc.set_event_finished_goods(e.id, {b.plain_cookie.id: 144}),
        {FindingKind.UNNEEDED},
    ),
    "broken": (
        lambda store, b, e: changed(store, b.cookie_box, components=()),
        {FindingKind.BROKEN, FindingKind.UNNEEDED},
    ),
    "missing recipe": (
        lambda store, b, e: changed(store, b.slice, recipe_id=b.frosting.id),
        {FindingKind.MISSING_RECIPE, FindingKind.STALE},
    ),
}


@pytest.mark.parametrize(("spoil", "kinds"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_findings_stop_nobody_and_are_kept_in_the_snapshot_whatever_happens_to_the_catalog(
    store, bakery, event, spoil, kinds
):
    spoil(store, bakery, event)
    findings = tuple(plandoc.review_plan(event.id))
    started = brought_to(store, event, PlanState.IN_PRODUCTION)
    changed(store, bakery.cookie, name="Biscuit", items_per_batch=7)
    changed(store, bakery.hamper, components=())
    snapshot = plandoc.get_plan_snapshot(event.id)

    assert {finding.kind for finding in findings} == kinds
    assert started.plan_state is PlanState.IN_PRODUCTION
    assert snapshot.findings == findings != tuple(plandoc.review_plan(event.id))
    assert snapshot.digest == snapshots.digest_of(snapshot.snapshot_data, snapshot.definitions, findings)


def test_an_empty_plan_starts_without_findings(store, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, quantities={})

    assert plandoc.get_plan_snapshot(event.id).findings == ()


def test_the_findings_of_a_snapshot_are_read_back_from_the_folder_as_they_were(store, folder, bakery, event):
    plandoc.delete_batch_decisions(event.id)
    findings = tuple(plandoc.review_plan(event.id))
    brought_to(store, event, PlanState.IN_PRODUCTION)
    with plandoc.open_store(folder) as other:
        snapshot = other.read(lambda session: plandoc.get_plan_snapshot(event.id, session=session))

    assert snapshot.findings == findings
    assert [finding.needed for finding in findings] == [144, 4]
