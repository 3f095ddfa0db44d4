"""Timestamps as the clock in the kitchen showed them."""

import datetime
import time

import pytest

from plandoc.clock import system_clock
from plandoc.domain.local_time import format_timestamp, local_time

# Central Europe, spelled out, so that no list of time zones is needed.
BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"


@pytest.fixture
def in_berlin(monkeypatch):
    monkeypatch.setenv("TZ", BERLIN)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def at(text):
    return datetime.datetime.fromisoformat(text)


def test_a_timestamp_is_shown_with_the_offset_that_it_was_recorded_with(in_berlin):
    assert format_timestamp(at("2026-12-23T09:05:00-05:00")) == "2026-12-23 09:05 -05:00"


def test_what_was_recorded_in_utc_is_shown_in_local_time(in_berlin):
    assert format_timestamp(at("2026-12-23T05:48:34+00:00")) == "2026-12-23 06:48 +01:00"
    assert format_timestamp(at("2026-07-23T05:48:34+00:00")) == "2026-07-23 07:48 +02:00"


def test_it_remains_the_same_moment(in_berlin):
    recorded = at("2026-12-31T23:30:00+00:00")

    assert local_time(recorded) == recorded
    assert local_time(recorded).year == 2027


def test_the_clock_shows_local_time_with_its_offset(in_berlin):
    now = system_clock()

    assert now.utcoffset() in {datetime.timedelta(hours=1), datetime.timedelta(hours=2)}
    assert now.microsecond == 0
