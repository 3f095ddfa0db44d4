"""The differences between two mappings: the one comparison that goods, batches and recipes share."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, Generic, Protocol, TypeVar

from plandoc.frozen import frozen


class _Ordered(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


KeyT = TypeVar("KeyT", bound=_Ordered)
ValueT = TypeVar("ValueT")


class Status(enum.Enum):
    """How one entry changed."""

    UNCHANGED = "unchanged"
    ADDED = "added"
    DROPPED = "dropped"
    MODIFIED = "modified"


@frozen
class DiffEntry(Generic[KeyT, ValueT]):
    """One key of two mappings.

    Attributes:
        before: Its value in the first; None when it is not there.
        after: Its value in the second; None when it is not there.
    """

    key: KeyT
    before: ValueT | None
    after: ValueT | None

    @property
    def status(self) -> Status:
        """How it changed."""
        return status_of(self.before, self.after)


def status_of(before: object, after: object) -> Status:
    """Return how a value changed; None is a missing value.

    >>> status_of(10, 12), status_of(None, 3)
    (<Status.MODIFIED: 'modified'>, <Status.ADDED: 'added'>)
    """
    if before == after:
        return Status.UNCHANGED
    if before is None:
        return Status.ADDED
    return Status.DROPPED if after is None else Status.MODIFIED


def diff(before: Mapping[KeyT, ValueT], after: Mapping[KeyT, ValueT]) -> tuple[DiffEntry[KeyT, ValueT], ...]:
    """Return one entry for each key of either mapping, unchanged ones too, in the order of the keys.

    >>> [(entry.key, entry.status.value) for entry in diff({1: 10, 2: 5}, {2: 5, 3: 1})]
    [(1, 'dropped'), (2, 'unchanged'), (3, 'added')]
    """
    keys = sorted({**before, **after})
    return tuple(DiffEntry(key, before.get(key), after.get(key)) for key in keys)
