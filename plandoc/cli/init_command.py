"""`plandoc init`: a new data folder, or a new store on a server."""

from __future__ import annotations

from plandoc.cli import printing
from plandoc.cli.data_folder import Folder


def init(*, folder: Folder) -> None:
    """Create a new data folder, or a store on a server; an existing one stays as it is.

    Examples:
        plandoc init
        plandoc --data my-bakery init
        plandoc --data postgresql://anna@server/bakery init
    """
    was_there = folder.is_there()
    try:
        folder.open(create=True).close()
    except BaseException:
        # An error may follow the creation.
        if not was_there and folder.is_there():
            _note_creation(folder)
        raise
    if not was_there:
        _note_creation(folder)
    printing.say(f"{folder.shown} is {'already a plandoc store' if was_there else 'ready'}")


def _note_creation(folder: Folder) -> None:
    folder.work_log.end(f"the store {folder.shown} was created")
