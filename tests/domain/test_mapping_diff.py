from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plandoc.domain.mapping_diff import DiffEntry, Status, diff

MAPPINGS = st.dictionaries(st.integers(1, 9), st.integers(1, 5))


def test_each_key_is_unchanged_added_dropped_or_modified_and_keeps_both_values():
    entries = diff({1: 10, 2: 5, 4: 7}, {2: 5, 3: 1, 4: 8})

    assert entries == (DiffEntry(1, 10, None), DiffEntry(2, 5, 5), DiffEntry(3, None, 1), DiffEntry(4, 7, 8))
    assert [entry.status for entry in entries] == [Status.DROPPED, Status.UNCHANGED, Status.ADDED, Status.MODIFIED]


def test_nothing_against_nothing_is_nothing():
    assert diff({}, {}) == ()


@given(MAPPINGS)
def test_a_mapping_against_itself_is_all_unchanged(mapping):
    entries = diff(mapping, dict(mapping))

    assert all(entry.status is Status.UNCHANGED for entry in entries)
    assert [entry.key for entry in entries] == sorted(mapping)


@given(MAPPINGS, MAPPINGS)
def test_both_mappings_can_be_made_from_the_entries(before, after):
    entries = diff(before, after)

    assert {entry.key: entry.before for entry in entries if entry.before is not None} == before
    assert {entry.key: entry.after for entry in entries if entry.after is not None} == after


@given(MAPPINGS, MAPPINGS)
def test_the_other_way_round_what_was_added_is_dropped(before, after):
    there = {entry.key: entry.status for entry in diff(before, after)}
    back = {entry.key: entry.status for entry in diff(after, before)}
    opposite = {Status.ADDED: Status.DROPPED, Status.DROPPED: Status.ADDED}

    assert back == {key: opposite.get(status, status) for key, status in there.items()}
