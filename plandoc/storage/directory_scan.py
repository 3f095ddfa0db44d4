"""Whether a document's file is still the one that was read: cheaper than reading it, and only for lists and readings.

What a session changes or bases a decision on is always read. But a list of ten thousand events would read ten thousand
files to find that one is new, and each look at a plan a whole catalog.
"""

from __future__ import annotations

import datetime
import os
import stat
from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from plandoc.clock import stopwatch_seconds, system_clock
from plandoc.storage.backend import Fingerprints
from plandoc.storage.files import Files

# Size, times of the last change of the content and of the file (nanoseconds), and which file it is. The file's own time
# cannot be set by a program, so a file restored with its old time is noticed.
Fingerprint = tuple[int, ...]
_PARTS = 4

# The rule of git's index against "racy" entries (git's Documentation/technical/racy-git): a file that was changed less
# than one tick of the file system's clock before it was read may change again and look the same. The clock of a stick
# has ticks of two seconds.
_STABLE_AFTER_SECONDS = 2.5
# How long a scan of a folder stays valid if neither the folder nor the journal has changed since, and what was read of a file
# if that looks the same.
VALID_SECONDS = 1.0


class DirectoryScan:
    """The fingerprints of the documents of one folder, by name."""

    def __init__(self, root: Path, folder: str, files: Files) -> None:
        self._path = root / folder
        self._prefix = f"{folder}/"
        self._files = files
        self._last = _Scanned((), 0.0, Fingerprints({}, None), set())
        self._last_with_pending = _WithPending(self._last.result, 0, self._last.result)

    def scan(self, serial: int, *, fresh: bool = False) -> Fingerprints:
        """Return the fingerprint of each file; None for what is not a plain file, which has to be read to be refused.

        The same object is returned as long as nothing has changed.

        Args:
            serial: Number of the last transaction; whatever plandoc changes, this changes, too.
            fresh: Scan even if the last scan is from the same second.
        """
        last = self._last
        state = self._state(serial)
        now = stopwatch_seconds()
        if fresh or state != last.state or now - last.scanned_at > VALID_SECONDS:
            prefix = self._prefix
            found = {prefix + name: fingerprint_of(one) for name, one in self._files.statuses(self._path)}
            # In one step, because other threads may read at the same time.
            self._last = last = _Scanned(state, now, _taken_in(found, last), set())
        elif last.committed:
            self._last = last = _Scanned(state, last.scanned_at, self._with_committed(last), set())
        return last.result

    def apply_commit(self, names: Iterable[str], serial: int) -> None:
        """Take in what a transaction of this process has just done to some documents, without a scan of all others.

        Their files are looked at by the next `scan`.

        Args:
            names: The documents; those of other folders are left out.
            serial: Number of the transaction.
        """
        last = self._last
        if not last.state or last.state[0] != serial - 1:
            return
        # In place, because a copy would take longer with each commit.
        last.committed.update(name for name in names if name.startswith(self._prefix))
        # As old as the scan of the others: what another program did meanwhile is seen when that scan expires.
        self._last = last._replace(state=self._state(serial))

    def _with_committed(self, last: _Scanned) -> Fingerprints:
        result = Fingerprints(last.result, last.result.scan)
        for name in last.committed.copy():
            status = self._files.status(self._path / name.removeprefix(self._prefix))
            result.pop(name, None)
            if status is not None:
                result[name] = fingerprint_of(status)
        return result

    def _state(self, serial: int) -> tuple[int, ...]:
        status = self._files.status(self._path)
        return () if status is None else (serial, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)

    def scan_with_pending(self, pending: Mapping[str, int | None], serial: int, *, fresh: bool = False) -> Fingerprints:
        """Return the same when some documents hold what the journal says, whatever is in their files.

        Args:
            pending: Number of the last transaction of each such document; None where that one removed it.
            serial: Number of the last transaction.
            fresh: Scan even if the last scan is from the same second.
        """
        files = self.scan(serial, fresh=fresh)
        if not pending:
            return files
        # The same object for the same documents, which shows at once that nothing in a list of thousands has changed.
        last = self._last_with_pending
        if last.files is not files or last.serial != serial:
            others = {name: found for name, found in files.items() if name not in pending}
            added = {
                name: (files.get(name), number)
                for name, number in pending.items()
                if number is not None and name.startswith(self._prefix)
            }
            last = _WithPending(files, serial, Fingerprints({**others, **added}, object()))
            self._last_with_pending = last
        return last.result

    def stat(self, name: str, pending: Mapping[str, int | None]) -> Hashable | None:
        """Return the fingerprint of one document as it is now."""
        status = self._files.status(self._path / name.removeprefix(self._prefix))
        present = None if status is None else fingerprint_of(status)
        return (present, pending[name]) if name in pending else present


class _Scanned(NamedTuple):
    state: tuple[int, ...]
    scanned_at: float
    result: Fingerprints
    # Documents that transactions of this process have changed since.
    committed: set[str]


class _WithPending(NamedTuple):
    files: Fingerprints
    serial: int
    result: Fingerprints


def _taken_in(found: Mapping[str, Hashable], last: _Scanned) -> Fingerprints:
    """Return what a new scan has found, as of the last scan where nobody else has changed anything."""
    if found == last.result:
        return last.result
    expected = dict(last.result)
    for name in last.committed.copy():
        expected.pop(name, None)
        if name in found:
            expected[name] = found[name]
    return Fingerprints(found, last.result.scan if found == expected else object())


def is_stable(fingerprint: Hashable, timestamp: datetime.datetime) -> bool:
    """Whether it is a file's fingerprint, and any change of the file after a timestamp will change it."""
    if not isinstance(fingerprint, tuple) or len(fingerprint) != _PARTS:
        return False
    changed_at: int = max(fingerprint[1:3])
    return timestamp.timestamp() - changed_at / 1e9 > _STABLE_AFTER_SECONDS


def unsettled(fingerprints: Mapping[str, Hashable]) -> set[str]:
    """Return the documents whose files may change from now on and keep these fingerprints."""
    now = system_clock()
    return {name for name, fingerprint in fingerprints.items() if not is_stable(fingerprint, now)}


def fingerprint_of(status: os.stat_result) -> Fingerprint | None:
    """Return the fingerprint of a file; None for what is not a plain file."""
    if not stat.S_ISREG(status.st_mode):
        return None
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
