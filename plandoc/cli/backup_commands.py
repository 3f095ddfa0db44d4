"""`plandoc backup` and `plandoc restore`."""

from __future__ import annotations

from pathlib import Path

from plandoc.cli import printing
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import in_command_words
from plandoc.errors import Problem
from plandoc.maintenance.backups import backup_writer
from plandoc.maintenance.backups import restore as backup_restore


def backup(target: Path, /, *, keep: int | None = None, folder: Folder) -> int:
    """Make a consistent copy of the data folder while others work in it, and read it back.

    Args:
        target: A .zip file or a folder to be made; with --keep, a folder in which dated backups are made.
        keep: How many backups stay in the folder; the oldest beyond it are removed.

    Examples:
        plandoc backup backup.zip
        plandoc backup backups --keep 7
    """
    folder.done.begin()
    report = backup_writer.backup(folder.path, target, keep)
    folder.done.end(f"the backup is in {report.path}")
    manifest = report.manifest
    printing.say(
        f"{report.path}: {report.documents} files as of transaction {manifest.serial}, {report.size} bytes, verified"
    )
    for path in report.removed:
        printing.say(f"{path}: removed, to keep {keep}")
    for reason in report.left:
        printing.say(reason)
    return _tell_of(
        report.problems, "the source folder has problems (run 'plandoc check'); the backup is an exact copy of it"
    )


def restore(
    source: Path,
    /,
    *,
    replace: bool = False,
    allow_other_folder: bool = False,
    allow_older: bool = False,
    folder: Folder,
) -> int:
    """Make the data folder what a backup holds, all of it or nothing.

    Args:
        source: The backup, a folder or a .zip file.
        replace: Restore over a data folder that is there; a backup of it is made beside it first.
        allow_other_folder: Also over another data folder than the one that the backup was made of.
        allow_older: Also over a folder with changes that the backup does not have.

    Examples:
        plandoc --data restored restore backup.zip
        plandoc restore backup.zip --replace
    """
    folder.done.begin()
    report = backup_restore.restore(
        source, folder.path, replace=replace, allow_other_folder=allow_other_folder, allow_older=allow_older
    )
    folder.done.end(f"{report.path} is restored")
    if report.kept is not None:
        printing.say(f"{report.kept}: what the folder held before")
    printing.say(
        f"{report.path}: restored {report.documents} files as of transaction {report.serial}, from {report.source}"
    )
    return _tell_of(report.problems, "the folder was not as it should be when the backup was made")


def _tell_of(problems: tuple[Problem, ...], summary: str) -> int:
    for problem in problems:
        printing.say(str(in_command_words(problem)))
    if problems:
        printing.say(f"{summary}: {len(problems)} found")
    return 1 if problems else 0
