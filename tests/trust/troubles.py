"""Folders that many things happened to, for the proofs of the repair."""

from __future__ import annotations

import re
from pathlib import Path

import plandoc
from plandoc import PlanState
from tests.builders import a_bakery, a_plan

# What counts: the lock's files say who was there last, and nothing else.
_NOT_CONTENT = (".plandoc",)


def a_worked_folder(path: Path) -> Path:
    """A closed folder with four events: one in production, three drafts."""
    with plandoc.open_store(path, create=True) as store:
        bakery = a_bakery(store)
        event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
        plandoc.record_production(event.id, bakery.cookie.id, 3)
        for name in ("Easter 2027", "Summer Fair", "Autumn Market"):
            a_plan(store, bakery=bakery, name=name)
    return path


def spoil(path: Path, old: bytes, new: bytes) -> None:
    """Replace what a pattern finds in a file, once."""
    content = path.read_bytes()
    assert re.search(old, content)
    path.write_bytes(re.sub(old, new, content, count=1))


def much_happens_to(root: Path) -> None:
    """Do to a worked folder what a repair can put right without a backup, all of it at once."""
    spoil(root / "events/1.json", rb'"production_runs":2', rb'"production_runs":1')
    spoil(root / "catalog.json", rb'"recipes":4', rb'"recipes":2')
    spoil(root / "plandoc.json", rb'"next_event_id": 5', rb'"next_event_id": 3')
    (root / "events/1 (conflicted copy).json").write_bytes(b'{"half": ')
    (root / "catalog-DESKTOP-ABC.json").write_bytes((root / "catalog.json").read_bytes())
    (root / "events/2.json").write_bytes((root / "events/2.json").read_bytes()[:300])
    spoil(root / "events/3.json", rb'"lineage":"', rb'"lineage":"other-')
    (root / "events/12.json").write_bytes((root / "events/4.json").read_bytes())
    (root / "events/fair.json").write_bytes((root / "events/4.json").read_bytes())
    (root / "events/4.json.plandoc-tmp").write_bytes(b"{")


def a_transaction_is_not_folded_in(root: Path) -> None:
    """Leave a committed transaction that only the journal has, and the beginning of one that never was."""
    before = (root / "catalog.json").read_bytes(), (root / "plandoc.json").read_bytes()
    with plandoc.open_store(root) as store:
        with store.session() as session:
            session.add(plandoc.Ingredient("Salt"))
        journal = (root / "journal.jsonl").read_bytes()
    (root / "catalog.json").write_bytes(before[0])
    (root / "plandoc.json").write_bytes(before[1])
    (root / "journal.jsonl").write_bytes(journal + journal[:100])


def everything(root: Path) -> dict[str, bytes]:
    """The bytes of all files of a folder by their paths, but the lock's."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] not in _NOT_CONTENT
    }


def is_kept(content: bytes, root: Path) -> bool:
    """Whether a content stands anywhere in a folder, lost-found included, byte for byte."""
    return content in everything(root).values()
