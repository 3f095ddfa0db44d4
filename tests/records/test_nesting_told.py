"""What a person is shown of a circle and of too many levels, and of names that become slugs."""

from __future__ import annotations

import pytest

from plandoc.domain.containment import check_nesting
from plandoc.domain.slugs import slugify
from plandoc.errors import Problem, ValidationError
from plandoc.fields.constraints import valid_slug


def told(parts: dict[int, list[int]], start: int = 1) -> Problem:
    with pytest.raises(ValidationError) as refused:
        check_nesting(start, lambda thing: parts.get(thing, []), "part {}".format, "components")
    (problem,) = refused.value.problems
    return problem


def chain(length: int) -> dict[int, list[int]]:
    return {number: [number + 1] for number in range(1, length)}


def path(*numbers: int) -> str:
    return " -> ".join(f"part {number}" for number in numbers)


def test_eleven_levels_are_all_shown_from_the_outermost():
    shown = f"part 1 is nested more than 10 levels deep: {path(*range(1, 12))}"

    assert told(chain(11)) == Problem(shown, field="components")


@pytest.mark.parametrize("length", [12, 50, 100])
def test_more_levels_are_shown_down_to_the_innermost(length):
    shown = f"part 1 is nested more than 10 levels deep: {path(*range(1, length + 1))}"

    assert told(chain(length)) == Problem(shown, field="components")


@pytest.mark.parametrize("length", [102, 5000])
def test_of_levels_without_an_end_the_first_eleven_are_shown(length):
    shown = f"part 1 is nested more than 10 levels deep: {path(*range(1, 12))}"

    assert told(chain(length)) == Problem(shown, field="components")


def test_a_branch_that_was_seen_on_a_shorter_way_is_shown_on_the_way_that_is_too_long():
    parts = {**chain(8), 1: [2, 20], 20: [21], 21: [22], 22: [23], 23: [3]}

    assert told(parts) == Problem(
        f"part 1 is nested more than 10 levels deep: {path(1, 20, 21, 22, 23, 3)}", field="components"
    )


def test_ten_levels_pass_also_where_a_part_is_reached_on_two_ways():
    parts = {**chain(8), 1: [2, 20], 20: [21], 21: [22], 22: [3]}
    check_nesting(1, lambda thing: parts.get(thing, []), str, "components")

    assert told({**parts, 8: [9]}).field == "components"


def test_only_the_circle_is_shown_and_not_the_way_to_it():
    parts = {1: [2], 2: [3], 3: [4], 4: [2]}

    assert told(parts) == Problem(f"part 2 contains itself: {path(2, 3, 4, 2)}", field="components")


@pytest.mark.parametrize("length", [11, 50, 99])
def test_a_circle_is_told_as_one_however_long_it_is(length):
    parts = {**chain(length), length: [1]}

    assert told(parts) == Problem(f"part 1 contains itself: {path(*range(1, length + 1), 1)}", field="components")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("ß æ œ ø đ ð þ ł", "ss-ae-oe-o-d-d-th-l"),
        ("ẞ Æ Œ Ø Đ Ð Þ Ł", "ss-ae-oe-o-d-d-th-l"),
        ("Å Ä Ö Ü Ñ Ç É", "a-a-o-u-n-c-e"),
        ("ﬁne ５", "fine-5"),
        ("a" * 112, "a" * 112),
        ("a" * 113, "a" * 112),
        ("-" + "a" * 113, "a" * 112),
        ("a" * 111 + " b", "a" * 111),
        ("a" * 110 + " bc", "a" * 110 + "-b"),
        ("- " * 150 + "a", "a"),
        ("Item", "item"),
        ("aux", "aux-item"),
        ("COM1", "com1-item"),
    ],
)
def test_a_slug_is_the_name_in_plain_letters_cut_so_that_a_number_fits_behind_it(name, slug):
    assert slugify(name) == slug
    assert valid_slug(slug) is None


def test_numbers_behind_a_slug_go_on_without_an_end():
    taken = {"cake", *(f"cake-{number}" for number in range(2, 1000))}

    assert slugify("Cake", taken) == "cake-1000"
    assert slugify("Cake", taken - {"cake-7"}) == "cake-7"
    assert slugify("饼干", {"item-997c-5e72"}) == "item-997c-5e72-2"
