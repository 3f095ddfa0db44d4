"""Every store that a test is given is closed, and its folder checked and clean, when the test ends."""

from __future__ import annotations

import datetime

import pytest

import plandoc

MOMENT = datetime.datetime(2026, 1, 28, 3, 25, 47, tzinfo=datetime.UTC)


@pytest.fixture
def folder(tmp_path):
    """The path of a data folder that is not made yet."""
    return tmp_path / "data"


@pytest.fixture
def store(folder):
    """A new store in a folder, whose clock stands still."""
    with plandoc.open_store(folder, create=True, timeout_seconds=5, clock=lambda: MOMENT) as opened:
        yield opened
    assert plandoc.check(folder) == []
