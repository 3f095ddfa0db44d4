"""The documents of one version of a folder, read without the lock while others may write."""

from __future__ import annotations

from collections.abc import Collection, Generator, Hashable, Iterable, Iterator, Mapping, Sequence

from plandoc.errors import Outcome
from plandoc.storage import marker, recovery
from plandoc.storage.backend import Fingerprints
from plandoc.storage.directory_scan import unsettled
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.document_head import Head, head_of
from plandoc.storage.os_errors import translate_os_errors
from plandoc.storage.recovery import FileStatus


class FolderReading:
    """The documents as of the last transaction, even if not all of its files are written yet.

    What the journal holds belongs to that version whatever happens to the files. What came only from a file is remembered, so
    that `still_holds` can tell whether a later transaction has changed it.

    Args:
        documents: The folder.
        state: The version.
        edited: Documents that another program has changed since plandoc wrote them, as an earlier reading has shown.
    """

    def __init__(self, documents: DocumentFiles, state: recovery.State, edited: Collection[str] = ()) -> None:
        self._documents = documents
        self._state = state
        self._edited = edited
        self._from_files: set[str] = set()
        self._suspects: set[str] = set()
        self._has_listed = self._has_compared = False
        self.serial = state.serial
        self.format = state.marker.format

    @property
    def version(self) -> Hashable:
        """Equal in two readings between which nothing was committed: the number of the last transaction."""
        return self.serial

    def read(self, name: str) -> bytes | None:
        """Return the content of a document, or None when there is none."""
        return self._in_this_version(name, self._documents.read(name))

    def read_remembered(self, name: str) -> bytes | None:
        """Return the same; what was read of a file a moment ago counts while it looks the same."""
        return self._in_this_version(name, self._documents.read_remembered(name))

    def _in_this_version(self, name: str, content: bytes | None) -> bytes | None:
        """Return what a document holds in this version.

        Args:
            name: The document.
            content: What its file holds.
        """
        changes = self._state.changes.get(name)
        if not changes:
            self._from_files.add(name)
            return content
        status = recovery.classify(content, changes)
        if status is FileStatus.UP_TO_DATE:
            return content
        if status is FileStatus.DIVERGED:
            if name in self._edited:
                self._from_files.add(name)
                return content
            # A later transaction, or another program.
            self._suspects.add(name)
        return changes[-1].content

    def has(self, name: str) -> bool:
        """Return whether there is a document."""
        return self.read(name) is not None

    def read_many(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield the content of each of these documents; None where there is none."""
        return ((name, self.read(name)) for name in names)

    def heads(self, folder: str, names: Iterable[str]) -> Generator[tuple[str, Head | None]]:
        """Yield the head of each of these documents of one folder; None where there is none."""
        others = []
        for name in names:
            if name in self._state.changes:
                # Only the whole file shows whether the file or the journal counts.
                content = self.read(name)
                yield name, None if content is None else head_of(content, self.fingerprint(name))
            else:
                others.append(name)
        self._from_files.update(others)
        yield from self._documents.heads(folder, others)

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the documents in a folder."""
        self._has_listed = True
        names = set(self._documents.names(folder))
        for name, changes in self._state.changes.items():
            if name.startswith(f"{folder}/"):
                names.discard(name)
                names |= {name} if changes[-1].content is not None else set()
        return sorted(names)

    def fingerprints(self, folder: str, *, fresh: bool = False) -> Fingerprints:
        """Return what shows whether each document of a folder still holds what it held."""
        self._has_compared = True
        with translate_os_errors(self._documents.root, Outcome.NOT_SAVED):
            return self._documents.scan_of(folder).scan_with_pending(self._state.pending, self.serial, fresh=fresh)

    def fingerprint(self, name: str) -> Hashable | None:
        """Return the same for one document, as it is at this instant."""
        if name in self._suspects:
            # What was read may turn out to be wrong, and must not be remembered.
            return object()
        with translate_os_errors(self._documents.root, Outcome.NOT_SAVED):
            return self._documents.scan_of(name.partition("/")[0]).stat(name, self._state.pending)

    def unsettled(self, fingerprints: Mapping[str, Hashable]) -> Collection[str]:
        """Return the documents that may change from now on and keep these fingerprints."""
        return unsettled(fingerprints)

    def current_marker(self) -> bytes | None:
        """Return the marker with the number of the last transaction in it; None without one."""
        return marker.as_of(self.read(marker.NAME), self.serial, self._state.line_digest)

    def still_holds(self, now: recovery.State) -> bool:
        """Whether everything that was read belongs to the version of this reading, judged from a later one."""
        if now is self._state:
            return not self._suspects
        changed = now.changed_since(self.serial) if now.marker.store_id == self._state.marker.store_id else None
        return (
            changed is not None
            and changed.isdisjoint(self._from_files)
            and self._suspects <= changed
            and not (self._has_compared and any("/" in name for name in changed))
            and not (self._has_listed and now.made_or_removed_since(self.serial))
        )

    def edited_by_others(self, now: recovery.State) -> frozenset[str]:
        """Return the documents whose content no transaction up to a later version explains."""
        changed = now.changed_since(self.serial)
        return frozenset() if changed is None else frozenset(self._suspects - changed)
