"""How many calls one warmed operation makes, in Python and C: the work of a commit as a figure without noise."""

from __future__ import annotations

import statistics

import pytest

import plandoc
from bench.jobs import calls

ROUNDS = 12
# What was counted last, by CPython 3.11; later versions make fewer. docs/design.md says what they are made of.
FIGURES = {"start_production": 716, "save_batch_decision": 607, "change_quantity": 586}
# Room for what differs from one machine to another. A figure that falls is written here, so that it does not rise again unnoticed.
ROOM = 1.05


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """The calls of each operation, by its name, as `python -m bench` counts them."""
    folder = tmp_path_factory.mktemp("calls") / "data"
    found = calls.counted(folder, ROUNDS)
    assert plandoc.check(folder) == []
    return {name: statistics.median_high(each) for name, each in found.items()}


@pytest.mark.of_folder
@pytest.mark.parametrize("operation", FIGURES)
def test_an_operation_makes_no_more_calls_than_it_did(counted, operation):
    assert counted[operation] <= FIGURES[operation] * ROOM
