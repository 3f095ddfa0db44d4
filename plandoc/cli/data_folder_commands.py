"""`plandoc init`, `import` and `check`: the data folder as a whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import attrs

from plandoc.cli import printing, streams
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import in_command_words
from plandoc.cli.reports import print_report
from plandoc.errors import ImportRefusedError
from plandoc.tables import MARKER

if TYPE_CHECKING:
    from plandoc.exchange import ImportReport


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


def import_file(
    file: Path,
    /,
    *,
    dry_run: bool = False,
    on_conflict: Literal["fail", "skip", "update"] | None = None,
    folder: Folder,
) -> None:
    """Import an export of plandoc or bake-tracker, all of it or nothing; makes the data folder if it is not there.

    Args:
        file: The export.
        dry_run: Only say what would be imported; change nothing.
        on_conflict: What becomes of records that are there and differ from an export of plandoc: fail, which lists
            them and is what happens when nothing is said, skip or update. A started plan that is there never changes.

    Examples:
        plandoc import export.json --dry-run
        plandoc import export.json --on-conflict skip
    """
    from plandoc import exchange  # noqa: PLC0415  (no other command needs it)

    try:
        with _folder_to_import_into(folder, dry_run=dry_run) as target:
            report = target.change(
                f"import {printing.clean(file.name)}",
                lambda session: exchange.import_file(file, dry_run=dry_run, on_conflict=on_conflict, session=session),
            )
    except ImportRefusedError as error:
        # The refusal must be said, also where its report cannot be shown.
        with suppress(streams.OutputError):
            print_report(cast("ImportReport", error.report))
        raise
    print_report(report)
    if dry_run:
        printing.say("only a dry run: nothing was changed")


@contextmanager
def _folder_to_import_into(folder: Folder, *, dry_run: bool) -> Iterator[Folder]:
    """Give the folder to import into, made if need be; a dry run must not leave one behind."""
    is_there = (folder.path / MARKER).exists()
    if is_there or not dry_run:
        folder.open(create=True).close()
        yield folder
        return
    with tempfile.TemporaryDirectory() as temporary:
        stand_in = Folder(Path(temporary))
        stand_in.open(create=True).close()
        yield stand_in
