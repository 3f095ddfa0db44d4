"""Recipes that are variants of others: a way of any length, but never back to where it began."""

from __future__ import annotations

import attrs
import pytest

import plandoc
from plandoc import Recipe, ValidationError
from tests.builders import folder_bytes


def _chain(session, length):
    recipes = [session.add(Recipe("Variant 0"))]
    for number in range(1, length):
        recipes.append(session.add(Recipe(f"Variant {number}", base_recipe_id=recipes[-1].id)))
    return recipes


def test_a_recipe_that_is_its_own_base_is_refused_and_the_session_goes_on(store):
    with store.session() as session:
        (recipe,) = _chain(session, 1)
        with pytest.raises(ValidationError) as refused:
            session.replace(attrs.evolve(recipe, base_recipe_id=recipe.id))
        session.replace(attrs.evolve(recipe, notes="as it was"))

    with store.session() as session:
        assert str(refused.value) == "base_recipe_id: 'Variant 0' is a variant of itself: 'Variant 0' -> 'Variant 0'"
        assert session.get(Recipe, recipe.id) == attrs.evolve(recipe, notes="as it was")


def test_a_new_recipe_cannot_have_the_number_that_it_will_get_for_its_base(store):
    with store.session() as session, pytest.raises(ValidationError, match="base_recipe_id: Recipe 1 not found"):
        session.add(Recipe("Own", base_recipe_id=1))


def test_a_circle_of_bases_is_refused_with_its_path(store, folder):
    with store.session() as session:
        first, *_, last = _chain(session, 3)
    before = folder_bytes(folder)
    with pytest.raises(ValidationError) as refused, store.session() as session:
        session.replace(attrs.evolve(first, base_recipe_id=last.id))

    path = "'Variant 0' -> 'Variant 2' -> 'Variant 1' -> 'Variant 0'"
    assert str(refused.value) == f"base_recipe_id: 'Variant 0' is a variant of itself: {path}"
    assert folder_bytes(folder) == before


def test_a_long_way_and_a_base_beside_parts_are_no_circle(store):
    with store.session() as session:
        *_, last = _chain(session, 40)
        session.add(Recipe("Cake", sub_recipes=(plandoc.SubRecipe(last.id, 1),), base_recipe_id=last.id))


def test_the_check_names_those_in_the_circle_and_not_the_one_that_leads_into_it(folder):
    with plandoc.open_store(folder, create=True) as store, store.session() as session:
        _chain(session, 4)
    file = folder / "catalog.json"
    row = b'"1": {"name":"Variant 0","category":"","lines":[],"sub_recipes":[],"base_recipe_id":'
    file.write_bytes(file.read_bytes().replace(row + b"null", row + b"3"))
    problems = plandoc.check(folder)

    assert [(one.row, one.field) for one in problems] == [(str(row), "base_recipe_id") for row in (1, 2, 3)]
    assert problems[0].message.endswith("'Variant 0' -> 'Variant 2' -> 'Variant 1' -> 'Variant 0'")
