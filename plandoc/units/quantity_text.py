"""Quantities as people write them: `2.5`, `1/2`, `1 1/2`, `1½`, `0,5`, `5kg`, `2-3`; exactly, and never a guess.

The one parser of all numbers that people write: in tables, on the command line, and as text in records. A number is a
`Decimal` where it is written as one, else a `Fraction`. Imported by the records, so this imports nothing that takes time.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

Number = Decimal | Fraction

# Loosely what a number looks like; `_number` decides whether it is one.
# The longest fractions are those of stocks after conversions.
_LOOSE = "(?:[0-9]{1,15} )?[0-9]{1,200} ?/ ?[0-9]{1,200}|[0-9][0-9.,]{0,80}|[.,][0-9]{1,40}"
_WRITTEN = re.compile(
    rf"(?P<low>[+-]?(?:{_LOOSE})(?:[eE][+-]?[0-9]{{1,3}})?)"
    rf"(?:(?P<dash> ?- ?| to )(?P<high>{_LOOSE}))?"
    r"(?: ?(?P<unit>[^\W\d_].*))?"
)
_DECIMAL = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_WITH_COMMA = re.compile(r"[+-]?\d{0,40},\d{1,40}", re.ASCII)
_FRACTION = re.compile(r"(?P<sign>[+-]?)(?:(?P<whole>\d+) )?(?P<part>\d+) ?/ ?(?P<of>\d+)", re.ASCII)
# A thousand in half of the world, and one in the other half.
_PERHAPS_THOUSANDS = re.compile(r"[+-]?([1-9]\d{0,2})[.,](\d{3})", re.ASCII)
_SEVERAL_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:[., ']\d{3})+(?:[.,]\d+)?", re.ASCII)
# What a spreadsheet makes of 1/2 and of 2-3.
_DATE = re.compile(
    r"\d{1,4}([-./])\d{1,2}\1\d{2,4}(?: .*)?|\d{1,2}(?:-|/|\. ?)[^\W\d_]{3,4}\.?|[^\W\d_]{3,4}[-. /]+\d{1,4}"
)
_LOOKALIKES = str.maketrans(
    {
        "\N{FRACTION SLASH}": "/",
        "\N{DIVISION SLASH}": "/",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{MINUS SIGN}": "-",
    }
)
_LONGEST = 500
_LONGEST_IN_HINT = 25
_NO_SEPARATORS = "a number without separators between its thousands", "write 1000 for one thousand"
_SUCH_AS = "write it such as 2, 0.5, 1/2 or 1 1/2"


class NotANumber(ValueError):  # noqa: N818  (what is wrong with a text; the caller makes the error of it)
    """A text is not a quantity.

    Attributes:
        wanted: What was wanted, for a message: "wanted ..., found ...".
        hint: The way out.
    """

    def __init__(self, wanted: str, hint: str) -> None:
        super().__init__(f"wanted {wanted}; {hint}")
        self.wanted = wanted
        self.hint = hint


class Quantity(NamedTuple):
    """A quantity as it is written.

    Attributes:
        number: How much: of a range the upper end.
        unit: What is behind the number, as it is written; blank when nothing is.
        is_range: Whether two numbers were written, such as 2-3.
    """

    number: Number
    unit: str = ""
    is_range: bool = False


def number_in(text: str, *, decimal_comma: bool = False) -> Number:
    """Return the one number that a text is.

    >>> number_in("0.67"), number_in("1 1/2"), number_in("⅔"), number_in("0,5")
    (Decimal('0.67'), Fraction(3, 2), Fraction(2, 3), Decimal('0.5'))

    Args:
        text: Such as 1½.
        decimal_comma: Whether a comma is the decimal separator here, so that 1,000 is one, and 1.000 is ambiguous.

    Raises:
        NotANumber: when it is anything else: a range, a number with a unit, a number that can be read in two ways.
    """
    quantity = quantity_in(text, decimal_comma=decimal_comma)
    if quantity.is_range:
        raise NotANumber("one number, not a range", _SUCH_AS)
    if quantity.unit:
        raise NotANumber("a number without a unit", "take off what is behind the number")
    return quantity.number


# A table has the same few numbers in thousands of lines.
@functools.lru_cache(maxsize=1024)
def quantity_in(text: str, *, decimal_comma: bool = False, by_hand: bool = False) -> Quantity:
    """Return the number that a text begins with, and the unit behind it.

    >>> quantity_in("5kg"), quantity_in("1½ fl oz")
    (Quantity(number=Decimal('5'), unit='kg', is_range=False), Quantity(number=Fraction(3, 2), unit='fl oz', is_range=False))
    >>> quantity_in("2 to 3").number
    Decimal('3')

    Args:
        text: Such as 5kg, 2-3 or 1/2.
        decimal_comma: As for `number_in`.
        by_hand: Whether a person typed it. Only programs write 1e3; typed it is a mistake: the e is next to the 3.

    Raises:
        NotANumber: when it does not begin with a number, or with one that can be read in two ways.
    """
    found = _match(_plain(text))
    unit = found["unit"] or ""
    low = _number(found["low"], decimal_comma=decimal_comma)
    if by_hand and "e" in found["low"].lower():
        raise NotANumber("a number without an exponent", _in_full(low))
    if found["high"] is None:
        return Quantity(low, unit)
    high = _number(found["high"], decimal_comma=decimal_comma)
    if low < high:
        return Quantity(high, unit, is_range=True)
    # The blank before the second number can be that of a ½.
    if found["dash"].rstrip() == "-" and found["low"].isdecimal() and "/" in found["high"] and high < 1:
        # No range goes down, so that 1-1/2 is one and a half.
        return Quantity(Fraction(low) + Fraction(high), unit)
    raise NotANumber("the smaller number of a range first", "write it such as 2-3")


def written(number: Number) -> str:
    """Return a number as people write it, exactly: `quantity_in` reads it again.

    >>> written(Decimal("2.50")), written(Fraction(2, 3)), written(Fraction(-7, 3))
    ('2.50', '2/3', '-2 1/3')
    """
    if isinstance(number, Decimal):
        return f"{number:f}"
    sign = "-" if number < 0 else ""
    whole, part = divmod(abs(number.numerator), number.denominator)
    if part == 0:
        return f"{sign}{whole}"
    return f"{sign}{whole} {part}/{number.denominator}" if whole else f"{sign}{part}/{number.denominator}"


def _plain(text: str) -> str:
    """Return a text with plain blanks, slashes and hyphens, and ½ as 1/2."""
    if not text.isascii():
        text = "".join(map(_spelled_out, text)).translate(_LOOKALIKES)
    return " ".join(text[: _LONGEST + 1].split()) if len(text) <= _LONGEST else "?"


def _spelled_out(character: str) -> str:
    kind, *codes = unicodedata.decomposition(character).split() or [""]
    # The blank keeps 1½ from becoming 11/2.
    return " " + "".join(chr(int(code, 16)) for code in codes) if kind == "<fraction>" else character


def _match(plain: str) -> re.Match[str]:
    if _DATE.fullmatch(plain):
        raise NotANumber(
            "a number", "where a spreadsheet makes a date of 1/2 or 2-3, write 0.5 or 3, or format the column as text"
        )
    found = _WRITTEN.fullmatch(plain)
    # Superscript digits count as parts of words, too.
    if found is not None and (found["unit"] is None or found["unit"][0].isalpha()):
        return found
    if _SEVERAL_GROUPS.match(plain):
        raise NotANumber(*_NO_SEPARATORS)
    raise NotANumber("a number", _SUCH_AS)


def _number(text: str, *, decimal_comma: bool) -> Number:
    fraction = _FRACTION.fullmatch(text)
    if fraction is not None:
        return _fraction(fraction)
    if _PERHAPS_THOUSANDS.fullmatch(text) and decimal_comma == ("." in text):
        _refuse_thousands(text)
    if _WITH_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if not _DECIMAL.fullmatch(text):
        _refuse_thousands(text)
        raise NotANumber("a number", _SUCH_AS)
    return Decimal(text)


def _fraction(found: re.Match[str]) -> Fraction:
    whole, part, of = (int(found[name] or 0) for name in ("whole", "part", "of"))
    if of == 0:
        raise NotANumber("a fraction of a number above 0", _SUCH_AS)
    if found["whole"] and part >= of:
        raise NotANumber("less than 1 behind the whole number", _SUCH_AS)
    number = whole + Fraction(part, of)
    return -number if found["sign"] == "-" else number


def _in_full(number: Number) -> str:
    text = f"{number:f}"
    return f"write {text} if that is what you mean" if len(text) <= _LONGEST_IN_HINT else _SUCH_AS


def _refuse_thousands(text: str) -> None:
    """Refuse what looks like a number with a separator between its thousands."""
    one = _PERHAPS_THOUSANDS.fullmatch(text)
    if one is not None:
        whole, rest = one.groups()
        raise NotANumber(
            "a number that can be read in one way only",
            f"write {whole}{rest} for the large number, {whole}{'.' if ',' in text else ','}{rest} for the small one",
        )
    if _SEVERAL_GROUPS.fullmatch(text):
        raise NotANumber(*_NO_SEPARATORS)
