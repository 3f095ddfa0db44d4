"""Waking a process that waits at a place in the line before a lock file, so that it need not look again and again.

Who waits listens on a socket that is named after its place. The name is not in a file system (Linux alone has such names),
so that nothing is left in the folder, and the kernel removes it with its process. A call says no more than "look": one that
is lost, or that anybody else has sent, costs a look and no turn.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from plandoc.clock import pause

if TYPE_CHECKING:
    import socket

_HAS_NAMES = sys.platform == "linux"
_CALL = b"\0"


class WakeUp:
    """What the one who waits listens to."""

    _socket: socket.socket | None = None

    @property
    def is_set(self) -> bool:
        """Whether somebody can call."""
        return self._socket is not None

    def set(self, lock: int, place: int) -> None:
        """Listen for calls to a place; where the system has no such sockets, or forbids them, there are none.

        Args:
            lock: The open lock file.
            place: The place in the line before it.
        """
        if not _HAS_NAMES:
            return
        try:
            self._socket = _new_socket()
            self._socket.bind(_name(lock, place))
        except OSError:
            self.close()

    def wait(self, longest_seconds: float) -> bool:
        """Wait, and return whether that was ended by a call."""
        if self._socket is None:
            pause(longest_seconds)
            return False
        self._socket.settimeout(longest_seconds)
        try:
            return bool(self._socket.recv(len(_CALL)))
        except OSError:
            return False

    def close(self) -> None:
        """Listen no more; nothing to do when that was done before."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def wake(lock: int, place: int) -> None:
    """Call the one who waits at a place in the line before an open lock file; nothing happens where it does not listen."""
    if not _HAS_NAMES:
        return
    with suppress(OSError), _new_socket() as caller:
        caller.sendto(_CALL, _name(lock, place))


def _new_socket() -> socket.socket:
    """Return one that never waits unless it gets a timeout."""
    import socket  # noqa: PLC0415  (3 ms, which only who waits or is waited for needs)

    return socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)


def _name(lock: int, place: int) -> bytes:
    status = os.fstat(lock)
    return b"\0plandoc %d:%d:%d" % (status.st_dev, status.st_ino, place)
