"""The tables of a store on a PostgreSQL server as views, for those who read it with SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from plandoc.exchange import json_schema
from plandoc.tables import TABLES, Table

_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
# The schema that describes each kind of document.
_SCHEMAS = ("catalog", "stock", "event")


def sql_views(schema: str) -> str:
    """Return the SQL that makes a view of each table, or makes it again.

    A view has a column for each field: whole numbers, dates and timestamps in types of their own, lists and records as
    `jsonb`, everything else, exact amounts among it, as text.

    Args:
        schema: The schema of the store.
    """
    fields = dict(_fields())
    views = [_view(table, schema, fields[table.name]) for table in TABLES]
    # Without a notice for each view that is not there yet.
    return "\n".join(["begin;", "set local client_min_messages = warning;", *views, "commit;", ""])


def _fields() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in _SCHEMAS:
        for table, rows in json.loads(json_schema.shipped(name))["properties"].items():
            for row in rows.get("patternProperties", {}).values():
                yield table, row["properties"]


def _view(table: Table, schema: str, fields: Mapping[str, Any]) -> str:
    columns = ["r.key::bigint as id", *(_column(name, form) for name, form in fields.items())]
    place = f'"{schema}"."{table.name}"'
    documents = "like" if table.of_event else "not like"
    return (
        f"drop view if exists {place};\n"
        f"create view {place} as select\n  " + ",\n  ".join(columns) + "\n"
        f"from \"{schema}\".document as d cross join lateral jsonb_each(d.content::jsonb -> '{table.name}') as r\n"
        f"where d.name {documents} '%/%';"
    )


def _column(name: str, form: Mapping[str, Any]) -> str:
    kind = _kind(form)
    if kind == "jsonb":
        return f"r.value -> '{name}' as {name}"
    text = f"r.value ->> '{name}'"
    return f"{text} as {name}" if kind == "text" else f"({text})::{kind} as {name}"


def _kind(form: Mapping[str, Any]) -> str:
    forms = [one for one in form.get("anyOf", form.get("oneOf", [form])) if one.get("type") != "null"]
    types = {one.get("type", "string") for one in forms}
    if types <= {"object", "array"}:
        return "jsonb"
    if types == {"integer"}:
        return "bigint"
    if types == {"boolean"}:
        return "boolean"
    pattern = str(forms[0].get("pattern", ""))
    if not pattern.startswith(_DAY):
        return "text"
    return "date" if pattern == f"{_DAY}$" else "timestamptz"
