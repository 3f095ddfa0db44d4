"""The memory backend: the same promises without a disk, for the tests of programs that use plandoc."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from plandoc.clock import stopwatch_seconds
from plandoc.errors import LockTimeout, SessionError
from plandoc.storage import documents, initialize, marker
from plandoc.storage.backend import Fingerprints, Reading, Transaction
from plandoc.storage.document_head import Head, head_of
from plandoc.storage.paths import IN_MEMORY
from plandoc.storage.thread_queue import Turn, Turns
from plandoc.storage.unwinding import or_undone

T = TypeVar("T")


class MemoryBackend:
    """The documents of one store, gone when the program ends."""

    location = IN_MEMORY
    side_by_side = False

    def __init__(self, store_id: str) -> None:
        self.store_id = store_id
        self.documents: Mapping[str, bytes] = initialize.contents(store_id)
        self.serial = 0
        self._turns = Turns()
        self._holder: dict[str, str] = {}

    def begin(
        self, action: str, *, timeout_seconds: float, on_wait: Callable[[str], None] | None = None
    ) -> Transaction:
        """Become the writer."""
        started = stopwatch_seconds()
        turn = Turn()

        def start() -> Transaction:
            if not self._turns.join(turn):
                if on_wait is not None:
                    on_wait(f"another thread: {self._holder.get('action', '')}")
                if not self._turns.wait(turn, timeout_seconds):
                    waited = round(stopwatch_seconds() - started, 1)
                    raise LockTimeout(self.location, waited, dict(self._holder), "another thread")
            self._holder = {"action": action}
            return _MemoryTransaction(self, turn)

        return or_undone(start, lambda: self.release(turn))

    def view(self, function: Callable[[Reading], T]) -> T:
        """Return what `function` makes of the documents as they are."""
        return function(_MemoryReading(self.documents, self.serial))

    def release(self, turn: Turn) -> None:
        """Let the next writer in."""
        or_undone(lambda: self._turns.leave(turn), lambda: self._turns.leave(turn))

    def close(self) -> None:
        """Nothing is unfinished here."""


class _MemoryReading:
    format = documents.FORMAT

    def __init__(self, documents: Mapping[str, bytes], serial: int) -> None:
        self._documents = documents
        self.serial = serial

    @property
    def version(self) -> Hashable:
        return self.serial

    def read(self, name: str) -> bytes | None:
        return self._documents.get(name)

    read_remembered = read

    def has(self, name: str) -> bool:
        return name in self._documents

    def read_many(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        return ((name, self.read(name)) for name in names)

    def heads(self, folder: str, names: Iterable[str]) -> Generator[tuple[str, Head | None]]:  # noqa: ARG002
        for name in names:
            content = self._documents.get(name)
            yield name, None if content is None else head_of(content, content)

    def names(self, folder: str) -> Sequence[str]:
        return sorted(name for name in self._documents if name.startswith(f"{folder}/"))

    def fingerprints(self, folder: str, *, fresh: bool = False) -> Fingerprints:  # noqa: ARG002  (always at this instant)
        return Fingerprints({name: self._documents[name] for name in self.names(folder)}, self._documents)

    def fingerprint(self, name: str) -> Hashable | None:
        return self._documents.get(name)

    def unsettled(self, fingerprints: Mapping[str, Hashable]) -> Collection[str]:  # noqa: ARG002  (they are the contents)
        return ()

    def current_marker(self) -> bytes | None:
        return marker.as_of(self.read(marker.NAME), self.serial, "")


class _MemoryTransaction(_MemoryReading):
    def __init__(self, backend: MemoryBackend, turn: Turn) -> None:
        super().__init__(backend.documents, backend.serial)
        self._backend = backend
        self._turn = turn
        self._over = False

    def commit(self, changes: Mapping[str, bytes | None]) -> None:
        if self._over:
            raise SessionError("this transaction is over; begin another one")
        after = {**self._documents, **changes}
        # One assignment: a reader sees the old documents or the new ones.
        self._backend.documents = {name: content for name, content in after.items() if content is not None}
        self._documents = self._backend.documents
        self._backend.serial += 1
        self.serial = self._backend.serial

    def release(self) -> None:
        self._over = True
        self._backend.release(self._turn)
