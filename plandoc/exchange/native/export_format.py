"""The format of an exchange file: which keys it has, in which order, and how it becomes bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from plandoc.exchange.native.ids_and_slugs import Row
from plandoc.records import UnitWord
from plandoc.tables import TABLES, table_of

APPLICATION = "plandoc"
VERSION = 2
# The numbers of everything with a short name, by that name: new records keep their number in a folder, if it is free.
IDS = "ids"
# Version 1 has this instead: only the numbers that snapshots and amendments mention.
IDS_OF_VERSION_1 = "signed_ids"
# What every exchange file begins with, and nothing else does.
BEGINNING = f'{{\n "application": "{APPLICATION}",\n "export_version": '.encode()

TABLE_NAMES = tuple(table.name for table in TABLES)
# Tables that version 1 did not have.
_SINCE_VERSION_2 = frozenset({table_of(UnitWord).name})
# A decision that was made for the recipe as it is has this instead of the recipe's fingerprint.
CURRENT = "current"


def ids_key(version: int) -> str:
    """Return the key under which a file of a version has its numbers."""
    return IDS_OF_VERSION_1 if version == 1 else IDS


def keys(version: int) -> tuple[str, ...]:
    """Return the keys that a file of a version has, in their order."""
    return ("application", "export_version", ids_key(version), *tables(version))


def tables(version: int) -> tuple[str, ...]:
    """Return the names of the tables that a file of a version has, in their order."""
    return tuple(name for name in TABLE_NAMES if version > 1 or name not in _SINCE_VERSION_2)


def render(known_ids: Mapping[str, Mapping[str, int]], tables: Mapping[str, Sequence[Row]]) -> bytes:
    """Return the bytes of an exchange file: one record a line, every table there, UTF-8, a newline at the end."""
    ids = [b'  "%b": %b' % (name.encode(), orjson.dumps(known_ids[name])) for name in sorted(known_ids)]
    parts = [b' "%b": {%b}' % (IDS.encode(), b"\n" + b",\n".join(ids) + b"\n ")]
    parts.extend(_table(name, tables.get(name, ())) for name in TABLE_NAMES)
    return BEGINNING + b"%d,\n" % VERSION + b",\n".join(parts) + b"\n}\n"


def _table(name: str, rows: Sequence[Row]) -> bytes:
    lines = b",\n".join(b"  " + orjson.dumps(row) for row in rows)
    return b' "%b": [%b]' % (name.encode(), b"\n" + lines + b"\n " if rows else b"")


def is_exchange_file(exported: Mapping[str, Any]) -> bool:
    """Whether an object that was read from a file is one of plandoc's own."""
    return exported.get("application") == APPLICATION
