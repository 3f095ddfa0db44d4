"""The limit: append as many bytes to a file as plandoc does, and sync."""

from __future__ import annotations

import os
from pathlib import Path

NAME = "append + fdatasync"


class Contender:
    """A file that only grows."""

    def __init__(self, folder: Path, size: int) -> None:
        self._content = b"x" * size
        self._handle = os.open(folder / "append", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def start(self, event_id: int) -> None:
        """Do what is measured."""
        os.write(self._handle, self._content)
        os.fdatasync(self._handle)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)
