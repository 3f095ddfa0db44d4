"""Plain text from what other programs write: without markup, entities and bullets, whatever kind of JSON value it is."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from plandoc.exchange.input_file import plain_number

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^<>]{0,2000}>")
_LINE_ENDS = frozenset({"br", "p", "li", "div", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
_BULLET = re.compile(r"^(?:[\s•●▪▢□☐◦·*\u2013\u2014]|-\s)+")
# Deep enough for every program that writes JSON for people.
_DEEPEST = 20
_MOST_DIGITS = 30


def one_line(text: str) -> str:
    r"""Return a text in one line.

    >>> one_line("<b>1&amp;frac12; cups</b>\n sugar &amp; spice")
    '1½ cups sugar & spice'
    """
    return " ".join(" ".join(lines(text)).split())


def lines(text: str) -> list[str]:
    """Return the lines of a text, where markup also ends lines; blank ones are left out.

    >>> lines("<p>Mix.</p><p>Bake&nbsp;it.</p>")
    ['Mix.', 'Bake it.']
    """
    # Twice, because many pages escape text that is already escaped.
    known = html.unescape(html.unescape(text))
    bare = _TAG.sub(_without_tag, without_blocks(known, "<!--", "-->"))
    stripped = (" ".join(line.split()) for line in bare.replace("\r", "\n").split("\n"))
    return [line for line in stripped if line]


def without_bullet(line: str) -> str:
    """Return a line of a list without the mark before it."""
    return _BULLET.sub("", line)


def without_blocks(text: str, start: str, end: str) -> str:
    """Return a text without what is between two marks; a block that does not end stays.

    >>> without_blocks("Whisk <!-- well --> the eggs <!-- or", "<!--", "-->")
    'Whisk  the eggs <!-- or'
    """
    kept: list[str] = []
    at = 0
    while (begin := text.find(start, at)) >= 0 and (close := text.find(end, begin + len(start))) >= 0:
        kept.append(text[at:begin])
        at = close + len(end)
    return "".join([*kept, text[at:]])


def texts(value: Any, *keys: str, depth: int = 0) -> Iterator[str]:
    """Yield all texts of a value of JSON that should be text, but may be a number, a list, or an object with a name.

    >>> list(texts(["8", {"name": "8 pieces"}, None, 12]))
    ['8', '8 pieces', '12']

    Args:
        value: The value.
        keys: Where an object has its text; by default the usual ones.
        depth: How deep it is; deeper than 20 is ignored.
    """
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        yield number_text(value)
    elif isinstance(value, list) and depth < _DEEPEST:
        for one in value:
            yield from texts(one, *keys, depth=depth + 1)
    elif isinstance(value, dict) and depth < _DEEPEST:
        found = (value[key] for key in keys or ("name", "text", "@value") if value.get(key) not in (None, "", [], {}))
        yield from texts(next(found, None), *keys, depth=depth + 1)


def first_text(value: Any, *keys: str) -> str:
    """Return the first text of a value in one line; "" where there is none."""
    return next((line for line in map(one_line, texts(value, *keys)) if line), "")


def number_of(value: Any) -> Decimal | None:
    """Return the number that a value of JSON is; None where it is not one, or is out of range.

    >>> number_of("0.50"), number_of(None), number_of("NaN")
    (Decimal('0.5'), None, None)
    """
    try:
        number = Decimal(first_text(value))
    except InvalidOperation:
        return None
    is_usual = number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS
    return plain_number(number) if is_usual else None


def number_text(value: float | Decimal) -> str:
    """Return a number as text, without an exponent and without zeros at its end.

    >>> number_text(2.0), number_text(Decimal("0.50"))
    ('2', '0.5')
    """
    return f"{plain_number(Decimal(str(value))):f}"


def _without_tag(tag: re.Match[str]) -> str:
    return "\n" if tag[2].lower() in _LINE_ENDS else ""
