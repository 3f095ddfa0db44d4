"""The catalogue of a session, as the sums want it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

from plandoc.arithmetic.definitions import Definitions
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, Recipe
from plandoc.sessions import Session

RecordT = TypeVar("RecordT")


def definitions_in(session: Session) -> Definitions:
    """Return what the catalogue defines at this moment; each record is read when a sum first asks for it.

    Not to be kept over a change of the catalogue: a record that was read is not looked up again.
    """
    return session.once(_definitions)


def _definitions(session: Session) -> Definitions:
    return Definitions(
        _lookup(session, FinishedGood),
        _lookup(session, FinishedUnit),
        _lookup(session, Recipe),
        _lookup(session, Ingredient),
    )


def _lookup(session: Session, record_type: type[RecordT]) -> Callable[[int], RecordT | None]:
    # A sum asks for the same few hundred records many times over.
    return functools.cache(lambda record_id: session.workspace.get_or_none(record_type, record_id))
