"""What `frozen` gives a class, beside what attrs gives it."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plandoc.frozen import frozen


@frozen
class Loaf:
    name: str
    grams: int = 500
    note: str = attrs.field(default="", kw_only=True, eq=False, repr=False)


@frozen
class Roll(Loaf):
    pieces: int = 1


@frozen
class Nothing:
    pass


@attrs.frozen
class LoafOfAttrs:
    name: str
    grams: int = 500
    note: str = attrs.field(default="", kw_only=True, eq=False, repr=False)


FIELDS = st.fixed_dictionaries(
    {"name": st.sampled_from(["Rye", "Spelt"]), "grams": st.integers(1, 2), "note": st.sampled_from(["", "seeded"])}
)


@given(FIELDS, FIELDS)
def test_values_are_shown_compared_and_hashed_as_attrs_would(one, other):
    assert (Loaf(**one) == Loaf(**other)) is (LoafOfAttrs(**one) == LoafOfAttrs(**other))
    assert (Loaf(**one) != Loaf(**other)) is (LoafOfAttrs(**one) != LoafOfAttrs(**other))
    assert len({Loaf(**one), Loaf(**other)}) == len({LoafOfAttrs(**one), LoafOfAttrs(**other)})
    assert repr(Loaf(**one)) == repr(LoafOfAttrs(**one)).replace("LoafOfAttrs", "Loaf")


def test_values_of_different_classes_are_never_equal():
    assert Loaf("Rye") != Roll("Rye")
    assert Roll("Rye") != Loaf("Rye")
    assert Loaf("Rye") != LoafOfAttrs("Rye")
    assert Loaf("Rye") != "Rye"


def test_a_subclass_shows_and_compares_its_own_fields_too():
    assert repr(Roll("Rye", pieces=3)) == "Roll(name='Rye', grams=500, pieces=3)"
    assert Roll("Rye", pieces=3) != Roll("Rye", pieces=4)
    assert Roll("Rye", pieces=3) == Roll("Rye", pieces=3)


def test_a_value_without_fields_equals_its_like():
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1
    assert repr(Nothing()) == "Nothing()"


def test_a_value_never_changes_but_is_made_anew():
    loaf = Loaf("Rye")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        loaf.name = "Spelt"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        loaf.price = 3

    assert attrs.evolve(loaf, name="Spelt") == Loaf("Spelt")
    assert loaf == Loaf("Rye")
