"""Keeps what is removed from a folder: each file byte for byte, with the reason beside it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from plandoc.storage.document_files import LOST_FOUND, DocumentFiles

_LONGEST_NAME = 150
_REASON = ".why.txt"
_TAKEN_BACK = ".taken-back.txt"
_TAKEN_OUT = re.compile(r"events-([1-9][0-9]{0,14}\.json)\.[0-9a-f]{12}", re.ASCII)


class LostFound:
    """The lost-found of one folder; used by the one who holds the lock."""

    def __init__(self, folder: DocumentFiles) -> None:
        self._folder = folder

    @staticmethod
    def name_of(name: str, content: bytes, *, is_replaced: bool = False) -> str:
        """Return the name under which a file is kept; different content gets a different name.

        >>> LostFound.name_of("events/7.json", b"")
        'lost-found/events-7.json.e3b0c44298fc'
        """
        encoded = name.replace("/", "-").encode("utf-8", "surrogateescape")[:_LONGEST_NAME]
        # A character that is cut in half is dropped; bytes that never were characters stay.
        flat = encoded.decode("utf-8", "ignore" if len(encoded) == _LONGEST_NAME else "surrogateescape")
        suffix = ".replaced" if is_replaced else ""
        return f"{LOST_FOUND}/{flat}.{hashlib.sha256(content).hexdigest()[:12]}{suffix}"

    def keep(self, name: str, content: bytes, reason: str, *, is_replaced: bool = False) -> str:
        """Keep a file's content and the reason, durably; doing it again changes nothing. Return where it is."""
        kept = self.name_of(name, content, is_replaced=is_replaced)
        self._folder.keep(kept, content)
        note = f"{name}\n{reason}\n".encode("utf-8", "backslashreplace")
        # The first reason stays.
        self._folder.keep(kept + _REASON, self._folder.read(kept + _REASON) or note)
        return kept

    def quarantined(self) -> Iterator[str]:
        """Yield the documents of events that are here because they were damaged, and were not restored since."""
        present = self._folder.names(LOST_FOUND)
        noted = set(present)
        found = {
            f"events/{match[1]}"
            for name in present
            if f"{name}{_REASON}" in noted and f"{name}{_TAKEN_BACK}" not in noted
            if (match := _TAKEN_OUT.fullmatch(name.removeprefix(f"{LOST_FOUND}/")))
        }
        yield from sorted(found)

    def note_restored(self, document: str) -> None:
        """Note that a document was restored, so that no later repair restores it after it was removed on purpose."""
        for name in self._folder.names(LOST_FOUND):
            match = _TAKEN_OUT.fullmatch(name.removeprefix(f"{LOST_FOUND}/"))
            if match is not None and f"events/{match[1]}" == document:
                self._folder.keep(name + _TAKEN_BACK, b"taken back from a backup\n")
