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
from plandoc.cli.done import Done
from plandoc.engine.session import Session, unit_of_work
from plandoc.engine.unit_of_work import UnitOfWork
from plandoc.errors import PlandocError
from plandoc.frozen import frozen

T = TypeVar("T")


@frozen
class Folder:
    """The data folder that was named, by `--data`, by the environment or not at all.

    Attributes:
        given: What `--data` named; None when it was left out.
        done: What the command has done so far.
    """

    given: Path | None
    done: Done = attrs.field(factory=Done, eq=False, repr=False)

    @property
    def path(self) -> Path:
        """The folder that is meant."""
        return self.given or Path(os.environ.get(store.ENVIRONMENT_VARIABLE) or store.DEFAULT_FOLDER)

    def open(self, *, create: bool = False) -> store.Store:
        """Open it; whoever has to wait for another process is told which one, on the error stream."""

        def tell(holder: str) -> None:
            printing.complain(f"waiting: {self.path} is being written to by {holder}")

        return store.open_store(self.path, create=create, on_wait=tell)

    def change(self, action: str, work: Callable[[Session], T]) -> T:
        """Do some work as one guarded write, and return what it gives."""
        with self._opened() as opened, ExitStack() as afterwards:
            with opened.session(action) as session:
                result = work(session)
                # However this ends: an error may come behind the change.
                afterwards.callback(self._note, unit_of_work(session), unit_of_work(session).documents.serial)
                self.done.begin()
            self.done.end(None)
            return result

    def _note(self, work: UnitOfWork, before: int) -> None:
        if work.documents.serial != before:
            self.done.end("the change is saved", counts_twice=True)

    def look(self, look: Callable[[Session], T]) -> T:
        """Return what a look at one moment gives; nothing is locked or changed."""
        with self._opened() as opened:
            return opened.read(look)

    @contextmanager
    def _opened(self) -> Iterator[store.Store]:
        opened = self.open()
        try:
            yield opened
        except BaseException:
            # What went wrong first is what counts: an error of closing would say that something is saved.
            with suppress(PlandocError, OSError):
                opened.close()
            raise
        opened.close()
