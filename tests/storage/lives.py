"""A workload that is done in a folder, with a record of all that would matter after a power cut."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from crash_model import Disk
from looking import Found, look
from recorder import CHANGES, LINEAGE, LOOKS, Killed, RecordingFiles, clock, open_folder

from plandoc.errors import RecoveryWarning
from plandoc.storage import initialize
from plandoc.storage.files import Files
from plandoc.store import Store
from plandoc.store.open_stores import OPEN_STORES

Log = Sequence[tuple[Any, ...]]
# The versions that each document had, in order; None where it was removed.
Histories = dict[str, list[bytes | None]]


class Life:
    """One folder, everything that is done to it, and what it should hold after each transaction.

    Attributes:
        top: Where all of it is.
        root: The data folder.
        files: What records.
        cuts: At how many bytes each write is torn.
        disk: The disk as it was when the recording began.
        past: The versions that documents had before, where this is the life of those who came after.
        first: The operation from which on a power cut is new; before, it was one of another life.
        expected: What the folder should hold after transaction 0, 1, ...; 0 is what it began with.
        is_edited: Whether somebody changed a document by hand after a crash.
        may_warn: Whether its recoveries may have something to say.
        clean_from: The transaction from which on nothing is wrong with the folder; None when it stays as it is.
        treasures: Contents that must be in some file at any time.
        kept: Patterns of backups under `top` that must be there, and sound, from a transaction on.
        world: What holds while it is done and looked at, such as another format number.
    """

    def __init__(self, top: Path, *, cuts: int = 3, place: str = "data") -> None:
        top.mkdir(parents=True, exist_ok=True)
        self.top = top
        self.root = top / place
        self.files = RecordingFiles()
        self.cuts = cuts
        self.disk = Disk(top, cuts)
        self.past: Histories = {}
        self.first = 0
        self.expected: list[Found] = []
        self.is_edited = self.may_warn = False
        self.clean_from: int | None = 0
        self.treasures: list[bytes] = []
        self.kept: dict[int, str] = {}
        self.world: Callable[[], AbstractContextManager[object]] = nullcontext

    def create(self) -> None:
        """Begin with making the folder."""
        self.files.mark("started", 0)
        initialize.create(self.root, store_id=LINEAGE, files=self.files, clock=clock, timeout_seconds=0)
        self.files.mark("acknowledged", 0)
        self.expected = [self.look()]

    def begin(self) -> None:
        """Begin with what is in the folder, as durable."""
        self.disk.load()
        self.files.mark("begun", 0)
        self.expected = [self.look()]

    def open(self, files: RecordingFiles | None = None, **options: Any) -> Store:
        """Open a store whose every operation is recorded; it never closes by itself."""
        backend = open_folder(self.root, files or self.files, **options)
        store = Store(backend, clock=clock, timeout_seconds=0)
        forget(store)
        return store

    def do(self, act: Callable[[], Any]) -> None:
        """Do one transaction: when it returns, it is durable."""
        self.files.mark("started", len(self.expected))
        with everywhere(self.files), warnings.catch_warnings():
            warnings.simplefilter("ignore" if self.is_edited or self.may_warn else "error", RecoveryWarning)
            act()
        self.acknowledge()

    def try_to(self, act: Callable[[], Any], operations: int, files: RecordingFiles) -> bool:
        """Do one transaction, be killed after some changes; return whether it was done before."""
        self.files.mark("started", len(self.expected))
        files.die_after(operations)
        try:
            with everywhere(files):
                act()
        except Killed:
            return False
        finally:
            files.die_after(None)
        return True

    def do_killed(self, act: Callable[[], Any], operations: int) -> None:
        """Do one transaction, be killed after some changes, and let the next process recover."""
        self.try_to(act, operations, self.files)
        backend = open_folder(self.root, self.files)
        backend.begin("look", timeout_seconds=0).release()
        # What a writer was shown must not be taken back.
        self.acknowledge()
        backend.close()

    def acknowledge(self) -> None:
        """Write down that what the folder holds now must be there from now on."""
        self.files.mark("acknowledged", len(self.expected))
        self.expected.append(self.look())

    def look(self, *, make: bool = False) -> Found:
        """Return what a process that opens a copy of the folder finds; it may `make` one that nobody heard of yet."""
        copy = self.top.with_name(f"{self.top.name}-looked-at")
        shutil.copytree(self.top, copy)
        root = copy / self.root.relative_to(self.top)
        try:
            return look(root, make=make, edited=self.is_edited, aside=self.clean_from == 0)
        finally:
            shutil.rmtree(copy)

    def fresh_disk(self) -> Disk:
        """Return the disk as it was when the recording began, for one run of the operations."""
        disk = Disk(self.top, self.cuts)
        disk.root = self.disk.root.copy()
        return disk


def forget(store: Store) -> None:
    """Take a store off the list of those that close when the program ends: its process was killed."""
    OPEN_STORES.forget(store)


@contextmanager
def everywhere(files: Files) -> Iterator[None]:
    """Use a file layer also in those parts of plandoc that make their own."""
    names = (*LOOKS, *CHANGES, "sync_files")
    originals = {name: getattr(Files, name) for name in names}
    for name in names:
        setattr(Files, name, _handed_on(files, name))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(Files, name, original)


def _handed_on(files: Files, name: str) -> Callable[..., Any]:
    def method(_: Files, *arguments: Any, **options: Any) -> Any:
        return getattr(files, name)(*arguments, **options)

    return method
