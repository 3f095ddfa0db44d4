"""Opening a store, its sessions, the store that is meant when none is named, and what `session=None` means."""

from plandoc.store.default import DEFAULT_FOLDER, ENVIRONMENT_VARIABLE, default_store, use_store
from plandoc.store.opening import open_on_server, open_store
from plandoc.store.operations import CHANGING, NO_SESSION, changes, reads
from plandoc.store.overtaken import until_not_overtaken
from plandoc.store.store import DEFAULT_TIMEOUT_SECONDS, Store

__all__ = [
    "CHANGING",
    "DEFAULT_FOLDER",
    "DEFAULT_TIMEOUT_SECONDS",
    "ENVIRONMENT_VARIABLE",
    "NO_SESSION",
    "Store",
    "changes",
    "default_store",
    "open_on_server",
    "open_store",
    "reads",
    "until_not_overtaken",
    "use_store",
]
