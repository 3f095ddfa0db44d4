"""A line of a recipe, as people write it, divided into amount, unit, ingredient and notes.

An amount is read where the line begins or ends, and nothing is worked out but what the words say. What is not certain gets a
remark; what cannot be read stays as a note beside a blank amount.
"""

from __future__ import annotations

import re
from decimal import Decimal

from plandoc import units
from plandoc.exchange.convert import kitchen_words as words
from plandoc.exchange.convert.line_reading import PartlyReadLine, has_number
from plandoc.exchange.convert.plain_text import one_line, without_bullet
from plandoc.exchange.convert.recipe_drafts import LineDraft
from plandoc.exchange.convert.text_beginnings import DIGITS, container_at, qualifiers_at, quantity_at, unit_at
from plandoc.fields import constraints
from plandoc.units.quantity_text import Quantity, written

_PARENTHESES = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
# "1 14-ounce can": a number of containers, and what one of them holds.
_SIZED = re.compile(r"(?P<count>\d+)\s+(?P<size>\d+(?:[.,]\d+)?(?: |- ?)?[^\W\d]+\.?)[ -]+(?P<rest>.+)")
# "2 x 400 g".
_TIMES = re.compile(r"(?P<count>\d+)\s*[x\u00d7]\s*(?P<each>\d.*)", re.IGNORECASE)
# "100 g / 1 cup", and "100 g plus 1 tbsp".
_SECOND = re.compile(rf"(?:/|or|=)\s*(?P<text>[{DIGITS}].*)", re.IGNORECASE)
_NEXT = re.compile(rf"(?:/|or|=)?\s*(?P<text>[{DIGITS}].*)", re.IGNORECASE)
_MORE = re.compile(rf"(?:plus|\+|and|&)\s+(?P<text>[{DIGITS}].*)", re.IGNORECASE)
# "1 lb 2 oz": the same amount goes on in a smaller unit.
_GOES_ON = frozenset(
    {("lb", "oz"), ("kg", "g"), ("l", "dl"), ("l", "cl"), ("l", "ml"), ("cup", "tbsp"), ("cup", "tsp"), ("tbsp", "tsp")}
)
# "2 eggs plus 1 yolk".
_TWO_THINGS = re.compile(rf"(?P<one>.+?),?\s+(?:plus|\+)\s+(?P<other>[{DIGITS}].*)", re.IGNORECASE)
_AT_END = re.compile(rf"(?P<name>[^{DIGITS}]+?)\s*[:\u2013\u2014-]?\s+(?P<amount>[{DIGITS}].*)")
_SLASH = re.compile(rf"(?<=[^\W\d])\s*/\s*(?=[{DIGITS}])")
_EITHER = re.compile(r"^(\d+)\s+or\s+(\d+\b)", re.IGNORECASE)
_NUMBERS_BEFORE = re.compile(rf"(?:[{DIGITS}.,/x\u00d7-]+\s+)+(?=[^\W\d])")
_SHORTEST_WORD = 3
# No line of a recipe has so many characters.
_LONGEST = constraints.LONGEST_NAME


def split(text: str) -> tuple[LineDraft, ...]:
    """Return the draft of a line; two drafts where it adds up two amounts.

    >>> [draft] = split("1 1/2 cups (180 g) plain flour, sifted")
    >>> draft.quantity, draft.unit, draft.ingredient, draft.notes
    ('1.5', 'cups', 'plain flour', ('180 g', 'sifted'))
    >>> split("a little icing sugar")[0].remarks
    ('no amount: a little icing sugar',)
    >>> [(draft.quantity, draft.unit) for draft in split("1 cup plus 2 tbsp sugar")]
    [('1', 'cup'), ('2', 'tbsp')]
    """
    original = without_bullet(one_line(text)).rstrip("*\u2020")
    if len(original) > _LONGEST:
        remark = f"the line is too long: {original[:_LONGEST]}"
        return (LineDraft(original[:_LONGEST], notes=(original,), remarks=(remark,)),)
    return _two_things(original) or _one_thing(original)


def _two_things(original: str) -> tuple[LineDraft, ...]:
    """Return the drafts of a line such as "2 eggs plus 1 yolk"; nothing where it is not two amounts of two ingredients."""
    found = _TWO_THINGS.fullmatch(original)
    drafts = (*_one_thing(found["one"]), *_one_thing(found["other"])) if found else ()
    return drafts if all(map(_is_clear, drafts)) else ()


def _is_clear(draft: LineDraft) -> bool:
    is_name = not units.unit_named(draft.ingredient) and draft.ingredient.partition(" ")[0] not in words.MORE
    return bool(draft.quantity) and is_name


def _one_thing(original: str) -> tuple[LineDraft, ...]:
    line = PartlyReadLine(original, [], [])
    _take_parentheses(line)
    _take_part(line)
    _take_words_before(line)
    drafts = _with_amount(line) or _amount_at_end(line) or [_without_amount(line)]
    return tuple(line.finished(draft, original) for draft in drafts)


def _take_parentheses(line: PartlyReadLine) -> None:
    """Make notes of what is in parentheses: second measures, sizes of cans, how it is prepared."""
    text = _SLASH.sub(" / ", re.sub(r"\((e?s)\)", r"\1", line.left))
    while found := _PARENTHESES.findall(text):
        line.notes += [note.strip() for note in found if note.strip()]
        text = _PARENTHESES.sub(" ", text)
    line.left = " ".join(text.replace(" ,", ",").split())


def _take_part(line: PartlyReadLine) -> None:
    """Make a note of "juice of" and the like: what has to be bought is the fruit."""
    part = words.PART.match(line.left)
    if part:
        line.notes.append(part[0].strip().removesuffix(" of"))
        line.remarks.append("counted as the whole fruit")
        line.left = line.left[part.end() :]


def _take_words_before(line: PartlyReadLine) -> None:
    """Take what comes before a number: "about" becomes a note, "a" and "half a" a number."""
    while (first := line.left.partition(" "))[0].casefold().rstrip(".") in words.BEFORE and first[2][:1].strip():
        line.notes.append(first[0])
        if first[0].casefold().rstrip(".") not in words.HARMLESS:
            line.remarks.append(f"'{first[0]}' is kept as a note")
        line.left = first[2]
    for said, number in words.NUMBERS:
        rest = line.left[len(said) :]
        if line.left.casefold().startswith(f"{said} ") and _means_number(said, rest.strip()):
            line.left = f"{number}{rest}"
            return


def _means_number(said: str, rest: str) -> bool:
    """Whether a word is a number here: "a cup of tea", "two eggs", and not "a little sugar"."""
    return said not in words.ARTICLES or rest.partition(" ")[0].casefold() not in words.VAGUE


def _with_amount(line: PartlyReadLine) -> list[LineDraft]:
    """Return the drafts of a line that begins with an amount; none where it does not."""
    text = _EITHER.sub(r"\1 to \2", line.left)
    times, sized = _TIMES.fullmatch(text), _SIZED.fullmatch(text)
    if times:
        return _times(line, times)
    if sized and _is_sized(sized):
        line.notes.insert(0, sized["size"])
        text = f"{sized['count']} {sized['rest']}"
    quantity = quantity_at(text)
    if quantity is None:
        return []
    return _read(line, quantity)


def _times(line: PartlyReadLine, times: re.Match[str]) -> list[LineDraft]:
    quantity = quantity_at(times["each"])
    if quantity is None:
        return []
    count = int(times["count"])
    unit, rest = unit_at(quantity.unit)
    if container_at(rest):
        line.notes.insert(0, f"{written(quantity.number)} {unit} each")
        return _read(line, Quantity(Decimal(count), rest))
    line.remarks.append("multiplied")
    return _read(line, Quantity(count * quantity.number, quantity.unit))


def _is_sized(sized: re.Match[str]) -> bool:
    size = quantity_at(sized["size"].replace("-", " "))
    return size is not None and units.unit_named(size.unit) is not None and bool(container_at(sized["rest"]))


def _read(line: PartlyReadLine, quantity: Quantity) -> list[LineDraft]:
    """Return what is known of a line after its first number was read."""
    qualifiers, behind = qualifiers_at(quantity.unit, words.BEFORE | words.SIZES)
    unit, rest = unit_at(behind)
    if qualifiers:
        line.notes[:0] = [" ".join(qualifiers)]
        if unit and not set(map(str.casefold, qualifiers)) <= words.HARMLESS:
            line.remarks.append(f"'{' '.join(qualifiers)}' is kept as a note")
    if not unit:
        return [_pieces(line, quantity, rest)]
    more = _MORE.match(rest)
    if more:
        return _sum(line, quantity, unit, more["text"]) or [_unread(line)]
    if _goes_on(unit, rest):
        line.remarks.append("the two amounts are added")
        return _sum(line, quantity, unit, rest) or [_unread(line)]
    rest = _without_second_measures(line, rest)
    if not rest:
        # "5 cloves": a unit with nothing after it is the thing itself.
        return [line.with_amount(LineDraft(unit), quantity, units.PIECES)]
    container = container_at(rest)
    if container:
        line.notes.insert(0, container)
        line.remarks.append(f"the amount is what the {container} holds")
        rest = rest[len(container) :].strip()
    packed, rest = qualifiers_at(rest, words.PACKED)
    line.notes += [" ".join(packed)]
    return [line.with_amount(LineDraft(line.take_name(rest)), quantity, unit)]


def _pieces(line: PartlyReadLine, quantity: Quantity, rest: str) -> LineDraft:
    first = rest.partition(" ")[0].rstrip(".,")
    if first[:1].isalpha() and has_number(first):
        # 800g-1kg is not 800 of anything.
        line.remarks.append("the amount cannot be read")
        return _unread(line)
    if not rest or (len(first) < _SHORTEST_WORD and " " in rest) or re.match(r"\d|or\b", rest):
        line.remarks.append(f"the unit {first} can mean more than one thing" if first else "the ingredient is missing")
        return _unread(line)
    name = line.take_name(rest)
    if " " in name:
        line.remarks.append("counted in pieces")
    return line.with_amount(LineDraft(name), quantity, units.PIECES)


def _unread(line: PartlyReadLine) -> LineDraft:
    """Keep an amount that cannot be read as a note."""
    number = _NUMBERS_BEFORE.match(line.left)
    if not line.remarks:
        line.remarks.append("the amount cannot be read" if number else "no amount")
    if not number:
        # 70% chocolate, a 6-inch piece: the number belongs to the name.
        return LineDraft(line.take_name(line.left))
    line.notes.insert(0, line.left)
    unit, name = unit_at(line.left[number.end() :])
    first, _, others = name.partition(" ")
    return LineDraft(line.take_name(others if not unit and others and len(first) < _SHORTEST_WORD else name))


def _goes_on(unit: str, text: str) -> bool:
    """Whether a text behind an amount begins with more of it, in a smaller unit of the same kind."""
    other = quantity_at(text)
    first, second = units.unit_named(unit), units.unit_named(unit_at(other.unit)[0]) if other else None
    return first is not None and second is not None and (first.name, second.name) in _GOES_ON


def _sum(line: PartlyReadLine, quantity: Quantity, unit: str, text: str) -> list[LineDraft]:
    """Return a line for each of two amounts that are added, so that nothing has to be converted."""
    other = quantity_at(text)
    other_unit, rest = unit_at(other.unit) if other else ("", "")
    if other is None or not other_unit or not rest:
        return []
    name = line.take_name(rest)
    line.notes.append("two lines for one")
    return [
        line.with_amount(LineDraft(name), quantity, unit),
        line.with_amount(LineDraft(name), other, other_unit),
    ]


def _without_second_measures(line: PartlyReadLine, text: str) -> str:
    """Return what follows second measures such as "/ 120 g", which become notes."""
    separator = _SECOND
    while second := separator.match(text):
        # Behind the first, "1 lb 5 oz" is one measure.
        separator = _NEXT
        other = quantity_at(second["text"])
        unit, rest = unit_at(other.unit) if other else ("", "")
        if other is None or not unit or not rest:
            break
        line.notes.append(f"{written(other.number)} {unit}")
        text = rest
    return text


def _amount_at_end(line: PartlyReadLine) -> list[LineDraft]:
    """Return the draft of a line such as "Butter: 100 g"; none if it does not end like that."""
    at_end = _AT_END.fullmatch(line.left)
    amounts = [at_end["amount"]] if at_end else []
    amounts += [] if at_end or has_number(line.left) else line.notes[:1]
    for amount in amounts:
        quantity = quantity_at(amount)
        unit, rest = unit_at(quantity.unit) if quantity else ("", "")
        if quantity and (unit or at_end) and not rest:
            line.remarks.append("the amount is behind the name")
            name = line.take_name(at_end["name"].rstrip(" :-\u2013\u2014") if at_end else line.left)
            return [line.with_amount(LineDraft(name), quantity, unit or units.PIECES)]
    return []


def _without_amount(line: PartlyReadLine) -> LineDraft:
    if has_number(line.left[:1]):
        return _unread(line)
    left = _without_unit(line)
    for said in sorted(words.VAGUE_BEGINNINGS, key=len, reverse=True):
        if left.casefold().startswith(f"{said} "):
            line.notes.insert(0, left[: len(said)])
            left = left[len(said) :].strip()
            break
    name = line.take_name(left)
    if has_number(name) or not any(words.TASTE.search(note) for note in line.notes):
        line.remarks.append("no amount")
    return LineDraft(name)


def _without_unit(line: PartlyReadLine) -> str:
    """Return a line without the unit that it begins with, such as "pinch of", which gives no number."""
    unit, rest = unit_at(line.left)
    if not unit or not rest.startswith("of "):
        return line.left
    line.notes.insert(0, unit)
    return rest
