"""Names that a person can type and a file can carry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from plandoc.fields.constraints import LONGEST_SLUG, valid_slug

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
# Letters that do not decompose into a plain letter and an accent, and the usual spelling of Greek and Cyrillic ones.
_LETTERS = """
ß=ss æ=ae œ=oe ø=o đ=d ð=d þ=th ł=l ı=i ħ=h ⁄=-
α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o
а=a б=b в=v г=g д=d е=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch
ы=y э=e ю=yu я=ya і=i ї=yi є=ye ґ=g ђ=dj ј=j љ=lj њ=nj ћ=c џ=dz ѕ=dz
"""  # noqa: RUF001  (these are the letters that are meant)
_SPELLED = str.maketrans(dict(letter.split("=") for letter in _LETTERS.split()))
# Characters whose Unicode names end with their reading.
_NAMED = re.compile(r"(?:HIRAGANA|KATAKANA) LETTER (?:SMALL )?([A-Z]+)|HANGUL SYLLABLE ([A-Z]+)")


def slugify(name: str, taken: Container[str] = ()) -> str:
    """Return a slug made from a name, with `-2`, `-3`, ... when it is taken.

    Greek, Cyrillic, kana and Hangul are transliterated. A name that leaves nothing is spelled by the code points of its first
    characters, so that two such names rarely get the same slug.

    >>> slugify("Toasted Almond Sablés"), slugify("Cookie Box", {"cookie-box"})
    ('toasted-almond-sables', 'cookie-box-2')
    >>> slugify("Булочка маковая"), slugify("麦")
    ('bulochka-makovaya', 'item-9ea6')
    """
    plain = name.lower() if name.isascii() else _in_latin(name)
    stem = _NOT_SLUG.sub("-", plain).strip("-") or f"item-{'-'.join(f'{ord(character):x}' for character in name)}"
    stem = stem[: LONGEST_SLUG - 8].strip("-")
    if valid_slug(stem) is not None:
        # A device name such as "con".
        stem = f"{stem}-item"
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def _in_latin(name: str) -> str:
    read = "".join(map(_as_read, unicodedata.normalize("NFC", name.lower())))
    # Greek writes one vowel with two letters.
    spelled = read.replace("ου", "ou").replace("ού", "ou").translate(_SPELLED)  # noqa: RUF001
    return unicodedata.normalize("NFKD", spelled).translate(_SPELLED).encode("ascii", "ignore").decode()


def _as_read(character: str) -> str:
    found = _NAMED.fullmatch(unicodedata.name(character, ""))
    return character if found is None else (found[1] or found[2]).lower()
