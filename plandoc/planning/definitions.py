"""The catalogue of a session, as the sums want it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from plandoc.arithmetic.definitions import Definitions
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, Recipe
from plandoc.sessions import Session

RecordT = TypeVar("RecordT")


def definitions_in(session: Session) -> Definitions:
    """Return what the catalogue defines; each record is read when a sum asks for it."""
    return Definitions(
        _lookup(session, FinishedGood),
        _lookup(session, FinishedUnit),
        _lookup(session, Recipe),
        _lookup(session, Ingredient),
    )


def _lookup(session: Session, record_type: type[RecordT]) -> Callable[[int], RecordT | None]:
    return lambda record_id: session.workspace.get_or_none(record_type, record_id)
