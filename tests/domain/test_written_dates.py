"""Dates as people write them."""

import datetime

import pytest

from plandoc.domain.written_dates import day_in

CHRISTMAS = datetime.date(2026, 12, 25)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2026-12-25",
            "2026/12/25",
            "2026.12.25",
            " 2026-12-25 ",
            "25.12.2026",
            "25. 12. 2026",
            "25/12/2026",
            "12/25/2026",
        ),
        *(
            "25-12-2026",
            "25 Dec 2026",
            "25 december 2026",
            "25. Dec 2026",
            "25-Dec-2026",
            "Dec 25, 2026",
            "December 25th, 2026",
        ),
    ],
)
def test_a_date_is_read_as_people_write_it(text):
    assert day_in(text) == CHRISTMAS


def test_between_dots_the_day_comes_first_and_single_digits_will_do():
    assert day_in("4.5.2026") == day_in("2026-5-4") == datetime.date(2026, 5, 4)
    assert day_in("5/5/2026") == datetime.date(2026, 5, 5)


@pytest.mark.parametrize("text", ["4/5/2026", "04-05-2026"])
def test_what_can_be_two_days_is_refused_with_both(text):
    with pytest.raises(ValueError, match="can be 4 May 2026 or 5 April 2026; write 2026-05-04 or 2026-04-05"):
        day_in(text)


@pytest.mark.parametrize("text", ["31.2.2026", "2026-13-01", "32 Dec 2026", "13/13/2026", "0.1.2026", "2026-00-10"])
def test_a_day_that_does_not_exist_is_refused_as_that(text):
    with pytest.raises(ValueError, match="there is no such day as"):
        day_in(text)


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "25.12.26", "25/12.2026", "Christmas", "25 Deck 2026", "20261225", "2026-W52-5", "٢٥.12.2026"],
)
def test_anything_else_is_refused_with_the_forms_wanted(text):
    with pytest.raises(ValueError, match="wanted a date such as 2026-12-25, 25.12.2026 or 25 Dec 2026, found"):
        day_in(text)
