"""Parameters of functions that are True or False."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from plandoc.errors import Problem, refuse
from plandoc.fields.constraints import boolean

P = ParamSpec("P")
R = TypeVar("R")


def checks_flags(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function refuse whatever merely counts as true or false, such as the text "no", before it does anything.

    Its flags are the parameters whose default is True or False.

    >>> @checks_flags
    ... def remove(name, force=False):
    ...     return force
    >>> remove("Fair", force="no")
    Traceback (most recent call last):
    plandoc.errors.ValidationError: force: wanted true or false, found 'no'
    """
    positions = _flags_of(function)
    if not positions:
        return function

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        for name, position in positions.items():
            if type(args[position] if position < len(args) else kwargs.get(name, False)) is not bool:
                refuse(_wrong_flags(positions, args, kwargs))
        return function(*args, **kwargs)

    return checked


def _flags_of(function: Callable[..., Any]) -> dict[str, int]:
    """Return the flags of a function with their positions; one that has to be named is beyond all positions."""
    called = cast("Any", function)
    while hasattr(called, "__wrapped__"):
        called = called.__wrapped__
    code, defaults = called.__code__, called.__defaults__ or ()
    last = range(code.co_argcount - len(defaults), code.co_argcount)
    flags = {code.co_varnames[at]: at for at, default in zip(last, defaults, strict=True) if type(default) is bool}
    named = {name: code.co_nlocals for name, default in (called.__kwdefaults__ or {}).items() if type(default) is bool}
    return flags | named


def _wrong_flags(positions: dict[str, int], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Problem]:
    for name, position in positions.items():
        given = args[position] if position < len(args) else kwargs.get(name, False)
        if (wrong := boolean(given)) is not None:
            yield Problem(wrong, field=name)
