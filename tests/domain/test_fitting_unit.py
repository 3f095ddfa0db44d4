"""The unit that fits a quantity."""

from fractions import Fraction

import pytest

from plandoc import units
from plandoc.domain import fitting_unit as module
from plandoc.domain.fitting_unit import fitting_unit
from plandoc.domain.measures import Amount, factor


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("14300 g", "14.3 kg"),
        ("999 g", "999 g"),
        ("1000 g", "1 kg"),
        ("0.5 kg", "500 g"),
        ("0.0004 kg", "400 mg"),
        ("2500 ml", "2.5 l"),
        ("0.25 l", "250 ml"),
        ("3 dl", "3 dl"),
        ("25 dl", "2.5 l"),
        ("0.4 cl", "4 ml"),
        ("4 tsp", "4 tsp"),
        ("6 tsp", "2 tbsp"),
        ("84 tsp", "1.75 cup"),
        ("13 tsp", "4.333 tbsp"),
        ("1/8 cup", "2 tbsp"),
        ("1/2 cup", "0.5 cup"),
        ("24 oz", "1.5 lb"),
        ("17 oz", "17 oz"),
        ("0.2 lb", "3.2 oz"),
        ("1/100 tsp", "0.01 tsp"),
        ("36 each", "36 each"),
        ("2000 can", "2000 can"),
        ("1500 blorp", "1500 blorp"),
        ("0 g", "0 g"),
    ],
)
def test_a_quantity_is_shown_in_the_unit_that_fits(written, shown):
    number, _, unit = written.partition(" ")

    assert str(Amount(Fraction(number), unit)) == shown


def test_what_is_more_than_nothing_is_never_shown_as_nothing():
    assert str(Amount(Fraction(1, 10**7), "kg")) == "0.1 mg"
    assert str(Amount(Fraction(1, 10**9), "kg")) == "0.001 mg"
    assert str(Amount(Fraction(1, 10**12), "kg")) == "0.000001 mg"
    assert str(Amount(Fraction(1, 30000), "each")) == "0.00003 each"


@pytest.mark.parametrize("unit", [one.name for one in units.MEASURES])
@pytest.mark.parametrize("exact", [Fraction(1, 7000), Fraction(2, 3), Fraction(5), Fraction(123457, 3)])
def test_it_is_exactly_as_much(unit, exact):
    fitted, other = fitting_unit(exact, unit)
    times = factor(other, unit)

    assert times is not None
    assert fitted * times == exact


def test_the_sizes_are_those_of_the_units():
    for system in (module._WEIGHTS, module._VOLUMES, module._SPOONS, module._POUNDS):
        smallest, _ = system[0]
        for name, size in system:
            assert factor(name, smallest) == size
