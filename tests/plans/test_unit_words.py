"""Custom words for units: in imports, in the stock, in sums, and frozen with a plan."""

import attrs
import pytest

import plandoc
from plandoc import records
from plandoc.records import PlanState
from tests.builders import a_plan, brought_to


def _refused(*arguments, **options):
    with pytest.raises(plandoc.ValidationError) as caught:
        plandoc.add_unit_word(*arguments, **options)
    return [(problem.field, problem.message) for problem in caught.value.problems]


def _with_a_line(store, recipe, quantity, unit):
    with store.session() as session:
        line = records.RecipeLine(recipe.lines[0].ingredient_id, quantity, unit)
        session.replace(attrs.evolve(session.get(records.Recipe, recipe.id), lines=(line,)))


def _needed(event_id):
    return [str(row.amount) for row in plandoc.get_ingredient_needs(event_id).rows if row.ingredient.name == "Flour"]


def _of_one_batch(store, bakery, state):
    event = a_plan(store, bakery=bakery, quantities={bakery.plain_cookie.id: 24})
    plandoc.decide_enough(event.id)
    return brought_to(store, event, state)


def _in_ml(*events):
    (row,) = plandoc.get_ingredient_needs([event.id for event in events]).rows
    return row.amount.exact * row.known.factor(row.amount.unit, "ml")


def test_a_word_is_a_unit_from_then_on_and_stating_it_again_changes_nothing(store):
    first = plandoc.add_unit_word("Kelle", "1/8", "l")

    assert plandoc.add_unit_word(" kelle. ", "0.125", "l") == attrs.evolve(first, name="kelle.")
    assert [str(word) for word in plandoc.list_records(records.UnitWord)] == ["kelle. = 0.125 l"]


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        (("au tbsp", 1, "tbsp"), ("word", "'au tbsp' is a unit that plandoc knows already: au tbsp, which is 20 ml")),
        (("Cups", 250, "ml"), ("word", "'Cups' is a unit that plandoc knows already: cup, which is 236.5882365 ml")),
        (("grams", 250, "ml"), ("word", "'grams' is a unit that plandoc knows already: g")),
        (("Batches", 250, "ml"), ("word", "'Batches' means batches of a recipe")),
        (("2 big", 250, "ml"), ("word", "wanted a word, found '2 big'")),
        (("Kelle", 2, "can"), ("unit", "wanted a measure of fixed size, found 'can'")),
        (("Kelle", 2, "T"), ("unit", "wanted a measure of fixed size, found 'T'")),
        (("Kelle", 8, "EL"), ("unit", "wanted a measure of fixed size, found 'EL'")),
        (("EL", 3, "TL"), ("unit", "wanted a measure of fixed size, found 'TL'")),
        (("Kelle", 0, "ml"), ("quantity", "UnitWord: wanted more than 0, found 0")),
    ],
)
def test_a_word_that_cannot_be_a_unit_is_refused(store, word, problem):
    assert _refused(*word) == [problem]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        (records.UnitWord("g", 5, "kg"), "'g' is a unit that plandoc knows already"),
        (records.UnitWord("cans", 400, "g"), "wanted can, found 'cans'"),
        (records.UnitWord("Kelle", 5, "blorp"), "wanted a measure of fixed size, found 'blorp'"),
    ],
)
def test_a_session_refuses_a_word_that_cannot_be_a_unit(store, word, message):
    with pytest.raises(plandoc.ValidationError, match=message), store.session() as session:
        session.add(word)

    assert plandoc.list_records(records.UnitWord) == []


def test_a_word_that_means_something_else_already_is_refused_unless_it_is_to_be_replaced(store):
    plandoc.add_unit_word("Kelle", 125, "ml")

    assert _refused("kelle", 150, "ml") == [("word", "'kelle' is there already: Kelle = 125 ml")]
    assert str(plandoc.add_unit_word("Kelle", 150, "ml", replace=True)) == "Kelle = 150 ml"


def test_the_stock_is_counted_in_a_word_and_has_one_row_in_any_spelling(store, bakery):
    plandoc.add_unit_word("Kelle", 125, "ml")
    plandoc.set_stock(bakery.flour.id, 2, "kelle")
    plandoc.add_stock(bakery.flour.id, 1, "KELLE")

    assert [(item.quantity, item.unit) for item in plandoc.get_stock() if item.unit != "kg"] == [(3, "Kelle")]


def test_the_stock_can_be_counted_in_a_unit_of_an_equivalent(store, bakery):
    with store.session() as session:
        session.replace(attrs.evolve(bakery.butter, equivalents=(records.Equivalent(1, "knob", 15, "g"),)))

    assert plandoc.set_stock(bakery.butter.id, 2, "knob").unit == "knob"
    with pytest.raises(plandoc.ValidationError):
        plandoc.set_stock(bakery.flour.id, 2, "knobble")


def test_a_word_converts_what_was_not_known_before(store, bakery):
    event = a_plan(store, PlanState.DRAFT, bakery=bakery)
    _with_a_line(store, bakery.cookies, 1, "Kelle")
    before = _needed(event.id)
    plandoc.add_unit_word("Kelle", 1, "cup")

    assert any("Kelle" in amount for amount in before)
    assert not any("Kelle" in amount for amount in _needed(event.id))


def test_a_started_plan_keeps_the_words_that_it_started_with(store, bakery):
    plandoc.add_unit_word("Kelle", 100, "g")
    plandoc.add_unit_word("Eimer", 5, "kg")
    _with_a_line(store, bakery.cookies, 1, "Kelle")
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    before = _needed(event.id)
    plandoc.set_stock(bakery.flour.id, 2, "Eimer")
    listed = plandoc.get_shopping_list(event.id)
    plandoc.add_unit_word("Kelle", 200, "g", replace=True)
    plandoc.add_unit_word("Eimer", 1, "kg", replace=True)

    assert _needed(event.id) == before
    assert plandoc.get_shopping_list(event.id) == listed
    assert [finding.message for finding in plandoc.review_plan(event.id)] == [
        "Chocolate Chip Cookies: the catalog differs from the plan: Kelle: quantity 100 -> 200"
    ]

    plandoc.revise_recipe(event.id, bakery.cookies.id, "a larger ladle")
    assert _needed(event.id) != before
    assert "Kelle" in str(plandoc.get_plan_comparison(event.id).definitions)


@pytest.mark.parametrize(
    ("stated", "unit", "written"),
    [
        (("EL", 12, "ml"), "EL", "Esslöffel"),
        (("esslöffel", 12, "ml"), "EL", "el"),
        (("c.à s.", 12, "ml"), "c. à s.", "càs"),
        (("Prise", 12, "ml"), "pinch", "pincée"),
        (("cans", 12, "ml"), "can", "Can"),
    ],
)
def test_a_spoon_or_a_container_gets_the_size_of_the_kitchen_in_every_spelling(store, bakery, stated, unit, written):
    word = plandoc.add_unit_word(*stated)
    _with_a_line(store, bakery.cookies, 1, written)
    event = _of_one_batch(store, bakery, PlanState.DRAFT)

    assert word.name == unit
    assert _in_ml(event) == 12
    assert plandoc.remove_unit_word(written) == word


def test_a_plan_that_started_with_the_usual_spoon_keeps_it_and_is_added_up_with_one_that_has_another(store, bakery):
    with store.session() as session:
        session.replace(attrs.evolve(bakery.flour, density=None))
    _with_a_line(store, bakery.cookies, 1, "EL")
    started = _of_one_batch(store, bakery, PlanState.IN_PRODUCTION)
    plandoc.add_unit_word("EL", 20, "ml")
    draft = _of_one_batch(store, bakery, PlanState.DRAFT)

    assert (_in_ml(started), _in_ml(draft)) == (15, 20)
    assert _in_ml(started, draft) == _in_ml(draft, started) == 35
    assert any("EL" in finding.message for finding in plandoc.review_plan(started.id))

    plandoc.revise_recipe(started.id, bakery.cookies.id, "our own spoon")
    assert _in_ml(started) == 20


def test_a_word_that_came_after_the_start_says_nothing_to_the_plan_until_an_amendment_brings_it(store, bakery):
    _with_a_line(store, bakery.cookies, 1, "Kelle")
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    before = _needed(event.id)
    plandoc.add_unit_word("Kelle", 100, "g")

    assert _needed(event.id) == before
    plandoc.revise_recipe(event.id, bakery.cookies.id, "now we know it")
    assert not any("Kelle" in amount for amount in _needed(event.id))


def test_a_good_that_is_added_later_brings_the_words_of_its_recipes(store, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, quantities={bakery.plain_cookie.id: 24})
    plandoc.add_unit_word("Eimer", 100, "g")
    with store.session() as session:
        recipe = session.add(records.Recipe("Bread", lines=(records.RecipeLine(bakery.flour.id, 2, "Eimer"),)))
        unit = session.add(records.FinishedUnit("Loaf", recipe.id, items_per_batch=1))
        good = session.add(records.FinishedGood("Basket", (records.Component(unit.id),)))
    plandoc.add_finished_good(event.id, good.id, 1, "bread, too", enough=True)
    needed = _needed(event.id)
    plandoc.add_unit_word("Eimer", 900, "g", replace=True)

    assert len(needed) == 1
    assert _needed(event.id) == needed


def test_a_size_of_a_container_is_frozen_with_the_plan_that_counts_in_it(store, bakery):
    plandoc.add_unit_word("can", 400, "g")
    _with_a_line(store, bakery.cookies, 2, "cans")
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    before = _needed(event.id)
    plandoc.add_unit_word("can", 800, "g", replace=True)

    assert not any("can" in amount for amount in before)
    assert _needed(event.id) == before
    assert any("can: quantity 400 -> 800" in finding.message for finding in plandoc.review_plan(event.id))


def test_baking_takes_from_stock_that_is_counted_in_a_word(store, bakery):
    plandoc.add_unit_word("Eimer", 5, "kg")
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    plandoc.set_stock(bakery.flour.id, 2, "Eimer")
    run = plandoc.record_production(event.id, bakery.cookie.id, 1)

    assert [taken.unit for taken in run.taken] == ["Eimer"]


def test_a_word_that_is_used_is_not_removed_and_what_uses_it_is_named(store, bakery):
    plandoc.add_unit_word("Kelle", 125, "ml")
    plandoc.set_stock(bakery.flour.id, 2, "Kelle")
    _with_a_line(store, bakery.cookies, 1, "KELLE")
    with store.session() as session:
        session.replace(attrs.evolve(bakery.butter, equivalents=(records.Equivalent(1, "Kelle", 110, "g"),)))
    word = plandoc.list_records(records.UnitWord)[0]

    def in_a_session():
        with store.session() as session:
            session.remove(records.UnitWord, word.id)

    for remove in (lambda: plandoc.remove_unit_word("kelle"), in_a_session):
        with pytest.raises(plandoc.errors.StillUsedError) as caught:
            remove()
        assert caught.value.users == (
            "recipe 1 'Chocolate Chip Cookies'",
            "ingredient 3 'Butter'",
            "the stock of Flour (2 Kelle)",
        )


def test_a_word_that_nothing_uses_is_removed(store, bakery):
    plandoc.add_unit_word("Kelle", 125, "ml")

    assert str(plandoc.remove_unit_word("KELLE")) == "Kelle = 125 ml"
    assert plandoc.list_records(records.UnitWord) == []
    with pytest.raises(plandoc.NotFoundError, match="Word for a unit 'Kelle' not found"):
        plandoc.remove_unit_word("Kelle")


def test_words_and_equivalents_travel_with_an_export_of_one_event(store, bakery, tmp_path):
    plandoc.add_unit_word("Kelle", 125, "ml")
    plandoc.add_unit_word("Eimer", 5, "kg")
    stick = records.Equivalent(1, "stick", 113, "g")
    with store.session() as session:
        session.replace(attrs.evolve(bakery.butter, equivalents=(stick,)))
    _with_a_line(store, bakery.cookies, 1, "Kelle")
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    needed = _needed(event.id)
    plandoc.export_file(tmp_path / "all.json", [event.id])
    with plandoc.open_store(tmp_path / "other", create=True) as other:
        with other.session("import") as session:
            plandoc.import_file(tmp_path / "all.json", session=session)
            assert {word.name for word in session.find(records.UnitWord)} == {"Kelle", "Eimer"}
            assert [one.equivalents for one in session.find(records.Ingredient) if one.name == "Butter"] == [(stick,)]
            (moved,) = session.find(records.Event)
            rows = plandoc.get_ingredient_needs(moved.id, session=session).rows
            assert [str(row.amount) for row in rows if row.ingredient.name == "Flour"] == needed
    assert plandoc.check(tmp_path / "other") == []


def test_an_ingredient_whose_equivalents_contradict_each_other_is_not_saved(store, bakery):
    wrong = (records.Equivalent(1, "stick", 113, "g"), records.Equivalent(1, "stick", 110, "g"))
    with (
        pytest.raises(plandoc.ValidationError, match="Butter: 1 stick = 110 g contradicts 1 stick = 113 g"),
        store.session() as session,
    ):
        session.replace(attrs.evolve(bakery.butter, equivalents=wrong))

    assert plandoc.find_by_key(records.Ingredient, "butter").equivalents == ()


def test_check_reports_a_contradiction_that_another_program_wrote(tmp_path):
    with plandoc.open_store(tmp_path / "data", create=True) as store, store.session() as session:
        session.add(
            records.Ingredient(
                "Butter",
                equivalents=(records.Equivalent(1, "stick", 113, "g"), records.Equivalent(2, "stick", 226, "g")),
            )
        )
    catalog = tmp_path / "data" / "catalog.json"
    catalog.write_text(catalog.read_text("utf-8").replace('"226"', '"200"'), "utf-8")

    assert any(
        "2 stick = 200 g contradicts 1 stick = 113 g, by which 2 stick = 226 g" in str(one)
        for one in plandoc.check(tmp_path / "data")
    )


def test_a_revised_equivalent_is_shown_with_what_it_was(store, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    with store.session() as session:
        session.replace(attrs.evolve(bakery.butter, equivalents=(records.Equivalent(1, "stick", 113, "g"),)))

    assert any(
        "Butter: equivalents none -> 1 stick = 113 g" in finding.message for finding in plandoc.review_plan(event.id)
    )


def test_a_word_is_not_renamed_because_recipes_would_lose_it(store):
    plandoc.add_unit_word("Kelle", 125, "ml")

    with pytest.raises(plandoc.ValidationError, match="wanted one of Ingredient, Recipe, FinishedUnit, FinishedGood"):
        plandoc.rename_record(records.UnitWord, 1, "Schippe")
