"""What a record or a result is: frozen, and shown, compared and hashed by its fields.

`@frozen` gives what `@attrs.frozen` gives. But attrs writes and compiles those three methods again for every class, which
is half of what a class costs, and each command waits for about a hundred of them; here they are written once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

__all__ = ["frozen", "writers"]

if TYPE_CHECKING:
    # Type checkers know what that one does to a class.
    from attrs import frozen
else:

    def frozen(cls: type) -> type:
        """Make a class of values, as `attrs.frozen` does.

        >>> @frozen
        ... class Loaf:
        ...     name: str
        ...     grams: int = 500
        >>> Loaf("Rye"), Loaf("Rye") == Loaf("Rye", 500), len({Loaf("Rye"), Loaf("Rye"), Loaf("Spelt")})
        (Loaf(name='Rye', grams=500), True, 2)
        """
        cls.__eq__, cls.__hash__ = _eq, _hash
        if "__repr__" not in vars(cls):
            cls.__repr__ = _repr
        made = attrs.frozen(cls, repr=False, eq=False)
        fields = made.__attrs_attrs__
        made._shown = tuple(field.name for field in fields if field.repr)  # noqa: SLF001
        # Values without fields are equal when their classes are.
        made._compared = attrgetter(*[field.name for field in fields if field.eq] or ["__class__"])  # noqa: SLF001
        return made


@cache
def writers(cls: type) -> Mapping[str, Callable[[Any, Any], None]]:
    """Return for each field of a frozen class what writes its value into a new instance, past converters and rules.

    For values that were judged before. Writing into an instance that others have seen breaks it.
    """
    return MappingProxyType({field.name: getattr(cls, field.name).__set__ for field in attrs.fields(cls)})


def _repr(self: Any) -> str:
    fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._shown)
    return f"{type(self).__qualname__}({fields})"


def _eq(self: Any, other: Any) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    return self._compared(self) == other._compared(other)  # noqa: SLF001


def _hash(self: Any) -> int:
    return hash((type(self), self._compared(self)))
