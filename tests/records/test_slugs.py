from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plandoc.domain.slugs import slugify
from plandoc.fields.constraints import LONGEST_SLUG, valid_slug
from tests.effort import examples


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Chocolate Chip Cookies", "chocolate-chip-cookies"),
        ("Toasted Almond Sablés", "toasted-almond-sables"),
        ("Toasted Almond Sable\u0301s", "toasted-almond-sables"),
        ("Weißbrot & Smørrebrød", "weissbrot-smorrebrod"),
        ("STRASSE ẞ", "strasse-ss"),
        ("Œufs à la neige", "oeufs-a-la-neige"),
        ("all_purpose__flour", "all-purpose-flour"),
        ("  --50% off!--  ", "50-off"),
        ("../../etc/passwd", "etc-passwd"),
        ("Хлеб ржаной", "khleb-rzhanoy"),
        ("Вареники з вишнею, Їжак", "vareniki-z-vishneyu-yizhak"),
        ("ΛΟΥΚΟΥΜΆΣ και ψωμί", "loukoumas-kai-psomi"),
        ("さくらもち", "sakuramoti"),
        ("시루떡", "siruddeog"),
        ("Kıyma", "kiyma"),
        ("½ loaf", "1-2-loaf"),
        ("饼干", "item-997c-5e72"),
        ("🎄", "item-1f384"),
        ("", "item"),
        ("\x00", "item-0"),
        ("CON", "con-item"),
        ("lpt1", "lpt1-item"),
    ],
)
def test_a_slug_is_made_from_the_name(name, slug):
    assert slugify(name) == slug


@given(st.text("饼干小麦שלום🎄🍞!?", min_size=1, max_size=15), st.text("饼干小麦שלום🎄🍞!?", min_size=1, max_size=15))
@settings(max_examples=examples(100), deadline=None)
def test_names_of_which_no_letter_remains_have_slugs_of_their_own(one, other):
    assert (slugify(one) == slugify(other)) == (one == other)


def test_a_taken_slug_gets_the_next_free_number():
    assert slugify("Cookie", {"cookie"}) == "cookie-2"
    assert slugify("Cookie", {"cookie", "cookie-2", "cookie-4"}) == "cookie-3"
    assert slugify("Cookie", {"cookie-2"}) == "cookie"
    assert slugify("CON", {"con-item"}) == "con-item-2"


@given(st.text(max_size=300), st.integers(0, 30))
@settings(max_examples=examples(100), deadline=None)
def test_every_name_gives_a_slug_that_is_allowed_and_free(name, how_many):
    taken: set[str] = set()
    for _ in range(how_many):
        taken.add(slugify(name, taken))
    slug = slugify(name, taken)

    assert slug
    assert slug not in taken
    assert len(taken) == how_many
    assert valid_slug(slug) is None
    assert len(slug) <= LONGEST_SLUG
