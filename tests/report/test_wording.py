"""Whatever there can be has words; the page never shows a bare constant."""

from plandoc import records
from plandoc.domain.mapping_diff import Status
from plandoc.report import labels


def test_every_state_kind_of_finding_and_status_has_words():
    assert set(labels.STATES) == set(records.PlanState)
    assert set(labels.HINTS) == set(records.FindingKind)
    assert set(labels.STATUSES) == set(Status)


def test_names_in_any_script_stay_as_they_are_and_controls_are_spelled_out():
    harmless = "Sablés כחול ‌کیک 👩‍🍳 \n\tnext"

    assert labels.clean(harmless) == harmless
    assert labels.clean("\u202e\u2066\x00\x1b\u200b") == "\\u202e\\u2066\\x00\\x1b\\u200b"
