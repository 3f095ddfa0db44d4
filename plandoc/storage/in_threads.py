"""Many system calls at once, each waited for in a thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

_THINGS_A_THREAD = 4
_MOST_THREADS = 8


def for_each(act: Callable[[T], object], things: Iterable[T]) -> None:
    """Call a function with each of many things, in the calling thread and a few others.

    Args:
        act: The function. It waits for the system, not for other threads of this process. The first error that it raises is
            raised here, and calls that have not begun by then are left out.
        things: None of them is None. A few are done by the calling thread alone, in order.
    """
    waiting = deque(things)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            while (thing := next_one()) is not None:
                act(thing)
        except BaseException as error:  # noqa: BLE001  (raised again, in the calling thread)
            errors.append(error)
            waiting.clear()

    def next_one() -> T | None:
        # A single step, so that no two threads take the same thing.
        try:
            return waiting.popleft()
        except IndexError:
            return None

    others = [threading.Thread(target=work) for _ in range(min(len(waiting) // _THINGS_A_THREAD, _MOST_THREADS) - 1)]
    try:
        # If no thread can be started, as at the exit of the program, the calling one does everything.
        with suppress(RuntimeError):
            for thread in others:
                thread.start()
        work()
    finally:
        waiting.clear()
        for thread in others:
            if thread.ident is not None:
                thread.join()
    if errors:
        raise errors[0]
