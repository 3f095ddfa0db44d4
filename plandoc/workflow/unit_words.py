"""Custom words for units, kept in the catalog: once added, they are units wherever a unit is read."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import attrs

from plandoc import units
from plandoc.domain.unit_words import used_already, word_named
from plandoc.engine.session import Session
from plandoc.errors import NotFoundError, refuse, shorten
from plandoc.records import UnitWord
from plandoc.store import NO_SESSION, changes
from plandoc.tables import table_of


@changes("add a word for a unit")
def add_unit_word(
    name: str,
    quantity: Decimal | Fraction | int | str,
    unit: str,
    replace: bool = False,
    session: Session = NO_SESSION,
) -> UnitWord:
    """Add a custom word for a unit ("Kelle = 125 ml"). Returns the record; adding the same again changes nothing.

    From then on the word is a unit in imports, in the stock and in sums. Plans in production keep the words that they
    started with. The word can also be a container, such as can, or a kitchen's spoon, such as EL: it then has this size for
    all ingredients. An ingredient's own equivalents take precedence.

    Args:
        name: The word, in any spelling; not a measure of fixed size, such as cup.
        quantity: How much of `unit` one of it is.
        unit: A measure of fixed size, such as ml, tbsp, g or each.
        replace: Change what the word meant before.
        session: The session to work in; None opens one and commits it.

    Raises:
        ValidationError: with everything that is wrong: a word that is a measure of fixed size, one that means something else
            already and is not to be replaced, a quantity that is not above 0, a unit that is not such a measure.
    """
    word = UnitWord(name, quantity, unit)
    known = units.unit_named(word.name)
    if known is not None and not known.has_fixed_size:
        # The size is that of the unit, in whichever spelling recipes have it.
        word = attrs.evolve(word, name=known.name)
    present = word_named(word.name, session.find(UnitWord))
    if present is None:
        return session.add(word)
    wanted = attrs.evolve(present, name=word.name, quantity=word.quantity, unit=word.unit)
    if not replace and (wanted.quantity, wanted.unit) != (present.quantity, present.unit):
        refuse([used_already(word.name, present)])
    return session.replace(wanted)


@changes("remove a word for a unit")
def remove_unit_word(name: str, session: Session = NO_SESSION) -> UnitWord:
    """Remove a custom word for a unit. Returns what it was.

    Args:
        name: The word.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: when there is no such word.
        StillUsedError: with every recipe, ingredient and stock that uses it.
    """
    words = session.find(UnitWord)
    word = word_named(name, words)
    if word is None:
        known = ", ".join(one.name for one in words)
        raise NotFoundError(table_of(UnitWord).label, shorten(name), f"known are {known}" if known else None)
    session.remove(UnitWord, word.id)
    return word
