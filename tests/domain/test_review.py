from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plandoc.domain.batches import options_for
from plandoc.domain.definitions import Definitions
from plandoc.domain.fingerprints import recipe_fingerprint
from plandoc.domain.requirements import Breakdown
from plandoc.domain.review import LivePlan, accepted_shortfall, review
from plandoc.records import BatchDecision, FindingKind, Ingredient, Recipe, RecipeLine, SubRecipe
from tests.plans.strategies import a_good, a_unit, plans

COOKIES = Recipe("Cookies", lines=(RecipeLine(1, 2, "cup"),), id=1)
FROSTING = Recipe("Frosting", lines=(RecipeLine(1, 1, "cup"),), id=2)
CAKE = Recipe("Cake", sub_recipes=(SubRecipe(2),), id=3)
COOKIE, SLICE = a_unit(1), a_unit(2, recipe_id=3, items_per_batch=4)
BOX, HAMPER = a_good(1, units={1: 12}), a_good(2, units={2: 2}, goods={1: 1})
DEFINITIONS = Definitions.of([BOX, HAMPER], [COOKIE, SLICE], [COOKIES, FROSTING, CAKE], [Ingredient("Flour", id=1)])
QUANTITIES = {1: 10, 2: 2}


def decided(unit, batches, needed, *, accepted=False):
    return BatchDecision(
        1,
        unit.id,
        unit.recipe_id,
        batches,
        yield_per_batch=unit.yield_per_batch,
        units_needed=needed,
        shortfall_accepted=accepted,
        recipe_fingerprint=recipe_fingerprint(unit.recipe_id, DEFINITIONS),
    )


ENOUGH = {1: decided(COOKIE, 6, 144), 2: decided(SLICE, 1, 4)}


def findings(decisions=ENOUGH, quantities=QUANTITIES, recipes=(1, 3), definitions=DEFINITIONS):
    return review(LivePlan(quantities, recipes, decisions), definitions)


def kinds(**plan):
    return [(one.kind, one.finished_unit_id or one.finished_good_id) for one in findings(**plan)]


def with_cookies(batches, needed, **more):
    return {**ENOUGH, 1: decided(COOKIE, batches, needed, **more)}


def test_a_plan_that_is_decided_as_needed_has_no_findings():
    assert findings() == ()
    assert findings({}, {}, ()) == ()


def test_a_needed_unit_without_a_decision_is_found_with_the_numbers_and_the_way_out():
    (one,) = findings({2: ENOUGH[2]})

    assert (one.kind, one.what, one.finished_unit_id) == (FindingKind.UNDECIDED, "Unit 1", 1)
    assert (one.needed, one.made) == (144, 0)
    assert one.message == "Unit 1: 144 needed, no batches decided"
    assert one.hint == (
        "decide 6 batches with save_batch_decision(event_id, 1, 6), or all at once with decide_enough(event_id)"
    )


def test_a_decision_that_is_short_and_not_accepted_is_found():
    (one,) = findings(with_cookies(5, 144))

    assert (one.kind, one.needed, one.made) == (FindingKind.SHORT, 144, 120)
    assert one.message == "Unit 1: 5 batches make 120 of 144 needed, 24 short"
    assert one.hint == (
        "decide 6 batches with save_batch_decision(event_id, 1, 6), or accept the shortfall with "
        "save_batch_decision(event_id, 1, 5, accept_shortfall=True)"
    )


def test_an_accepted_shortfall_is_no_finding():
    assert findings(with_cookies(5, 144, accepted=True)) == ()


def test_an_accepted_shortfall_that_grew_is_one_finding_that_says_why():
    (short,) = findings(with_cookies(5, 144, accepted=True), quantities={1: 11, 2: 2})

    assert short.kind is FindingKind.SHORT
    assert short.message == (
        "Unit 1: 5 batches make 120 of 156 needed, 36 short, of which 24 accepted; "
        "since it was decided, the need changed from 144 to 156"
    )


def test_a_unit_that_is_short_is_not_called_stale_as_well():
    smaller = attrs.evolve(DEFINITIONS, units={1: attrs.evolve(COOKIE, items_per_batch=20), 2: SLICE}.get)
    (short,) = findings(quantities={1: 11, 2: 2}, definitions=smaller)

    assert short.kind is FindingKind.SHORT
    assert short.message.endswith(
        "since it was decided, the need changed from 144 to 156; the yield of a batch changed from 24 to 20"
    )


@pytest.mark.parametrize("boxes", [8, 9])
def test_an_accepted_shortfall_that_shrank_is_stale_and_not_short(boxes):
    assert kinds(decisions=with_cookies(5, 144, accepted=True), quantities={1: boxes, 2: 2}) == [(FindingKind.STALE, 1)]


def test_an_accepted_shortfall_that_grows_by_a_smaller_yield_is_found():
    smaller = attrs.evolve(COOKIE, items_per_batch=23)
    definitions = attrs.evolve(DEFINITIONS, units={1: smaller, 2: SLICE}.get)

    assert kinds(decisions=with_cookies(5, 144, accepted=True), definitions=definitions) == [(FindingKind.SHORT, 1)]


def test_only_what_somebody_accepted_is_accepted():
    assert accepted_shortfall(decided(COOKIE, 5, 144, accepted=True)) == 24
    assert accepted_shortfall(decided(COOKIE, 5, 144)) == 0
    assert accepted_shortfall(decided(COOKIE, 7, 144, accepted=True)) == 0


def test_a_decision_that_nobody_needs_is_found():
    (one,) = findings(quantities={1: 12})

    assert (one.kind, one.finished_unit_id, one.needed, one.made) == (FindingKind.UNNEEDED, 2, 0, 4)
    assert one.message == "Unit 2: 1 batch was decided, but no good needs any"


def test_a_good_whose_recipe_is_not_selected_is_found():
    (one,) = findings(recipes=(1,))

    assert (one.kind, one.finished_good_id) == (FindingKind.MISSING_RECIPE, 2)
    assert one.message == "Good 2 is in the plan, but needs recipes that are not selected: Cake"


def test_a_selected_recipe_that_is_gone_is_found():
    (one,) = findings(recipes=(1, 3, 99))

    assert (one.kind, one.what) == (FindingKind.BROKEN, "recipe 99")
    assert one.message == "recipe 99 is in the plan, but was not found"


def test_a_decision_of_a_unit_that_is_gone_is_found():
    lost = attrs.evolve(ENOUGH[1], finished_unit_id=99)
    (one,) = findings({**ENOUGH, 99: lost})

    assert (one.kind, one.finished_unit_id) == (FindingKind.BROKEN, 99)
    assert one.message == "6 batches were decided of finished unit 99, which was not found"


def test_broken_goods_are_found_each_with_its_reason_and_the_others_are_still_reviewed():
    goods = {1: BOX, 2: a_good(2, goods={2: 1}), 3: a_good(3, units={88: 1}), 4: a_good(4)}
    definitions = attrs.evolve(DEFINITIONS, goods=goods.get)
    found = findings({}, dict.fromkeys((5, 4, 3, 2, 1), 1), definitions=definitions)

    assert [(one.kind, one.message) for one in found] == [
        (FindingKind.BROKEN, "Good 2 contains itself: Good 2 -> Good 2"),
        (FindingKind.BROKEN, "Good 3: finished unit 88 not found"),
        (FindingKind.BROKEN, "Good 4 has nothing in it"),
        (FindingKind.BROKEN, "Finished good 5 not found"),
        (FindingKind.UNDECIDED, "Unit 1: 12 needed, no batches decided"),
    ]


def test_while_a_good_is_broken_nobody_calls_a_decision_unneeded_or_too_much_for_it():
    broken = attrs.evolve(DEFINITIONS, goods={1: BOX, 2: a_good(2, goods={9: 1}, units={2: 2})}.get)

    assert kinds(definitions=broken) == [(FindingKind.BROKEN, 2)]


def test_while_a_good_is_broken_what_the_others_need_must_be_enough_all_the_same():
    broken = attrs.evolve(DEFINITIONS, goods={1: BOX, 2: a_good(2, goods={9: 1})}.get)

    assert kinds(definitions=broken, quantities={1: 13, 2: 2}) == [
        (FindingKind.BROKEN, 2),
        (FindingKind.SHORT, 1),
    ]


def test_the_worst_comes_first_and_then_the_order_of_ids():
    decisions = {7: attrs.evolve(ENOUGH[1], finished_unit_id=7), 1: decided(COOKIE, 5, 100)}
    found = findings(decisions, quantities={2: 11, 1: 2}, recipes=(1,))
    stale = findings({**ENOUGH, 1: decided(COOKIE, 7, 100)}, quantities={2: 2, 1: 10})
    unneeded = findings({**ENOUGH, 1: decided(COOKIE, 7, 100)}, quantities={1: 11})

    assert [one.kind for one in found] == [
        FindingKind.BROKEN,
        FindingKind.MISSING_RECIPE,
        FindingKind.UNDECIDED,
        FindingKind.SHORT,
    ]
    assert [one.kind for one in stale] == [FindingKind.STALE]
    assert [one.kind for one in unneeded] == [FindingKind.STALE, FindingKind.UNNEEDED]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"units": {1: attrs.evolve(COOKIE, items_per_batch=25), 2: SLICE}.get},
            "yield of a batch changed from 24 to 25",
        ),
        ({"units": {1: attrs.evolve(COOKIE, recipe_id=3), 2: SLICE}.get}, "it became a yield of another recipe"),
        ({"goods": {1: a_good(1, units={1: "11.5"}), 2: HAMPER}.get}, "the need changed from 144 to 138"),
        (
            {"recipes": {1: attrs.evolve(COOKIES, lines=()), 2: FROSTING, 3: CAKE}.get},
            "what goes into the recipe changed",
        ),
    ],
)
def test_what_changed_since_a_decision_is_said(change, words):
    (stale,) = (one for one in findings(definitions=attrs.evolve(DEFINITIONS, **change)) if one.finished_unit_id == 1)

    assert stale.kind is FindingKind.STALE
    assert words in stale.message


def test_a_sub_recipe_counts_as_what_goes_into_the_recipe():
    sweeter = attrs.evolve(FROSTING, lines=(RecipeLine(1, Decimal("1.1"), "cup"),))
    definitions = attrs.evolve(DEFINITIONS, recipes={1: COOKIES, 2: sweeter, 3: CAKE}.get)

    assert kinds(definitions=definitions) == [(FindingKind.STALE, 2)]


def test_a_decision_from_before_recipes_were_remembered_is_not_stale_for_that():
    old = {unit_id: attrs.evolve(decision, recipe_fingerprint="") for unit_id, decision in ENOUGH.items()}

    assert findings(old) == ()


def test_needs_beyond_what_files_carry_are_told_in_the_message_alone():
    huge = Definitions.of([a_good(1, units={1: 10**11})], [COOKIE], [COOKIES], [Ingredient("Flour", id=1)])
    (one,) = findings({}, {1: 10**12}, (1,), huge)

    assert (one.kind, one.needed) == (FindingKind.UNDECIDED, None)
    assert str(10**23) in one.message


def enough_for(plan):
    rows = [options_for(row) for row in Breakdown.of(plan.definitions).requirements(plan.quantities)]
    return {
        row.requirement.unit.id: attrs.evolve(
            decided(row.requirement.unit, row.suggested.batches, row.requirement.units),
            recipe_fingerprint=recipe_fingerprint(row.requirement.recipe.id, plan.definitions),
        )
        for row in rows
    }


def review_of(plan, decisions, definitions=None):
    recipes = {recipe.id for recipe in plan.recipes}
    return review(LivePlan(plan.quantities, recipes, decisions), definitions or plan.definitions)


@settings(deadline=None)
@given(plans())
def test_a_plan_whose_every_unit_is_decided_as_suggested_has_no_findings(plan):
    assert review_of(plan, enough_for(plan)) == ()


@settings(deadline=None)
@given(plans(), st.data())
def test_any_missing_or_smaller_decision_is_always_found(plan, data):
    decisions = enough_for(plan)
    for unit_id, decision in decisions.items():
        fewer = data.draw(st.integers(0, decision.batches - 1))
        spoiled = {**decisions, unit_id: attrs.evolve(decision, batches=fewer)} if fewer else dict(decisions)
        if not fewer:
            del spoiled[unit_id]
        (one,) = review_of(plan, spoiled)
        assert (one.kind, one.finished_unit_id) == (FindingKind.SHORT if fewer else FindingKind.UNDECIDED, unit_id)


@settings(deadline=None)
@given(plans(), st.data())
def test_a_recipe_that_changes_is_found_at_every_unit_that_is_decided_of_it(plan, data):
    changed = data.draw(st.sampled_from(plan.recipes))
    other = attrs.evolve(changed, lines=(*changed.lines, RecipeLine(1, 1, "tsp")))
    recipes = {recipe.id: recipe for recipe in (*plan.recipes, other)}
    decisions = enough_for(plan)
    found = review_of(plan, decisions, attrs.evolve(plan.definitions, recipes=recipes.get))

    assert [(one.kind, one.finished_unit_id) for one in found] == [
        (FindingKind.STALE, unit_id)
        for unit_id, decision in sorted(decisions.items())
        if decision.recipe_id == changed.id
    ]


@settings(deadline=None)
@given(plans(), st.randoms(use_true_random=False))
def test_the_order_of_goods_and_decisions_never_changes_what_is_found(plan, random):
    decisions = dict(list(enough_for(plan).items())[::2])
    goods = dict(random.sample(list(plan.quantities.items()), len(plan.quantities)))
    shuffled = dict(random.sample(list(decisions.items()), len(decisions)))

    assert review_of(attrs.evolve(plan, quantities=goods), shuffled) == review_of(plan, decisions)
