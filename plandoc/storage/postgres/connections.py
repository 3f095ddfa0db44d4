"""Connections to one server: made when they are needed, kept for the next transaction, never shared by two."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import attrs
import psycopg
from psycopg import conninfo, pq

from plandoc.errors import Outcome, StorageError, StoreNotFoundError
from plandoc.frozen import frozen
from plandoc.storage.address import WANTED, divided, without_password
from plandoc.storage.postgres.server_errors import reason_of

# It also logs what it raises, and without a handler Python prints that.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

Connection = psycopg.Connection[tuple[Any, ...]]

# The first with pg_current_xact_id, which the outcome of a commit is found out with.
_OLDEST = 130000
_DEFAULTS: Mapping[str, str] = MappingProxyType(
    {"application_name": "plandoc", "connect_timeout": "10", "client_encoding": "utf8"}
)
_PORTS = re.compile(r"[0-9,]*", re.ASCII)
_GREETING = """
select pg_postmaster_start_time()::text, current_setting('server_encoding'),
       case when current_setting('synchronous_commit') = 'off' then set_config('synchronous_commit', 'on', false) end
"""


@frozen
class Address:
    """Where a store is on a server.

    Attributes:
        parameters: What libpq is given; it adds its own variables, service files and password files.
        schema: The schema of the store in the database.
        location: As a person writes it, without the password.
    """

    parameters: Mapping[str, str] = attrs.field(repr=False)
    schema: str
    location: str

    @classmethod
    def parse(cls, text: str) -> Address:
        """Return what an address says.

        Raises:
            StorageError: when it cannot be understood; it does not show what was given, which may hold a password.
        """
        plain, schema = divided(text)
        try:
            given = {name: str(value) for name, value in conninfo.conninfo_to_dict(plain).items() if value is not None}
        except psycopg.Error:
            raise StorageError(without_password(text), f"not an address; {WANTED}", Outcome.NOT_SAVED) from None
        # A password with an @ or a / in it ends early, and the rest of it is taken as the host or the port.
        if "@" in given.get("host", "") or not _PORTS.fullmatch(given.get("port", "")):
            reason = f"not an address; an @ in a name or password is written %40, a / %2F; {WANTED}"
            raise StorageError("postgresql://...", reason, Outcome.NOT_SAVED)
        return cls(given, schema, _location(given, schema))


def _location(given: Mapping[str, str], schema: str) -> str:
    user = f"{quote(given['user'], safe='')}@" if "user" in given else ""
    host = quote(given.get("host", ""), safe=",:.[]")
    port = f":{given['port']}" if "port" in given else ""
    service = f"service={quote(given['service'], safe='')}&" if "service" in given else ""
    return f"postgresql://{user}{host}{port}/{quote(given.get('dbname', ''), safe='')}?{service}schema={schema}"


class Connections:
    """The connections of one store.

    Attributes:
        address: Where the server is.
        started_at: When the server last connected to was started; another one may not know the same transactions.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self.started_at = ""
        self._idle: list[Connection] = []
        self._are_closed = False

    def take(self) -> tuple[Connection, bool]:
        """Return an unused connection, and whether it was just made and so cannot have been lost unnoticed."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed:
                return connection, False
        return self.connect(), True

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next use, if it is in order."""
        is_idle = not connection.closed and connection.info.transaction_status == pq.TransactionStatus.IDLE
        if is_idle and not self._are_closed:
            self._idle.append(connection)
        else:
            connection.close()

    def forget_idle(self) -> None:
        """Close the unused connections."""
        while self._idle:
            self._idle.pop().close()

    def close(self) -> None:
        """Close the unused connections, and the others when they are given back."""
        self._are_closed = True
        self.forget_idle()

    def connect(self) -> Connection:
        """Return a new connection.

        Raises:
            StoreNotFoundError: when the server cannot be reached, or does not let this user in.
            StorageError: when it is too old, or its encoding cannot hold all characters.
        """
        location, parameters = self.address.location, {**_DEFAULTS, **self.address.parameters}
        try:
            # Statements are not prepared on the server, so that a pooler between can divide its connections.
            wanted = conninfo.make_conninfo("", **parameters)
            connection: Connection = psycopg.connect(wanted, autocommit=True, prepare_threshold=None)
        except psycopg.Error as error:
            message = f"cannot connect to {location}: {reason_of(error, parameters.get('password'))}"
            raise StoreNotFoundError(location, message) from None
        try:
            self._greet(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _greet(self, connection: Connection) -> None:
        location, version = self.address.location, connection.info.server_version
        if version < _OLDEST:
            reason = f"wanted PostgreSQL 13 or newer, found {version // 10000}"
            raise StorageError(location, reason, Outcome.NOT_SAVED)
        try:
            started_at, encoding, _ = connection.execute(_GREETING).fetchone() or ("", "", None)
        except psycopg.Error as error:
            raise StorageError(location, reason_of(error), Outcome.NOT_SAVED) from error
        if encoding != "UTF8":
            reason = f"wanted a database with the encoding UTF8, found {encoding}"
            raise StorageError(location, reason, Outcome.NOT_SAVED)
        self.started_at = str(started_at)
