"""What others have changed in a store, in terms of records."""

from __future__ import annotations

from collections.abc import Iterable

from plandoc.frozen import frozen
from plandoc.tables import CATALOG, STOCK, event_of_document


@frozen
class StoreChange:
    """What others have changed since the last `StoreChange`.

    Attributes:
        events: The ids of the events that were added, changed or removed, in ascending order.
        catalog: Whether ingredients, recipes, units or goods were.
        stock: Whether the stock was.
    """

    events: tuple[int, ...]
    catalog: bool
    stock: bool

    def __bool__(self) -> bool:
        """Whether anything was changed."""
        return bool(self.events or self.catalog or self.stock)

    @classmethod
    def of(cls, names: Iterable[str]) -> StoreChange:
        """Return what a change of these documents means.

        >>> StoreChange.of({"events/7.json", "catalog.json", "plandoc.json"})
        StoreChange(events=(7,), catalog=True, stock=False)
        """
        changed = set(names)
        events = (event_id for event_id in map(event_of_document, changed) if event_id is not None)
        return cls(tuple(sorted(events)), CATALOG in changed, STOCK in changed)
