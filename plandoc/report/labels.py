"""The wording of a report: dates, timestamps, numbers with their noun, states and hints.

Dates use fixed English names, because those of the system depend on the machine, and the same data must give the same
page everywhere.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from plandoc.domain.local_time import local_time, offset_in_words
from plandoc.domain.mapping_diff import Status
from plandoc.domain.measures import Amount
from plandoc.domain.rounding import format_number
from plandoc.records import FindingKind, PlanState

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MAX_MENTION = 48
_MIN_GROUPED = 10_000
# Non-breaking spaces, the joiners inside emoji and Indic and Persian words, line breaks: harmless.
_HARMLESS = frozenset("\u00a0\u202f\u200c\u200d\n\t")

STATES: Mapping[PlanState, str] = MappingProxyType(
    {
        PlanState.DRAFT: "Draft",
        PlanState.LOCKED: "Locked, ready to start",
        PlanState.IN_PRODUCTION: "In production",
        PlanState.COMPLETED: "Completed",
    }
)
STATUSES: Mapping[Status, str] = MappingProxyType(
    {Status.UNCHANGED: "as planned", Status.ADDED: "added", Status.DROPPED: "dropped", Status.MODIFIED: "changed"}
)
# The hints of the library name its functions, which mean nothing on a printed page.
HINTS: Mapping[FindingKind, str] = MappingProxyType(
    {
        FindingKind.BROKEN: "Correct the definition, or remove it from the plan.",
        FindingKind.MISSING_RECIPE: "Choose the recipes that it needs, or remove it from the plan.",
        FindingKind.UNDECIDED: "Decide how many batches to bake.",
        FindingKind.SHORT: "Bake more batches, or accept the shortfall.",
        FindingKind.STALE: "Check the decision and make it again.",
        FindingKind.UNNEEDED: "Remove the decision, or bake them as spares.",
        FindingKind.CATALOG_CHANGED: "Update the plan, or leave it: the plan does not change by itself.",
    }
)


def clean(text: str) -> str:
    r"""Return text in which nothing can reverse or hide its surroundings; such characters are spelled out.

    >>> clean("Br\u00f6tchen\u202e")
    'Brötchen\\u202e'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _HARMLESS else c.encode("unicode_escape").decode("ascii") for c in text)


def shortened(name: str) -> str:
    """Return a name shortened for a mention, because it is in full elsewhere on the page.

    >>> shortened("Cookie"), shortened("A" * 100)[-3:]
    ('Cookie', 'AA…')
    """
    return name if len(name) <= _MAX_MENTION else f"{name[:_MAX_MENTION].rstrip()}…"


def long_date(date: datetime.date) -> str:
    """Return a date with its weekday.

    >>> long_date(datetime.date(2026, 12, 25))
    'Friday, 25 December 2026'
    """
    return f"{_WEEKDAYS[date.weekday()]}, {date.day} {_MONTHS[date.month - 1]} {date.year}"


def short_date(date: datetime.date) -> str:
    """Return the day and the month.

    >>> short_date(datetime.date(2026, 12, 25))
    '25 Dec'
    """
    return f"{date.day} {_MONTHS[date.month - 1][:3]}"


def format_timestamp(timestamp: datetime.datetime) -> str:
    """Return a timestamp to the minute, with its offset from UTC.

    >>> format_timestamp(datetime.datetime.fromisoformat("2026-12-25T07:05:00+01:00"))
    '25 Dec 2026, 07:05 +01:00'
    """
    shown = local_time(timestamp)
    return f"{short_date(shown)} {shown.year}, {shown:%H:%M} {offset_in_words(timestamp)}"


def counted(number: int, noun: str, several: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "batch", "batches"), counted(3, "good")
    ('1 batch', '3 goods')
    """
    return f"{grouped(number)} {noun if number == 1 else several or f'{noun}s'}"


def grouped(number: int) -> str:
    r"""Return a whole number with narrow spaces between thousands, from five digits on.

    A comma or a point between them would be a decimal separator to half of the world.

    >>> grouped(1234), grouped(1234567)
    ('1234', '1\u202f234\u202f567')
    """
    return f"{number:,}".replace(",", "\u202f") if abs(number) >= _MIN_GROUPED else str(number)


def amount_in_words(amount: Amount) -> str:
    r"""Return an amount in the unit that fits, with its number grouped.

    >>> amount_in_words(Amount(Fraction(25001, 2), "each")), amount_in_words(Amount(Fraction(14300), "g"))
    ('12\u202f500.5 each', '14.3 kg')
    """
    number, _, unit = str(amount).partition(" ")
    return f"{_grouped_text(number)} {unit}"


def number_in_words(number: int | Fraction) -> str:
    """Return an exact number with at most 3 decimals, grouped.

    >>> number_in_words(Fraction(21, 2))
    '10.5'
    """
    return _grouped_text(format_number(Fraction(number)))


def batches_in_words(batches: int | Fraction) -> str:
    """Return a number of batches with their noun.

    >>> batches_in_words(1), batches_in_words(Fraction(21, 2))
    ('1 batch', '10.5 batches')
    """
    return f"{number_in_words(batches)} {'batch' if batches == 1 else 'batches'}"


def _grouped_text(number: str) -> str:
    whole, point, decimals = number.partition(".")
    return f"{grouped(int(whole))}{point}{decimals}"


def difference_in_words(difference: int) -> str:
    r"""Return a difference with its sign.

    >>> difference_in_words(5), difference_in_words(-3)
    ('+5', '\u22123')
    """
    return f"+{grouped(difference)}" if difference > 0 else f"\u2212{grouped(-difference)}"
