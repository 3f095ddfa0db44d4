"""The digest that signs a snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from plandoc import codec
from plandoc.records import Finding


def digest_of(
    snapshot_data: Mapping[str, Any], definitions: Mapping[str, Any], findings: Iterable[Finding] = ()
) -> str:
    """Return the SHA-256 of a snapshot's canonical JSON (RFC 8785's key order, no white space), in hexadecimal.

    >>> digest_of({"b": 1, "a": 2}, {}) == digest_of({"a": 2, "b": 1}, {})
    True
    """
    content = {
        "snapshot_data": dict(snapshot_data),
        "definitions": dict(definitions),
        "findings": [codec.to_row(finding) for finding in findings],
    }
    canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()
