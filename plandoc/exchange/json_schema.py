"""JSON Schemas (2020-12) of the documents of a folder and of the exchange file, made from the records and their rules.

A schema never refuses what plandoc accepts; it can't say everything that plandoc refuses, such as a reference to what
does not exist. The shipped files in `schemas/` are what `schema_of` returns; `python -m plandoc.exchange.json_schema` writes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import attrs

from plandoc import codec, records
from plandoc.domain.snapshot_ids import TABLES as SEALED_TABLES
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.exchange.native import export_format, ids_and_slugs
from plandoc.fields import check_of, constraints, json_form
from plandoc.storage import documents
from plandoc.tables import BY_TYPE, CATALOG, EVENTS_FOLDER, STOCK, TABLES, Table, tables_of

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAMES = ("catalog", "stock", "event", "marker", "export")

_DOCUMENTS = {
    "catalog": (CATALOG, "catalog.json: what can be baked"),
    "stock": (STOCK, "stock.json: what is in stock"),
    "event": (EVENTS_FOLDER, "events/NUMBER.json: all of one event"),
}

# Any text: the check itself judges what it means.
_SAID: Schema = {"type": "string"}
_ID: Schema = json_form(constraints.positive_int)
_RUN: Schema = {**_ID, "description": "The run's place among the runs of its kind and event, counted from 1."}


def schema_of(name: str) -> Schema:
    """Return a schema.

    >>> schema_of("marker")["required"]
    ['format', 'lineage', 'serial', 'next_event_id', 'line_digest']

    Args:
        name: catalog, stock, event, marker or export.

    Raises:
        ValidationError: for any other name.
    """
    if name == "marker":
        return _headed("plandoc.json: marks a folder as a plandoc data folder", _marker())
    if name == "export":
        return _headed("A file written by 'plandoc export'", _export())
    if name not in _DOCUMENTS:
        known = ", ".join(NAMES)
        raise ValidationError([Problem(f"wanted one of {known}, found {shorten(name)}", field="name")])
    document, title = _DOCUMENTS[name]
    return _headed(title, _document(tables_of(document)))


def shipped(name: str) -> str:
    """Return the text of a schema as it was shipped."""
    return (resources.files("plandoc.exchange") / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")


def rendered(name: str) -> str:
    """Return the text of a schema as it is shipped."""
    return json.dumps(schema_of(name), indent=1, ensure_ascii=False) + "\n"


def _headed(title: str, schema: Schema) -> Schema:
    return {"$schema": DIALECT, "title": title, **schema}


# Documents.


def _marker() -> Schema:
    count: Schema = {"type": "integer", "minimum": 0}
    properties = {
        "format": {"const": documents.FORMAT},
        "needs": _SAID,
        "lineage": {"type": "string"},
        "serial": count,
        "next_event_id": {"type": "integer", "minimum": 1},
        "line_digest": _SAID,
    }
    return _object(properties, [name for name in properties if name != "needs"])


def _document(tables: Mapping[str, Table]) -> Schema:
    about = {
        "format": {"const": documents.FORMAT},
        "needs": _SAID,
        "document": {"type": "string"},
        "lineage": {"type": "string"},
        "next_ids": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
    }
    # A document written by hand need not say these.
    said = {"written_by": _SAID, "digest": _SAID}
    required = [name for name in about if name != "needs"]
    row_of_about = _object({documents.ABOUT_ROW: _object({**about, **said}, required)}, [documents.ABOUT_ROW])
    properties: Schema = {documents.ABOUT_TABLE: row_of_about}
    for name, table in tables.items():
        rows = {"^[1-9][0-9]{0,15}$": _record(table.record_type)}
        properties[name] = {"type": "object", "patternProperties": rows, "additionalProperties": False}
    return _object(properties, [documents.ABOUT_TABLE])


def _object(properties: Mapping[str, Any], required: list[str]) -> Schema:
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


# Records.


def _record(kind: type) -> Schema:
    """Return the schema of a row: what the codec takes for a record."""
    properties, required = {}, []
    for attribute in attrs.fields(kind):
        if attribute.name == "id":
            continue
        check = check_of(attribute)
        assert check is not None  # noqa: S101  (every field of a record has one)
        name = codec.stored_name(attribute, kind)
        properties[name] = _written_out(json_form(check))
        if attribute.default is attrs.NOTHING:
            required.append(name)
    return _object(properties, required)


def _written_out(form: Any) -> Any:
    """Return the schema that a form is, with the records that it names."""
    if type(form) is list:
        return [_written_out(one) for one in form]
    if type(form) is not dict:
        return form
    kinds = form.get("records")
    if kinds is None:
        return {key: _written_out(value) for key, value in form.items()}
    changes = {kind: tag for tag, kind in codec.CHANGES.items()}
    return {"oneOf": [_change(changes[kind], kind) for kind in kinds]} if len(kinds) > 1 else _record(*kinds)


def _change(tag: str, kind: type) -> Schema:
    return _object({"kind": {"const": tag}, "data": _record(kind)}, ["kind", "data"])


# The exchange file.


def _export() -> Schema:
    ids = {"type": "object", "additionalProperties": _ID}
    properties: Schema = {
        "application": {"const": export_format.APPLICATION},
        "export_version": {"const": export_format.VERSION},
        export_format.IDS: _object(dict.fromkeys((*SEALED_TABLES, BY_TYPE[records.Event].name), ids), []),
    }
    for table in TABLES:
        properties[table.name] = {"type": "array", "items": _exported(table.record_type)}
    return _object(properties, list(export_format.keys(export_format.VERSION)))


def _exported(kind: type) -> Schema:
    row = _record(kind)
    if kind in (records.PlanSnapshot, records.PlanAmendment):
        # What is sealed keeps its ids.
        properties = {key: value for key, value in row["properties"].items() if key != "event_id"}
        return _object({"event_slug": _slug_of(_ID), **properties}, _named(row["required"]))
    row = _by_slugs(row)
    if kind is records.VoidedRun:
        row["properties"]["run"] = _RUN
        del row["properties"]["run_id"]
        row["required"] = ["run" if name == "run_id" else name for name in row["required"]]
    if kind is records.BatchDecision:
        fingerprint = row["properties"]["recipe_fingerprint"]
        row["properties"]["recipe_fingerprint"] = {"anyOf": [{"const": export_format.CURRENT}, fingerprint]}
    if "slug" in row["properties"]:
        row["properties"]["slug"] = _slug_of(_ID)
        row["required"] = [*row["required"], "slug"]
    return row


def _by_slugs(row: Schema) -> Schema:
    properties = {}
    for name, value in row["properties"].items():
        if name in ids_and_slugs.PARTS:
            properties[name] = {**value, "items": _by_slugs(value["items"])}
        else:
            named = ids_and_slugs.as_slug(name)
            properties[named] = _slug_of(value) if named != name else value
    return _object(properties, _named(row["required"]))


def _named(required: list[str]) -> list[str]:
    return [ids_and_slugs.as_slug(name) for name in required]


def _slug_of(number: Schema) -> Schema:
    slug = {**json_form(constraints.valid_slug), "minLength": 1}
    return {"anyOf": [slug, {"type": "null"}]} if "anyOf" in number else slug


def _write() -> None:
    folder = Path(__file__).parent / "schemas"
    for name in NAMES:
        (folder / f"{name}.schema.json").write_text(rendered(name), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    _write()
