"""The catalogue of a session, as the sums want it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

from plandoc.arithmetic.definitions import Definitions
from plandoc.open_documents import OpenDocument
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, Recipe
from plandoc.sessions import Session
from plandoc.tables import table_of

RecordT = TypeVar("RecordT")


def definitions_in(session: Session) -> Definitions:
    """Return what the catalogue defines at this moment; each record is read when a sum first asks for it.

    Not to be kept over a change of the catalogue: a record that was read is not looked up again. As long as nothing
    changes, also from one session to the next, it is the same, with all that sums have made of it.
    """
    return session.workspace.catalog().once(_definitions)


def _definitions(catalog: OpenDocument) -> Definitions:
    return Definitions(
        _lookup(catalog, FinishedGood),
        _lookup(catalog, FinishedUnit),
        _lookup(catalog, Recipe),
        _lookup(catalog, Ingredient),
    )


def _lookup(catalog: OpenDocument, record_type: type[RecordT]) -> Callable[[int], RecordT | None]:
    table = table_of(record_type)

    # A sum asks for the same few hundred records many times over.
    @functools.cache
    def lookup(record_id: int) -> RecordT | None:
        return catalog.get(table, record_id) if type(record_id) is int else None

    return lookup
