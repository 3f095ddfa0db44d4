"""A folder with events in it: what the tests of its files write, leave behind and look up."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import attrs
from recorder import Changes, Fault, FaultyFiles, QuickFiles, commit, document, open_folder

from plandoc.storage import journal, marker
from plandoc.storage.folder import FolderBackend

FIRST, SECOND = "events/1.json", "events/2.json"
OLD, NEW, NEWER = (document(FIRST, text) for text in ("old", "new", "newer"))


class NamelessFiles(FaultyFiles):
    """What fails says which number, never which file."""

    def _error(self, fault: Fault, arguments: tuple[Any, ...]) -> BaseException:
        return OSError(fault.error, os.strerror(errno.EIO))


def left_by_a_crash(root: Path, *changes: Changes) -> None:
    """Let a writer commit these changes and die before it closes its store."""
    backend = open_folder(root, QuickFiles())
    for each in changes:
        commit(backend, each)


def begun(backend: FolderBackend) -> None:
    """Begin a transaction that changes nothing, which recovers what has to be."""
    backend.begin("look", timeout_seconds=0).release()


def held(root: Path) -> bytes:
    """The bytes of the first event."""
    return (root / FIRST).read_bytes()


def lines(root: Path) -> list[dict[str, Any]]:
    """What is in the journal, without the room behind it."""
    return [json.loads(line) for line in (root / journal.NAME).read_bytes().rstrip().splitlines()]


def marker_of(root: Path) -> marker.Marker:
    """The marker without the digest of the last line, which no test can know beforehand."""
    return attrs.evolve(marker.parse((root / marker.NAME).read_bytes()), line_digest="")


def kept_aside(root: Path) -> list[bytes]:
    """What recoveries have put aside."""
    return [path.read_bytes() for path in (root / "lost-found").iterdir()]
