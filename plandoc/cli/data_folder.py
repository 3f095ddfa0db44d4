"""The data folder, or the store on a server, that a command works on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import attrs

from plandoc import store
from plandoc.cli import printing
from plandoc.cli.work_log import Change, WorkLog
from plandoc.engine.guarded_write import GuardedWrite
from plandoc.engine.session import Session, unit_of_work
from plandoc.errors import ConflictError, PlandocError, StoreNotFoundError
from plandoc.frozen import frozen
from plandoc.storage import address
from plandoc.tables import MARKER

T = TypeVar("T")


# The path of a folder, or the address of a store on a server.
Place = Path | str


@frozen
class Folder:
    """The data folder or store, named by `--data`, by the environment or by default.

    Attributes:
        given: What `--data` named; None when it was left out.
        work_log: What the command has done so far.
    """

    given: Place | None = attrs.field(repr=False)
    work_log: WorkLog = attrs.field(factory=WorkLog, eq=False, repr=False)

    @property
    def place(self) -> Place:
        """The folder or store to work on."""
        return self.given or as_place(os.environ.get(store.ENVIRONMENT_VARIABLE) or store.DEFAULT_FOLDER)

    @property
    def shown(self) -> str:
        """The same as it may be shown, without a password."""
        return shown(self.place)

    @property
    def path(self) -> Path:
        """The folder to work on, for what works only in a folder.

        Raises:
            StorageError: when it is a store on a server.
        """
        address.refuse_address(self.place, "this is for a folder and its files")
        return Path(self.place)

    def is_there(self) -> bool:
        """Whether there is a store."""
        if address.address_of(self.place) is None:
            return (self.path / MARKER).exists()
        try:
            self.open().close()
        except StoreNotFoundError:
            return False
        return True

    def open(self, *, create: bool = False) -> store.Store:
        """Open it; while another process holds the lock, the error stream shows which one."""

        def report_holder(holder: str) -> None:
            printing.complain(f"waiting: {self.shown} is being written to by {holder}")

        return store.open_store(self.place, create=create, on_wait=report_holder)

    def change(self, action: str, work: Callable[[Session], T]) -> T:
        """Do some work as one guarded write, and return what it gives; on a server again, when somebody else was faster."""
        with self._opened() as opened:

            def changed() -> T:
                return self._changed(opened, action, work)

            return store.until_not_overtaken(changed) if opened.is_side_by_side else changed()

    def _changed(self, opened: store.Store, action: str, work: Callable[[Session], T]) -> T:
        write = opened.session(action)
        with ExitStack() as afterwards:
            # Even if this fails: an error may follow the change.
            made: list[Change] = []
            afterwards.callback(self._note, write, made)
            try:
                with write as session:
                    result = work(session)
                    made.extend(unit_of_work(session).changed.values())
                    self.work_log.begin()
            except ConflictError:
                self.work_log.end(None)
                raise
            self.work_log.end(None)
            return result

    def _note(self, write: GuardedWrite, made: Sequence[Change]) -> None:
        if write.is_saved:
            self.work_log.end("the change is saved", counts_twice=True)
            self.work_log.changes.extend(made)

    def read(self, function: Callable[[Session], T]) -> T:
        """Return what a function reads from one consistent state; nothing is locked or changed."""
        with self._opened() as opened:
            return opened.read(function)

    @contextmanager
    def _opened(self) -> Iterator[store.Store]:
        opened = self.open()
        try:
            yield opened
        except BaseException:
            # The first error counts: one of closing would say that something is saved.
            with suppress(PlandocError, OSError):
                opened.close()
            raise
        opened.close()


def as_place(text: str) -> Place:
    """Return what a text names: a folder, or a store on a server."""
    return address.address_of(text) or Path(text)


def shown(place: Place) -> str:
    """Return a place as it may be shown, without a password."""
    return address.without_password(str(place))
