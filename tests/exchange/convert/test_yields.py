"""What a batch makes, as recipes say it."""

import pytest

from plandoc.exchange.convert.yield_text import read_yield


@pytest.mark.parametrize(
    "texts, count, item_unit",
    [
        (["24", "Makes 24 cookies"], 24, "cookies"),
        (["2 dozen rolls"], 24, "rolls"),
        (["1 (9-inch) cake"], 1, "cake"),
        (["One 9-inch cake"], 1, "cake"),
        (["two 23 cm round tins"], 2, "round tins"),
        (["Yield: 36 small cookies (3 trays)"], 36, "small cookies"),
        (["ergibt 20 Stücke"], 20, "Stücke"),
    ],
)
def test_pieces_are_certain(texts, count, item_unit):
    made = read_yield(texts)

    assert (made.count, made.item_unit, made.remarks) == (count, item_unit, ())


@pytest.mark.parametrize(
    "texts, count",
    [
        (["8"], 8),
        (["8 servings", "8"], 8),
        (["Serves 6 to 8"], 6),
        (["für 4 Personen"], 4),
        (["1 loaf", "12 slices"], 1),
    ],
)
def test_servings_ranges_and_bare_numbers_are_guesses_with_a_remark(texts, count):
    made = read_yield(texts)

    assert made.count == count
    assert texts[0] in made.remarks[0] or texts[-1] in made.remarks[0]


@pytest.mark.parametrize("texts", [[], ["750 g"], ["1.5 l"], ["a few"], ["0"], ["1/2 loaf"]])
def test_what_is_not_a_number_of_pieces_is_left_for_a_person(texts):
    made = read_yield(texts)

    assert made.count is None
    assert "Fill in makes and of" in made.remarks[0]
