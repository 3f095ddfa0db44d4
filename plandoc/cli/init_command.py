"""`plandoc init`: a new data folder, or a new store on a server."""

from __future__ import annotations

from contextlib import ExitStack

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
    with ExitStack() as afterwards:
        # Even if this fails: an error may follow the creation.
        afterwards.callback(_note_if_made, folder, was_there=was_there)
        folder.open(create=True).close()
    printing.say(f"{folder.shown} is {'already a plandoc store' if was_there else 'ready'}")


def _note_if_made(folder: Folder, *, was_there: bool) -> None:
    if not was_there and folder.is_there():
        folder.work_log.end(f"the store {folder.shown} was created")
