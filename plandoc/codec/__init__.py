"""Records to rows of strict JSON and back, by cattrs.

A row that another program may have written is read by `from_row`, which applies all rules of the record. One that this
version of plandoc made from a record is read by `from_judged_row`, which does not apply them again.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from plandoc.codec.values import CHANGES, day, stored_name, stored_quantity, stored_ratio

if TYPE_CHECKING:
    from plandoc.codec.conversion import from_judged_row, from_judged_rows, from_row, problems_of_row, to_row

__all__ = [
    "CHANGES",
    "day",
    "from_judged_row",
    "from_judged_rows",
    "from_row",
    "problems_of_row",
    "stored_name",
    "stored_quantity",
    "stored_ratio",
    "to_row",
]


def __getattr__(name: str) -> object:
    # The import of cattrs takes 13 ms, so it waits until the first row is converted.
    if name not in __all__:
        raise AttributeError(f"module 'plandoc.codec' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module("plandoc.codec.conversion"), name)
    return value
