"""The provenance of snapshots that imports have renumbered: one step back to the original, however far they travelled."""

import pytest

import plandoc
from plandoc import PlanState
from plandoc.domain.snapshot_ids import (
    IMPORTED,
    changed_since,
    is_sound,
    original,
    renumbered_snapshot,
)
from tests.builders import a_plan
from tests.exchange.exchange_files import renumbered_by_an_earlier_version, with_definitions

# Every id of a table a hundred higher, then another thousand higher.
FIRST = {"recipes": {number: number + 100 for number in range(1, 20)}}
SECOND = {"recipes": {number + 100: number + 1100 for number in range(1, 20)}}
BACK = {"recipes": {number + 100: number for number in range(1, 20)}}


@pytest.fixture
def written(tmp_path):
    with plandoc.open_store(tmp_path / "data", create=True) as store:
        plandoc.use_store(store)
        return plandoc.get_plan_snapshot(a_plan(store, PlanState.IN_PRODUCTION).id)


@pytest.fixture
def of_an_earlier_version(written):
    return renumbered_by_an_earlier_version(renumbered_by_an_earlier_version(written, FIRST), SECOND)


def test_a_snapshot_that_was_renumbered_twice_keeps_one_step_to_its_original(written):
    twice = renumbered_snapshot(renumbered_snapshot(written, FIRST), SECOND)

    assert [step["digest"] for step in twice.definitions[IMPORTED]] == [written.digest]
    assert is_sound(twice)
    assert original(twice) == written


def test_a_snapshot_that_gets_its_own_ids_back_is_the_one_that_was_written(written):
    assert renumbered_snapshot(renumbered_snapshot(written, FIRST), BACK) == written


def test_the_steps_of_an_earlier_version_are_sound_and_lead_back_to_the_original(written, of_an_earlier_version):
    assert len(of_an_earlier_version.definitions[IMPORTED]) == 2
    assert is_sound(of_an_earlier_version)
    assert original(of_an_earlier_version) == written


def test_the_steps_of_an_earlier_version_become_one_when_the_snapshot_is_renumbered(written, of_an_earlier_version):
    home = {"recipes": {number + 1100: number + 50 for number in range(1, 20)}}
    again = renumbered_snapshot(of_an_earlier_version, home)

    assert [step["digest"] for step in again.definitions[IMPORTED]] == [written.digest]
    assert is_sound(again)
    assert original(again) == written


@pytest.mark.parametrize("at", [0, 1])
def test_a_step_of_an_earlier_version_with_another_digest_is_not_sound(at, of_an_earlier_version):
    steps = [dict(step) for step in of_an_earlier_version.definitions[IMPORTED]]
    steps[at]["digest"] = "0" * 64
    forged = with_definitions(of_an_earlier_version, {**of_an_earlier_version.definitions, IMPORTED: steps})

    assert not is_sound(forged)


@pytest.mark.parametrize("steps", [[], "x", [{}], [{"digest": "0" * 64}], [{"digest": "x", "ids": {}}]], ids=repr)
def test_a_history_that_is_not_one_is_not_sound(steps, written):
    assert not is_sound(with_definitions(written, {**written.definitions, IMPORTED: steps}))


def test_relatives_are_known_by_their_origin_with_the_ids_that_differ(written, of_an_earlier_version):
    once, twice = renumbered_snapshot(written, FIRST), of_an_earlier_version

    assert changed_since(written, written) == {}
    assert changed_since(once, written) == FIRST
    assert changed_since(twice, once) == SECOND
    assert changed_since(written, once) == BACK
    assert changed_since(renumbered_snapshot(twice, {"recipes": {1101: 7}}), once)["recipes"][101] == 7


def test_snapshots_of_two_origins_are_not_relatives(written):
    other = with_definitions(written, {**written.definitions, "note": "another"})

    assert changed_since(other, written) is None
