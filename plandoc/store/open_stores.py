"""The stores that are open in this process; they are closed when it ends."""

from __future__ import annotations

import atexit
import warnings
from typing import TYPE_CHECKING

from plandoc.errors import StoreError

if TYPE_CHECKING:
    from plandoc.store.store import Store


class OpenStores:
    """The stores that are open in this process, and the one that was named."""

    def __init__(self) -> None:
        self.open: list[Store] = []
        self.named: Store | None = None
        # Where the store was that was closed last; blank while none was.
        self.last_closed = ""

    def forget(self, store: Store) -> None:
        """Strike off a store that was closed."""
        self.last_closed = store.location
        self.open = [other for other in self.open if other is not store]
        self.named = None if self.named is store else self.named

    def close_all(self) -> None:
        """Close what a program left open, all of it, whatever becomes of one."""
        for store in list(self.open):
            try:
                store.close()
            except StoreError as failure:
                warnings.warn(str(failure), RuntimeWarning, stacklevel=2)


OPEN_STORES = OpenStores()
atexit.register(OPEN_STORES.close_all)
