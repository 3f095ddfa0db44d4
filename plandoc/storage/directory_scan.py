"""What tells whether a document's file is still the one that was read: cheaper than reading it, and for lists alone.

What a session changes or decides by is read, always. But a list of ten thousand events would read ten thousand files to
find that one is new.
"""

from __future__ import annotations

import datetime
import os
import stat
from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from plandoc.clock import stopwatch_seconds
from plandoc.storage.files import Files

# Size, times of the last change of the content and of the file (nanoseconds), and which file it is. The file's own time
# cannot be set by a program, so that a content that was put back with its old time is noticed.
Fingerprint = tuple[int, ...]
_PARTS = 4

# A file system's clock may stand still for so long (that of a stick for two seconds): what was changed less than this
# before it was looked at may change again and look the same.
_SETTLED_SECONDS = 2.5
# How long a look at all files of a folder is good for, where neither the folder nor the journal has changed since.
_LOOK_SECONDS = 1.0


class Fingerprints(dict[str, Hashable]):
    """What tells, by the name of each document of a folder, whether it still holds what it held; None for what has to be read.

    Attributes:
        look: The look at the folder. Two of the same look differ by what transactions of this process did, and by nothing
            else.
    """

    def __init__(self, seen: Mapping[str, Hashable], look: object) -> None:
        super().__init__(seen)
        self.look = look


class Listing:
    """The fingerprints of the documents of one folder, by name."""

    def __init__(self, root: Path, folder: str, files: Files) -> None:
        self._path = root / folder
        self._prefix = f"{folder}/"
        self._files = files
        self._last = _Look((), 0.0, Fingerprints({}, None))
        self._last_with = _LookWith(self._last.seen, 0, self._last.seen)

    def look(self, serial: int, *, anew: bool = False) -> Fingerprints:
        """Return the fingerprint of each file; None for what is no plain file, which has to be read to be refused.

        The same object is returned as long as nothing has changed.

        Args:
            serial: Number of the last transaction; whatever plandoc changes, this changes, too.
            anew: Look although the last look is of the same second.
        """
        last = self._last
        moment = self._moment(serial)
        now = stopwatch_seconds()
        if anew or moment != last.moment or now - last.looked_at > _LOOK_SECONDS:
            prefix = self._prefix
            found = {prefix + name: fingerprint_of(one) for name, one in self._files.statuses(self._path)}
            last = _Look(moment, now, last.seen if found == last.seen else Fingerprints(found, object()))
            # In one step, for threads that read at the same time.
            self._last = last
        return last.seen

    def take_in(self, names: Iterable[str], serial: int) -> None:
        """Take in what a transaction of this process has just done to some documents, without a look at all others.

        Args:
            names: The documents; those of other folders are left out.
            serial: Number of the transaction.
        """
        last = self._last
        if not last.moment or last.moment[0] != serial - 1:
            return
        seen = Fingerprints(last.seen, last.seen.look)
        for name in names:
            if name.startswith(self._prefix):
                status = self._files.status(self._path / name.removeprefix(self._prefix))
                seen.pop(name, None)
                if status is not None:
                    seen[name] = fingerprint_of(status)
        # As old as the look at the others: what another program did meanwhile is seen when that is over.
        self._last = _Look(self._moment(serial), last.looked_at, seen)

    def _moment(self, serial: int) -> tuple[int, ...]:
        status = self._files.status(self._path)
        return () if status is None else (serial, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)

    def look_with(self, pending: Mapping[str, int | None], serial: int, *, anew: bool = False) -> Fingerprints:
        """Return the same where some documents hold what the journal says, whatever their files do.

        Args:
            pending: Number of the last transaction of each such document; None where that one removed it.
            serial: Number of the last transaction.
            anew: Look although the last look is of the same second.
        """
        seen = self.look(serial, anew=anew)
        if not pending:
            return seen
        last = self._last_with
        if last.seen is not seen or last.serial != serial:
            others = {name: found for name, found in seen.items() if name not in pending}
            added = {
                name: (seen.get(name), number)
                for name, number in pending.items()
                if number is not None and name.startswith(self._prefix)
            }
            last = _LookWith(seen, serial, Fingerprints({**others, **added}, object()))
            self._last_with = last
        return last.result

    def look_at(self, name: str, pending: Mapping[str, int | None]) -> Hashable | None:
        """Return the fingerprint of one document as it is now."""
        status = self._files.status(self._path / name.removeprefix(self._prefix))
        present = None if status is None else fingerprint_of(status)
        return (present, pending[name]) if name in pending else present


class _Look(NamedTuple):
    moment: tuple[int, ...]
    looked_at: float
    seen: Fingerprints


class _LookWith(NamedTuple):
    seen: Fingerprints
    serial: int
    result: Fingerprints


def is_settled(fingerprint: Hashable, moment: datetime.datetime) -> bool:
    """Whether it is a file's fingerprint, and whatever changes the file after a moment will change that, too."""
    if not isinstance(fingerprint, tuple) or len(fingerprint) != _PARTS:
        return False
    changed_at: int = max(fingerprint[1:3])
    return moment.timestamp() - changed_at / 1e9 > _SETTLED_SECONDS


def fingerprint_of(status: os.stat_result) -> Fingerprint | None:
    """Return the fingerprint of a file; None for what is no plain file."""
    if not stat.S_ISREG(status.st_mode):
        return None
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
