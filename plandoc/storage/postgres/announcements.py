"""Waiting for the commits of others, which the server announces."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg

from plandoc.clock import pause, stopwatch_seconds
from plandoc.errors import StoreError
from plandoc.storage.postgres.connections import Connection, Connections
from plandoc.storage.postgres.own_commits import OwnCommits, changed_by_others
from plandoc.storage.postgres.server_errors import is_lost, translated
from plandoc.storage.postgres.statements import Statements

_TRIES, _PAUSE_SECONDS = 20, 0.5


class Announcements:
    """What others commit to one store, as it comes in.

    An announcement only says that something has changed; the versions say what. So nothing that was committed while the
    connection was lost is missed.

    Args:
        connections: Gives a connection of its own.
        said: The statements for the store.
        own_commits: What this process itself commits.
    """

    def __init__(self, connections: Connections, said: Statements, own_commits: OwnCommits) -> None:
        self._connections = connections
        self._said = said
        self._own_commits = own_commits

    def waited_for(self, timeout_seconds: float | None) -> Iterator[frozenset[str]]:
        """Yield the documents that others have changed, each time that they have; end when nothing came for so long."""
        with self._own_commits.noted() as own:
            connection = self._listening()
            try:
                known = self._versions(connection)
                since = stopwatch_seconds()
                while True:
                    left = None if timeout_seconds is None else timeout_seconds - (stopwatch_seconds() - since)
                    if left is not None and left <= 0:
                        return
                    connection, now = self._next_versions(connection, left)
                    self._own_commits.settled()
                    changed = changed_by_others(known, now, own)
                    known = now
                    own.difference_update([noted for noted in own.copy() if noted[1] <= now.get(noted[0], 0)])
                    if changed:
                        since = stopwatch_seconds()
                        yield changed
            finally:
                connection.close()

    def _next_versions(
        self, connection: Connection, timeout_seconds: float | None
    ) -> tuple[Connection, dict[str, int]]:
        """Return the versions after the next announcement, and the connection on which to wait for the one after it."""
        try:
            for _ in connection.notifies(timeout=timeout_seconds, stop_after=1):
                pass
            return connection, self._versions(connection)
        except psycopg.Error as error:
            if not is_lost(error):
                raise translated(error, self._connections.address.location) from error
        connection.close()
        connection = self._tried_again(self._listening)
        return connection, self._versions(connection)

    def _listening(self) -> Connection:
        connection = self._connections.connect()
        connection.execute(self._said.listen)
        return connection

    def _versions(self, connection: Connection) -> dict[str, int]:
        return dict(connection.execute(self._said.versions).fetchall())

    @staticmethod
    def _tried_again(connect: Callable[[], Connection]) -> Connection:
        """Return a connection to a server that may be restarting."""
        for _ in range(_TRIES):
            try:
                return connect()
            except StoreError:
                pause(_PAUSE_SECONDS)
        return connect()
