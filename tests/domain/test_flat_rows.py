"""Records and results as flat rows, and what a notebook shows of them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

import plandoc
from plandoc import records
from plandoc.domain.flat_rows import _columns
from plandoc.records import PlanState
from tests.builders import a_bakery, a_plan


def _columns_of(store, operation, *arguments):
    (first, *_) = plandoc.rows(operation(*arguments))
    return list(first)


def test_a_record_is_a_row_with_its_id_first_and_exact_numbers(store):
    a_bakery(store)

    flour, *_ = plandoc.rows(plandoc.list_records(plandoc.Ingredient))
    slices = plandoc.rows(plandoc.list_records(plandoc.FinishedUnit))[2]

    assert list(flour)[:4] == ["id", "slug", "name", "category"]
    assert (flour["density_volume"], flour["density_weight_unit"]) == (Decimal(1), "g")
    assert slices["mode"] == "batch_portion"
    assert (slices["items_per_batch"], slices["batch_percentage"], slices["yield_per_batch"]) == (None, Decimal(25), 4)


def test_days_stay_days_and_states_are_text(store):
    a_plan(store)

    (row,) = plandoc.rows(plandoc.list_records(plandoc.Event))

    assert (row["event_date"], row["plan_state"]) == (datetime.date(2026, 12, 25), "draft")


def test_results_name_what_they_are_about_and_have_what_follows_from_them(store):
    a_plan(store)

    row = plandoc.rows(plandoc.get_requirements("christmas-2026"))[0]

    assert row == {
        "unit_id": 1,
        "unit_slug": "cookie",
        "unit_name": "Cookie",
        "recipe_id": 1,
        "recipe_slug": "chocolate-chip-cookies",
        "recipe_name": "Chocolate Chip Cookies",
        "exact": Fraction(144),
        "units": 144,
    }


def test_a_missing_part_leaves_its_columns_blank_and_there(store):
    event = a_plan(store)
    plandoc.delete_batch_decisions(event, ["slice"])

    cookie, piece = plandoc.rows(plandoc.get_plan(event).units)

    assert cookie.keys() == piece.keys()
    assert (cookie["decision_batches"], piece["decision_batches"], piece["difference"]) == (6, None, None)


def test_what_is_on_a_shopping_list_is_a_row_for_each_amount(store):
    a_plan(store)
    shopping = plandoc.get_shopping_list("christmas-2026")

    found = plandoc.rows([*shopping.buy, *shopping.cannot_compare, *shopping.enough])

    assert {
        row["ingredient_slug"]: (row["to_buy"], row["to_buy_unit"]) for row in found if row["standing"] == "buy"
    } == {item.ingredient.slug: (row.to_buy.quantity, row.to_buy.unit) for item in shopping.buy for row in item.rows}
    assert "in_stock_unit" in found[0]


def test_goods_with_their_quantities_are_rows(store):
    a_plan(store)

    assert plandoc.rows(plandoc.get_event_fg_quantities("christmas-2026"), event="christmas-2026")[0] == {
        "event": "christmas-2026",
        "finished_good_id": 3,
        "finished_good_slug": "cookie-gift-box",
        "finished_good_name": "Cookie Gift Box",
        "quantity": 10,
    }


def test_the_parts_of_a_record_are_rows_beside_what_they_belong_to(store):
    bakery = a_bakery(store)

    lines = [row for recipe in (bakery.cookies, bakery.cake) for row in plandoc.rows(recipe.lines, recipe=recipe.slug)]

    assert [(row["recipe"], row["ingredient_id"]) for row in lines] == [
        ("chocolate-chip-cookies", bakery.flour.id),
        ("chocolate-chip-cookies", bakery.sugar.id),
        ("sponge-cake", bakery.flour.id),
    ]


def test_nothing_gives_no_rows():
    assert plandoc.rows([]) == []


@pytest.mark.parametrize(
    ("things", "message"),
    [
        ([{"id": 1}], "wanted a record or a result of plandoc"),
        ("wedding", "put a single one into a list"),
        (records.Recipe("Rye"), "put a single one into a list"),
        ([(1, 2)], "wanted a record or a result of plandoc"),
        (None, "wanted a list of records"),
    ],
)
def test_what_is_no_record_is_refused(things, message):
    with pytest.raises(plandoc.ValidationError, match=message):
        plandoc.rows(things)


@pytest.mark.parametrize("name", sorted({*plandoc.__all__, *plandoc.results.__all__}))
def test_every_record_and_result_has_columns_with_names_of_their_own(name):
    kind = getattr(plandoc, name, None) or getattr(plandoc.results, name)
    if isinstance(kind, type) and attrs.has(kind):
        assert all(column.isidentifier() for column in _columns(kind))


def test_a_notebook_shows_lists_as_tables_with_nothing_but_text_in_them(store):
    with store.session() as session:
        session.add(plandoc.Recipe("<script>alert('Rye')</script> & more", notes='"a" <b>'))
    found = plandoc.list_records(plandoc.Recipe)

    shown = found._repr_html_()

    assert "<script" not in shown
    assert "&lt;script&gt;alert(&#x27;Rye&#x27;)&lt;/script&gt; &amp; more" in shown
    assert "<th>slug</th>" in shown
    assert found == [store.read(lambda session: session.get(plandoc.Recipe, 1))]


def test_a_notebook_shows_the_first_of_very_many_rows(store):
    with store.session() as session:
        for number in range(70):
            session.add(plandoc.Ingredient(f"Spice {number}"))

    assert "and 10 more" in plandoc.list_records(plandoc.Ingredient)._repr_html_()


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.IN_PRODUCTION])
def test_a_notebook_shows_plans_and_lists_of_ingredients_escaped(store, state):
    bakery = a_bakery(store)
    with store.session() as session:
        session.replace(attrs.evolve(bakery.cookie, name="<b>Cookie</b>"))
        session.replace(attrs.evolve(bakery.flour, name="<i>Flour</i>"))
    event = a_plan(store, state, bakery=bakery, name="<u>Fair</u>")

    shown = [
        one._repr_html_()
        for one in (plandoc.get_plan(event), plandoc.get_shopping_list(event), plandoc.get_ingredient_needs(event))
    ]

    assert all("&lt;u&gt;Fair" in one and not {"<u>", "<b>", "<i>"} & set(one.split()) for one in shown)
    assert "&lt;b&gt;Cookie&lt;/b&gt;" in shown[0]
    assert "&lt;i&gt;Flour&lt;/i&gt;" in shown[1]
    assert "&lt;i&gt;Flour&lt;/i&gt;" in shown[2]


def test_a_store_a_session_and_a_plan_are_shown_short(folder):
    with plandoc.open_store(folder, create=True) as store:
        assert repr(store) == f"<Store {folder}>"
        event = a_plan(store)
        with store.session() as session:
            assert repr(session).endswith("(writes)>")
        assert repr(session).endswith("(ended)>")
        assert store.read(repr).endswith("(only reads)>")
        assert repr(plandoc.get_plan(event)) == (
            "<Plan of 'Christmas 2026' (event 1, 2026-12-25, DRAFT): "
            "2 recipes, 2 goods, 2 batch decisions, 0 findings, 0 amendments>"
        )
    assert repr(store) == f"<Store {folder} (closed)>"
    assert plandoc.check(folder) == []
