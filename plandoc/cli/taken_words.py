"""What was taken from the stock, and what was not there, in words."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from plandoc.cli import printing
from plandoc.domain.batches import batches_in_words
from plandoc.domain.measures import Amount
from plandoc.engine.session import Session
from plandoc.records import NotTaken, Taken
from plandoc.workflow.stock import in_stock


def taken_in_words(taken: Iterable[Taken], session: Session) -> str:
    """Return what was taken from the stock; blank when nothing."""
    return ", ".join(f"{_amount(part)} of {in_stock(part, session).name}" for part in taken)


def say_taken(taken: str, not_taken: Iterable[NotTaken]) -> None:
    """Say what was taken from the stock, and what was not in it.

    Args:
        taken: The first, in words.
        not_taken: The second.
    """
    if taken:
        printing.say(f"taken from the stock: {taken}")
    for one in not_taken:
        missing = Amount(Fraction(one.quantity), one.unit, rounds_up=True)
        printing.say(f"not in the stock: {missing} of {one.ingredient}")


def _amount(part: Taken) -> str:
    exact = Fraction(part.quantity)
    return str(Amount(exact, part.unit)) if part.recipe_id is None else batches_in_words(exact)
