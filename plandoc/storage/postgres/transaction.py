"""One change of a store on a server: made alongside those of others, and refused at the commit if they were faster."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import psycopg

from plandoc.errors import Outcome, SessionError, StorageError
from plandoc.storage import documents, marker, pre_migration_backup
from plandoc.storage.backend import Fingerprints
from plandoc.storage.postgres import statements
from plandoc.storage.postgres.outcomes import Attempt, found_out
from plandoc.storage.postgres.reading import PostgresReading, Statement, Stored, answers
from plandoc.storage.postgres.server_errors import is_lost, reason_of, translated

if TYPE_CHECKING:
    from plandoc.storage.postgres.backend import PostgresBackend

Changes = Mapping[str, bytes | None]


class PostgresTransaction(PostgresReading):
    """A change in progress; others may be in progress at the same time.

    What was read is locked at the commit, in one round trip with what is written. The server refuses both if somebody else has
    changed a document since this transaction began.
    """

    def __init__(self, backend: PostgresBackend, action: str, timeout_seconds: float) -> None:
        super().__init__(backend)
        # The action is for those who watch the server.
        shown = (statements.SHOW_ACTION, [ascii(f"plandoc: {action}")[1:-1]])
        self.begin = ((statements.BEGIN_TO_WRITE, ()), (statements.TRANSACTION_ID, ()), shown)
        self._timeout_seconds = timeout_seconds
        self._held: set[str] = set()
        self._decides_by_all = False
        self._is_over = False
        self._id = ""

    def read(self, name: str) -> bytes | None:
        """Return the content of a document, or None when there is none; it must stay so until the commit."""
        self._held.add(name)
        return super().read(name)

    def read_many(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield the content of each of these documents; None where there is none."""
        for name, content in super().read_many(names):
            self._held.add(name)
            yield name, content

    def fingerprints(self, folder: str, *, fresh: bool = False) -> Fingerprints:
        """Return the version of each document of a folder."""
        self._decides_by_all |= fresh
        return super().fingerprints(folder, fresh=fresh)

    def commit(self, changes: Changes, *, least_number: int = 0) -> None:
        """Write all documents or none.

        Args:
            changes: Their contents; None as content removes one.
            least_number: The lowest number that the last transaction may have.
        """
        if self._is_over:
            raise SessionError("this transaction is over; begin another one")
        if self.format < documents.FORMAT:
            changes = pre_migration_backup.raised(self, changes)
        unseen = changes.keys() - self._seen.keys()
        if unseen:
            self._seen |= self._fetched(sorted(unseen))
        with self._backend.own_commits.under_way() as versions:
            versions.update(self._committed(changes, least_number))
        self._take_in(changes, versions)

    def release(self) -> None:
        """End it; nothing to do when that was done before."""
        self._is_over = True
        super().release()

    def _committed(self, changes: Changes, least_number: int) -> dict[str, int]:
        """Commit in one round trip; return the new version of each document, as far as it is known."""
        assert self._connection is not None  # noqa: S101  (it has begun, or nothing would be seen)
        sent = self._statements(changes, least_number)
        attempt = Attempt(self._id, self._backend.connections.started_at, changes, self._seen)
        try:
            rows = answers(self._connection, [one for _, one in sent])
        except psycopg.Error as error:
            if not is_lost(error):
                raise translated(error, self._backend.location, self._timeout_seconds) from error
            outcome = found_out(self._backend.connections, self._backend.statements, attempt)
            if outcome is not Outcome.SAVED:
                reason = f"the connection to the server was lost during the commit ({reason_of(error)})"
                raise StorageError(self._backend.location, reason, outcome) from error
            # Each write of a document that nobody else has changed meanwhile gives the next version.
            return {name: self._seen[name].version + 1 for name in changes}
        return {name: answer[0][0] for (name, _), answer in zip(sent, rows, strict=True) if name}

    def _statements(self, changes: Changes, least_number: int) -> list[tuple[str, Statement]]:
        """Return what the commit consists of, with the name of each document that gets a version.

        In the order of the names, whether a document is locked or written, so that no two transactions wait for each other.
        """
        known = self._backend.statements
        milliseconds = max(1, round(self._timeout_seconds * 1000))
        sent: list[tuple[str, Statement]] = [("", (statements.LOCK_TIMEOUT, [f"{milliseconds}ms"]))]
        touched = {marker.NAME} - changes.keys() if self._decides_by_all else set()
        written = changes.keys() | touched
        for is_written, names in itertools.groupby(sorted(written | self._held), written.__contains__):
            if not is_written:
                sent.append(("", (known.hold, [list(names)])))
                continue
            for name in names:
                content = changes.get(name)
                text = None if content is None else content.decode()
                # A decision based on all events conflicts with other such decisions, and with new events.
                sent.append((name, (known.write, [name, text]) if name in changes else (known.touch, [name])))
        if least_number:
            sent.append(("", (known.count_from, [least_number, marker.NAME])))
        sent.append(("", (statements.NOTIFY, [self._backend.channel])))
        return [*sent, ("", (statements.COMMIT, ()))]

    def _take_in(self, changes: Changes, versions: Mapping[str, int]) -> None:
        """Note what the commit made, so that later readings see the store as it is then."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._backend.connections.give_back(connection)
        for name, version in versions.items():
            if name in changes:
                self._backend.remember(name, Stored(version, changes[name]))
        listing = self._listing
        self._listing = None if listing is None else self._backend.after(listing, changes, versions)
        self._backend.listing = self._backend.after(self._backend.listing, changes, versions)
        if marker.NAME in changes:
            self.format = self._backend.take_marker(changes[marker.NAME])
        self._seen, self._held, self._decides_by_all = {}, set(), False

    def _note_begin(self, rows: Sequence[list[Any]]) -> None:
        self._id = rows[1][0][0]
