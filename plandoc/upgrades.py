"""Documents of older formats, brought to the present one when they are read.

An upgrade is a small function with a name, from one format to the next. It is given rows, changes nothing in
place, and never looks at the clock or another file. The file itself is rewritten only when it is next changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

Tables = dict[str, dict[str, dict[str, Any]]]
Upgrade = Callable[[Tables], Tables]

# Format 1 is the first, so nothing is older yet. The key is the format that an upgrade starts from.
UPGRADES: Mapping[int, Upgrade] = MappingProxyType({})


def upgraded(tables: Tables, *, found: int, wanted: int, upgrades: Mapping[int, Upgrade] = UPGRADES) -> Tables:
    """Return the tables of a document in the wanted format.

    Args:
        tables: As they were read.
        found: The format number they have.
        wanted: The format number they shall have.
        upgrades: By the format that each starts from.

    >>> def rename_title_to_name(tables):
    ...     return {"events": {key: {"name": row["title"]} for key, row in tables["events"].items()}}
    >>> upgraded({"events": {"1": {"title": "Fair"}}}, found=1, wanted=2, upgrades={1: rename_title_to_name})
    {'events': {'1': {'name': 'Fair'}}}
    """
    for number in range(found, wanted):
        tables = upgrades[number](tables)
    return tables
