"""Stores on a server in place of the folders that tests name, so that the same tests run on both."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from plandoc.storage import address
from tests.postgres.server import Server


@contextmanager
def on_server(server: Server, base: Path) -> Iterator[None]:
    """Take each folder of the tests for a schema of the server while the block runs; a folder with files is one."""
    original = address.address_of
    schemas: dict[str, None] = {}

    def address_of(place: object) -> str | None:
        if original(place) is not None or not isinstance(place, str | os.PathLike) or not str(place):
            return original(place)
        path = Path(os.path.abspath(place))
        if base not in path.parents or str(place) == ":memory:" or _holds_files(path):
            return None
        schema = f"t_{hashlib.sha256(str(path).encode()).hexdigest()[:20]}"
        schemas[schema] = None
        return server.address(schema)

    address.address_of = address_of
    try:
        yield
    finally:
        address.address_of = original
        if schemas:
            with psycopg.connect(server.address(), autocommit=True) as connection:
                connection.execute("set client_min_messages = error")
                for schema in schemas:
                    connection.execute(f"drop schema if exists {schema} cascade")


def _holds_files(path: Path) -> bool:
    try:
        return path.is_file() or any(path.iterdir())
    except OSError:
        return False
