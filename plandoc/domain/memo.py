"""What a function gives, computed once for each key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memo(dict[K, V]):
    """The values of a function by its argument, each computed when it is first asked for.

    A lookup of what is known costs no call, which is what makes it worth a class: a review asks for hundreds.

    >>> squares = Memo(lambda number: number * number)
    >>> squares[3], squares[3], list(squares)
    (9, 9, [3])
    """

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> V:
        value = self[key] = self._make(key)
        return value
