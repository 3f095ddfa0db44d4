"""The data folder that a command works on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import attrs

from plandoc import store
from plandoc.cli import printing
from plandoc.cli.work_log import WorkLog
from plandoc.engine.session import Session, unit_of_work
from plandoc.engine.unit_of_work import UnitOfWork
from plandoc.errors import PlandocError
from plandoc.frozen import frozen

T = TypeVar("T")


@frozen
class Folder:
    """The data folder, named by `--data`, by the environment or by default.

    Attributes:
        given: What `--data` named; None when it was left out.
        work_log: What the command has done so far.
    """

    given: Path | None
    work_log: WorkLog = attrs.field(factory=WorkLog, eq=False, repr=False)

    @property
    def path(self) -> Path:
        """The folder to work on."""
        return self.given or Path(os.environ.get(store.ENVIRONMENT_VARIABLE) or store.DEFAULT_FOLDER)

    def open(self, *, create: bool = False) -> store.Store:
        """Open it; while another process holds the lock, the error stream shows which one."""

        def report_holder(holder: str) -> None:
            printing.complain(f"waiting: {self.path} is being written to by {holder}")

        return store.open_store(self.path, create=create, on_wait=report_holder)

    def change(self, action: str, work: Callable[[Session], T]) -> T:
        """Do some work as one guarded write, and return what it gives."""
        with self._opened() as opened, ExitStack() as afterwards:
            with opened.session(action) as session:
                result = work(session)
                # Even if this fails: an error may follow the change.
                afterwards.callback(self._note, unit_of_work(session), unit_of_work(session).documents.serial)
                self.work_log.begin()
            self.work_log.end(None)
            return result

    def _note(self, work: UnitOfWork, before: int) -> None:
        if work.documents.serial != before:
            self.work_log.end("the change is saved", counts_twice=True)
            self.work_log.changes.extend(work.changed.values())

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
