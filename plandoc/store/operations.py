"""What `session=None` means.

An operation given no session opens one on the default store: a function that reads gets a look without a lock; one that
changes gets a guarded write, committed when it returns.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar, cast

from plandoc.engine.session import Session, required, unit_of_work
from plandoc.engine.unit_of_work import UnitOfWork
from plandoc.fields.flags import checks_flags
from plandoc.store.default import default_store

P = ParamSpec("P")
R = TypeVar("R")

# The default of every `session` parameter. Typed as a session, because inside the function it always is one.
NO_SESSION: Any = None

# The action of every operation that changes something, by its name, for what must hold of all of them.
CHANGING: dict[str, str] = {}


def reads(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function whose last parameter is `session` work without one, by reading the default store."""
    return _with_session(function, lambda call: default_store().read(call), UnitOfWork.check_open)


def changes(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function whose last parameter is `session` work without one, by a guarded write on the default store.

    Args:
        action: What is done, for those who wait meanwhile and for the journal.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        CHANGING[function.__name__] = action
        return _with_session(function, lambda call: default_store().change(action, call), UnitOfWork.check_writable)

    return decorate


# What most arguments are: asking whether an iterator is one takes longer.
_PLAIN = (int, str, bool)


def _kept(argument: Any) -> Any:
    return list(argument) if isinstance(argument, Iterator) else argument


def _with_session(
    function: Callable[P, R], open_one: Callable[[Callable[[Session], R]], R], check: Callable[[UnitOfWork], None]
) -> Callable[P, R]:
    code = function.__code__
    position = code.co_varnames[: code.co_argcount].index("session")

    in_session = cast("Callable[..., R]", function)

    @functools.wraps(function)
    def operation(*args: Any, **kwargs: Any) -> R:
        if len(args) > position:
            if len(args) > position + 1 or "session" in kwargs:
                # Python refuses what is given beside the session, or twice.
                return in_session(*args, **kwargs)
            args, kwargs = args[:position], {**kwargs, "session": args[position]}
        given = kwargs.pop("session", None) if kwargs else None
        if given is not None:
            session = given if type(given) is Session else required(given)
            check(unit_of_work(session))
            return in_session(*args, **kwargs, session=session)
        # It may be called again, and an iterator gives what it has only once.
        args = tuple([one if type(one) in _PLAIN else _kept(one) for one in args])
        if kwargs:
            kwargs = {name: _kept(value) for name, value in kwargs.items()}
        return open_one(lambda session: in_session(*args, **kwargs, session=session))

    return checks_flags(operation)
