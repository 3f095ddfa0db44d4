"""`plandoc init` and `check`: the data folder as a whole."""

from __future__ import annotations

import os
from contextlib import ExitStack

import attrs

from plandoc.cli import printing
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import in_command_words
from plandoc.tables import MARKER


def init(*, folder: Folder) -> None:
    """Make a new data folder; one that is there already stays as it is.

    Examples:
        plandoc init
        plandoc --data my-bakery init
    """
    was_there = (folder.path / MARKER).exists()
    with ExitStack() as afterwards:
        # However this ends: an error may come behind the making.
        afterwards.callback(_note_if_made, folder, was_there=was_there)
        folder.open(create=True).close()
    printing.say(f"{folder.path} is {'a plandoc folder already' if was_there else 'ready'}")


def _note_if_made(folder: Folder, *, was_there: bool) -> None:
    if not was_there and os.path.lexists(folder.path / MARKER):
        folder.done.end(f"the folder {folder.path} is made")


def check(*, strict: bool = False, json: bool = False, folder: Folder) -> int:
    """Report everything that is wrong with the data folder; changes nothing.

    Args:
        strict: Count a document that other hands have changed since plandoc wrote it as wrong; else it is only noted.
        json: Print the findings as JSON, without notes.

    Examples:
        plandoc check
        plandoc check --strict
    """
    from plandoc.maintenance import checks  # noqa: PLC0415  (no other command of this module needs it)

    notes, problems = checks.notes_and_problems(folder.path, strict=strict)
    problems = [in_command_words(problem) for problem in problems]
    if json:
        printing.print_json([attrs.asdict(problem) for problem in problems])
        return 1 if problems else 0
    for problem in problems:
        printing.say(str(problem))
    for note in notes:
        printing.say(f"note: {note}")
    printing.say(f"{folder.path}: {len(problems)} found" if problems else f"{folder.path}: nothing is wrong")
    return 1 if problems else 0
