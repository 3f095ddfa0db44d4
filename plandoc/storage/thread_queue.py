"""First come, first served among the threads of one process.

Whose turn it is follows from the line alone, and joining or leaving it is one step each. An interruption, which can come
between any two steps, finds a turn either in the line or not in it, never a lock without an owner.
"""

from __future__ import annotations

import threading
from collections import deque


class Turn:
    """A place in the line. Its maker makes sure that it leaves, from any thread.

    Args:
        thread: The thread that it belongs to, if no caller keeps it; None if one does.
    """

    __slots__ = ("called", "thread")

    def __init__(self, thread: int | None = None) -> None:
        self.thread = thread
        # The lock that it waits on; None until it waits.
        self.called: threading.Lock | None = None


class Turns:
    """The line. The first in it has the turn; the others wait behind it in the order in which they came."""

    def __init__(self) -> None:
        self._line: deque[Turn] = deque()

    def is_first(self, turn: Turn) -> bool:
        """Whether it is this one's turn."""
        try:
            return self._line[0] is turn
        except IndexError:
            return False

    def join(self, turn: Turn) -> bool:
        """Take the last place, and return whether it is the first one, too."""
        self._line.append(turn)
        return self._line[0] is turn

    def wait(self, turn: Turn, timeout_seconds: float) -> bool:
        """Return whether the turn came in time."""
        called = threading.Lock()
        called.acquire()
        # Before the look at the line: whoever leaves that calls the first one in it afterwards.
        turn.called = called
        return self.is_first(turn) or called.acquire(timeout=min(max(timeout_seconds, 0), threading.TIMEOUT_MAX))

    def leave(self, turn: Turn) -> None:
        """Give up a place, the first one or any other; nothing to do if that was done before."""
        try:  # noqa: SIM105  (each commit is here, and entering a block would cost more than the rest)
            self._line.remove(turn)
        except ValueError:
            pass
        # Every turn that leaves calls the first one, because the one before may not have got that far. The line may be
        # empty, and the first one may have been called already.
        try:
            if self._line and (called := self._line[0].called) is not None:
                called.release()
        except (IndexError, RuntimeError):
            return

    def of_this_thread(self) -> list[Turn]:
        """Return the turns that belong to this thread and have not left."""
        return [turn for turn in self._line.copy() if turn.thread == threading.get_ident()]
