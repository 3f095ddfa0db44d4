"""The bytecode of the template, kept where Python keeps that of modules: putting a template into code takes longer than
all that is filled into it.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import sys
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket


class BytecodeBesideTemplates(jinja2.BytecodeCache):
    """Bytecode in `__pycache__`, under the conditions of Python's own.

    It is written where that can be done and Python may, else every page puts the template into code again. It counts for
    the same template, options and version of jinja2 only.

    Args:
        folder: Where the templates are.
        options: What else the code is made by.
    """

    def __init__(self, folder: Path, options: object) -> None:
        self._folder = folder
        self._maker = f"{jinja2.__version__} {options!r}"

    def get_source_checksum(self, source: str) -> str:
        """Return what differs when the bytecode does."""
        return hashlib.sha256(f"{self._maker}\n{source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Put the bytecode that was kept into a bucket; what is not there or cannot be read is made anew."""
        try:
            bucket.bytecode_from_string(self._place(bucket).read_bytes())
        except Exception:  # noqa: BLE001  (pickle raises whatever a damaged file makes it run into)
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the bytecode of a bucket, if that can be done."""
        if sys.dont_write_bytecode:
            return
        place = self._place(bucket)
        # By a name of its own, so that no other process ever reads half of it.
        temporary = place.with_name(f"{place.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(bucket.bytecode_to_string())
            temporary.replace(place)

    def _place(self, bucket: Bucket) -> Path:
        return Path(importlib.util.cache_from_source(str(self._folder / f"{bucket.key}.py")))
