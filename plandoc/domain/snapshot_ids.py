"""The digest that seals a snapshot, and the ids inside sealed records: snapshots, and the amendments on top of them.

An export leaves them as they are, so that the digest can be verified, and carries a table of what they mean. An import
keeps them wherever they are free. Where they are not, the records are renumbered, and the snapshot tells of it: its
definitions hold, under "imported", the digest that it came with and each id that was changed, so that the
original can be had again and its digest verified at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import attrs
import orjson

from plandoc import codec
from plandoc.constraints import positive_int, sha256_digest
from plandoc.records import Finding, FinishedGood, PlanAmendment, PlanSnapshot, Recipe
from plandoc.tables import CATALOG_TABLES, TABLES_OF_FIELDS, table_of

# Takes a table and an id, and returns the id in its place.
Change = Callable[[str, int], int]
# Ids by the id in whose place they stand, by table.
Changed = Mapping[str, Mapping[int, int]]

TABLES = tuple(table.name for table in CATALOG_TABLES)
IMPORTED = "imported"
# The fields of an amendment that hold definitions by table and id.
_FROZEN = ("definitions", "definitions_before")
# Each import into a folder where the ids are taken is one; far fewer than Python's stack is deep.
_MOST_JOURNEYS = 100

_TABLES_OF_KEYS: Mapping[str, str] = MappingProxyType(
    {field: table.name for field, table in TABLES_OF_FIELDS.items()}
    # Those of amendments, and of the program that the snapshot's form comes from.
    | {"added_recipe_ids": table_of(Recipe).name, "fg_id": table_of(FinishedGood).name}
)


def digest_of(
    snapshot_data: Mapping[str, Any], definitions: Mapping[str, Any], findings: Iterable[Finding] = ()
) -> str:
    """Return the SHA-256 of a snapshot's canonical JSON (RFC 8785's key order, no white space), in hexadecimal.

    >>> digest_of({"b": 1, "a": 2}, {}) == digest_of({"a": 2, "b": 1}, {})
    True
    """
    content = {
        "snapshot_data": dict(snapshot_data),
        "definitions": dict(definitions),
        "findings": [codec.to_row(finding) for finding in findings],
    }
    canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()


def ids_in(snapshot: PlanSnapshot | None, amendments: Iterable[PlanAmendment]) -> set[tuple[str, int]]:
    """Return every (table, id) that sealed records hold."""
    seen: set[tuple[str, int]] = set()

    def look(table: str, number: int) -> int:
        seen.add((table, number))
        return number

    if snapshot is not None:
        _snapshot(snapshot, look)
    for amendment in amendments:
        renumbered_amendment(amendment, look)
    return seen


def renumbered_amendment(amendment: PlanAmendment, change: Change) -> PlanAmendment:
    """Return an amendment with other ids."""
    row = codec.to_row(amendment)
    frozen = {
        field: {table: _defined(table, rows, change) for table, rows in row.pop(field).items()} for field in _FROZEN
    }
    return codec.from_row(PlanAmendment, amendment.id, {**_walked(row, change), **frozen})


def renumbered_snapshot(snapshot: PlanSnapshot, changed: Changed) -> PlanSnapshot:
    """Return a snapshot with other ids, which keeps the digest that it came with; itself where nothing changes."""
    if not any(changed.values()):
        return snapshot
    other = _snapshot(snapshot, lambda table, number: changed.get(table, {}).get(number, number))
    journey = {
        "digest": snapshot.digest,
        "ids": {table: {str(old): new for old, new in sorted(ids.items())} for table, ids in changed.items() if ids},
    }
    before = snapshot.definitions.get(IMPORTED, [])
    return _with_digest(other, {**other.definitions, IMPORTED: [*before, journey]})


def for_reading(snapshot: PlanSnapshot, change: Change) -> PlanSnapshot:
    """Return a snapshot with other ids to be looked at and thrown away: its digest fits it no more."""
    return _snapshot(snapshot, change)


def before_import(snapshot: PlanSnapshot) -> PlanSnapshot | None:
    """Return a snapshot as it was before it was imported and renumbered; None when it never was.

    What is returned has the digest of then: whoever doubts the import recomputes it.
    """
    journeys = _journeys(snapshot)
    if not journeys:
        return None
    back = {table: {new: old for old, new in ids.items()} for table, ids in ids_of(journeys[-1]).items()}
    other = _snapshot(snapshot, lambda table, number: back.get(table, {}).get(number, number))
    definitions = other.definitions
    definitions[IMPORTED] = journeys[:-1]
    if not journeys[:-1]:
        del definitions[IMPORTED]
    return attrs.evolve(_with_digest(other, definitions), digest=journeys[-1]["digest"])


def changed_since(snapshot: PlanSnapshot, digest: str) -> Changed | None:
    """Return which ids a snapshot has in the place of those of the one with a digest; None when it is another."""
    if snapshot.digest == digest:
        return {}
    journeys = _journeys(snapshot)
    return ids_of(journeys[-1]) if journeys and journeys[-1]["digest"] == digest else None


def ids_of(journey: Mapping[str, Any]) -> dict[str, dict[int, int]]:
    """Return which ids an import changed, by the id before."""
    return {table: {int(old): new for old, new in ids.items()} for table, ids in journey["ids"].items()}


def is_sound(snapshot: PlanSnapshot) -> bool:
    """Whether the digest of a snapshot fits it, and that of each one that it was imported from."""
    if not digest_matches(snapshot):
        return False
    if IMPORTED in snapshot.definitions and not _journeys(snapshot):
        return False
    earlier = before_import(snapshot)
    return earlier is None or is_sound(earlier)


def digest_matches(snapshot: PlanSnapshot) -> bool:
    """Whether the digest of a snapshot fits what it holds, wherever it came from."""
    return digest_of(snapshot.snapshot_data, snapshot.definitions, snapshot.findings) == snapshot.digest


def _journeys(snapshot: PlanSnapshot) -> list[dict[str, Any]]:
    """Return what a snapshot tells of its imports, the latest last; nothing when it is not in the form it must have."""
    told = snapshot.definitions.get(IMPORTED)
    if type(told) is not list or len(told) > _MOST_JOURNEYS or not all(map(_is_journey, told)):
        return []
    return told


def _is_journey(told: Any) -> bool:
    if type(told) is not dict or set(told) != {"digest", "ids"} or type(told["ids"]) is not dict:
        return False
    numbers = [pair for ids in told["ids"].values() for pair in (ids.items() if type(ids) is dict else [("", "")])]
    return sha256_digest(told["digest"]) is None and all(
        key.isascii() and key.isdigit() and len(key) < 16 and positive_int(number) is None for key, number in numbers
    )


def _with_digest(snapshot: PlanSnapshot, definitions: Mapping[str, Any]) -> PlanSnapshot:
    digest = digest_of(snapshot.snapshot_data, definitions, snapshot.findings)
    return attrs.evolve(snapshot, definitions=definitions, digest=digest)


def _snapshot(snapshot: PlanSnapshot, change: Change) -> PlanSnapshot:
    findings = (attrs.asdict(finding, recurse=False) for finding in snapshot.findings)
    return attrs.evolve(
        snapshot,
        snapshot_data=_walked(snapshot.snapshot_data, change),
        definitions={table: _defined(table, rows, change) for table, rows in snapshot.definitions.items()},
        findings=tuple(Finding(**_walked(finding, change)) for finding in findings),
    )


def _defined(table: str, rows: Any, change: Change) -> Any:
    if table not in TABLES or type(rows) is not dict:
        return rows
    return {
        str(change(table, int(key))) if key.isascii() and key.isdigit() and len(key) < 16 else key: _walked(row, change)
        for key, row in rows.items()
    }


def _walked(value: Any, change: Change) -> Any:
    if type(value) is list:
        return [_walked(item, change) for item in value]
    if type(value) is not dict:
        return value
    return {key: _changed(key, item, change) for key, item in value.items()}


def _changed(key: str, value: Any, change: Change) -> Any:
    table = _TABLES_OF_KEYS.get(key)
    if table is None:
        return _walked(value, change)
    if type(value) is list:
        return [change(table, item) if type(item) is int else item for item in value]
    return change(table, value) if type(value) is int else value
