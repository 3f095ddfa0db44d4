from __future__ import annotations

import pytest

import plandoc
from tests.builders import a_plan, folder_bytes


@pytest.fixture
def event(store, bakery):
    return a_plan(store, bakery=bakery, quantities={})


def available(event):
    return [one.good for one in plandoc.get_available_finished_goods(event.id) if one.is_available]


def test_every_good_is_answered_with_what_it_needs_and_what_is_missing(bakery, event):
    plandoc.set_event_recipes(event.id, [bakery.cookies.id])
    answers = {one.good.name: one for one in plandoc.get_available_finished_goods(event.id)}

    assert list(answers) == ["Plain Cookie", "Plain Slice", "Cookie Gift Box", "Hamper"]
    assert answers["Hamper"].needed_recipes == (bakery.cookies, bakery.cake)
    assert answers["Hamper"].missing_recipes == (bakery.cake,)
    assert [one.is_available for one in answers.values()] == [True, False, True, False]


def test_what_is_available_follows_the_selection(bakery, event):
    nothing = available(event)
    plandoc.set_event_recipes(event.id, [bakery.cake.id])
    of_cake = available(event)
    plandoc.set_event_recipes(event.id, [bakery.cake.id, bakery.cookies.id])

    assert (nothing, of_cake) == ([], [bakery.plain_slice])
    assert available(event) == [bakery.plain_cookie, bakery.plain_slice, bakery.cookie_box, bakery.hamper]


def test_a_recipe_that_is_only_part_of_another_need_not_be_selected(bakery, event):
    plandoc.set_event_recipes(event.id, [bakery.cake.id])
    answers = {one.good: one for one in plandoc.get_available_finished_goods(event.id)}

    assert bakery.frosting not in answers[bakery.plain_slice].needed_recipes


def test_what_is_available_can_be_selected_and_nothing_else(folder, bakery, event):
    plandoc.set_event_recipes(event.id, [bakery.cookies.id])
    before = folder_bytes(folder)
    for one in plandoc.get_available_finished_goods(event.id):
        if not one.is_available:
            with pytest.raises(plandoc.ValidationError, match="needs recipes that are not selected: Sponge Cake"):
                plandoc.set_event_finished_goods(event.id, {one.good.id: 1})
    unchanged = folder_bytes(folder) == before
    selected = plandoc.set_event_finished_goods(event.id, {good.id: 2 for good in available(event)})

    assert unchanged
    assert selected.quantities == ((bakery.plain_cookie, 2), (bakery.cookie_box, 2))
