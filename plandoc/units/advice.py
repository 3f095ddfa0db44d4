"""What to advise about a text that is not a unit: what it may mean, never what it surely means.

A suggestion by likeness of letters is worth having for long words, where it finds a typing mistake. Of short ones nearly every
text is like some unit, and a wrong suggestion that somebody follows changes an amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from plandoc.text.near_words import nearest
from plandoc.units.table import Dimension
from plandoc.units.unit_names import BY_SPELLING, plain

# Texts of different amounts, by kitchen, and of one that is not exactly what is written: the units that may be meant, each
# with what it is called in full where its name does not say so.
_MAY_MEAN = MappingProxyType(
    {
        "t": ("tbsp", "tsp"),
        "tb": ("tbsp",),
        "ts": ("tsp", "tsk"),
        "ss": ("msk",),
        "c": ("cup", "cda", "c. à s.", "c. à c."),
        "cc": ("ml (cubic centimetre)", "c. à c. (cuillère à café)"),
        "c c": ("ml (cubic centimetre)", "c. à c. (cuillère à café)"),
        "c s": ("c. à s. (cuillère à soupe)", "case"),
        "cs": ("c. à s. (cuillère à soupe)", "case"),
        "spoon": ("tbsp", "tsp"),
        "spoons": ("tbsp", "tsp"),
        "spoonful": ("tbsp", "tsp"),
        "löffel": ("EL", "TL"),
        "cuillère": ("c. à s.", "c. à c."),
        "cuillères": ("c. à s.", "c. à c."),
        "cuchara": ("cda", "cdta"),
        "gr": ("g",),
        "kgr": ("kg",),
        "lt": ("l",),
        "lts": ("l",),
        "livre": ("Pfund (half a kilogram)", "lb"),
        "livres": ("Pfund (half a kilogram)", "lb"),
        "pund": ("Pfund (half a kilogram)", "lb"),
        "st": ("Stück", "stick"),
        "#": ("lb", "each"),
        "oz fl": ("fl oz",),
    }
)
# What makes an amount smaller or larger without saying by how much.
_VAGUE = frozenset({"scant", "heaping", "heaped", "rounded", "generous", "packed", "level", "gehäuft", "gestrichen"})
# Up to this length, only a slip of the fingers counts as likeness.
_SHORT = 4
_ALIKE = 0.8
_LONGEST_COMPARED = 100
# "2 x 400 g" is read as 2 of a unit.
_TIMES = re.compile(r"[x\u00d7] ?\d")


def advice(text: str, dimension: Dimension | None = None) -> str | None:
    """Return what to write instead of a text that is not a unit, as a hint; None when nothing comes near.

    Args:
        text: The text.
        dimension: Suggest only units of this dimension; None suggests any.

    >>> advice("tablespon"), advice("T"), advice("hgg", Dimension.VOLUME)
    ('did you mean tbsp?', 'write tbsp or tsp, whichever is meant', None)
    >>> advice("kg 200 g")
    'write one number and one unit, such as 5.2 kg for 5 kg 200 g'
    """
    written = plain(text[:_LONGEST_COMPARED])
    if _TIMES.match(written):
        return "write the product, such as 800 g for 2 x 400 g"
    if written.partition(" ")[0] in BY_SPELLING and any(map(str.isdecimal, written)):
        return "write one number and one unit, such as 5.2 kg for 5 kg 200 g"
    vague = next((word for word in written.split() if word in _VAGUE), None)
    if vague is not None:
        return f"{vague} is not an exact amount; write the unit alone, and {vague} in the notes"
    meant = [one for one in _MAY_MEAN.get(written, ()) if dimension in {None, _dimension_meant(one)}]
    if len(meant) > 1:
        return f"write {', '.join(meant[:-1])} or {meant[-1]}, whichever is meant"
    near = meant[0] if meant else _nearest(written, dimension)
    return None if near is None else f"did you mean {near}?"


def _dimension_meant(one: str) -> Dimension:
    return BY_SPELLING[plain(one.partition(" (")[0])].dimension


def _nearest(written: str, dimension: Dimension | None) -> str | None:
    known = {spelling: unit.name for spelling, unit in BY_SPELLING.items() if dimension in {None, unit.dimension}}
    slipped = {known[one] for one in _without_slip(written) if one in known}
    if slipped or len(written) <= _SHORT:
        return slipped.pop() if len(slipped) == 1 else None
    near = nearest(written, known, likeness=_ALIKE)
    return None if near is None else known[near]


def _without_slip(written: str) -> Iterator[str]:
    """Yield what a short text of three letters or more is without one slip: two letters swapped, or one struck twice."""
    for at in range(len(written) - 1 if len(written) > 2 else 0):
        if written[at] == written[at + 1]:
            yield written[:at] + written[at + 1 :]
        else:
            yield written[:at] + written[at + 1] + written[at] + written[at + 2 :]
