"""The contenders. Each is imported when it is asked for: some are not there without the extra `bench`."""

from __future__ import annotations

import importlib
from typing import Any

from bench.contenders.contract import Contender

# Ours first, then from the nearest to the farthest.
_MODULES = (
    "with_plandoc",
    "with_sqlite3",
    "with_sqlite_utils",
    "with_sqlalchemy",
    "with_tinydb",
    "with_tinydb_cached",
    "with_montydb",
    "with_mongita",
)


def available() -> tuple[list[type[Contender]], dict[str, str]]:
    """Return the contenders that can be imported, and why the others cannot."""
    there: list[type[Contender]] = []
    missing: dict[str, str] = {}
    for module in _MODULES:
        try:
            loaded: Any = importlib.import_module(f"bench.contenders.{module}")
        except ImportError as error:
            missing[module.removeprefix("with_")] = f"not installed ({error})"
        except Exception as error:
            missing[module.removeprefix("with_")] = f"fails when it is imported ({type(error).__name__}: {error})"
        else:
            there.append(loaded.Contender)
    return there, missing
