"""Documents as files of a folder: read whole, replaced whole."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from plandoc.errors import Outcome, StorageError
from plandoc.storage.documents import digest
from plandoc.storage.files import Files, NotAFile
from plandoc.storage.listing import Listing
from plandoc.storage.translation import translated

TEMPORARY = ".plandoc-tmp"
LOST_FOUND = "lost-found"


# So many are remembered: those that are being worked on are asked for several times, and paths are slow to make.
_MOST_PLACES = 64


class _Place(NamedTuple):
    """Where a document is, where it is written before it is put there, and the folder that both are in."""

    path: Path
    temporary: Path
    folder: Path


class DocumentFiles:
    """The files of one data folder, by document name."""

    def __init__(self, root: Path, files: Files) -> None:
        self.root = root
        self._files = files
        self._places: dict[str, _Place] = {}
        self._folders: dict[str, Path] = {"": root, ".": root}
        self._listings: dict[str, Listing] = {}

    def read(self, name: str) -> bytes | None:
        """Return the content of a document's file, or None when there is none.

        A folder that is gone is an error: it must not look like one without documents.
        """
        path, _, folder = self._place(name)
        with translated(path, Outcome.NOT_SAVED):
            self._refuse_linked_folder(folder)
            try:
                return self._files.read(path)
            except FileNotFoundError:
                if self._files.status(self.root) is None:
                    raise
                return None

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, without those of unfinished files."""
        path = self._folder(folder)
        with translated(path, Outcome.NOT_SAVED):
            self._refuse_linked_folder(path)
            names = self._files.names(path)
        return [f"{folder}/{name}" for name in names if not name.endswith(TEMPORARY)]

    def listing(self, folder: str) -> Listing:
        """Return what tells whether the documents of a folder are still what they were."""
        self._refuse_linked_folder(self._folder(folder))
        return self._listings.setdefault(folder, Listing(self.root, folder, self._files))

    def take_in(self, names: Iterable[str], serial: int) -> None:
        """Let the listings know what a transaction has just done; see `Listing.take_in`."""
        for listing in self._listings.values():
            listing.take_in(names, serial)

    def refuse_read_only(self, name: str) -> None:
        """Refuse to replace a file that its owner made read-only: the system itself would let it happen."""
        path = self._place(name).path
        present = self._files.status(path)
        if present is not None and not present.st_mode & 0o200:
            reason = "the file is read-only; give it write permission to let plandoc change it"
            raise StorageError(str(path), reason, Outcome.NOT_SAVED)

    def put(self, name: str, content: bytes | None) -> None:
        """Replace a document's file, or remove it when there is no content. Not synced: the journal has it."""
        place = self._place(name)
        if content is None:
            self._refuse_linked_folder(place.folder)
            self._files.remove(place.path)
            return
        self._make_folder_of(place)
        self._replace(place, content)

    def put_durably(self, name: str, content: bytes) -> None:
        """Replace a file that no journal line protects: when this returns it is on the disk."""
        place = self._place(name)
        self._make_folder_of(place)
        self._replace(place, content, durably=True)
        self._files.sync_folder(place.folder)

    def sync(self, names: Iterable[str]) -> None:
        """Return when these documents, and that they are there or gone, are on the disk."""
        folders = {self.root}
        for name in sorted(names):
            self._files.sync_file(self.root / name)
            folders.add((self.root / name).parent)
        for folder in sorted(folders):
            if self._files.status(folder) is not None:
                self._files.sync_folder(folder)

    def keep_aside(self, name: str, serial: int) -> str:
        """Copy a document's file to `lost-found` and return the copy's name; doing it again changes nothing."""
        content = self.read(name) or b""
        kept = f"{LOST_FOUND}/{name.replace('/', '-')}.{serial}.{digest(content)[:8]}"
        if self.read(kept) != content:
            self.put_durably(kept, content)
        return kept

    def remove_temporary(self, folders: Iterable[str]) -> None:
        """Remove what a crash left half written; nothing that is not plandoc's own."""
        for folder in folders:
            path = self._folder(folder)
            self._refuse_linked_folder(path)
            for name in self._files.names(path):
                status = self._files.status(path / name) if name.endswith(TEMPORARY) else None
                if status is not None and not stat.S_ISDIR(status.st_mode):
                    self._files.remove(path / name)

    def _place(self, name: str) -> _Place:
        place = self._places.get(name)
        if place is None:
            if len(self._places) >= _MOST_PLACES:
                self._places.clear()
            folder = name.rpartition("/")[0]
            temporary = self.root / f"{name}{TEMPORARY}"
            place = self._places[name] = _Place(self.root / name, temporary, self._folder(folder))
        return place

    def _folder(self, name: str) -> Path:
        # The very same object each time, so that the root is known without comparing paths.
        if name not in self._folders:
            self._folders[name] = self.root / name
        return self._folders[name]

    def _refuse_linked_folder(self, folder: Path) -> None:
        """Refuse a folder of ours that is a link: it would lead reads and writes outside the data folder."""
        if folder is not self.root:
            _refuse_link(folder, self._files.status(folder))

    def _make_folder_of(self, place: _Place) -> None:
        folder = place.folder
        if folder is self.root:
            return
        present = self._files.status(folder)
        _refuse_link(folder, present)
        if present is None:
            self._files.make_folder(folder)
            # Rare, so it can afford its own sync instead of a rule about who does it later.
            self._files.sync_folder(self.root)

    def _replace(self, place: _Place, content: bytes, *, durably: bool = False) -> None:
        path, temporary, _ = place
        present = self._files.status(path)
        try:
            self._files.create(temporary, content, None if present is None else present.st_mode & 0o777)
            if durably:
                self._files.sync_file(temporary)
            self._files.replace(temporary, path)
        except OSError:
            self._files.remove(temporary)
            raise


def _refuse_link(folder: Path, present: os.stat_result | None) -> None:
    if present is not None and stat.S_ISLNK(present.st_mode):
        raise NotAFile(errno.ELOOP, "wanted a folder, found a symbolic link that leads elsewhere", str(folder))


def changed_since(before: Mapping[str, bytes | None], files: DocumentFiles) -> str | None:
    """Return the first document whose file is no longer what it was, or None when all are."""
    return next((name for name, content in before.items() if files.read(name) != content), None)
