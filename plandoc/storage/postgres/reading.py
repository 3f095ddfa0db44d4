"""The documents of a store on a server as of one moment, fetched in as few round trips as possible."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Generator, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

from plandoc.storage import initialize, marker
from plandoc.storage.backend import Fingerprints
from plandoc.storage.document_head import Head, head_of
from plandoc.storage.layout import EVENTS_FOLDER
from plandoc.storage.postgres import statements
from plandoc.storage.postgres.connections import Connection
from plandoc.storage.postgres.server_errors import is_lost, translated

if TYPE_CHECKING:
    from plandoc.storage.postgres.backend import PostgresBackend

# Fetched with the first document: most sessions need them, and they are seldom sent, because they seldom change.
_ALWAYS = (marker.NAME, *initialize.DOCUMENTS)
_AT_ONCE = 200

Statement = tuple[bytes, Sequence[Any]]


class Stored(NamedTuple):
    """A document in one version.

    Attributes:
        version: The version; 0 where there never was such a document.
        content: Its content; None when there is no such document.
    """

    version: int
    content: bytes | None


NEVER_THERE = Stored(0, None)
# No document has this version, so the content is sent.
UNKNOWN = Stored(-1, None)


class Listing(NamedTuple):
    """The versions of all documents in folders.

    Attributes:
        total: The sum of the versions of all rows, which no other state of the store has.
        versions: The version of each document.
    """

    total: int | None
    versions: Fingerprints


class PostgresReading:
    """The documents of one moment, that of the first query."""

    def __init__(self, backend: PostgresBackend) -> None:
        self.begin: Sequence[Statement] = ((statements.BEGIN_TO_READ, ()),)
        self.format = backend.format
        self._backend = backend
        self._connection: Connection | None = None
        self._seen: dict[str, Stored] = {}
        self._listing: Listing | None = None

    def __del__(self) -> None:
        # A caller that was interrupted could not release it.
        if self._connection is not None:
            self._connection.close()

    @property
    def version(self) -> Hashable | None:
        """Equal in two readings between which nothing was committed; None before a look at all documents."""
        return None if self._listing is None else self._listing.total

    def read(self, name: str) -> bytes | None:
        """Return the content of a document, or None when there is none."""
        if name not in self._seen:
            self._seen |= self._fetched([name])
        return self._seen[name].content

    def read_remembered(self, name: str) -> bytes | None:
        """Return the same; a content is sent only if this process does not have it."""
        return self.read(name)

    def has(self, name: str) -> bool:
        """Return whether there is a document."""
        return self.read(name) is not None

    def read_many(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield the content of each of these documents; None where there is none."""
        remaining = iter(names)
        while batch := list(itertools.islice(remaining, _AT_ONCE)):
            unseen = [name for name in batch if name not in self._seen]
            # Not kept here, because all of them together may need too much memory.
            found = self._fetched(unseen) if unseen else {}
            yield from ((name, (found.get(name) or self._seen[name]).content) for name in batch)

    def heads(self, folder: str, names: Iterable[str]) -> Generator[tuple[str, Head | None]]:  # noqa: ARG002
        """Yield the head of each of these documents; None where there is none."""
        versions = self._all().versions
        unknown = []
        for name in names:
            known = self._backend.known(name)
            if known.content is not None and known.version == versions.get(name):
                yield name, head_of(known.content, known.version)
            else:
                unknown.append(name)
        if unknown:
            (rows,) = self._ask([(self._backend.statements.heads, [unknown])])
            found = {
                name: Head(start.encode(), end.encode()[-len(end) :], version) for name, version, start, end in rows
            }
            yield from ((name, found.get(name)) for name in unknown)

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the documents in a folder."""
        return list(self.fingerprints(folder, fresh=True))

    def fingerprints(self, folder: str, *, fresh: bool = False) -> Fingerprints:  # noqa: ARG002  (always of this moment)
        """Return the version of each document of a folder."""
        versions = self._all().versions
        if folder == EVENTS_FOLDER:
            return versions
        inside = {name: version for name, version in versions.items() if name.startswith(f"{folder}/")}
        return Fingerprints(inside, versions.scan)

    def fingerprint(self, name: str) -> Hashable | None:
        """Return the version of one document; None when there is none."""
        if name not in self._seen:
            self._seen |= self._fetched([name])
        found = self._seen[name]
        return None if found.content is None else found.version

    def unsettled(self, fingerprints: Mapping[str, Hashable]) -> Collection[str]:  # noqa: ARG002  (versions are never given twice)
        """Return the documents that may change from now on and keep these fingerprints: none."""
        return ()

    def current_marker(self) -> bytes | None:
        """Return the marker with the number of the last transaction in it."""
        total = self._all().total or 0
        return marker.as_of(self.read(marker.NAME), total, "")

    def release(self) -> None:
        """End it; nothing to do when that was done before."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if not connection.closed:
                connection.execute(statements.ROLLBACK)
        except psycopg.Error:
            # Nothing is left to roll back.
            connection.close()
        self._backend.connections.give_back(connection)

    def _all(self) -> Listing:
        if self._listing is None:
            known, last = self._backend.statements, self._backend.listing
            (total,), rows = self._ask([(known.total, ()), (known.listing, [last.total])])
            if total[0] != last.total:
                last = self._backend.listed(total[0], dict(rows))
            self._listing = last
        return self._listing

    def _fetched(self, names: Iterable[str]) -> dict[str, Stored]:
        """Return documents from the server; a content is sent only if this process does not have it."""
        is_first = self._connection is None
        wanted = list(dict.fromkeys((*names, *_ALWAYS) if is_first else names))
        known = {name: self._backend.known(name) for name in wanted}
        versions = [stored.version for stored in known.values()]
        (rows,) = self._ask([(self._backend.statements.read, [wanted, versions])])
        found = dict.fromkeys(wanted, NEVER_THERE)
        for name, version, is_there, content in rows:
            if is_there:
                found[name] = Stored(version, known[name].content if content is None else content.encode())
                self._backend.remember(name, found[name])
            elif version is not None:
                found[name] = Stored(version, None)
        if is_first:
            self._backend.check_marker(found[marker.NAME].content, self.format)
            self._seen |= {name: found[name] for name in _ALWAYS}
        return found

    def _ask(self, questions: Sequence[Statement]) -> list[list[Any]]:
        """Return the rows that answer some queries; the first ones are sent with the start of the transaction."""
        try:
            if self._connection is None:
                return self._begun(questions)
            return answers(self._connection, questions)
        except psycopg.Error as error:
            raise translated(error, self._backend.location) from error

    def _begun(self, questions: Sequence[Statement]) -> list[list[Any]]:
        self._connection, is_new = self._backend.connections.take()
        try:
            found = answers(self._connection, [*self.begin, *questions])
        except psycopg.Error as error:
            self._connection.close()
            self._connection = None
            if is_new or not is_lost(error):
                raise
            # It was lost since its last use, and the others may be, too; nothing was done yet.
            self._backend.connections.forget_idle()
            return self._begun(questions)
        self._note_begin(found[: len(self.begin)])
        return found[len(self.begin) :]

    def _note_begin(self, rows: Sequence[list[Any]]) -> None:
        """Read the server's answer to the start of the transaction."""


def answers(connection: Connection, sent: Sequence[Statement]) -> list[list[Any]]:
    """Return the rows for each of some statements, in one round trip."""
    with connection.pipeline():
        cursors = [connection.execute(statement, parameters) for statement, parameters in sent]
    return [cursor.fetchall() if cursor.description else [] for cursor in cursors]
