"""The digest that seals a snapshot, and the ids inside sealed records: snapshots, and the amendments on top of them.

An export leaves them as they are, so that the digest can be verified, and carries a table of what they mean. An import
keeps them wherever they are free. Where they are not, the records are renumbered, and the snapshot keeps its
provenance: its definitions hold, under "imported", the digest that it was written with and each id that was changed
since, so that the original can be restored and its digest verified at any time. That is one step, however often a
plan travels; snapshots of earlier versions can hold one for each import, the latest last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import attrs
import orjson

from plandoc import codec
from plandoc.fields.constraints import positive_int, sha256_digest
from plandoc.records import Finding, FinishedGood, PlanAmendment, PlanSnapshot, Recipe
from plandoc.tables import CATALOG_TABLES, TABLES_OF_FIELDS, table_of

# Takes a table and an id, and returns the id in its place.
Change = Callable[[str, int], int]
# Ids by the id that they replace, by table.
Changed = Mapping[str, Mapping[int, int]]

TABLES = tuple(table.name for table in CATALOG_TABLES)
IMPORTED = "imported"
# The fields of an amendment that hold definitions by table and id.
_FROZEN = ("definitions", "definitions_before")
# Only earlier versions wrote more than one, one for each import into a folder where the ids were taken.
_MOST_STEPS = 100

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
        renumbered_view(snapshot, look)
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
    """Return a snapshot with other ids, which keeps its provenance; itself where nothing changes."""
    if not any(changed.values()):
        return snapshot
    digest, since = _levels(snapshot)[-1]
    ids = _chained(since, changed)
    if not any(ids.values()):
        # It is back where its ids mean what they did at first.
        return original(snapshot)
    step = {
        "digest": digest,
        "ids": {table: {str(old): new for old, new in sorted(pairs.items())} for table, pairs in ids.items() if pairs},
    }
    other = renumbered_view(snapshot, lambda table, number: changed.get(table, {}).get(number, number))
    return _with_digest(other, {**other.definitions, IMPORTED: [step]})


def renumbered_view(snapshot: PlanSnapshot, change: Change) -> PlanSnapshot:
    """Return a snapshot with other ids, for reading only: its digest no longer matches."""
    findings = (attrs.asdict(finding, recurse=False) for finding in snapshot.findings)
    return attrs.evolve(
        snapshot,
        snapshot_data=_walked(snapshot.snapshot_data, change),
        definitions={table: _defined(table, rows, change) for table, rows in snapshot.definitions.items()},
        findings=tuple(Finding(**_walked(finding, change)) for finding in findings),
    )


def original(snapshot: PlanSnapshot) -> PlanSnapshot:
    """Return a snapshot as it was written, before imports renumbered it; itself when none did.

    The result has the digest of that time, so the import can be verified by recomputing it.
    """
    while (earlier := _before_last_import(snapshot)) is not None:
        snapshot = earlier
    return snapshot


def changed_since(snapshot: PlanSnapshot, other: PlanSnapshot) -> Changed | None:
    """Return which ids a snapshot has instead of those of another one; None when they have different origins."""
    known = dict(_levels(snapshot))
    for digest, since in _levels(other):
        if digest in known:
            back = {table: _inverse(ids) for table, ids in since.items()}
            return _chained(back, known[digest])
    return None


def is_same_but_for_provenance(snapshot: PlanSnapshot, other: PlanSnapshot) -> bool:
    """Whether two snapshots hold the same, regardless of how they came to hold it."""

    def bare(one: PlanSnapshot) -> PlanSnapshot:
        definitions = {table: rows for table, rows in one.definitions.items() if table != IMPORTED}
        return attrs.evolve(one, definitions=definitions, digest=snapshot.digest)

    return bare(snapshot) == bare(other)


def is_sound(snapshot: PlanSnapshot) -> bool:
    """Whether the digest of a snapshot matches, and that of each one that it was imported from."""
    while digest_matches(snapshot):
        earlier = _before_last_import(snapshot)
        if earlier is None:
            return IMPORTED not in snapshot.definitions
        snapshot = earlier
    return False


def digest_matches(snapshot: PlanSnapshot) -> bool:
    """Whether the digest of a snapshot matches what it holds, wherever it came from."""
    return digest_of(snapshot.snapshot_data, snapshot.definitions, snapshot.findings) == snapshot.digest


def import_history(snapshot: PlanSnapshot) -> list[dict[str, Any]]:
    """Return the imports that a snapshot records, the latest last; nothing when they are not in the form they must have."""
    steps = snapshot.definitions.get(IMPORTED)
    if type(steps) is not list or len(steps) > _MOST_STEPS or not all(map(_is_step, steps)):
        return []
    return steps


def _is_step(step: Any) -> bool:
    if type(step) is not dict or set(step) != {"digest", "ids"} or type(step["ids"]) is not dict:
        return False
    numbers = [pair for ids in step["ids"].values() for pair in (ids.items() if type(ids) is dict else [("", "")])]
    return sha256_digest(step["digest"]) is None and all(
        key.isascii() and key.isdigit() and len(key) < 16 and positive_int(number) is None for key, number in numbers
    )


def _ids_of(step: Mapping[str, Any]) -> dict[str, dict[int, int]]:
    return {table: {int(old): new for old, new in ids.items()} for table, ids in step["ids"].items()}


def _before_last_import(snapshot: PlanSnapshot) -> PlanSnapshot | None:
    steps = import_history(snapshot)
    if not steps:
        return None
    back = {table: _inverse(ids) for table, ids in _ids_of(steps[-1]).items()}
    other = renumbered_view(snapshot, lambda table, number: back.get(table, {}).get(number, number))
    definitions = {**other.definitions, IMPORTED: steps[:-1]}
    if not steps[:-1]:
        del definitions[IMPORTED]
    return attrs.evolve(other, definitions=definitions, digest=steps[-1]["digest"])


def _levels(snapshot: PlanSnapshot) -> list[tuple[str, Changed]]:
    """Return the digests that a snapshot has had, the present one first, each with the ids that were changed since."""
    levels: list[tuple[str, Changed]] = [(snapshot.digest, {})]
    for step in reversed(import_history(snapshot)):
        levels.append((step["digest"], _chained(_ids_of(step), levels[-1][1])))
    return levels


def _chained(first: Changed, then: Changed) -> Changed:
    """Return two changes of ids, one after the other, as one; ids that end up unchanged are left out."""
    return {table: _both(first.get(table, {}), then.get(table, {})) for table in dict.fromkeys((*first, *then))}


def _both(first: Mapping[int, int], then: Mapping[int, int]) -> dict[int, int]:
    back = _inverse(first)
    before = {*first, *(back.get(number, number) for number in then)}
    after = {number: then.get(first.get(number, number), first.get(number, number)) for number in before}
    return {number: new for number, new in after.items() if number != new}


def _inverse(ids: Mapping[int, int]) -> dict[int, int]:
    return {new: old for old, new in ids.items()}


def _with_digest(snapshot: PlanSnapshot, definitions: Mapping[str, Any]) -> PlanSnapshot:
    digest = digest_of(snapshot.snapshot_data, definitions, snapshot.findings)
    return attrs.evolve(snapshot, definitions=definitions, digest=digest)


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
