"""The charts: how long, how full, and that what they hold is escaped."""

import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plandoc.report.charts import MAX_SEPARATORS, Bar, Lane, draw_bar, draw_timeline

from .reading import read_page

NOON = datetime.datetime(2026, 12, 24, 12, tzinfo=datetime.UTC)


def shapes(svg, kind):
    return [one for one in read_page(str(svg)).elements if one.get("class") == kind]


def per_cent(text):
    assert re.fullmatch(r"\d+\.\d\d%", text)
    return float(text[:-1])


def test_the_whole_width_is_what_is_planned_and_the_filled_part_what_is_done():
    svg = draw_bar(Bar("Cookie", planned=6, done=3))

    assert [one.get("width") for one in shapes(svg, "frame")] == ["100.00%"]
    assert [one.get("width") for one in shapes(svg, "done")] == ["50.00%"]
    assert len(shapes(svg, "separator")) == 5


@pytest.mark.parametrize("planned", [2, 30, 300, 3_000_000])
def test_bars_of_short_and_of_long_plans_mean_the_same(planned):
    svg = draw_bar(Bar("Cookie", planned=planned, done=planned // 2))

    assert [one.get("width") for one in shapes(svg, "frame")] == ["100.00%"]
    assert [one.get("width") for one in shapes(svg, "done")] == ["50.00%"]


def test_a_bar_is_full_when_more_than_planned_is_done():
    svg = draw_bar(Bar("Cookie", planned=2, done=3))

    assert [one.get("width") for one in shapes(svg, "done")] == ["100.00%"]
    assert len(shapes(svg, "separator")) == 1


def test_what_can_be_done_now_follows_what_is_done_and_stays_in_the_frame():
    svg = draw_bar(Bar("Box", planned=4, done=1, ready=9))

    assert [(one.get("x"), one.get("width")) for one in shapes(svg, "ready")] == [("25.00%", "75.00%")]


def test_one_of_very_many_can_still_be_seen():
    svg = draw_bar(Bar("Crumb", planned=1_000_000, done=1))

    assert per_cent(shapes(svg, "done")[0].get("width")) > 0.5
    assert shapes(svg, "separator") == []


def test_a_title_is_escaped_and_cannot_turn_the_text_around():
    svg = draw_bar(Bar("</title><script>\u202e&", planned=1))

    assert "<title>&lt;/title&gt;&lt;script&gt;\\u202e&amp;</title>" in svg


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_no_part_of_a_bar_leaves_its_room(planned, done, ready):
    svg = draw_bar(Bar("any", planned, done, ready))
    for one in read_page(str(svg)).all("rect"):
        assert per_cent(one.get("x")) + per_cent(one.get("width")) <= 100.01
    assert len(shapes(svg, "separator")) <= MAX_SEPARATORS


def test_a_timeline_keeps_the_order_and_stays_inside():
    hours = [0, 1, 5, 48]
    svg = draw_timeline([Lane("Baked", tuple(NOON + datetime.timedelta(hours=n) for n in hours))])
    places = [per_cent(one.get("cx")) for one in shapes(svg, "dot")]

    assert places == sorted(places)
    assert (places[0], places[-1]) == (2.0, 98.0)
    assert len(shapes(svg, "day")) == 2
    assert ">24 Dec<" in svg
    assert ">26 Dec<" in svg
    assert "<desc>baked: 4</desc>" in svg


def test_a_timeline_of_one_moment_has_its_dot_in_the_middle():
    svg = draw_timeline([Lane("Started", (NOON,)), Lane("Changed", (NOON, NOON))])

    assert [one.get("cx") for one in shapes(svg, "dot")] == ["50.00%", "50.00%"]


def test_a_timeline_of_a_whole_year_marks_only_the_last_day():
    svg = draw_timeline([Lane("Baked", (NOON, NOON + datetime.timedelta(days=365)))])

    assert len(shapes(svg, "day")) == 1


def test_nothing_that_happened_is_no_picture():
    assert draw_timeline([]) == ""
