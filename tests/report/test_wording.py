"""Whatever there can be has words; the page never shows a bare constant."""

import typing

from plandoc import records
from plandoc.domain.mapping_diff import Status
from plandoc.report import labels


def test_every_state_kind_of_finding_and_status_has_words():
    assert set(labels.STATES) == set(records.PlanState)
    assert set(labels.WAYS_OUT) == set(records.FindingKind)
    assert set(labels.STATUSES) == set(Status)


def test_every_kind_of_change_is_told():
    changes = (
        records.AddFinishedGood(1, "Hamper", 2),
        records.DropFinishedGood(1, "Hamper", 2),
        records.ChangeQuantity(1, "Hamper", 2, 3),
        records.ModifyBatch(1, "Cake", 7, "slice", 0, 2),
        records.ModifyBatch(1, "Cake", 8, "slice", 2, 0),
        records.ReviseRecipe(1, "Cake"),
        records.ReviseFinishedGood(1, "Hamper"),
    )

    assert {type(change) for change in changes} == set(typing.get_args(records.Change))
    assert [labels.change_in_words(change, {7: "Slice of cake"}) for change in changes] == [
        "Hamper: 2 added",
        "Hamper: dropped, 2 were planned",
        "Hamper: 3 instead of 2",
        "Slice of cake: 2 batches instead of none",
        "slice: no batches instead of 2",
        "Cake: the recipe as the catalog had it then",
        "Hamper: made of what the catalog said then",
    ]


def test_names_in_any_script_stay_as_they_are_and_controls_are_spelled_out():
    harmless = "Sablés כחול ‌کیک 👩‍🍳 \n\tnext"

    assert labels.clean(harmless) == harmless
    assert labels.clean("\u202e\u2066\x00\x1b\u200b") == "\\u202e\\u2066\\x00\\x1b\\u200b"
