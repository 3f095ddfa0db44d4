"""Lines of recipes as people write them: what is read of them, what becomes a note, and what a person is asked to look at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plandoc.exchange.convert.divided_lines import measured
from plandoc.exchange.convert.ingredient_text import split
from plandoc.exchange.convert.yield_text import read_yield


def told(drafts):
    return [(one.quantity, one.unit, one.ingredient, one.notes) for one in drafts]


CERTAIN = {
    "225g flour": ("225", "g", "flour", ()),
    "2 large eggs": ("2", "each", "eggs", ("large",)),
    "1 1/2 cups (180 g) plain flour, sifted": ("1.5", "cups", "plain flour", ("180 g", "sifted")),
    "1-1/2 cups oats": ("1.5", "cups", "oats", ()),
    "⅔ cup sugar": ("0 2/3", "cup", "sugar", ()),
    "2 1/3 cups sugar": ("2 1/3", "cups", "sugar", ()),
    "1&frac12; cups <a href='x'>almond flour</a>": ("1.5", "cups", "almond flour", ()),
    "0,5 l Milch": ("0.5", "l", "Milch", ()),
    "▢ 3 tbsp. olive oil": ("3", "tbsp", "olive oil", ()),
    "8oz/225g butter": ("8", "oz", "butter", ("225 g",)),
    "200g/7oz/1¾ cups flour": ("200", "g", "flour", ("7 oz", "1.75 cups")),
    "2 (14-ounce) cans condensed milk": ("2", "cans", "condensed milk", ("14-ounce",)),
    "1 14-oz. can pumpkin": ("1", "can", "pumpkin", ("14-oz.",)),
    "2 x 400g tins chopped tomatoes": ("2", "tins", "chopped tomatoes", ("400 g each",)),
    "100 g de farine": ("100", "g", "farine", ()),
    "2 cloves of garlic": ("2", "cloves", "garlic", ()),
    "5 cloves": ("5", "each", "cloves", ()),
    "1 cup packed brown sugar": ("1", "cup", "brown sugar", ("packed",)),
    "1 cup firmly packed brown sugar": ("1", "cup", "brown sugar", ("firmly packed",)),
    "½ pound good quality salami": ("0.5", "pound", "good quality salami", ()),
    "600g/1lb 5oz cream cheese": ("600", "g", "cream cheese", ("1 lb", "5 oz")),
    "1 14- ounce can milk": ("1", "can", "milk", ("14- ounce",)),
    "1 lime ((UK: a small one) juiced)": ("1", "each", "lime", ("UK: a small one", "juiced")),
    "1 egg(s)": ("1", "each", "eggs", ()),
    "a pinch of salt": ("1", "pinch", "salt", ()),
    "half a lemon": ("0.5", "each", "lemon", ()),
    "Salt, to taste": ("", "", "Salt", ("to taste",)),
    "icing sugar for dusting": ("", "", "icing sugar", ("for dusting",)),
    "1 l whole milk": ("1", "l", "whole milk", ()),
}
UNCERTAIN = {
    "2-3 carrots, grated": ("3", "each", "carrots", ("2-3", "grated")),
    "1 or 2 cloves garlic": ("2", "cloves", "garlic", ("1 or 2",)),
    "2 x 125 g butter": ("250", "g", "butter", ()),
    "400g can chickpeas": ("400", "g", "chickpeas", ("can",)),
    "1 heaped tsp yeast": ("1", "tsp", "yeast", ("heaped",)),
    "3 ripe bananas": ("3", "each", "ripe bananas", ()),
    "250 g butter or margarine": ("250", "g", "butter", ("or margarine",)),
    "Flour: 250 g": ("250", "g", "Flour", ()),
    "flour (200 g)": ("200", "g", "flour", ("200 g",)),
    "juice of 2 lemons": ("2", "each", "lemons", ("juice",)),
    "1 tsp each cinnamon and nutmeg": ("1", "tsp", "cinnamon and nutmeg", ()),
    "2 tbsp oil plus 1 tsp for the tin": ("2", "tbsp", "oil", ("plus 1 tsp for the tin",)),
    "salt of 3 seas, to taste": ("", "", "salt of 3 seas", ("to taste",)),
    "little icing sugar": ("", "", "icing sugar", ("little",)),
    "pinch of salt": ("", "", "salt", ("pinch",)),
    "water": ("", "", "water", ()),
    "70% dark chocolate": ("", "", "70% dark chocolate", ()),
    "1 T vanilla": ("", "", "vanilla", ("1 T vanilla",)),
    "1 c flour": ("", "", "flour", ("1 c flour",)),
    "1,000 g flour": ("", "", "flour", ("1,000 g flour",)),
    "1.000 g Mehl": ("", "", "Mehl", ("1.000 g Mehl",)),
    "1 tsp each: salt, pepper": ("1", "tsp", "salt, pepper", ()),
    "250 g flour 2 eggs": ("250", "g", "flour 2 eggs", ()),
    "800g-1kg potatoes": ("", "", "800g-1kg potatoes", ()),
    "1 lb 450 g flour": ("1", "lb", "450 g flour", ()),
    "1/0 cup flour": ("", "", "flour", ("1/0 cup flour",)),
}


@pytest.mark.parametrize("text", CERTAIN)
def test_a_line_that_can_be_read_in_one_way_has_no_remark(text):
    drafts = split(text)

    assert told(drafts) == [CERTAIN[text]]
    assert drafts[0].remarks == ()


@pytest.mark.parametrize("text", UNCERTAIN)
def test_a_line_that_is_not_certain_has_a_remark_with_all_that_it_says(text):
    drafts = split(text)

    assert told(drafts) == [UNCERTAIN[text]]
    assert drafts[0].remarks[0].endswith(f": {text}")


@pytest.mark.parametrize(
    "text, amounts",
    [
        ("1 cup plus 2 tbsp (145 g) flour", [("1", "cup", "flour"), ("2", "tbsp", "flour")]),
        ("1 lb 2 oz strong flour", [("1", "lb", "strong flour"), ("2", "oz", "strong flour")]),
        ("2 kg 500 g flour", [("2", "kg", "flour"), ("500", "g", "flour")]),
        ("2 large eggs plus 1 yolk", [("2", "each", "eggs"), ("1", "each", "yolk")]),
    ],
)
def test_two_amounts_in_one_line_become_two_lines(text, amounts):
    assert [(one.quantity, one.unit, one.ingredient) for one in split(text)] == amounts


@pytest.mark.parametrize(
    "text", ["", "7", "½", "(optional)", "1 cup", "g", "x" * 5_000, "-", "1 x", "2 x 3 x 4", "1 / 2 / 3 cups"]
)
def test_no_line_is_lost_or_gets_an_ingredient_without_a_name(text):
    drafts = split(text)

    assert all(draft.ingredient for draft in drafts)
    assert len(drafts) == 1


def test_what_a_program_has_divided_is_not_divided_anew():
    assert told(measured("1/2", "tsp", "salt, fine")) == [("0.5", "tsp", "salt, fine", ())]
    assert told(measured("", "", "water")) == [("", "", "water", ())]
    assert told(measured("0", "g", "water")) == [("", "", "water", ())]


def test_an_amount_in_an_unknown_unit_is_left_blank_and_kept_as_a_note():
    [draft] = measured("2", "blobs", "jam", ["red"])

    assert told([draft]) == [("", "", "jam", ("2 blobs", "red"))]
    assert draft.remarks == ("plandoc does not know the unit blobs: 2 blobs jam",)


WORDS = st.sampled_from(
    "1 2 250 ½ 1/2 2-3 0,5 1,000 g cup cups tsp can tins stick flour eggs sugar large packed of a half or plus and x / , : - "
    "( ) (optional) for dusting juice zest each T c 14-ounce about little to taste with".split()
)


@given(st.lists(WORDS, min_size=1, max_size=9).map(" ".join))
def test_of_a_line_without_a_remark_no_word_and_no_number_is_lost(text):
    drafts = split(text)
    kept = " ".join(
        [part for one in drafts for part in (one.ingredient, one.unit, one.quantity, *one.notes, *one.remarks)]
    )

    assert all(draft.ingredient and len(draft.ingredient) <= 200 for draft in drafts)
    for word in (
        "flour",
        "eggs",
        "sugar",
        "large",
        "packed",
        "optional",
        "dusting",
        "juice",
        "14-ounce",
        "250",
        "taste",
        "stick",
    ):
        assert kept.count(word) >= (word in text)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_a_line_or_of_a_yield(text):
    assert all(draft.ingredient.strip() for draft in split(text))
    read_yield([text])
