"""What a folder turns out to hold when it is opened as after a crash."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import attrs
from crash_model import Tree
from recorder import LINEAGE, QuickFiles, clock, contents, observe, read_with_serial

from plandoc.errors import RecoveryWarning
from plandoc.storage import archive, initialize
from plandoc.storage.document_files import LOST_FOUND
from plandoc.storage.files import Files


@attrs.frozen
class Found:
    """What a folder holds.

    Attributes:
        held: The documents by name, the next event's id and the number of the last transaction; empty without a folder.
        copies: What was put aside, by name.
        has_warned: Whether the recovery said something; no part of what is held.
    """

    held: Mapping[str, bytes] = attrs.field(factory=dict)
    copies: Mapping[str, bytes] = attrs.field(factory=dict)
    has_warned: bool = attrs.field(default=False, eq=False)

    def is_allowed(self, expected: Found, left: Tree) -> bool:
        """Whether it is what was expected; a copy may be there of anything that the crash left, and of nothing else."""
        extra = [content for name, content in self.copies.items() if name not in expected.copies]
        return (
            documents_in(self.held) == documents_in(expected.held)
            and expected.copies.items() <= self.copies.items()
            and all(content in left.values() for content in extra)
        )


def documents_in(held: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what is held but for files that are not documents: moving such a file away is not a transaction."""
    return {name: content for name, content in held.items() if "/" not in name or archive.is_document_name(name)}


def look(root: Path, *, make: bool = False, edited: bool = False, aside: bool = True) -> Found:
    """Recover a folder and return what it holds.

    Args:
        root: The folder.
        make: Whether nobody was told yet that there is a folder, so that it may have to be made.
        edited: Whether somebody changed a document after the crash, which readers are shown until it is recovered.
        aside: Whether what was put aside counts.
    """
    if not make and not root.exists():
        return Found()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        if make and not initialize.is_initialized(root, Files()):
            initialize.create(root, store_id=LINEAGE, files=QuickFiles(), clock=clock, timeout_seconds=0)
        held = observe(root, edited=edited, look=read_with_serial)
    unwanted = [str(one.message) for one in said if one.category is not RecoveryWarning]
    assert unwanted == [], unwanted
    return Found(held, put_aside(root) if aside else {}, bool(said))


def put_aside(root: Path) -> dict[str, bytes]:
    """Return the versions that recoveries put aside, by name."""
    return {name: content for name, content in contents(root).items() if name.startswith(LOST_FOUND)}
