"""`plandoc check`: the problems of the data folder."""

from __future__ import annotations

import attrs

from plandoc.cli import printing
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import in_command_words
from plandoc.maintenance import checks


def check(*, strict: bool = False, json: bool = False, folder: Folder) -> int:
    """Report every problem of the data folder; changes nothing.

    Args:
        strict: Also report documents that another program changed since plandoc wrote them; by default they are only noted.
        json: Print the findings as JSON, without notes.

    Examples:
        plandoc check
        plandoc check --strict
    """
    notes, problems = checks.notes_and_problems(folder.place, strict=strict)
    problems = [in_command_words(problem) for problem in problems]
    if json:
        printing.print_json([attrs.asdict(problem) for problem in problems])
        return 1 if problems else 0
    for problem in problems:
        printing.say(str(problem))
    for note in notes:
        printing.say(f"note: {note}")
    printing.say(f"{folder.shown}: {len(problems)} found" if problems else f"{folder.shown}: nothing is wrong")
    return 1 if problems else 0
