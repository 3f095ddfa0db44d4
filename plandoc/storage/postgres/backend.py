"""The PostgreSQL backend: each document is a row, and writers work side by side.

Why nothing is lost that way is in `docs/teams.md`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import psycopg

from plandoc.errors import ConflictError, DamagedError, StoreNotFoundError
from plandoc.errors.hints import Hint, wording
from plandoc.storage import marker
from plandoc.storage.backend import Fingerprints, Reading
from plandoc.storage.postgres.announcements import Announcements
from plandoc.storage.postgres.connections import Address, Connections
from plandoc.storage.postgres.own_commits import OwnCommits
from plandoc.storage.postgres.reading import UNKNOWN, Listing, PostgresReading, Stored
from plandoc.storage.postgres.server_errors import is_missing, overtaken, translated
from plandoc.storage.postgres.statements import Statements, channel_of
from plandoc.storage.postgres.transaction import PostgresTransaction

T = TypeVar("T")

_MOST_KEPT = 128
_NOTHING_LISTED = Listing(None, Fingerprints({}, None))


class PostgresBackend:
    """The documents of one store in one schema of a database.

    Args:
        address: As the user gave it.
        new: The documents of the store that is made where there is none; None makes none.

    Attributes:
        is_new: Whether the store was not there and was made.
        format: The format of the store.
        listing: The versions of the documents of all events at the last look.
        own_commits: The versions that this process itself gives to documents.
        channel: On which a commit is announced.
    """

    side_by_side = True

    def __init__(self, address: str, *, new: Mapping[str, bytes] | None = None) -> None:
        place = Address.parse(address)
        self.location = place.location
        self.connections = Connections(place)
        self.statements = Statements(place.schema)
        self.channel = channel_of(place.schema)
        self.own_commits = OwnCommits()
        self.listing = _NOTHING_LISTED
        self.is_new = False
        self._schema = place.schema
        self._kept: dict[str, Stored] = {}
        self._turn = threading.Lock()
        try:
            content = self._found_or_made(new)
            present = marker.parse(content)
        except BaseException:
            self.connections.close()
            raise
        self._marker_content = content
        self.store_id, self.format = present.store_id, present.format

    def begin(
        self,
        action: str,
        *,
        timeout_seconds: float,
        on_wait: Callable[[str], None] | None = None,  # noqa: ARG002  (nobody is waited for before the commit)
    ) -> PostgresTransaction:
        """Begin a change; the server learns of it with the first query."""
        return PostgresTransaction(self, action, timeout_seconds)

    def view(self, function: Callable[[Reading], T]) -> T:
        """Return what `function` makes of a reading that mixes no two versions."""
        while True:
            reading, number = PostgresReading(self), self.format
            try:
                return function(reading)
            except ConflictError:
                # A newer plandoc has just raised the store's format.
                if self.format == number:
                    raise
            finally:
                reading.release()

    def changes(self, timeout_seconds: float | None) -> Iterator[frozenset[str]]:
        """Yield the documents that others have changed, each time that they have; end when nothing came for so long."""
        return Announcements(self.connections, self.statements, self.own_commits).waited_for(timeout_seconds)

    def close(self) -> None:
        """Let go of the server."""
        self.connections.close()

    # What this process knows.

    def known(self, name: str) -> Stored:
        """Return a document in the version last seen."""
        return self._kept.get(name, UNKNOWN)

    def remember(self, name: str, stored: Stored) -> None:
        """Keep a document, so that it is not sent again while it stays as it is."""
        with self._turn:
            self._kept.pop(name, None)
            if stored.content is not None:
                self._kept[name] = stored
            if len(self._kept) > _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))

    def check_marker(self, content: bytes | None, number: int) -> None:
        """Refuse to go on if the store is no longer the one that was opened.

        Args:
            content: The marker.
            number: The format that is assumed.

        Raises:
            ConflictError: when another store's documents are there, or the store now has another format.
            NewerFormatError: when a newer plandoc has raised the format.
        """
        if content is None:
            raise DamagedError(marker.NAME, marker.missing())
        if content == self._marker_content and number == self.format:
            return
        present = marker.parse(content)
        if present.store_id != self.store_id:
            message = f"{self.location} has held another store's documents since it was opened; open it again"
            raise ConflictError(self.location, message)
        self._marker_content, self.format = content, present.format
        if present.format != number:
            raise overtaken(self.location, "was brought to another format")

    def take_marker(self, content: bytes | None) -> int:
        """Note a marker that a transaction of this store has written; return the format."""
        if content is not None:
            present = marker.parse(content)
            self._marker_content, self.store_id, self.format = content, present.store_id, present.format
        return self.format

    def listed(self, total: int, versions: Mapping[str, int]) -> Listing:
        """Return all versions as they are now; the same object while they are the same."""
        same = self.listing.versions if self.listing.versions == versions else Fingerprints(versions, object())
        self.listing = Listing(total, same)
        return self.listing

    def after(self, before: Listing, changes: Mapping[str, bytes | None], versions: Mapping[str, int]) -> Listing:
        """Return all versions as they are after a transaction of this store, unless others have written as well.

        Each written row adds one to the sum of the versions. If the store has that sum at the next look, nobody else has
        written, and this is right; otherwise its sum is higher.
        """
        if before.total is None or not versions:
            return before
        found = Fingerprints(before.versions, before.versions.scan)
        for name in changes:
            found.pop(name, None)
            if changes[name] is not None and "/" in name:
                found[name] = versions[name]
        return Listing(before.total + len(versions), found)

    # Finding and making it.

    def _found_or_made(self, new: Mapping[str, bytes] | None) -> bytes:
        """Return the marker of the store."""
        content = self._marker()
        if content is None and new is not None:
            self._make(new)
            self.is_new = True
            content = self._marker()
        if content is None:
            missing = wording(
                "there is no store in the schema {schema} of {location}; create one with {create}",
                schema=self._schema,
                location=self.location,
                create=Hint.CREATE_FOLDER(),
            )
            raise StoreNotFoundError(self.location, missing)
        return content

    def _marker(self) -> bytes | None:
        connection, _ = self.connections.take()
        try:
            row = connection.execute(self.statements.marker, [marker.NAME]).fetchone()
        except psycopg.Error as error:
            if is_missing(error):
                return None
            raise translated(error, self.location) from error
        finally:
            self.connections.give_back(connection)
        return None if row is None else str(row[0]).encode()

    def _make(self, contents: Mapping[str, bytes]) -> None:
        """Make schema, table and store; where another process is faster, its store stays."""
        connection, _ = self.connections.take()
        said = self.statements
        try:
            with connection.transaction():
                # Two that make it at the same time would collide in the server's own tables.
                connection.execute("select pg_advisory_xact_lock(hashtext(%s))", [self.channel])
                known = connection.execute("select to_regnamespace(%s) is not null", [f'"{self._schema}"']).fetchone()
                if known != (True,):
                    connection.execute(said.make_schema)
                connection.execute(said.make_table)
                # The sum of the versions goes on from the number of the last transaction.
                versions = {marker.NAME: marker.parse(contents[marker.NAME]).serial}
                for name, content in sorted(contents.items()):
                    connection.execute(said.insert, [name, versions.get(name, 0), content.decode()])
        except psycopg.Error as error:
            raise translated(error, self.location) from error
        finally:
            self.connections.give_back(connection)
