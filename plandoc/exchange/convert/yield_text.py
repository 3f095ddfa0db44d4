"""What a batch makes, as recipes put it: "Makes 24 cookies", "8 servings", "2 dozen"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plandoc import units
from plandoc.exchange.convert.plain_text import one_line
from plandoc.exchange.convert.recipe_drafts import YieldDraft
from plandoc.exchange.convert.text_beginnings import DIGITS
from plandoc.fields import constraints
from plandoc.units.quantity_text import NotANumber, quantity_in

_PARENTHESES = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_WORDS = {"one": "1", "two": "2", "three": "3", "four": "4", "six": "6", "eight": "8", "ten": "10", "twelve": "12"}
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_FIRST_NUMBER = re.compile(f"[^{DIGITS}]*")
_RANGE = re.compile(r"(\d+)\s*(?:[-\u2013\u2014]|to|bis|à)\s*(\d+)(?!\s*/)")
# 1 9-inch cake, 2 23 cm tins.
_WITH_SIZE = re.compile(
    r"(\d{1,2})\s+\d[\d\sx\u00d7.,/-]*\s?(?:inch(?:es)?|in|cm|[\"\u2033\u201d])?[ -]*(.*)", re.IGNORECASE
)
_SERVINGS = re.compile(r"\b(?:serv|portion|porc|porz|person|people|racion|für|pour|para)", re.IGNORECASE)
_NOT_SAID = "how many does a batch make? Fill in makes and of"


def read_yield(texts: Iterable[str]) -> YieldDraft:
    """Return what a batch makes, from everything that a recipe says about it; most give it twice, once as a bare number.

    >>> read_yield(["24", "Makes 24 cookies"])
    YieldDraft(count=24, item_unit='cookies', remarks=())
    >>> read_yield(["2 dozen rolls"]).count, read_yield(["8-10 servings"]).count
    (24, 8)
    """
    known = list(dict.fromkeys(_short(text) for text in map(one_line, texts) if text))
    in_words = [text for text in known if any(map(str.isalpha, text))]
    if not known:
        return YieldDraft(remarks=(_NOT_SAID,))
    chosen = (in_words or known)[0]
    made = _made(chosen)
    others = [text for text in known if text != chosen and (text in in_words or text not in chosen)]
    if others:
        made = YieldDraft(made.count, made.item_unit, (*made.remarks, f"the recipe also says: {', '.join(others)}"))
    return made


def said_under(heading: str, text: str) -> str:
    """Return what a recipe makes, from the text under a heading: a bare number counts what the heading names.

    >>> said_under("servings", "8"), said_under("makes", "8")
    ('8 servings', '8')
    """
    is_number = text.replace(".", "").isdecimal()
    return f"{text} servings" if is_number and heading.startswith(("serv", "portion")) else text


def _short(text: str) -> str:
    return text if len(text) <= constraints.LONGEST_NAME else f"{text[: constraints.LONGEST_NAME]} ..."


def _made(text: str) -> YieldDraft:
    said = _WORD.sub(lambda word: _WORDS[word[0].lower()], _PARENTHESES.sub("", text))
    start = _FIRST_NUMBER.match(said)
    amount = said[start.end() :] if start else said
    remarks: list[str] = []
    between = _RANGE.match(amount)
    if between:
        # Fewer pieces a batch, so that a plan is never short.
        amount = between[1] + amount[between.end() :]
        remarks.append("the smaller number is taken")
    count, thing = _count(amount)
    if count is None:
        return YieldDraft(remarks=(f"{_NOT_SAID}; the recipe says: {text}",))
    if _SERVINGS.search(said):
        thing = thing or "serving"
        remarks.append("servings: is one of them a piece that you hand out?")
    elif not thing:
        remarks.append("the recipe does not say of what")
    guessed = "; ".join(remarks)
    return YieldDraft(count, thing, (f"{guessed} (the recipe says: {text})",) if guessed else ())


def _count(amount: str) -> tuple[int | None, str]:
    """Return how many, and of what; None where it is not a whole number of things."""
    sized = _WITH_SIZE.fullmatch(amount)
    if sized:
        return int(sized[1]), _thing(sized[2])
    try:
        quantity = quantity_in(amount)
    except NotANumber:
        return None, ""
    word, _, rest = quantity.unit.partition(" ")
    unit = units.unit_named(word)
    if unit and unit.dimension in {units.Dimension.VOLUME, units.Dimension.WEIGHT}:
        return None, ""
    is_dozen = unit is not None and unit.name == "dozen"
    number = quantity.number * (12 if is_dozen else 1)
    if number != int(number) or number <= 0:
        return None, ""
    return int(number), _thing(rest if is_dozen else quantity.unit)


def _thing(text: str) -> str:
    return re.split(r"[,;.]|\s[-\u2013]\s", text.removeprefix("of "))[0].strip()[:100]
