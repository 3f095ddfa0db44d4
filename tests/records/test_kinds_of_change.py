"""Each kind of change of a plan says of itself what a reader, a replay and a file need."""

from __future__ import annotations

import pytest

from plandoc import codec, records
from plandoc.records import Effect, PlanSection

_KINDS = [
    (records.DropFinishedGood(1, "Hamper", 2), Effect(PlanSection.GOODS, 1, 2, 0), "Hamper dropped, 2 were planned"),
    (records.AddFinishedGood(1, "Hamper", 2), Effect(PlanSection.GOODS, 1, 0, 2), "Hamper added, 2 planned"),
    (records.ChangeQuantity(1, "Hamper", 2, 3), Effect(PlanSection.GOODS, 1, 2, 3), "Hamper from 2 to 3"),
    (
        records.ModifyBatch(4, "Cake", 7, "slice", 0, 2),
        Effect(PlanSection.BATCHES, 7, 0, 2),
        "batches of Slice of cake from 0 to 2",
    ),
    (
        records.ModifyBatch(4, "Cake", 8, "slice", 2, 0),
        Effect(PlanSection.BATCHES, 8, 2, 0),
        "batches of slice from 2 to 0",
    ),
    (records.ReviseRecipe(1, "Cake"), None, "Cake as the catalog has it"),
    (records.ReviseFinishedGood(1, "Hamper"), None, "Hamper as the catalog has it"),
]


@pytest.mark.parametrize(("change", "effect", "words"), _KINDS, ids=lambda value: getattr(value, "tag", ""))
def test_a_change_describes_itself(change, effect, words):
    assert change.effect == effect
    assert change.describe({7: "Slice of cake"}.get) == words


def test_every_kind_is_described_here_and_has_a_tag_of_its_own():
    assert {type(change) for change, _, _ in _KINDS} == set(records.CHANGES)
    assert len(codec.CHANGES) == len(records.CHANGES)
