"""File layers that record, fail or kill, and the documents that the proofs of the storage write."""

from __future__ import annotations

import datetime
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
import orjson

from plandoc.storage import documents, initialize, journal, marker
from plandoc.storage.backend import Reading
from plandoc.storage.document_files import LOST_FOUND
from plandoc.storage.files import Files
from plandoc.storage.folder import FolderBackend
from plandoc.storage.replacement import TEMPORARY

LINEAGE = "L"
MOMENT = datetime.datetime(2026, 1, 28, 3, 25, 47, tzinfo=datetime.UTC)
CATALOG = initialize.CATALOG
STOCK = initialize.STOCK
LOOKS = ("read", "read_to_replace", "open_to_read", "read_at", "size", "status", "names")
SYNCS = ("sync_data", "sync_file", "sync_folder")
RENAMES = ("replace", "publish")
CHANGES = ("open_to_write", "create", "write_at", "truncate", *RENAMES, "remove", "make_folder", *SYNCS)

# What serves whoever replaces a file.
LEFT_OUT = ("/files.py", "/atomic_write.py", "/replacement.py")
PLUMBING = ("/document_files.py", "/journal_file.py", "/journal_reader.py")

Changes = Mapping[str, bytes | None]


def clock() -> datetime.datetime:
    """A clock that stands still."""
    return MOMENT


def document(name: str, text: str) -> bytes:
    """A document with one row."""
    table = "events" if name.startswith("events/") else "stock" if name == STOCK else "recipes"
    return documents.render(name, LINEAGE, {table: 2}, {table: {"1": {"text": text}}})


def marker_with(next_event_id: int, serial: int = 0) -> bytes:
    return marker.render(marker.Marker(LINEAGE, serial, next_event_id))


def make_folder(root: Path, files: Files | None = None) -> Path:
    initialize.create(root, store_id=LINEAGE, files=files or Files(), clock=clock, timeout_seconds=0)
    return root


def open_folder(root: Path, files: Files | None = None, **options: Any) -> FolderBackend:
    return FolderBackend(root, files=files, clock=clock, **options)


def commit(backend: Any, changes: Changes, action: str = "change") -> None:
    transaction = backend.begin(action, timeout_seconds=0)
    try:
        transaction.commit(changes)
    finally:
        transaction.release()


def read_all(reading: Reading) -> dict[str, bytes]:
    """Every document of a reading; of the marker only what transactions change."""
    found = {name: reading.read(name) for name in [*initialize.DOCUMENTS, *reading.names("events")]}
    known = orjson.loads(reading.read(marker.NAME) or b"{}")
    contents = {name: content.rstrip() for name, content in found.items() if content is not None}
    return {**contents, "next event id": b"%d" % known["next_event_id"]}


def after(before: Mapping[str, bytes], changes: Changes) -> dict[str, bytes]:
    """What `read_all` gives after a transaction."""
    result = dict(before)
    for name, content in changes.items():
        if content is None:
            result.pop(name, None)
        elif name == marker.NAME:
            result["next event id"] = b"%d" % orjson.loads(content)["next_event_id"]
        else:
            result[name] = content.rstrip()
    return result


def contents(root: Path) -> dict[str, bytes]:
    """The bytes of every file of a folder but the lock's."""
    paths = (path for path in root.rglob("*") if path.is_file() and ".plandoc" not in path.parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


def read_with_serial(reading: Reading) -> dict[str, bytes]:
    """Every document of a reading, and which transaction was the last: no number is ever given twice."""
    return {**read_all(reading), "serial": b"%d" % reading.serial}


def observe(
    root: Path,
    files: Files | None = None,
    *,
    edited: bool = False,
    look: Callable[[Reading], dict[str, bytes]] = read_all,
) -> dict[str, bytes]:
    """Open a folder as after a crash; readers before, in and after the recovery must see the same.

    Where somebody `edited` a document after the crash, readers before the recovery see that version.
    """
    layer = files or QuickFiles()
    first = open_folder(root, layer)
    seen = [first.view(look)]
    transaction = first.begin("look", timeout_seconds=0)
    seen.append(look(transaction))
    transaction.release()
    seen.append(first.view(look))
    first.close()
    second = open_folder(root, layer)
    seen.append(second.view(look))
    second.close()
    if any(other != seen[-1] for other in seen[edited:]):
        raise AssertionError(f"readers before and after the recovery differ: {seen}")
    return seen[-1]


class QuickFiles(Files):
    """No syncs: for looking at what a crash left, where no second crash follows."""

    def sync_data(self, handle: int) -> None:
        """Nothing to wait for."""

    def sync_folder(self, path: Path) -> None:
        """Nothing to wait for."""


class _Watched(Files):
    """Tells `step` of every operation that the storage asks for, not of those that one makes of another."""

    def __init__(self) -> None:
        self._inside = False

    def step(self, name: str, act: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        raise NotImplementedError

    def sync_files(self, paths: Iterable[Path | str]) -> None:
        """One after the other, so that each run is like the one before."""
        for path in paths:
            self.sync_file(path)


def _watch(name: str) -> Callable[..., Any]:
    original = getattr(Files, name)

    def method(self: _Watched, *given: Any, **options: Any) -> Any:
        arguments = tuple(Path(one) if isinstance(one, str) else one for one in given)

        def act(*given: Any) -> Any:
            return original(self, *given, **options)

        if self._inside:
            return act(*arguments)
        self._inside = True
        try:
            return self.step(name, act, arguments, options)
        finally:
            self._inside = False

    return method


for _name in (*LOOKS, *CHANGES):
    setattr(_Watched, _name, _watch(_name))


class Killed(BaseException):
    """The process is dead from here on: whatever its code still tries to do has no effect."""


class RecordingFiles(_Watched):
    """Performs everything but syncs, and writes down what would matter after a power cut; the lock's files do not.

    Attributes:
        log: The operations in order, and the marks between them.
        sites: For each entry of the log the call in plandoc that it came from; empty for a mark.
        between: Called before every change and after it; what it does itself is not recorded here.
    """

    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[Any, ...]] = []
        self.sites: list[str] = []
        self.between: Callable[[], object] | None = None
        self._ignored: set[int] = set()
        self._left: int | None = None

    def of_another_process(self) -> RecordingFiles:
        """Return the file layer of a process that lives and dies by itself, with one log for both."""
        other = RecordingFiles()
        other.log, other.sites = self.log, self.sites
        return other

    def mark(self, what: str, number: int) -> None:
        """Write down how far the workload is."""
        self.log.append((what, number))
        self.sites.append("")

    def die_after(self, operations: int | None) -> None:
        """Let the process die after so many more changes; None lets the next one live."""
        self._left = operations

    def step(self, name: str, act: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        self._live_on(name)
        if self.between is not None and name in CHANGES:
            self.between()
        # A sync changes nothing that a living system shows; the model alone needs to know of it.
        result = None if name in SYNCS else act(*arguments)
        if name in CHANGES:
            self._record(name, arguments, result)
        if self.between is not None and name in CHANGES:
            self.between()
        return result

    def _live_on(self, name: str) -> None:
        if self._left is None:
            return
        if self._left == 0:
            raise Killed
        self._left -= name in CHANGES

    def _record(self, name: str, arguments: tuple[Any, ...], result: Any) -> None:
        first = arguments[0]
        if isinstance(first, Path) and is_of_lock(first):
            if name == "open_to_write":
                self._ignored.add(result)
            return
        if name == "open_to_write":
            self._ignored.discard(result)
            self.log.append(("open", result, first))
        elif not isinstance(first, Path) and first in self._ignored:
            return
        else:
            self.log.append((name, *arguments))
        self.sites.append(_site(name, arguments))


def is_of_lock(path: Path) -> bool:
    """Whether a file is one of the lock's, which mean nothing after a power cut."""
    return path.parent.name == ".plandoc" and path.name in ("lock", "lock.info.json") or path.name.endswith(".lock")


def _site(name: str, arguments: tuple[Any, ...]) -> str:
    """Return the three innermost functions of plandoc that led to an operation, and the kind of file it is done to.

    What a module does for its own ends is left out: it would hide for whom.
    """
    callers: list[str] = []
    frame = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        is_plumbing = path.endswith(PLUMBING) and frame.f_code.co_name.startswith("_")
        if "/plandoc/" in path and not path.endswith(LEFT_OUT) and not is_plumbing:
            callers.append(frame.f_code.co_name)
        frame = frame.f_back
    on = arguments[-1] if name in RENAMES else arguments[0]
    return f"{' > '.join(reversed(callers[:3]))}: {name} {_kind(on)}"


def _kind(on: Any) -> str:
    """Return what sort of file or folder an operation is done to."""
    if not isinstance(on, Path):
        return "the journal"
    name = on.name.removesuffix(TEMPORARY)
    if on.parent.name == LOST_FOUND:
        return "a kept version"
    if on.parent.name == "events":
        return "an event"
    if name.endswith((".zip", ".tmp")):
        return "a backup"
    known = (*initialize.DOCUMENTS, marker.NAME, journal.NAME, "events", LOST_FOUND, "data", ".plandoc")
    return name if name in known else "the parent"


@attrs.frozen
class Fault:
    """Which operation goes wrong, and how.

    Attributes:
        number: The operation, counted from 0.
        moment: "before" it does anything, "half" way through writing, "after" it is done.
        error: What is raised; an integer stands for the error number of an `OSError`.
        lasting: Whether every later operation that changes something fails too.
    """

    number: int
    moment: str
    error: int | type[BaseException]
    lasting: bool = False


class FaultyFiles(_Watched):
    """Counts operations and lets one of them go wrong, once armed."""

    def __init__(self, watched: tuple[str, ...] = (*LOOKS, *CHANGES)) -> None:
        super().__init__()
        self.watched = watched
        self.operations: list[str] = []
        self.fault: Fault | None = None
        self.failed_at: str | None = None

    def arm(self, fault: Fault | None) -> None:
        self.operations, self.fault, self.failed_at = [], fault, None

    def step(self, name: str, act: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if name not in self.watched:
            return act(*arguments)
        self.operations.append(name)
        fault = self.fault
        if fault is None or not self._is_due(fault):
            return act(*arguments)
        self.failed_at = name
        self._do_part(fault, name, act, arguments)
        raise self._error(fault, arguments)

    def _is_due(self, fault: Fault) -> bool:
        at = len(self.operations) - 1
        return at >= fault.number if fault.lasting else at == fault.number

    def _do_part(self, fault: Fault, name: str, act: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        if fault.moment == "after":
            with suppress(OSError):
                result = act(*arguments)
                if name.startswith("open"):
                    os.close(result[0] if isinstance(result, tuple) else result)
        elif fault.moment == "half" and name == "write_at":
            handle, offset, content = arguments
            act(handle, offset, content[: len(content) // 2])
        elif fault.moment == "half" and name == "create":
            path, content, mode = arguments
            act(path, content[: len(content) // 2], mode)

    def _error(self, fault: Fault, arguments: tuple[Any, ...]) -> BaseException:
        if isinstance(fault.error, int):
            path = arguments[0] if isinstance(arguments[0], Path) else None
            return OSError(fault.error, os.strerror(fault.error), *([str(path)] if path else []))
        return fault.error()


class KillingFiles(FaultyFiles):
    """Ends the process by SIGKILL at one operation."""

    def _error(self, fault: Fault, arguments: tuple[Any, ...]) -> BaseException:
        os.kill(os.getpid(), signal.SIGKILL)
        return AssertionError("still alive")


class DyingFiles(FaultyFiles):
    """Lets the process die at one operation: what its code still tries later has no effect."""

    def __init__(self, watched: tuple[str, ...] = (*LOOKS, *CHANGES)) -> None:
        super().__init__(watched)
        self.is_dead = False

    def _is_due(self, fault: Fault) -> bool:
        return self.is_dead or super()._is_due(fault)

    def _do_part(self, fault: Fault, name: str, act: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        if not self.is_dead:
            self.is_dead = True
            super()._do_part(fault, name, act, arguments)

    def _error(self, fault: Fault, arguments: tuple[Any, ...]) -> BaseException:
        return Killed()
