"""Documents of older formats, upgraded to the present one when they are read.

An upgrade is a small function with a name, from one format to the next. It is given rows, changes nothing in
place, and never looks at the clock or another file. The file itself is rewritten when it is next changed.

A table that gets a document of its own is a move: until the first change of the folder its rows are read where they
were, and that change moves them. So a move is made for a folder, never for a document alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from plandoc.frozen import frozen

T = TypeVar("T")

Tables = dict[str, Mapping[str, dict[str, Any]]]
Upgrade = Callable[[Tables], Tables]


@frozen
class Move:
    """A table that a format gave a document of its own.

    Attributes:
        table: The table.
        origin: The document that it was in.
        target: The document that it is in since.
        last_format: The last format in which it was in the other one.
    """

    table: str
    origin: str
    target: str
    last_format: int


MOVES: tuple[Move, ...] = (Move("stock", "catalog.json", "stock.json", last_format=1),)

_LAST_FORMAT_BEFORE_A_MOVE = max(move.last_format for move in MOVES)


def _rows_as_they_were(tables: Tables) -> Tables:
    """Format 2: the stock has a document of its own, and documents carry a digest. The rows stay as they are."""
    return tables


# The key is the format that an upgrade starts from.
UPGRADES: Mapping[int, Upgrade] = MappingProxyType({1: _rows_as_they_were})


def upgraded(tables: Tables, *, found: int, wanted: int, upgrades: Mapping[int, Upgrade] = UPGRADES) -> Tables:
    """Return the tables of a document in the wanted format.

    Args:
        tables: As they were read.
        found: The format number they have.
        wanted: The wanted format number.
        upgrades: By the format that each starts from.

    >>> def rename_title_to_name(tables):
    ...     return {"events": {key: {"name": row["title"]} for key, row in tables["events"].items()}}
    >>> upgraded({"events": {"1": {"title": "Fair"}}}, found=1, wanted=2, upgrades={1: rename_title_to_name})
    {'events': {'1': {'name': 'Fair'}}}
    """
    for number in range(found, wanted):
        tables = upgrades[number](tables)
    return tables


def origin(document: str, found: int) -> str:
    """Return the document of a folder of some format that holds what is in this one now.

    >>> origin("stock.json", 1), origin("stock.json", 2), origin("catalog.json", 1)
    ('catalog.json', 'stock.json', 'catalog.json')
    """
    if found > _LAST_FORMAT_BEFORE_A_MOVE:
        return document
    origins = (move.origin for move in MOVES if move.target == document and found <= move.last_format)
    return next(origins, document)


def parts(document: str, found: int) -> tuple[str, ...]:
    """Return the documents that one of a folder of some format is divided into, its own name first.

    >>> parts("catalog.json", 1), parts("catalog.json", 2)
    (('catalog.json', 'stock.json'), ('catalog.json',))
    """
    return (document, *(move.target for move in MOVES if move.origin == document and found <= move.last_format))


def part(tables: Mapping[str, T], document: str, found: int) -> dict[str, T]:
    """Return what belongs to a document now, from what there is for each table of its origin.

    >>> part({"recipes": 1, "stock": 2}, "stock.json", 1), part({"recipes": 1, "stock": 2}, "catalog.json", 1)
    ({'stock': 2}, {'recipes': 1})
    """
    if found > _LAST_FORMAT_BEFORE_A_MOVE:
        return dict(tables)
    targets = {move.table: move.target for move in MOVES if found <= move.last_format}
    own = {table for table, target in targets.items() if target == document}
    return {table: value for table, value in tables.items() if (table in own if own else table not in targets)}
