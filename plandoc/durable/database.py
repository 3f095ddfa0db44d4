"""TinyDB's database and table, with a lock around each change and no results cached from a content that was replaced."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any, TypeVar

import tinydb
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document
from tinydb.table import Table as PlainTable
from tinydb.utils import LRUCache

from plandoc.durable.draft_file import DraftFile
from plandoc.durable.guard import Transaction
from plandoc.durable.storage import DurableStorage, GuardedStorage
from plandoc.storage.row_draft import only_compares

T = TypeVar("T")

_Chosen = tuple[QueryLike | None, Iterable[int] | None]
_Fields = Mapping[str, Any] | Callable[[MutableMapping[str, Any]], None]


class QueryCache(LRUCache[QueryLike, list[Document]]):
    """The results of queries over one content of the file; another content empties it."""

    def __init__(self, capacity: int | None = None) -> None:
        super().__init__(capacity)
        # None with a storage of another kind; then it behaves as TinyDB's cache.
        self.storage: GuardedStorage | None = None
        self._found_in: bytes | DraftFile | None = None
        self._lock = threading.RLock()

    def get(self, key: QueryLike, default: Any = None) -> Any:
        """Return the results of a query, unless the file has changed since."""
        content = None if self.storage is None else self.storage.believed()
        with self._lock:
            self._belong_to(content)
            return super().get(key, default)

    def set(self, key: QueryLike, value: list[Document]) -> None:
        """Keep the results of a query over what this thread has just read."""
        content = None if self.storage is None else self.storage.seen()
        with self._lock:
            self._belong_to(content)
            super().set(key, value)

    def clear(self) -> None:
        """Forget all results."""
        with self._lock:
            super().clear()

    def _belong_to(self, content: bytes | DraftFile | None) -> None:
        if content != self._found_in:
            self.cache.clear()
        self._found_in = content


class Table(PlainTable):
    """A table of TinyDB whose changes are made under the lock, from the read to the write."""

    query_cache_class = QueryCache  # type: ignore[assignment]  # it only keeps what TinyDB puts in

    def __init__(
        self,
        storage: Storage,
        name: str,
        cache_size: int = PlainTable.default_query_cache_capacity,
        persist_empty: bool = False,
    ) -> None:
        super().__init__(storage, name, cache_size)
        # A middleware in between keeps tables of its own, which the lock of the storage does not cover.
        self._guarded = storage if isinstance(storage, GuardedStorage) else None
        if isinstance(self._query_cache, QueryCache):
            self._query_cache.storage = self._guarded
        # The content in which the next id was counted; for another content it is counted again.
        self._counted_in: bytes | DraftFile | None = None
        if persist_empty:
            # TinyDB empties a table that has records already.
            self._update_table(lambda _: None)

    def insert(self, document: Mapping[str, Any]) -> int:
        """Insert a document, and return its id; see TinyDB."""
        return self._change(lambda: super(Table, self).insert(document))

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Insert documents, and return their ids; see TinyDB."""
        return self._change(lambda: super(Table, self).insert_multiple(documents))

    def update(self, fields: _Fields, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Update the documents that match, and return their ids; see TinyDB."""
        return self._change(lambda: super(Table, self).update(fields, *self._chosen(cond, doc_ids)))

    def update_multiple(self, updates: Iterable[tuple[_Fields, QueryLike]]) -> list[int]:
        """Update documents, each kind as its query says, and return their ids; see TinyDB."""
        return self._change(lambda: super(Table, self).update_multiple(updates))

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[int]:
        """Update the documents that match or else insert one, and return the ids; see TinyDB."""
        return self._change(lambda: super(Table, self).upsert(document, cond))

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Remove the documents that match, and return their ids; see TinyDB."""
        return self._change(lambda: super(Table, self).remove(*self._chosen(cond, doc_ids)))

    def truncate(self) -> None:
        """Remove all documents; see TinyDB."""
        self._change(super().truncate)

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        if self._guarded is None:
            super()._update_table(updater)
        else:
            # The public methods already hold the lock; then this is part of what they do.
            self._guarded.guard.run(lambda: self._update_guarded(updater))

    def _update_guarded(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        draft = self._draft()
        if self._guarded is None or draft is None:
            super()._update_table(updater)
        else:
            self._guarded.keep(draft.changed(self.name, updater))
            self.clear_cache()

    def _chosen(self, cond: QueryLike | None, doc_ids: Iterable[int] | None) -> _Chosen:
        """Return which rows are meant: by their ids if there is a draft, which would copy each row that a query sees."""
        draft = self._draft()
        if draft is None or cond is None or doc_ids is not None or not only_compares(cond):
            return cond, doc_ids
        return None, draft.matching(self.name, cond)

    def _draft(self) -> DraftFile | None:
        is_plain = type(self.name) is str and self.document_id_class is int
        return self._guarded.draft(self.name) if self._guarded is not None and is_plain else None

    def _change(self, work: Callable[[], T]) -> T:
        storage = self._guarded
        return work() if storage is None else storage.guard.run(lambda: self._change_counted(storage, work))

    def _change_counted(self, storage: GuardedStorage, work: Callable[[], T]) -> T:
        if self._next_id is not None and storage.present() != self._counted_in:
            self._next_id = None
        try:
            result = work()
        except BaseException:
            self._next_id = None
            raise
        self._counted_in = storage.seen()
        return result


class TinyDB(tinydb.TinyDB):
    """TinyDB in a file that no crash and no second writer can destroy.

    Used as TinyDB is, with the same arguments; see `DurableStorage` for those of the file. Each change is made under a lock
    of the file, among all threads and processes, and is on the disk when it returns.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder, TinyDB(os.path.join(folder, "db.json")) as db:
    ...     with db.transaction():
    ...         _ = db.table("orders").insert({"cake": 3})
    ...         _ = db.table("stock").insert({"name": "flour", "bags": 7})
    ...     db.table("orders").all(), sorted(db.tables())
    ([{'cake': 3}], ['orders', 'stock'])
    """

    table_class = Table
    default_storage_class = DurableStorage  # type: ignore[assignment]  # TinyDB takes any storage

    def transaction(self) -> Transaction:
        """Return a block whose changes, of any tables, are written together when it ends.

        Nobody else writes meanwhile, and readers see what was there before. When the block is left by an exception, nothing of
        it is written. A transaction within another one of the same thread is a part of that.

        Raises:
            TypeError: when the database has another storage than `DurableStorage`.
        """
        if not isinstance(self.storage, GuardedStorage):
            raise TypeError(f"a transaction needs a DurableStorage, found {type(self.storage).__name__}")
        return self.storage.transaction()

    def drop_tables(self) -> None:
        """Drop all tables; see TinyDB."""
        self._change(super().drop_tables)

    def drop_table(self, name: str) -> None:
        """Drop a table; see TinyDB."""
        self._change(lambda: super(TinyDB, self).drop_table(name))

    def _change(self, work: Callable[[], None]) -> None:
        storage = self.storage
        if not isinstance(storage, GuardedStorage):
            work()
            return

        def whole() -> None:
            # Drop everything that is there now, whatever was read before.
            storage.read()
            work()

        storage.guard.run(whole)
