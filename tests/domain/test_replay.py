"""Snapshot and amendments, replayed by a pure function, against a plain model of what each amendment does."""

from __future__ import annotations

import datetime

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from plandoc.domain.replay import PlanContent, amendments_by_item, first_divergence, original, replay
from plandoc.errors import ValidationError
from plandoc.records import AddFinishedGood, ChangeQuantity, DropFinishedGood, ModifyBatch, PlanAmendment, PlanSection

MOMENT = datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC)


def a_snapshot(recipes=(), goods=None, batches=None):
    return {
        "snapshot_version": "1.0",
        "created_at": MOMENT.isoformat(),
        "recipes": [{"recipe_id": i, "recipe_name": f"R{i}", "recipe_slug": f"r{i}"} for i in sorted(recipes)],
        "finished_goods": [
            {"fg_id": i, "fg_name": f"G{i}", "fg_slug": f"g{i}", "quantity": n} for i, n in (goods or {}).items()
        ],
        "batch_decisions": [
            {"recipe_id": i, "batches": n, "finished_unit_id": i, "finished_unit_slug": f"u{i}"}
            for i, n in (batches or {}).items()
        ],
    }


def amendments_of(*changes):
    return [PlanAmendment(1, number, change, "why", MOMENT, id=number) for number, change in enumerate(changes, 1)]


@st.composite
def histories(draw):
    """A snapshot, amendments that fit it, and what a plain model says is planned after each of them."""
    recipes = draw(st.frozensets(st.integers(1, 6), max_size=4))
    goods = draw(st.dictionaries(st.integers(1, 5), st.integers(1, 20), max_size=4))
    batches = draw(st.dictionaries(st.integers(1, 5), st.integers(1, 9), max_size=4))
    contents = [PlanContent(recipes, goods, batches)]
    amendments = []
    for number in range(1, draw(st.integers(0, 12)) + 1):
        change, content, added = draw(_changes(contents[-1]))
        amendments.append(PlanAmendment(1, number, change, "why", MOMENT, added, id=number))
        contents.append(content)
    return a_snapshot(recipes, goods, batches), amendments, contents


@st.composite
def _changes(draw, content):
    key = draw(st.integers(1, 5))
    recipe = draw(st.integers(1, 6))
    goods, batches = dict(content.goods), dict(content.batches)
    if draw(st.booleans()):
        old = batches.pop(key, 0)
        new = draw(st.integers(0, 9).filter(lambda number: number != old))
        change = ModifyBatch(recipe, "R", key, "u", old_batches=old, new_batches=new)
        added = (recipe,) if new and recipe not in content.recipes else ()
        batches |= {key: new} if new else {}
    elif key not in goods:
        goods[key] = draw(st.integers(1, 20))
        change = AddFinishedGood(key, "G", goods[key])
        added = () if recipe in content.recipes else (recipe,)
    elif draw(st.booleans()):
        change, added = DropFinishedGood(key, "G", original_quantity=goods.pop(key)), ()
    else:
        old, goods[key] = goods[key], draw(st.integers(1, 20).filter(lambda number: number != goods[key]))
        change, added = ChangeQuantity(key, "G", old_quantity=old, new_quantity=goods[key]), ()
    return change, PlanContent(content.recipes | set(added), goods, batches), added


@given(histories(), st.randoms(use_true_random=False))
def test_replay_is_what_the_model_says_whatever_order_the_amendments_come_in(history, random):
    snapshot_data, amendments, contents = history
    shuffled = random.sample(amendments, len(amendments))

    assert original(snapshot_data) == contents[0]
    assert replay(snapshot_data, shuffled) == contents[-1]
    assert first_divergence(snapshot_data, shuffled, contents[-1]) is None


@given(histories(), st.data())
def test_an_amendment_that_was_not_made_is_named(history, data):
    """The plan as it was before some amendment, although all are on record, parts from it there or later."""
    snapshot_data, amendments, contents = history
    assume(contents[0] != contents[-1] and amendments)
    stopped = data.draw(st.integers(0, len(amendments) - 1))
    assume(contents[stopped] != contents[-1])
    divergence = first_divergence(snapshot_data, amendments, contents[stopped])

    assert divergence.amendment.sequence > stopped


@given(histories(), st.data())
def test_an_amendment_that_was_taken_out_is_noticed(history, data):
    snapshot_data, amendments, contents = history
    assume(len(amendments) > 1)
    taken = data.draw(st.integers(0, len(amendments) - 2))
    left = amendments[:taken] + amendments[taken + 1 :]
    divergence = first_divergence(snapshot_data, left, contents[-1])

    assert divergence.amendment == amendments[taken + 1]
    assert divergence.message == f"wanted amendment {taken + 1}, found {taken + 2}"


@given(histories(), st.data())
def test_a_number_of_the_plan_that_nobody_amended_is_noticed(history, data):
    snapshot_data, amendments, contents = history
    live = attrs.evolve(contents[-1], goods={**contents[-1].goods, 77: data.draw(st.integers(1, 9))})
    divergence = first_divergence(snapshot_data, amendments, live)

    assert divergence.amendment is None
    assert divergence.message == f"finished good 77: wanted nothing, found {live.goods[77]}"


def test_the_plan_parts_after_the_last_amendment_that_touched_what_differs():
    changes = [
        ChangeQuantity(1, "Box", old_quantity=10, new_quantity=12),
        ModifyBatch(1, "Cookies", 1, "cookie", old_batches=5, new_batches=6),
        ChangeQuantity(1, "Box", old_quantity=12, new_quantity=13),
    ]
    snapshot_data, amendments = a_snapshot({1}, {1: 10}, {1: 5}), amendments_of(*changes)

    def divergence(goods, batches):
        found = first_divergence(snapshot_data, amendments, PlanContent(frozenset({1}), goods, batches))
        return found and (found.amendment.sequence, found.message)

    assert divergence({1: 13}, {1: 6}) is None
    assert divergence({1: 12}, {1: 6}) == (3, "finished good 1: wanted 13, found 12")
    assert divergence({}, {1: 5}) == (2, "batches of finished unit 1: wanted 6, found 5")


def test_an_amendment_that_says_another_number_was_there_before_is_named():
    changes = [
        ChangeQuantity(1, "Box", old_quantity=10, new_quantity=12),
        DropFinishedGood(1, "Box", original_quantity=11),
    ]
    divergence = first_divergence(a_snapshot({1}, {1: 10}), amendments_of(*changes), PlanContent(frozenset({1})))

    assert divergence.amendment.sequence == 2
    assert divergence.message == "finished good 1: the amendment says 11 before, but 12 were planned"


def test_a_recipe_that_an_amendment_brought_and_that_is_gone_is_named_with_it():
    amendments = [PlanAmendment(1, 1, AddFinishedGood(2, "Cake", 1), "why", MOMENT, added_recipe_ids=(4,))]
    divergence = first_divergence(a_snapshot(), amendments, PlanContent(goods={2: 1}))

    assert (divergence.amendment.sequence, divergence.message) == (1, "recipe 4: wanted 1, found nothing")


def test_behind_a_number_are_all_amendments_that_touched_it_and_no_others():
    changes = [
        AddFinishedGood(2, "Cake", 1),
        ModifyBatch(1, "Cookies", 2, "cookie", old_batches=5, new_batches=6),
        DropFinishedGood(2, "Cake", original_quantity=1),
    ]
    first, second, third = amendments_of(*changes)
    first = attrs.evolve(first, added_recipe_ids=(4,))

    assert amendments_by_item([third, second, first]) == {
        (PlanSection.GOODS, 2): [first, third],
        (PlanSection.BATCHES, 2): [second],
        (PlanSection.RECIPES, 4): [first],
    }


@pytest.mark.parametrize(
    ("spoiled", "field"),
    [
        ({"recipes": None}, "snapshot_data.recipes"),
        ({"finished_goods": [{"fg_id": 1}]}, "snapshot_data.finished_goods"),
        ({"finished_goods": [{"fg_id": 1, "quantity": "10"}]}, "snapshot_data.finished_goods"),
        ({"batch_decisions": ["5"]}, "snapshot_data.batch_decisions"),
        ({"batch_decisions": [{"finished_unit_id": [1], "batches": 5}]}, "snapshot_data.batch_decisions"),
    ],
)
def test_a_snapshot_in_another_form_is_refused_with_the_place(spoiled, field):
    with pytest.raises(ValidationError) as refused:
        replay({**a_snapshot(), **spoiled}, [])

    assert [problem.field for problem in refused.value.problems] == [field]
