"""Finding out whether a commit whose answer was lost went through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import psycopg

from plandoc.clock import pause, stopwatch_seconds
from plandoc.errors import Outcome, StoreError
from plandoc.storage.postgres import statements
from plandoc.storage.postgres.connections import Connection, Connections
from plandoc.storage.postgres.reading import UNKNOWN, Stored
from plandoc.storage.postgres.statements import Statements

# A server that was restarted accepts connections after its recovery.
_LONGEST_SECONDS = 10.0
_PAUSE_SECONDS = 0.1
_STATES = {"committed": Outcome.SAVED, "aborted": Outcome.NOT_SAVED}


class Attempt(NamedTuple):
    """A commit that was sent.

    Attributes:
        transaction_id: What the server called it.
        started_at: When that server was started. After a restart it may give the same id to another transaction.
        changes: What it was to write.
        before: What was there.
    """

    transaction_id: str
    started_at: str
    changes: Mapping[str, bytes | None]
    before: Mapping[str, Stored]


def found_out(connections: Connections, said: Statements, attempt: Attempt) -> Outcome:
    """Return what became of a commit, asking the server on a new connection; UNKNOWN when it does not answer in time."""
    connections.forget_idle()
    began = stopwatch_seconds()
    while stopwatch_seconds() - began < _LONGEST_SECONDS:
        try:
            connection = connections.connect()
            try:
                outcome = _outcome(connection, connections.started_at, said, attempt)
            finally:
                connection.close()
        except (StoreError, psycopg.Error):
            outcome = None
        if outcome is not None:
            return outcome
        pause(_PAUSE_SECONDS)
    return Outcome.UNKNOWN


def _outcome(connection: Connection, started_at: str, said: Statements, attempt: Attempt) -> Outcome | None:
    """Return what became of a commit; None while the server is still working on it."""
    if started_at != attempt.started_at:
        return _outcome_by_documents(connection, said, attempt)
    (state,) = connection.execute(statements.STATE_OF_TRANSACTION, [attempt.transaction_id]).fetchone() or (None,)
    return None if state == "in progress" else _STATES.get(str(state), Outcome.UNKNOWN)


def _outcome_by_documents(connection: Connection, said: Statements, attempt: Attempt) -> Outcome:
    """Return what the documents show on a server that was started since, where no old transaction is running."""
    names = list(attempt.changes)
    rows = connection.execute(said.read, [names, [UNKNOWN.version] * len(names)]).fetchall()
    found = {str(name): (version or 0, content) for name, version, _, content in rows}
    if any(found[name][0] <= attempt.before[name][0] for name in names):
        return Outcome.NOT_SAVED
    texts = {name: None if content is None else content.decode() for name, content in attempt.changes.items()}
    if all(found[name] == (attempt.before[name][0] + 1, text) for name, text in texts.items()):
        return Outcome.SAVED
    # Somebody else went on from there, or from here.
    return Outcome.UNKNOWN
