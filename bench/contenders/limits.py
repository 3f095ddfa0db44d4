"""What no program can beat: the same number of bytes brought to the disk, with nothing thought about them."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import ClassVar, Protocol


class Limit(Protocol):
    """Bytes brought to the disk, again and again."""

    NAME: ClassVar[str]
    DURABILITY: ClassVar[str]

    def __call__(self) -> None:
        """Do it once."""

    def close(self) -> None:
        """Let go of everything."""


class Append:
    """A file that only grows, synced after each piece."""

    NAME: ClassVar[str] = "append + fdatasync"
    DURABILITY: ClassVar[str] = "the bytes, on the disk when it returns; a torn piece is for others to find"

    def __init__(self, folder: Path, size: int) -> None:
        self._content = b"x" * size
        self._handle = os.open(folder / "append", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def __call__(self) -> None:
        """Do it once."""
        os.write(self._handle, self._content)
        os.fdatasync(self._handle)

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)


class Replace:
    """A file that is replaced by a new one: write, fsync, rename, fsync of the folder."""

    NAME: ClassVar[str] = "durable replace"
    DURABILITY: ClassVar[str] = "the old bytes or the new ones, never a part; the new ones on the disk when it returns"

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

    NAME: ClassVar[str] = "append + fdatasync + rename"
    DURABILITY: ClassVar[str] = "as append + fdatasync; and whoever opens the file sees the old bytes or the new ones"

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


class AppendAndMake:
    """A synced append, and as many new files as there are new documents: what a guarded write of many asks of the system."""

    NAME: ClassVar[str] = "append + fdatasync + new files"
    DURABILITY: ClassVar[str] = "as append + fdatasync; and whoever opens one of the files sees all of it"

    def __init__(self, folder: Path, size: int, *, count: int) -> None:
        self._content, self._part = b"x" * size, b"x" * (size // count)
        self._count = count
        self._folder, self._rounds = folder, itertools.count(1)
        self._handle = os.open(folder / "journal of many", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def __call__(self) -> None:
        """Do it once."""
        os.write(self._handle, self._content)
        os.fdatasync(self._handle)
        start = f"{self._folder}/{next(self._rounds)}."
        for number in range(self._count):
            name = f"{start}{number}"
            handle = os.open(f"{name}.new", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            os.write(handle, self._part)
            os.close(handle)
            os.rename(f"{name}.new", name)

    def close(self) -> None:
        """Let go of the journal."""
        os.close(self._handle)


LIMITS: tuple[type[Limit], ...] = (Append, AppendAndRename, Replace)
ALL_LIMITS: tuple[type[Limit], ...] = (*LIMITS, AppendAndMake)
