"""The block of one guarded write: whatever interrupts it, and wherever, the lock is released."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from plandoc.engine.session import Session, unit_of_work
from plandoc.errors import SessionError
from plandoc.storage.backend import Transaction
from plandoc.storage.unwinding import or_undone


class GuardedWrite:
    """The block of one session; made by `Store.session`.

    It alone is responsible for the lock: whatever interrupts it, and wherever, the lock is released and the session over.

    Attributes:
        transaction: What holds the lock; None before and after that.
        session: What the block works with; None until the block is entered.
        is_saved: Whether it has changed something, and that is saved.
    """

    transaction: Transaction | None = None
    session: Session | None = None
    is_saved = False

    def __init__(
        self, start: Callable[[GuardedWrite], Session], finish: Callable[[Session, Transaction], bool]
    ) -> None:
        self._start = start
        self._finish = finish

    def __enter__(self) -> Session:
        if self.session is not None:
            raise SessionError("this session was opened before; ask the store for a new one")
        return or_undone(lambda: self._start(self), self._leave)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Two levels, so that after one interruption, even of the inner cleanup, the outer one still runs to its end.
        try:
            self._finish_and_leave(is_whole=kind is None)
        finally:
            if self.transaction is not None:
                self._leave()

    def _finish_and_leave(self, *, is_whole: bool) -> None:
        try:
            if is_whole and self.session is not None and self.transaction is not None:
                self.is_saved = self._finish(self.session, self.transaction)
        finally:
            self._leave()

    def __del__(self) -> None:
        # An interruption can also come before the first step of the cleanup.
        if self.transaction is not None:
            self._leave()

    def _leave(self) -> None:
        if self.session is not None:
            unit_of_work(self.session).end()
        if self.transaction is not None:
            self.transaction.release()
            self.transaction = None
