from __future__ import annotations

import pytest

from plandoc.domain.containment import MAX_DEPTH, check_nesting
from plandoc.errors import ValidationError


def check(parts: dict[int, list[int]], start: int = 1) -> None:
    check_nesting(start, lambda thing: parts.get(thing, []), "part {}".format, "components")


def chain(length: int) -> dict[int, list[int]]:
    """Return 1 in which 2 is, in which 3 is, ..., that many things."""
    return {number: [number + 1] for number in range(1, length)}


def test_a_thing_that_contains_itself_is_refused_with_the_path():
    with pytest.raises(ValidationError) as refused:
        check({1: [1]})

    assert str(refused.value) == "components: part 1 contains itself: part 1 -> part 1"


def test_a_longer_cycle_is_shown_from_where_it_closes():
    with pytest.raises(ValidationError, match="part 2 contains itself: part 2 -> part 3 -> part 4 -> part 2"):
        check({1: [5, 2], 2: [3], 3: [4], 4: [2]})


def test_a_part_in_two_places_is_no_cycle():
    parts = {1: [2, 3], 2: [4], 3: [4, 4], 4: []}
    check(parts)

    assert parts == {1: [2, 3], 2: [4], 3: [4, 4], 4: []}


def test_ten_levels_pass_and_eleven_are_refused():
    check(chain(MAX_DEPTH))

    with pytest.raises(ValidationError, match="is nested more than 10 levels deep: part 1 -> part 2"):
        check(chain(MAX_DEPTH + 1))


def test_depth_is_found_too_where_a_part_was_seen_before_on_a_shorter_way():
    parts = chain(MAX_DEPTH)
    parts[20] = [5, 21]
    parts[21] = [22]
    parts[22] = [23]
    parts[23] = [24]
    parts[24] = [5]

    with pytest.raises(ValidationError, match="levels deep"):
        check({**parts, 1: [5, 20]})


@pytest.mark.parametrize("length", [50, 5000])
def test_a_chain_of_any_length_is_refused_and_no_recursion_error(length):
    with pytest.raises(ValidationError, match="levels deep"):
        check(chain(length))


def test_a_cycle_that_is_longer_than_the_levels_allowed_is_called_a_cycle():
    with pytest.raises(ValidationError, match="contains itself"):
        check({**chain(30), 30: [1]})


def test_parts_that_are_shared_on_every_level_take_no_time():
    parts = {number: [number + 1] * 50 for number in range(1, MAX_DEPTH)}
    seen: list[int] = []

    def parts_of(thing: int) -> list[int]:
        seen.append(thing)
        return parts.get(thing, [])

    check_nesting(1, parts_of, str, "components")

    assert len(seen) == MAX_DEPTH
