"""Documents that were read before, so that unchanged ones are not read again."""

from __future__ import annotations

import threading
from collections.abc import Callable

from plandoc.engine.document import DocumentSession
from plandoc.errors import DamagedError, Problem
from plandoc.storage import documents


class DocumentCache:
    """The documents that were read before, distinguished from changed ones by their bytes.

    Not by time stamps: two changes can fall into one tick of a file system's clock.

    Attributes:
        most: How many are kept.
    """

    def __init__(self, store_id: Callable[[], str], *, most: int = 64) -> None:
        self._store_id = store_id
        self.most = most
        self._documents: dict[str, tuple[bytes, DocumentSession]] = {}
        # Readers do not lock the folder, so several threads can be here at once.
        self._turn = threading.Lock()

    def open(self, name: str, content: bytes, file: str) -> DocumentSession:
        """Return the document that these bytes hold.

        Args:
            name: The document.
            content: The bytes.
            file: The file that they are from, which is that of another document in a folder of an older format.

        Raises:
            DamagedError: when they cannot be fully understood, or belong to another folder.
        """
        with self._turn:
            known = self._documents.pop(name, None)
            if known is not None and known[0] == content:
                # Moved to the end; the first is the next to go. With these bytes, because the next reading may get the very
                # same ones, which need no comparison.
                self._documents[name] = (content, known[1])
                return known[1]
        document = self._read(name, content, file)
        self.keep(content, document)
        return document

    def keep(self, content: bytes, document: DocumentSession) -> None:
        """Keep what a reader of these bytes gets; whether they are ever written does not matter."""
        with self._turn:
            self._documents.pop(document.name, None)
            self._documents[document.name] = (content, document)
            if len(self._documents) > self.most:
                self._documents.pop(next(iter(self._documents)))

    def _read(self, name: str, content: bytes, file: str) -> DocumentSession:
        document = documents.parse(file, content)
        if document.store_id != self._store_id():
            message = f"belongs to another folder ({document.store_id}), not to this one ({self._store_id()})"
            hint = "import the other folder's data instead of copying its files"
            raise DamagedError(file, [Problem(message, file=file, hint=hint)])
        opened = DocumentSession(document, name)
        # A file that another program wrote is checked as a whole; in one of ours a row is checked when it is asked for.
        problems = opened.problems() if document.lines else opened.problems_of_tables()
        if problems:
            raise DamagedError(file, problems)
        return opened
