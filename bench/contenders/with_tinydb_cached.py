"""TinyDB with its CachingMiddleware: everything is kept in memory, and written now and then."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from tinydb.middlewares import CachingMiddleware
from tinydb.storages import JSONStorage

from bench.contenders import with_tinydb
from bench.contenders.document_contender import DocumentContender, Documents

# TinyDB does not say what it takes.
_caching: Any = CachingMiddleware


class Contender(DocumentContender):
    """JSON files behind a cache."""

    NAME: ClassVar[str] = "TinyDB, caching"
    PACKAGES: ClassVar[tuple[str, ...]] = ("tinydb",)
    DURABILITY: ClassVar[str] = (
        "none, and nothing is in the file at all before 1 000 changes or close(); then it is written in place"
    )
    USE: ClassVar[str] = "as plain TinyDB, behind CachingMiddleware(JSONStorage)"

    @classmethod
    def open(cls, folder: Path) -> Documents:
        """Open or make the files."""
        return with_tinydb.Files(folder, lambda: _caching(JSONStorage))
