"""Timestamps as the clock in the kitchen showed them: the one rule for the command, the report and the sheets."""

from __future__ import annotations

import datetime


def local_time(timestamp: datetime.datetime) -> datetime.datetime:
    """Return a timestamp with the offset that it is shown with: the one that it was recorded with.

    What was recorded in UTC, as by plandoc 0.1 and bake-tracker, is shown in the time zone of this computer.

    >>> local_time(datetime.datetime.fromisoformat("2026-12-23T09:05:00+01:00")).isoformat()
    '2026-12-23T09:05:00+01:00'
    """
    return timestamp if timestamp.utcoffset() else timestamp.astimezone()


def offset_in_words(timestamp: datetime.datetime) -> str:
    """Return the offset that a timestamp is shown with.

    >>> offset_in_words(datetime.datetime.fromisoformat("2026-12-23T09:05:00-03:30"))
    '-03:30'
    """
    return local_time(timestamp).isoformat(timespec="minutes")[len("2026-12-23T09:05") :]


def format_timestamp(timestamp: datetime.datetime) -> str:
    """Return a timestamp to the minute, with its offset from UTC.

    >>> format_timestamp(datetime.datetime.fromisoformat("2026-12-23T09:05:59+01:00"))
    '2026-12-23 09:05 +01:00'
    """
    return f"{local_time(timestamp):%Y-%m-%d %H:%M} {offset_in_words(timestamp)}"
