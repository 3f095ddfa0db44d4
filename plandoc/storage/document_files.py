"""Documents as files of a folder: read whole, replaced whole."""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from plandoc.errors import Outcome, StorageError
from plandoc.storage.documents import digest
from plandoc.storage.files import Files, NotAFile
from plandoc.storage.listing import Listing
from plandoc.storage.translation import translated

TEMPORARY = ".plandoc-tmp"
LOST_FOUND = "lost-found"


class DocumentFiles:
    """The files of one data folder, by document name."""

    def __init__(self, root: Path, files: Files) -> None:
        self.root = root
        self._files = files
        self._listings: dict[str, Listing] = {}

    def read(self, name: str) -> bytes | None:
        """Return the content of a document's file, or None when there is none.

        A folder that is gone is an error: it must not look like one without documents.
        """
        path = self.root / name
        with translated(path, Outcome.NOT_SAVED):
            self._refuse_linked_folder(path.parent)
            try:
                return self._files.read(path)
            except FileNotFoundError:
                if self._files.status(self.root) is None:
                    raise
                return None

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, without those of unfinished files."""
        with translated(self.root / folder, Outcome.NOT_SAVED):
            self._refuse_linked_folder(self.root / folder)
            names = self._files.names(self.root / folder)
        return [f"{folder}/{name}" for name in names if not name.endswith(TEMPORARY)]

    def listing(self, folder: str) -> Listing:
        """Return what tells whether the documents of a folder are still what they were."""
        self._refuse_linked_folder(self.root / folder)
        return self._listings.setdefault(folder, Listing(self.root, folder, self._files))

    def refuse_read_only(self, name: str) -> None:
        """Refuse to replace a file that its owner made read-only: the system itself would let it happen."""
        present = self._files.status(self.root / name)
        if present is not None and not present.st_mode & 0o200:
            reason = "the file is read-only; give it write permission to let plandoc change it"
            raise StorageError(str(self.root / name), reason, Outcome.NOT_SAVED)

    def put(self, name: str, content: bytes | None) -> None:
        """Replace a document's file, or remove it when there is no content. Not synced: the journal has it."""
        path = self.root / name
        self._refuse_linked_folder(path.parent)
        if content is None:
            self._files.remove(path)
            return
        self._make_folder_of(path)
        self._replace(path, content)

    def put_durably(self, name: str, content: bytes) -> None:
        """Replace a file that no journal line protects: when this returns it is on the disk."""
        path = self.root / name
        self._refuse_linked_folder(path.parent)
        self._make_folder_of(path)
        self._replace(path, content, durably=True)
        self._files.sync_folder(path.parent)

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
            path = self.root / folder
            self._refuse_linked_folder(path)
            for name in self._files.names(path):
                status = self._files.status(path / name) if name.endswith(TEMPORARY) else None
                if status is not None and not stat.S_ISDIR(status.st_mode):
                    self._files.remove(path / name)

    def _refuse_linked_folder(self, folder: Path) -> None:
        """Refuse a folder of ours that is a link: it would lead reads and writes outside the data folder."""
        if folder != self.root:
            present = self._files.status(folder)
            if present is not None and stat.S_ISLNK(present.st_mode):
                raise NotAFile(errno.ELOOP, "wanted a folder, found a symbolic link that leads elsewhere", str(folder))

    def _make_folder_of(self, path: Path) -> None:
        if path.parent != self.root and self._files.status(path.parent) is None:
            self._files.make_folder(path.parent)
            # Rare, so it can afford its own sync instead of a rule about who does it later.
            self._files.sync_folder(self.root)

    def _replace(self, path: Path, content: bytes, *, durably: bool = False) -> None:
        temporary = path.with_name(path.name + TEMPORARY)
        present = self._files.status(path)
        try:
            # Never over what a crash left: a second crash could mix the two, which would look like an edit by hand.
            self._files.remove(temporary)
            self._files.create(temporary, content, None if present is None else present.st_mode & 0o777)
            if durably:
                self._files.sync_file(temporary)
            self._files.replace(temporary, path)
        except OSError:
            self._files.remove(temporary)
            raise


def changed_since(before: Mapping[str, bytes | None], files: DocumentFiles) -> str | None:
    """Return the first document whose file is no longer what it was, or None when all are."""
    return next((name for name, content in before.items() if files.read(name) != content), None)
