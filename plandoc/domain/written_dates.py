"""Dates as people write them; one that can be read in two ways is refused with both."""

from __future__ import annotations

import datetime
import re

from plandoc.errors import shorten

_SUCH_AS = "wanted a date such as 2026-12-25, 25.12.2026 or 25 Dec 2026"
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.]) ?(\d{1,2})\2 ?(\d{4})", re.ASCII)
_DAY_AND_WORD = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[. -]+([a-z]{3,9})[., -]+(\d{4})", re.ASCII)
_WORD_AND_DAY = re.compile(r"([a-z]{3,9})[. ]+(\d{1,2})(?:st|nd|rd|th)?[, ]+(\d{4})", re.ASCII)
_LARGEST_MONTH = 12


def day_in(text: str) -> datetime.date:
    """Return the day that a text means.

    Between dots the day comes first. Between slashes or hyphens some write the day first and some the month, so such a text is
    read only where one of the two cannot be a month, or both are the same.

    Raises:
        ValueError: with what was wanted and what was found, and with both readings where there are two.

    >>> day_in("2026-12-25") == day_in("25.12.2026") == day_in("25/12/2026") == day_in("12/25/2026")
    True
    >>> day_in("25 Dec 2026") == day_in("December 25th, 2026") == day_in("2026-12-25")
    True
    >>> day_in("4/5/2026")
    Traceback (most recent call last):
    ValueError: '4/5/2026' can be 4 May 2026 or 5 April 2026; write 2026-05-04 or 2026-04-05
    """
    plain = " ".join(text.casefold().split())
    if found := _YEAR_FIRST.fullmatch(plain):
        return _day(text, int(found[1]), int(found[3]), int(found[4]))
    if found := _YEAR_LAST.fullmatch(plain):
        return _by_numbers(text, int(found[1]), int(found[3]), int(found[4]), is_day_first=found[2] == ".")
    if found := _DAY_AND_WORD.fullmatch(plain):
        return _day(text, int(found[3]), _month(text, found[2]), int(found[1]))
    if found := _WORD_AND_DAY.fullmatch(plain):
        return _day(text, int(found[3]), _month(text, found[1]), int(found[2]))
    raise ValueError(f"{_SUCH_AS}, found {shorten(text)}")


def _by_numbers(text: str, first: int, second: int, year: int, *, is_day_first: bool) -> datetime.date:
    if is_day_first or first > _LARGEST_MONTH or first == second:
        return _day(text, year, second, first)
    if second > _LARGEST_MONTH:
        return _day(text, year, first, second)
    one, other = _day(text, year, second, first), _day(text, year, first, second)
    readings = " or ".join(f"{day.day} {_MONTHS[day.month - 1].capitalize()} {day.year}" for day in (one, other))
    raise ValueError(f"{shorten(text)} can be {readings}; write {one.isoformat()} or {other.isoformat()}")


def _month(text: str, word: str) -> int:
    # "sept" is common, too; three letters are enough to distinguish the months.
    for number, name in enumerate(_MONTHS, start=1):
        if name.startswith(word):
            return number
    raise ValueError(f"{_SUCH_AS}, found {shorten(text)}")


def _day(text: str, year: int, month: int, day: int) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise ValueError(f"{_SUCH_AS}; there is no such day as {shorten(text)}") from None
