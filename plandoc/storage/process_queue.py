"""First come, first served among processes: a waiter for a lock file keeps a place in a line, a byte of that file.

The places order the waiters, and nothing else: only the lock of the whole file decides who may write, and it is of
another kind and never interferes with these. So a place that is missing, or taken twice, costs a turn and no data. The
kernel frees a place when its process dies, and nothing is written for it.
"""

from __future__ import annotations

import os
import struct
from contextlib import suppress

from plandoc.clock import let_others_run, stopwatch_seconds
from plandoc.storage.wake_up import WakeUp, wake

try:
    import fcntl
except ImportError:  # pragma: no cover  (Windows)
    fcntl = None  # type: ignore[assignment]

# Elsewhere waiters ask from time to time, and the one that asks at the right moment is next.
_HAS_PLACES = hasattr(fcntl, "F_OFD_SETLK")
# Type, origin, start, length (0: to the end, however far), and a process, which must be 0.
_REQUEST = struct.Struct("hhqqi")
_FIRST = 1
_JOIN_TRIES = 100
# Between two looks: at first for each that is ahead, and at most.
_PAUSES_SECONDS = (0.0002, 0.005)
# The same for one who will be called, unless the one who should call is killed before, or in another network.
_PAUSES_OF_CALLED_SECONDS = (0.002, 0.02)
# Who is called before the lock is free asks again and again, and for no longer than the rest of a commit takes.
_ALERT_SECONDS = 0.0003
# So long may the lock be free before the first waiter takes it. After that the waiter counts as stopped, and is passed.
_GRACE_SECONDS = 0.25


def _request(start: int, length: int) -> bytes:
    return _REQUEST.pack(fcntl.F_WRLCK, os.SEEK_SET, start, length, 0) if _HAS_PLACES else b""


_ANY_PLACE = _request(_FIRST, 0)
# The first two bytes of an answer when nothing is taken.
_FREE = struct.pack("h", fcntl.F_UNLCK) if _HAS_PLACES else b""


class Waiter:
    """A waiter at an open lock file, with a place behind all that wait there already."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._place = 0
        self._has_joined = False
        self._wake_up = WakeUp()
        self._alert_until = 0.0
        self._ahead = 0
        self._since = stopwatch_seconds()
        self._was_free = False

    def join(self) -> None:
        """Take a place. Where the system has none to give, this one waits without."""
        # Before there is one, so that an interruption in between leaves none behind.
        self._has_joined = _HAS_PLACES
        with suppress(OSError):
            # Others can come at the same moment, and no more than a few do.
            for _ in range(_JOIN_TRIES if _HAS_PLACES else 0):
                if self._takes(_last_place(self._handle) + 1):
                    self._wake_up.set(self._handle, self._place)
                    return
        self._has_joined = False

    def may_ask(self) -> bool:
        """Whether to ask for the lock now: no other is ahead, or nothing has moved for so long that those may be stopped."""
        ahead = self._count_ahead()
        if ahead != self._ahead:
            self._ahead, self._since, self._was_free = ahead, stopwatch_seconds(), False
        return not ahead or self._stalled_seconds >= _GRACE_SECONDS

    def may_keep(self, *, is_free: bool) -> bool:
        """Whether the lock, which was free when this one asked, is this one's to keep.

        Where others are ahead, only if it was free at the last look, too, and none of them has moved since then.
        """
        keeps = is_free and (not self._ahead or self._was_free)
        if is_free and not keeps:
            self._since = stopwatch_seconds()
        self._was_free = is_free
        return keeps

    def wait(self, longest_seconds: float) -> None:
        """Wait for a call, and no longer than a part of the time without a move: a call can be lost."""
        if stopwatch_seconds() < self._alert_until:
            let_others_run()
            return
        first, longest = _PAUSES_OF_CALLED_SECONDS if self._wake_up.is_set else _PAUSES_SECONDS
        seconds = max(self._stalled_seconds / 8, first * max(self._ahead, 1))
        if not self._place:
            # Without places, waiters must not ask at the same moments forever.
            seconds *= 0.5 + os.urandom(1)[0] / 256
        if self._wake_up.wait(max(min(seconds, longest, longest_seconds), 0)):
            self._alert_until = stopwatch_seconds() + _ALERT_SECONDS

    def leave(self) -> None:
        """Give up the place; nothing to do when there is none.

        Raises:
            OSError: when the system failed; closing the file gives it up in any case.
        """
        self._wake_up.close()
        if self._has_joined:
            fcntl.fcntl(self._handle, fcntl.F_OFD_SETLK, _REQUEST.pack(fcntl.F_UNLCK, os.SEEK_SET, 0, 0, 0))

    def forget(self) -> None:
        """Let the place go with the file, which is closed next."""
        self._wake_up.close()

    @property
    def _stalled_seconds(self) -> float:
        return stopwatch_seconds() - self._since

    def _takes(self, place: int) -> bool:
        try:
            fcntl.fcntl(self._handle, fcntl.F_OFD_SETLK, _request(place, 1))
        except (BlockingIOError, PermissionError):
            return False
        self._place = place
        return True

    def _count_ahead(self) -> int:
        """Return how many places there are up to this one from that of the first waiter; 0 for the first itself."""
        if self._place <= _FIRST:
            return 0
        first = _next_place(self._handle, _FIRST, self._place - _FIRST)
        return self._place - first if first else 0


def call_first(handle: int) -> bool:
    """Call the first of those who wait at an open lock file, which is free now or very soon; return whether there is one."""
    place = first_place(handle)
    if place:
        wake(handle, place)
    return place != 0


def _last_place(handle: int) -> int:
    last = 0
    while found := _next_place(handle, last + 1, 0):
        last = found
    return last


def _next_place(handle: int, start: int, length: int) -> int:
    """Return the first place in a range that another waiter has; 0 when there is none."""
    return first_place(handle, _request(start, length))


def first_place(handle: int, among: bytes = _ANY_PLACE) -> int:
    """Return the first place at an open lock file that another waiter has; 0 when there is none.

    Args:
        handle: The lock file.
        among: The places that are meant, as the system is asked for them.
    """
    if not _HAS_PLACES:
        return 0
    try:
        answer = fcntl.fcntl(handle, fcntl.F_OFD_GETLK, among)
    except OSError:
        return 0
    if answer[:2] == _FREE:
        return 0
    _, _, place, size, _ = _REQUEST.unpack(answer[: _REQUEST.size])
    # A lock of more than one byte is not a place; some network file systems make the lock of the file one of this kind.
    return place if size == 1 else 0
