"""A workload that was done in a folder, and what each crash of it may leave: opened, checked and compared."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import attrs
from crash_model import Crash, Disk, crashes, hash_of, materialise
from recorder import (
    CHANGES,
    LINEAGE,
    LOOKS,
    Killed,
    QuickFiles,
    RecordingFiles,
    clock,
    contents,
    observe,
    open_folder,
)

import plandoc
from plandoc.backups.verifying import verify_backup
from plandoc.storage import creation
from plandoc.storage.document_files import LOST_FOUND
from plandoc.storage.files import Files
from plandoc.storage.folder import RecoveryWarning
from plandoc.store import Store, _stores

Log = Sequence[tuple[Any, ...]]
# What a folder holds, or what is wrong with it.
Seen = dict[str, bytes] | str


class Life:
    """One folder, everything that is done to it, and what it should hold after each transaction.

    Attributes:
        root: The data folder.
        files: What records.
        disk: The disk as it was when the recording began.
        expected: What the folder should hold after transaction 0, 1, ...; 0 is what it began with.
        warns: Whether its recoveries have something to tell.
        is_dirty: Whether something is wrong with the folder until the first transaction is done.
        treasures: Contents that must be in some file at any time.
        kept: Patterns of backups under `top` that must be there, and sound, from a transaction on.
        world: What holds while it is done and looked at, such as another format number.
    """

    def __init__(self, top: Path, *, cuts: int = 3, place: str = "data") -> None:
        top.mkdir(parents=True)
        self.top = top
        self.root = top / place
        self.files = RecordingFiles()
        self.cuts = cuts
        self.disk = Disk(top, cuts)
        self.expected: list[Seen] = []
        self.warns = self.is_dirty = False
        self.treasures: list[bytes] = []
        self.kept: dict[int, str] = {}
        self.world: Callable[[], AbstractContextManager[object]] = nullcontext

    def create(self) -> None:
        """Begin with making the folder."""
        self.files.mark("started", 0)
        creation.create(self.root, lineage=LINEAGE, files=self.files, clock=clock, timeout_seconds=0)
        self.files.mark("acknowledged", 0)
        self.expected = [self.look()]

    def begin(self) -> None:
        """Begin with what stands in the folder, as durable."""
        self.disk.load()
        self.files.mark("begun", 0)
        self.expected = [self.look()]

    def open(self, **options: Any) -> Store:
        """Open a store whose every operation is recorded; it never closes by itself."""
        backend = open_folder(self.root, self.files, **options)
        store = Store(backend, clock=clock, timeout_seconds=0)
        forget(store)
        return store

    def do(self, act: Callable[[], Any]) -> None:
        """Do one transaction: when it returns, it is durable."""
        self.files.mark("started", len(self.expected))
        with everywhere(self.files), warnings.catch_warnings():
            warnings.simplefilter("ignore" if self.warns else "error", RecoveryWarning)
            act()
        self._acknowledge()

    def do_killed(self, act: Callable[[], Any], operations: int) -> None:
        """Do one transaction, be killed after some changes, and let the next process recover."""
        self.files.mark("started", len(self.expected))
        self.files.die_after(operations)
        try:
            with everywhere(self.files):
                act()
        except Killed:
            pass
        finally:
            self.files.die_after(None)
        backend = open_folder(self.root, self.files)
        backend.begin("look", timeout_seconds=0).release()
        # What a writer was shown must not be taken back.
        self._acknowledge()
        backend.close()

    def _acknowledge(self) -> None:
        self.files.mark("acknowledged", len(self.expected))
        self.expected.append(self.look())

    def look(self) -> Seen:
        """Return what a process that opens a copy of the folder finds."""
        copy = self.top.with_name(f"{self.top.name}-looked-at")
        shutil.copytree(self.top, copy)
        try:
            return look(copy / self.root.relative_to(self.top), make=False, warns=self.warns, lost=not self.is_dirty)
        finally:
            shutil.rmtree(copy)


def forget(store: Store) -> None:
    """Take a store off the list of those that close when the program ends: its process was killed."""
    _stores.forget(store)


@contextmanager
def everywhere(files: Files) -> Iterator[None]:
    """Use a file layer also in those parts of plandoc that make their own."""
    names = (*LOOKS, *CHANGES)
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


def look(root: Path, *, make: bool, warns: bool, lost: bool = True) -> Seen:
    """Return what a folder holds when it is opened as after a crash, or what is wrong with it.

    Args:
        root: The folder; it is recovered.
        make: Whether nobody was told yet that there is a folder, so that it may have to be made.
        warns: Whether a recovery may have something to tell.
        lost: Whether what was put aside counts.
    """
    if not make and not root.exists():
        return {}
    try:
        with warnings.catch_warnings():
            # A power cut can leave what another program may have left as well, and then there is a word about it.
            warnings.simplefilter("ignore", RecoveryWarning)
            if make:
                creation.create(root, lineage=LINEAGE, files=QuickFiles(), clock=clock, timeout_seconds=0)
            found = observe(root, edited=warns)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    copies = {name: content for name, content in contents(root).items() if name.startswith(LOST_FOUND)}
    kept = {name: content for name, content in copies.items() if warns and b"by hand" in content}
    return {**found, **kept} if lost else found


@attrs.frozen
class Sight:
    """What a crash state turned out to be.

    Attributes:
        held: What the folder holds, or what is wrong with it.
        unclean: What the check finds, or None.
        lost: What should be in some file and is in none, or None.
        backups: Whether there is a backup and all are sound.
    """

    held: Seen
    unclean: str | None
    lost: str | None
    backups: bool


@attrs.define
class Proof:
    """Looks at crash states; the same tree, and the same folder, is looked at only once.

    Attributes:
        scratch: Where the states are put.
        tried: How many states were judged.
    """

    scratch: Path
    tried: int = 0
    _seen: dict[tuple[bytes, bool], Sight] = attrs.field(factory=dict)
    _checked: dict[bytes, str | None] = attrs.field(factory=dict)

    def violations(
        self, life: Life, log: Log | None = None, *, limit: int, first: int = 0, enough: int = 5
    ) -> list[str]:
        """Judge the crash states of a life; return what is wrong with the first bad ones."""
        wrong = []
        disk = Disk(life.top, life.cuts)
        disk.root = _copied(life.disk.root)
        with life.world():
            for crash in crashes(disk, life.files.log if log is None else log, limit=limit, first=first):
                self.tried += 1
                found = self._violation(life, crash)
                wrong += [f"after operation {crash.at}: {found}"] if found else []
                if len(wrong) >= enough:
                    break
        return wrong

    def _violation(self, life: Life, crash: Crash) -> str | None:
        sight = self._look(life, crash)
        found = sight.held
        if isinstance(found, str):
            return found
        numbers = [at for at in range(max(crash.acknowledged, 0), crash.started + 1) if found == life.expected[at]]
        if not numbers:
            return f"wanted transaction {crash.acknowledged} to {crash.started}, found {found}"
        if sight.unclean and not (life.is_dirty and crash.acknowledged == 0):
            return sight.unclean
        if sight.lost:
            return sight.lost
        missing = [pattern for since, pattern in life.kept.items() if since <= numbers[0] and not sight.backups]
        return f"no backup {missing}" if missing else None

    def _look(self, life: Life, crash: Crash) -> Sight:
        key = (hash_of(crash.tree), crash.acknowledged < 0)
        if key not in self._seen:
            top = self.scratch / "crash"
            materialise(crash.tree, top)
            root = top / life.root.relative_to(life.top)
            held = look(root, make=crash.acknowledged < 0, warns=life.warns, lost=not life.is_dirty)
            backups, lost = self._backups(life, top), _lost(life, top)
            self._seen[key] = Sight(held, self._unclean(root, edited=life.warns), lost, backups)
            shutil.rmtree(top)
        return self._seen[key]

    def _backups(self, life: Life, top: Path) -> bool:
        """Whether there is a backup; one that is there under its name must be whole."""
        present = [path for pattern in life.kept.values() for path in top.glob(pattern)]
        return bool(present) and all(verify_backup(path) == [] for path in present)

    def _unclean(self, root: Path, *, edited: bool) -> str | None:
        if not root.is_dir():
            return None
        key = hash_of(dict(contents(root)))
        if key not in self._checked:
            problems = [
                one for one in plandoc.check(root, strict=not edited) if not str(one.file).startswith(LOST_FOUND)
            ]
            self._checked[key] = f"not clean: {problems}" if problems else None
        return self._checked[key]


def _lost(life: Life, top: Path) -> str | None:
    if not life.treasures:
        return None
    present = [path.read_bytes() for path in top.rglob("*") if path.is_file()]
    missing = [content for content in life.treasures if content not in present]
    return f"lost: {missing}" if missing else None


def _copied(folder: Any) -> Any:
    """Return a folder of the disk as it was when it was loaded; its files are only replaced as nodes, never shared."""
    copy = type(folder)()
    for name, history in folder.names.items():
        node = history[-1]
        copy.names[name] = [_copied(node) if hasattr(node, "names") else type(node)(node.durable)]
    return copy


def recovered(life: Life, crash: Crash, top: Path) -> Life:
    """Recover a crash state, recording; return that as a life of its own."""
    materialise(crash.tree, top)
    second = Life.__new__(Life)
    second.top, second.root, second.cuts = top, top / life.root.relative_to(life.top), life.cuts
    second.files, second.disk, second.warns = RecordingFiles(), Disk(top, life.cuts), life.warns
    second.is_dirty, second.treasures, second.kept, second.world = False, [], {}, nullcontext
    second.begin()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RecoveryWarning)
        backend = open_folder(second.root, second.files)
        backend.begin("recover", timeout_seconds=0).release()
        backend.close()
    return second


def second_crashes(life: Life, scratch: Path, *, limit: int, every: int) -> Iterator[Life]:
    """Yield the recoveries of every n-th crash state of a life."""
    disk = Disk(life.top, life.cuts)
    disk.root = _copied(life.disk.root)
    for number, crash in enumerate(crashes(disk, life.files.log, limit=limit)):
        if number % every == 0 and crash.acknowledged >= 0:
            top = scratch / f"second-{number}"
            yield recovered(life, crash, top)
            shutil.rmtree(top)
