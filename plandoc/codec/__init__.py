"""Records to rows of strict JSON and back, by cattrs.

A row that another program or version may have written is read by `from_row`, which asks all the rules of the record. One that this
version of plandoc made of a record is read by `from_judged_row`, which does not ask them again.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from plandoc.codec.values import CHANGES, day, stored_name, stored_quantity, stored_ratio

if TYPE_CHECKING:
    from plandoc.codec.believed_rows import from_judged_row, from_judged_rows, to_row
    from plandoc.codec.strict_rows import from_row, problems_of_row

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

# cattrs takes 13 ms to import: it is imported with the first row that is converted, not by whoever asks for help.
_ON_DEMAND = {
    "from_judged_row": "believed_rows",
    "from_judged_rows": "believed_rows",
    "from_row": "strict_rows",
    "problems_of_row": "strict_rows",
    "to_row": "believed_rows",
}


def __getattr__(name: str) -> object:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module 'plandoc.codec' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(f"plandoc.codec.{_ON_DEMAND[name]}"), name)
    return value
