"""Rows kept on this machine from one process to the next, with the fingerprints of the files they were read from.

Outside the data folder: fingerprints mean something on this machine alone, whoever only reads must not write into the
folder, and a copy, a sync service or git has no use for them. Losing them costs time and nothing else, so that whatever
the system refuses here is no error.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Hashable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from plandoc.storage.documents import FORMAT, Row
from plandoc.storage.files import Files

ENVIRONMENT_VARIABLE = "PLANDOC_CACHE"

# Counted up when this file gets another form.
_FORM = 1
_DIGEST_SIZE = hashlib.sha256().digest_size


class KeptRow(NamedTuple):
    """The row of an event, as it was when its document had this fingerprint."""

    fingerprint: Hashable
    event_id: int
    row: Row


class KeptRows:
    """The rows kept for one data folder.

    Args:
        root: The data folder.
        lineage: Its identity.
        files: The calls to the operating system.
    """

    def __init__(self, root: Path, lineage: str, files: Files) -> None:
        # Whose rows these are: not of another plandoc, of a folder that stood here before, or of another one.
        # Its path need not be text that JSON can carry.
        folder = os.fsencode(root).decode("utf-8", "backslashreplace")
        self._owner = {"form": _FORM, "format": FORMAT, "folder": folder, "lineage": lineage}
        self._root = root
        self._files = files

    @property
    def place(self) -> str:
        """Where they are, as a person says it."""
        return str(self._path())

    def load(self) -> dict[str, KeptRow]:
        """Return the rows by document; none when there are none, or they are not as they were written."""
        path = self._path()
        try:
            content = b"" if path is None else self._files.read(path)
        except OSError:
            return {}
        kept = _sound(content)
        if kept.pop("owner", None) != self._owner:
            return {}
        return {
            name: KeptRow(tuple(fingerprint), event_id, row)
            for name, (fingerprint, event_id, row) in kept["rows"].items()
        }

    def save(self, rows: Mapping[str, KeptRow]) -> None:
        """Keep these rows instead of those kept before."""
        path = self._path()
        if path is None:
            return
        content = orjson.dumps({"owner": self._owner, "rows": {name: tuple(row) for name, row in rows.items()}})
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                # For the user alone, like the folder: nobody else is to read or to plant names of events.
                self._files.create(temporary, hashlib.sha256(content).digest() + content, 0o600)
                self._files.replace(temporary, path)
            except OSError:
                self._files.remove(temporary)
                raise

    def forget(self) -> None:
        """Remove what is kept."""
        path = self._path()
        if path is not None:
            with suppress(OSError):
                self._files.remove(path)

    def _path(self) -> Path | None:
        folder = _cache_folder()
        name = hashlib.sha256(os.fsencode(self._root)).hexdigest()[:32]
        return None if folder is None else folder / f"events-{name}.json"


def _sound(content: bytes) -> dict[str, Any]:
    """Return what was written; nothing where a power cut or another hand has changed it."""
    digest, written = content[:_DIGEST_SIZE], content[_DIGEST_SIZE:]
    if hashlib.sha256(written).digest() != digest:
        return {}
    found: dict[str, Any] = orjson.loads(written)
    return found


def _cache_folder() -> Path | None:
    """Return where this user's programs keep what can be lost; None when nothing is to be kept."""
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    if named is not None:
        return Path(named).absolute() if named else None
    # Only here: most folders have fewer events than are worth keeping.
    from platformdirs import user_cache_path  # noqa: PLC0415

    return user_cache_path("plandoc", appauthor=False)
