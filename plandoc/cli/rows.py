"""Records as JSON, with the keys that they have in the files."""

from __future__ import annotations

from typing import Any

from plandoc import codec


def as_row(record: Any) -> dict[str, Any]:
    """Return a record as it stands in its file, with its id in front."""
    return {"id": record.id, **codec.to_row(record)}
