"""`plandoc schema`: the JSON Schema of the documents of a folder and of an export."""

from __future__ import annotations

import json
from typing import Literal

from plandoc.cli import printing
from plandoc.exchange import json_schema


def print_schema(name: Literal["catalog", "stock", "event", "marker", "export"], /) -> None:
    """Print the JSON Schema (2020-12) of a document of the folder, or of an export.

    Args:
        name: catalog (catalog.json), stock (stock.json), event (events/NUMBER.json), marker (plandoc.json) or export.

    Examples:
        plandoc schema event
    """
    printing.print_json(json.loads(json_schema.shipped(name)))
