"""`plandoc init`: a new data folder."""

from __future__ import annotations

import os
from contextlib import ExitStack

from plandoc.cli import printing
from plandoc.cli.data_folder import Folder
from plandoc.tables import MARKER


def init(*, folder: Folder) -> None:
    """Create a new data folder; an existing one stays as it is.

    Examples:
        plandoc init
        plandoc --data my-bakery init
    """
    was_there = (folder.path / MARKER).exists()
    with ExitStack() as afterwards:
        # Even if this fails: an error may follow the creation.
        afterwards.callback(_note_if_made, folder, was_there=was_there)
        folder.open(create=True).close()
    printing.say(f"{folder.path} is {'already a plandoc folder' if was_there else 'ready'}")


def _note_if_made(folder: Folder, *, was_there: bool) -> None:
    if not was_there and os.path.lexists(folder.path / MARKER):
        folder.work_log.end(f"the folder {folder.path} was created")
