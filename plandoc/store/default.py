"""The store that is meant when none is named."""

from __future__ import annotations

import os

from plandoc.errors import SessionError, shorten
from plandoc.store.open_stores import OPEN_STORES
from plandoc.store.opening import open_store
from plandoc.store.store import Store

ENVIRONMENT_VARIABLE = "PLANDOC_DATA"
DEFAULT_FOLDER = "data"


def use_store(store: Store) -> None:
    """Name the store that operations without a session use.

    Raises:
        SessionError: for anything but a store.
    """
    if not isinstance(store, Store):
        raise SessionError(f"wanted an open store, found {shorten(store)}; open_store(...) returns one")
    OPEN_STORES.named = store


def default_store() -> Store:
    """Return the store that operations without a session use.

    That is the one that `use_store` named; else the only one open in this process; else the folder in the environment
    variable PLANDOC_DATA, else `./data`, which is opened and stays open. A process that has closed a store has said
    where it works, so that `./data` is no longer used.

    Raises:
        SessionError: when several stores are open and none is named, or when none is left open.
    """
    if OPEN_STORES.named is not None and not OPEN_STORES.named.is_closed:
        return OPEN_STORES.named
    # One whose closing was interrupted may be among them.
    present = [store for store in OPEN_STORES.open if not store.is_closed]
    # A store from before a fork is kept when there is no other: it says itself that it must be reopened.
    usable = [store for store in present if store.is_of_this_process] or present
    if len(usable) > 1:
        places = ", ".join(store.location for store in usable)
        raise SessionError(f"several stores are open ({places}); name one with use_store, or pass a session")
    if usable:
        return usable[0]
    folder = os.environ.get(ENVIRONMENT_VARIABLE)
    closed = OPEN_STORES.last_closed or "".join(store.location for store in OPEN_STORES.open[:1])
    if not folder and closed:
        raise SessionError(f"no store is open: {closed} was closed; open it again, or set {ENVIRONMENT_VARIABLE}")
    return open_store(folder or DEFAULT_FOLDER)
