"""What no program can beat: the same number of bytes brought to the disk, with nothing thought about them."""

from __future__ import annotations

import os
from pathlib import Path


class Append:
    """A file that only grows, synced after each piece."""

    NAME = "append + fdatasync"
    DURABILITY = "the bytes, on the disk when it returns; a torn piece is for others to find"

    def __init__(self, folder: Path, size: int) -> None:
        self._content = b"x" * size
        self._handle = os.open(folder / "append", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def __call__(self) -> None:
        """Do it once."""
        os.write(self._handle, self._content)
        os.fdatasync(self._handle)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)


class Replace:
    """A file that is replaced by a new one: write, fsync, rename, fsync of the folder."""

    NAME = "durable replace"
    DURABILITY = "the old bytes or the new ones, never a part; the new ones on the disk when it returns"

    def __init__(self, folder: Path, size: int) -> None:
        self._content = b"x" * size
        self._new, self._file = folder / "replaced.new", folder / "replaced"
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)

    def __call__(self) -> None:
        """Do it once."""
        handle = os.open(self._new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            os.write(handle, self._content)
            os.fsync(handle)
        finally:
            os.close(handle)
        os.rename(self._new, self._file)
        os.fsync(self._folder)

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._folder)


class AppendAndRename:
    """A synced append, then an unsynced new file in the place of the old one: what a guarded write asks of the system."""

    NAME = "append + fdatasync + rename"
    DURABILITY = "as append + fdatasync; and whoever opens the file sees the old bytes or the new ones"

    def __init__(self, folder: Path, size: int) -> None:
        self._content = b"x" * size
        self._new, self._file = folder / "renamed.new", folder / "renamed"
        self._handle = os.open(folder / "journal", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def __call__(self) -> None:
        """Do it once."""
        os.write(self._handle, self._content)
        os.fdatasync(self._handle)
        handle = os.open(self._new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            os.write(handle, self._content)
        finally:
            os.close(handle)
        os.rename(self._new, self._file)

    def close(self) -> None:
        """Let go of the journal."""
        os.close(self._handle)


LIMITS = (Append, AppendAndRename, Replace)
