"""The SQL: the table of a store, its queries and its changes.

A removed document keeps its row, without content. So its versions keep counting: a name and a version never mean two
contents, and the sum of all versions grows with each transaction that changes something.
"""

from __future__ import annotations

from typing import LiteralString

from psycopg import sql

from plandoc.storage.document_head import END_SIZE

BEGIN_TO_READ = b"begin isolation level repeatable read read only"
BEGIN_TO_WRITE = b"begin isolation level repeatable read"
COMMIT = b"commit"
ROLLBACK = b"rollback"

# Asked before anything is changed, because it may get lost with the answer to the commit.
TRANSACTION_ID = b"select pg_current_xact_id()::text"
STATE_OF_TRANSACTION = b"select pg_xact_status(%s::xid8)"
SHOW_ACTION = b"select set_config('application_name', %s, true)"
LOCK_TIMEOUT = b"select set_config('lock_timeout', %s, true)"
NOTIFY = b"select pg_notify(%s, '')"

# So many characters nearly always contain the first row of a document; otherwise the whole document is fetched.
_START_SIZE = 2048


def channel_of(schema: str) -> str:
    """Return the channel on which commits to the store in a schema are announced."""
    return f"plandoc_{schema}"


class Statements:
    """The statements for the store in one schema."""

    def __init__(self, schema: str) -> None:
        names = {
            "schema": sql.Identifier(schema),
            "table": sql.Identifier(schema, "document"),
            "start": sql.Literal(_START_SIZE),
            "end": sql.Literal(END_SIZE),
            "channel": sql.Identifier(channel_of(schema)),
        }

        def said(template: LiteralString) -> bytes:
            return sql.SQL(template).format(**names).as_bytes()

        self.make_schema = said("create schema if not exists {schema}")
        self.make_table = said(
            "create table if not exists {table} (name text primary key, version bigint not null, content text)"
        )
        self.insert = said(
            "insert into {table} (name, version, content) values (%s, %s, %s) on conflict (name) do nothing"
        )
        self.marker = said("select content from {table} where name = %s")
        # Content is sent only if its version is not the one known here.
        self.read = said(
            "select asked.name, d.version, d.content is not null,"
            " case when d.version is distinct from asked.version then d.content end"
            " from unnest(%s::text[], %s::bigint[]) as asked (name, version) left join {table} as d using (name)"
        )
        self.heads = said(
            "select name, version, left(content, {start}), right(content, {end})"
            " from {table} where name = any(%s) and content is not null"
        )
        self.total = said("select coalesce(sum(version), 0)::bigint from {table}")
        # No row where nothing has changed.
        self.listing = said(
            "select name, version from {table} where content is not null and name like '%%/%%'"
            " and (select coalesce(sum(version), 0) from {table}) is distinct from %s"
        )
        self.hold = said('select from {table} where name = any(%s) order by name collate "C" for share')
        self.write = said(
            "insert into {table} as d (name, version, content) values (%s, 1, %s)"
            " on conflict (name) do update set version = d.version + 1, content = excluded.content returning version"
        )
        self.versions = said("select name, version from {table}")
        self.listen = said("listen {channel}")
        # So that transaction numbers continue from those of a folder.
        self.count_from = said(
            "update {table} set version = version + greatest(0, %s - (select coalesce(sum(version), 0) from {table}))"
            " where name = %s"
        )
        self.touch = said("update {table} set version = version + 1 where name = %s returning version")
