"""The units that are known, and the amounts that are counted in them."""

from decimal import Decimal
from fractions import Fraction

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plandoc import records, units
from plandoc.domain.measures import Amount, conversions, convert, factor, largest, total
from plandoc.errors import ValidationError
from plandoc.units import Dimension, unit_names


def of(density):
    """What is known of an ingredient of this density."""
    return conversions(records.Ingredient("Flour", density=density))


FLOUR = of(records.Density(1, "cup", 120, "g"))
FRACTIONS = st.fractions(min_value=0, max_value=10**6)
MEASURES = st.sampled_from([unit.name for unit in units.MEASURES])
DENSITIES = st.builds(
    records.Density,
    st.integers(1, 10**6),
    st.sampled_from(["cup", "ml", "tbsp"]),
    st.integers(1, 10**6),
    st.sampled_from(["g", "oz", "kg"]),
)


def _of_kind(kind):
    return st.sampled_from([unit.name for unit in units.MEASURES if unit.dimension is kind])


SAME_KIND = st.sampled_from([Dimension.VOLUME, Dimension.WEIGHT, Dimension.COUNT]).flatmap(
    lambda kind: st.tuples(_of_kind(kind), _of_kind(kind))
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Cups", "cup"),
        ("CUP", "cup"),
        (" cup ", "cup"),
        ("tbsp.", "tbsp"),
        ("TBSP", "tbsp"),
        ("tablespoons", "tbsp"),
        ("fl. oz", "fl oz"),
        ("Fl.Oz.", "fl oz"),
        ("fluid  ounces", "fl oz"),
        ("oz.", "oz"),
        ("lbs", "lb"),
        ("L", "l"),
        ("gal.", "gallon"),
        ("pt", "pint"),
        ("ea", "each"),
        ("pcs", "piece"),
        ("Dozen", "dozen"),
        ("pkg.", "package"),
        ("bunches", "bunch"),
        ("EL", "EL"),
        ("el", "EL"),
        ("Esslöffel", "EL"),
        ("Esslo\u0308ffel", "EL"),
        ("ESSLÖFFEL", "EL"),
        ("TL", "TL"),
        ("Prise", "pinch"),
        ("Pck.", "Päckchen"),
        ("Stk.", "Stück"),
        ("c. à s.", "c. à s."),
        ("C.À.S.", "c. à s."),
        ("càs", "c. à s."),
        ("cuil. à soupe", "c. à s."),
        ("c. à c.", "c. à c."),
        ("càc", "c. à c."),
        ("cac", "c. à c."),
        ("cucharaditas", "cdta"),
        ("cucchiai", "cucchiaio"),
        ("spsk", "msk"),
        ("imperial pint", "uk pint"),
        ("UK fl. oz.", "uk fl oz"),
        ("μl", "µl"),
        ("pkt", "packet"),
        ("pk", "pack"),
        ("unit", "each"),
        ("Tassen", "Tasse"),
        ("Dosen", "Dose"),
        ("loaves", "loaf"),
    ],
)
def test_a_unit_is_known_by_its_spellings_whatever_the_case_dots_and_blanks(written, meant):
    assert units.canonical(written) == meant


@pytest.mark.parametrize(
    "text", ["T", "t", "c", "C", "cc", "CC", "cs", "blorp", "", "cup cup", "gr", "m", "#", "µg", "Löffel"]
)
def test_a_text_that_means_nothing_or_two_things_is_not_known(text):
    assert units.dimension_of(text) is None
    assert factor(text, "cup") is None


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("tablespon", "did you mean tbsp?"),
        ("teaspooon", "did you mean tsp?"),
        ("sitck", "did you mean stick?"),
        ("cupp", "did you mean cup?"),
        ("cpu", "did you mean cup?"),
        ("gr", "did you mean g?"),
        ("T", "write tbsp or tsp, whichever is meant"),
        ("c", "write cup, cda, c. à s. or c. à c., whichever is meant"),
        ("cc", "write ml (cubic centimetre) or c. à c. (cuillère à café), whichever is meant"),
        ("c.c.", "write ml (cubic centimetre) or c. à c. (cuillère à café), whichever is meant"),
        ("Löffel", "write EL or TL, whichever is meant"),
        ("scant", "scant is not an exact amount; write the unit alone, and scant in the notes"),
        ("scant cup", "scant is not an exact amount; write the unit alone, and scant in the notes"),
        ("heaping tbsp", "heaping is not an exact amount; write the unit alone, and heaping in the notes"),
        ("x", None),
        ("blorp", None),
        ("Kelle", None),
    ],
)
def test_a_text_that_is_no_unit_gets_advice_where_there_is_some(text, suggested):
    assert units.dimension_of(text) is None
    assert units.advice(text) == suggested


# Each is like some other unit, letter by letter, and a suggestion would change the amount.
@pytest.mark.parametrize(
    "text", ["pnd", "grm", "tps", "cupz", "klo", "dos", "ped", "pck.x", "Bnd", "gs", "lx", "xl", "m", "hk"]
)
def test_a_short_text_gets_no_suggestion_by_the_likeness_of_its_letters(text):
    assert units.advice(text) is None


def test_no_spelling_means_two_units_and_each_is_written_as_it_is_looked_up():
    spellings = [text for unit in units.UNITS for text in (unit_names.plain(unit.name), *unit.spellings)]

    assert [text for text in spellings if spellings.count(text) > 1] == []
    assert [text for text in spellings if text != unit_names.plain(text)] == []


# NIST Handbook 44, appendix C, in millilitres and grams; the spoons for dash and pinch as American sets have them.
@pytest.mark.parametrize(
    ("unit", "size", "base"),
    [
        ("gallon", "3785.411784", "ml"),
        ("quart", "946.352946", "ml"),
        ("pint", "473.176473", "ml"),
        ("cup", "236.5882365", "ml"),
        ("fl oz", "29.5735295625", "ml"),
        ("tbsp", "14.78676478125", "ml"),
        ("tsp", "4.92892159375", "ml"),
        ("dash", "0.61611519921875", "ml"),
        ("pinch", "0.308057599609375", "ml"),
        ("l", "1000", "ml"),
        ("lb", "453.59237", "g"),
        ("oz", "28.349523125", "g"),
        ("kg", "1000", "g"),
        ("mg", "0.001", "g"),
        ("µl", "0.001", "ml"),
        ("krm", "1", "ml"),
        ("metric tsp", "5", "ml"),
        ("TL", "5", "ml"),
        ("c. à c.", "5", "ml"),
        ("cdta", "5", "ml"),
        ("cucchiaino", "5", "ml"),
        ("tsk", "5", "ml"),
        ("dessertspoon", "10", "ml"),
        ("metric tbsp", "15", "ml"),
        ("EL", "15", "ml"),
        ("c. à s.", "15", "ml"),
        ("cda", "15", "ml"),
        ("cucchiaio", "15", "ml"),
        ("msk", "15", "ml"),
        ("au tbsp", "20", "ml"),
        ("metric cup", "250", "ml"),
        ("uk fl oz", "28.4130625", "ml"),
        ("uk pint", "568.26125", "ml"),
        ("uk quart", "1136.5225", "ml"),
        ("uk gallon", "4546.09", "ml"),
        ("dag", "10", "g"),
        ("hg", "100", "g"),
        ("Pfund", "500", "g"),
        ("Stück", "1", "each"),
        ("dozen", "12", "each"),
        ("piece", "1", "each"),
    ],
)
def test_a_unit_has_exactly_its_legal_size(unit, size, base):
    assert factor(unit, base) == Fraction(size)


def test_the_table_of_units_stands_from_small_to_large():
    for kind, base in ((Dimension.VOLUME, "ml"), (Dimension.WEIGHT, "g"), (Dimension.COUNT, "each")):
        sizes = [factor(unit.name, base) for unit in units.MEASURES if unit.dimension is kind]

        assert sizes == sorted(sizes)


@given(SAME_KIND, FRACTIONS)
def test_a_conversion_there_and_back_gives_exactly_the_same(units, exact):
    one, other = units
    there = convert(Amount(exact, one), other)

    assert convert(there, one) == Amount(exact, one)


@given(_of_kind(Dimension.VOLUME), _of_kind(Dimension.WEIGHT), FRACTIONS, DENSITIES)
def test_a_conversion_through_a_density_there_and_back_gives_exactly_the_same(volume, weight, exact, density):
    there = convert(Amount(exact, volume), weight, of(density))

    assert convert(there, volume, of(density)) == Amount(exact, volume)


@given(MEASURES, MEASURES, MEASURES)
def test_a_conversion_in_two_steps_is_the_conversion_in_one(one, between, other):
    steps = factor(one, between), factor(between, other)

    assert None in steps or steps[0] * steps[1] == factor(one, other)


@given(MEASURES, MEASURES, st.none() | DENSITIES)
def test_units_of_one_family_and_no_others_can_be_converted(one, other, density):
    converted = convert(Amount(Fraction(1), one), other, of(density))

    assert (converted is not None) == (of(density).family(one) == of(density).family(other))


def test_a_density_turns_volumes_into_weights_and_back():
    assert convert(Amount(Fraction(2), "Cups"), "g", FLOUR) == Amount(Fraction(240), "g")
    assert convert(Amount(Fraction(60), "g"), "tbsp", FLOUR) == Amount(Fraction(8), "tbsp")
    assert convert(Amount(Fraction(1), "cup"), "g") is None


@pytest.mark.parametrize(
    ("one", "other"), [("bag", "box"), ("can", "tin"), ("each", "bag"), ("cup", "each"), ("blorp", "cup")]
)
def test_containers_counts_and_unknown_units_are_compared_with_nothing_else(one, other):
    amount = Amount(Fraction(1), one)

    assert convert(amount, other, FLOUR) is None
    assert convert(amount, one, FLOUR) == amount


def test_a_total_is_exact_where_binary_floats_drift():
    amounts = [Amount(Fraction("0.1"), "cup"), Amount(Fraction("0.2"), "Cups"), Amount(Fraction(1), "tbsp")]

    assert total(amounts, "cup") == Amount(Fraction("0.3625"), "cup")


def test_the_largest_unit_does_not_depend_on_the_order_or_the_spelling():
    assert largest(["tsp", "cups", "tbsp"]) == largest(["tbsp", "tsp", "Cup"]) == "cup"
    assert largest(["gallon", "mg"]) == largest(["mg", "gallon"]) == "mg"
    assert largest(["stick", "each", "tsp"]) == largest(["tsp", "stick", "each"]) == "tsp"
    assert largest(["can", "blorp"]) == largest(["blorp", "can"]) == "can"


@pytest.mark.parametrize(
    ("exact", "quantity", "shown"),
    [
        ("6.68", "6.68", "6.68 cup"),
        ("8", "8", "8 cup"),
        ("1200", "1200", "1200 cup"),
        ("0", "0", "0 cup"),
        ("1/3", "0.333333333333", "0.333 cup"),
        ("2/3", "0.666666666667", "0.667 cup"),
        ("0.0005", "0.0005", "0.024 tsp"),
        ("0.000001", "0.000001", "0.00005 tsp"),
        ("0.000000000001", "0.000000000001", "0.00000000005 tsp"),
        ("123456789012345678901234567890.5", "123456789012345678901234567890.5", None),
    ],
)
def test_an_amount_is_rounded_once_and_only_where_it_is_shown(exact, quantity, shown):
    amount = Amount(Fraction(exact), "cup")

    assert str(amount.quantity) == quantity if len(quantity) < 14 else amount.quantity == Decimal(quantity)
    assert str(amount) == (shown or f"{quantity} cup")


@given(FRACTIONS)
def test_what_rounds_up_is_never_shown_short_and_never_a_thousandth_too_much(exact):
    amount = Amount(exact, "each", rounds_up=True)
    shown = Fraction(str(amount).removesuffix(" each"))

    assert exact <= shown < exact + Fraction(1, 1000)
    assert exact <= Fraction(amount.quantity) < exact + Fraction(1, 10**12)


@given(FRACTIONS)
def test_what_is_shown_is_at_most_half_a_thousandth_away(exact):
    shown = Fraction(str(Amount(exact, "each")).removesuffix(" each"))

    assert abs(shown - exact) <= Fraction(1, 2000)
    assert bool(shown) == bool(exact)


def test_how_an_amount_is_rounded_makes_it_no_other_amount():
    assert Amount(Fraction(1, 3), "cup", rounds_up=True) == Amount(Fraction(1, 3), "cup")


@pytest.mark.parametrize(
    ("spoiled", "message"),
    [
        ({"volume_unit": "g"}, "Density: wanted a unit of volume such as cup, found 'g'"),
        ({"volume_unit": "cpu"}, "Density: wanted a unit of volume such as cup, found 'cpu'; did you mean cup?"),
        (
            {"volume_unit": "T"},
            "Density: wanted a unit of volume such as cup, found 'T'; write tbsp or tsp, whichever is meant",
        ),
        ({"weight_unit": "cup"}, "Density: wanted a unit of weight such as g, found 'cup'"),
        ({"weight_unit": "gramms"}, "Density: wanted a unit of weight such as g, found 'gramms'; did you mean g?"),
        ({"weight_unit": "bag"}, "Density: wanted a unit of weight such as g, found 'bag'"),
        ({"weight_unit": " "}, "Density: wanted a name, found only blanks"),
        ({"weight_unit": None}, "Density: wanted text, found None"),
        ({"volume": 0}, "Density: wanted more than 0, found 0"),
        ({"weight": Decimal(0)}, "Density: wanted more than 0, found 0"),
        ({"weight": Decimal("NaN")}, "Density: wanted a finite number, found NaN"),
    ],
)
def test_a_density_that_says_nothing_is_refused(spoiled, message):
    good = {"volume": 1, "volume_unit": "cup", "weight": 120, "weight_unit": "g"}
    with pytest.raises(ValidationError) as refused:
        records.Density(**{**good, **spoiled})

    assert [(problem.message, problem.field) for problem in refused.value.problems] == [(message, next(iter(spoiled)))]


# Dash, pinch and the spoons of kitchens have no legal size, so pint knows none; nor does it know what a dozen is.
_PINTS_NAMES = {
    "fl oz": "floz",
    "l": "liter",
    "uk fl oz": "imperial_fluid_ounce",
    "uk pint": "imperial_pint",
    "uk quart": "imperial_quart",
    "uk gallon": "imperial_gallon",
    "µl": "microliter",
}
_SPOONS = {"krm", "TL", "c. à c.", "cdta", "cucchiaino", "tsk", "EL", "c. à s.", "cda", "cucchiaio", "msk"}
_BY_CUSTOM = {"pinch", "dash", "dessertspoon", "metric tsp", "metric tbsp", "au tbsp", "metric cup", "Pfund", *_SPOONS}
_LEGAL = [unit for unit in units.MEASURES if unit.dimension is not Dimension.COUNT and unit.name not in _BY_CUSTOM]


@pytest.fixture(scope="module")
def registry():
    return pint.UnitRegistry(non_int_type=Fraction)


@pytest.mark.costly
@pytest.mark.parametrize("unit", [unit.name for unit in _LEGAL])
def test_a_unit_is_as_large_as_pint_says_in_every_other_unit_of_its_kind(registry, unit):
    kind = units.dimension_of(unit)
    others = [other.name for other in _LEGAL if other.dimension is kind]
    by_pint = [
        registry.Quantity(Fraction(1), _PINTS_NAMES.get(unit, unit)).to(_PINTS_NAMES.get(other, other)).magnitude
        for other in others
    ]

    assert len(others) > 2
    assert [factor(unit, other) for other in others] == by_pint


def test_units_that_pint_does_not_know_are_parts_of_a_teaspoon_and_pieces():
    assert (factor("tsp", "dash"), factor("tsp", "pinch")) == (8, 16)
    assert (factor("dozen", "each"), factor("dozen", "piece"), factor("piece", "each")) == (12, 12, 1)


def test_a_unit_is_measured_in_one_of_its_own_kind_and_each_kind_ends_in_one_unit():
    bases = {
        unit.dimension: [other.name for other in units.MEASURES if other.dimension is unit.dimension and not other.base]
        for unit in units.MEASURES
    }

    assert bases == {Dimension.VOLUME: ["ml"], Dimension.WEIGHT: ["g"], Dimension.COUNT: ["each"]}
    assert all(units.dimension_of(unit.base) is unit.dimension for unit in units.MEASURES if unit.base)
