"""Reads that the system cuts short at random places, with writers who go on in between."""

from __future__ import annotations

import functools
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from recorder import CATALOG, QuickFiles, commit, make_folder, open_folder

from plandoc.engine.session import Session
from plandoc.errors import LockTimeout
from plandoc.records import Event, Ingredient
from plandoc.storage import files
from plandoc.storage.folder import FolderBackend
from plandoc.store import Store
from tests.builders import EVENT_DATE

DOCUMENTS = (CATALOG, "events/1.json")
# Between any two of these somebody else may have been at work.
_PAUSES = frozenset({"open", "read", "pread", "fstat", "lstat", "close", "listdir", "scandir", "fsync", "fdatasync"})


class CutReads:
    """The system's calls, of which a read may return less than was wanted, and others may work before each.

    Args:
        luck: What decides.
        meanwhile: What others do.

    Attributes:
        chance: How likely it is that they do something before a call.
    """

    def __init__(self, luck: random.Random, meanwhile: Callable[[], object]) -> None:
        self.luck = luck
        self.meanwhile = meanwhile
        self.chance = 0.0
        self.is_looking = False

    def __getattr__(self, name: str) -> Any:
        found = getattr(os, name)
        return functools.partial(self._call, name, found) if name in _PAUSES else found

    def _call(self, name: str, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        if not self.is_looking:
            return call(*arguments, **options)
        if self.luck.random() < self.chance:
            self._let_others_work()
        if name in {"read", "pread"}:
            handle, size, *offset = arguments
            return call(handle, self.luck.randint(1, size), *offset)
        return call(*arguments, **options)

    def _let_others_work(self) -> None:
        self.is_looking = False
        try:
            self.meanwhile()
        finally:
            self.is_looking = True

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Cut the reads of what is done in this block."""
        self.is_looking = True
        try:
            with mock.patch.object(files, "os", self):
                yield
        finally:
            self.is_looking = False


class Writers:
    """Writers who count up in two documents at once, close and open, and die in the middle of a line.

    Attributes:
        number: The last number that was saved.
    """

    def __init__(self, root: Path, luck: random.Random) -> None:
        self.root = root
        self.luck = luck
        make_folder(root, QuickFiles())
        self.number = 0
        with Store(open_folder(root, QuickFiles())) as store, store.session("begin") as session:
            session.add(Ingredient("Flour", "Baking", notes="number"))
            session.add(Event("Counted", EVENT_DATE, notes="number"))
        self._forms = {name: (root / name).read_bytes() for name in DOCUMENTS}
        self._backends = [self._open(), self._open()]
        self._count()

    def work(self) -> None:
        """Do one thing, or a few; nothing while the one who looks has the lock."""
        try:
            self._backends[0].begin("ask", timeout_seconds=0).release()
        except LockTimeout:
            return
        for _ in range(self.luck.choice((1, 1, 2, 3))):
            self.luck.choices((self._count, self._close, self._die), weights=(20, 2, 1))[0]()

    def _open(self) -> FolderBackend:
        return open_folder(self.root, QuickFiles(), checkpoint_size=10_000)

    def _count(self) -> None:
        text = b"%d %s" % (self.number + 1, b"x" * self.luck.choice((0, 0, 10, 3000)))
        changes = {name: form.replace(b'"number"', b'"%s"' % text) for name, form in self._forms.items()}
        commit(self.luck.choice(self._backends), changes)
        self.number += 1

    def _close(self) -> None:
        at = self.luck.randrange(len(self._backends))
        self._backends[at].close()
        self._backends[at] = self._open()

    def _die(self) -> None:
        """Leave the beginning of a line that was never finished."""
        content = (self.root / "journal.jsonl").read_bytes().rstrip(b"\n")
        if content:
            with (self.root / "journal.jsonl").open("r+b") as journal:
                journal.seek(len(content) + 1)
                journal.write(content.splitlines()[-1][: self.luck.randrange(1, 200)])


def counted(session: Session) -> int:
    """The number that is in both documents; they must agree."""
    numbers = {session.get(Ingredient, 1).notes.split()[0], session.event(1).notes.split()[0]}
    assert len(numbers) == 1, f"two moments mixed: {numbers}"
    return int(numbers.pop())
