"""Charts as inline SVG: bars and a timeline.

Widths are percentages of the available space, so that nothing is stretched and text keeps its size. Fills are part of
the picture, so that they are printed even when backgrounds are not. Patterns and titles repeat what colours show.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from plandoc.domain.local_time import local_time
from plandoc.frozen import frozen
from plandoc.report.labels import clean, short_date

# A thinner part would be invisible.
_MIN_WIDTH = 80
_WHOLE = 10_000
MAX_SEPARATORS = 40
# Space for the outermost marks.
_MARGIN = 200
_LANE_HEIGHT = 40
_MAX_DAYS = 6
_AN_INSTANT = datetime.timedelta(microseconds=1)


@frozen
class Bar:
    """How much of what is planned is done: the whole width is what is planned, and nothing else.

    Attributes:
        title: The same in words, for readers who cannot see it.
        planned: What the whole width means, a number of batches or pieces.
        done: How much of it is done; the bar is full when it is more than that.
        ready: What could be done now, in addition to what is done.
    """

    title: str
    planned: int
    done: int = 0
    ready: int = 0


def draw_bar(bar: Bar) -> Markup:
    """Return a bar; without a plan it is empty if nothing is done, else full."""
    done = _part(bar.done, bar.planned)
    shapes = [_box("frame", 0, _WHOLE)] if bar.planned else []
    if bar.ready:
        shapes.append(_box("ready", done, min(_WHOLE, done + _part(bar.ready, bar.planned))))
    if done:
        shapes.append(_box("done", 0, done))
    if bar.planned <= MAX_SEPARATORS:
        shapes.extend(_separator(_part(position, bar.planned)) for position in range(1, bar.planned))
    return _picture("bar", bar.title, "", shapes, height=16)


@frozen
class Lane:
    """Timestamps of one kind.

    Attributes:
        name: The kind.
        timestamps: In any order.
    """

    name: str
    timestamps: tuple[datetime.datetime, ...]


def draw_timeline(lanes: Sequence[Lane]) -> Markup:
    """Return a line for each kind of timestamps, all on one time scale, with the days marked."""
    everything = sorted(timestamp for lane in lanes for timestamp in lane.timestamps)
    if not everything:
        return Markup()
    first, last = everything[0], everything[-1]
    bottom = _LANE_HEIGHT * len(lanes)
    shapes = list(_days(first, last, bottom))
    for position, lane in enumerate(lanes):
        middle = _LANE_HEIGHT * position + 28
        shapes.append(f'<text class="lane" x="0" y="{middle - 13}">{_text(lane.name)}</text>')
        shapes.append(f'<line class="axis" x1="0" x2="100%" y1="{middle}" y2="{middle}"/>')
        shapes.extend(_dots(middle, (_place(timestamp, first, last) for timestamp in lane.timestamps)))
    described = "; ".join(f"{lane.name.lower()}: {len(lane.timestamps)}" for lane in lanes)
    return _picture("timeline", "Timeline", described, shapes, height=bottom + 24)


def _part(number: int, planned: int) -> int:
    """Return a number as hundredths of a per cent of what is planned, at most all of it."""
    if number >= planned:
        return _WHOLE if number else 0
    return max(_MIN_WIDTH, number * _WHOLE // planned) if number else 0


def _per_cent(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}%"


def _box(kind: str, start: int, end: int) -> str:
    return f'<rect class="{kind}" x="{_per_cent(start)}" y="1" width="{_per_cent(max(0, end - start))}" height="14"/>'


def _separator(position: int) -> str:
    place = _per_cent(position)
    return f'<line class="separator" x1="{place}" x2="{place}" y1="1" y2="15"/>'


def _place(timestamp: datetime.datetime, first: datetime.datetime, last: datetime.datetime) -> int:
    whole = (last - first) // _AN_INSTANT
    width = _WHOLE - 2 * _MARGIN
    return _MARGIN + (width * ((timestamp - first) // _AN_INSTANT) // whole if whole else width // 2)


def _dots(middle: int, places: Iterable[int]) -> Iterable[str]:
    # Several in one place look like one, so only one is drawn.
    for place in sorted(set(places)):
        yield f'<circle class="dot" cx="{_per_cent(place)}" cy="{middle}" r="5"/>'


def _days(first: datetime.datetime, last: datetime.datetime, bottom: int) -> Iterable[str]:
    """Yield a line at each midnight, with the date below; only the first and the last date if there are many."""
    start = local_time(first)
    end = last.astimezone(start.tzinfo)
    days = (end.date() - start.date()).days
    yield _date(start.date(), "start" if days else "middle", 0 if days else _WHOLE // 2, bottom)
    for number in range(1, days + 1) if days <= _MAX_DAYS else [days]:
        midnight = datetime.datetime.combine(start.date(), datetime.time(), start.tzinfo) + datetime.timedelta(number)
        place = _place(midnight, first, last)
        yield f'<line class="day" x1="{_per_cent(place)}" x2="{_per_cent(place)}" y1="8" y2="{bottom}"/>'
        if number == days:
            yield _date(end.date(), "end", _WHOLE, bottom)


def _date(date: datetime.date, anchor: str, place: int, bottom: int) -> str:
    return f'<text text-anchor="{anchor}" x="{_per_cent(place)}" y="{bottom + 18}">{short_date(date)}</text>'


def _picture(kind: str, title: str, description: str, shapes: Iterable[str], *, height: int) -> Markup:
    described = f"<desc>{_text(description)}</desc>" if description else ""
    opening = f'<svg class="{kind}" role="img" width="100%" height="{height}"><title>{_text(title)}</title>'
    return Markup(f"{opening}{described}{''.join(shapes)}</svg>")  # noqa: S704  (numbers, and text that is escaped)


def _text(text: str) -> str:
    return str(escape(clean(text)))
