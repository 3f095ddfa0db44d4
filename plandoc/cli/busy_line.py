"""A line on the terminal that shows that something still goes on; none where no person waits."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from plandoc.cli import printing, streams

# What is done within a second needs no sign of life.
_PATIENCE_SECONDS = 1.0


@contextmanager
def busy_line(doing: str) -> Iterator[None]:
    """Show on the terminal after a second what is being done, and for how long, until it is done."""
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_show, args=(printing.clean(doing), done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _show(doing: str, done: threading.Event) -> None:
    started, shown = time.monotonic(), ""
    while not done.wait(_PATIENCE_SECONDS):
        shown = f"{doing}: {time.monotonic() - started:.0f} s"
        streams.overwrite(shown)
    if shown:
        streams.overwrite(" " * len(shown))
        streams.overwrite("")
