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
    """Make a consistent copy of the data folder while others work in it, and verify it.

    Args:
        target: A new .zip file or folder; with --keep, the folder that holds the dated backups.
        keep: How many backups to keep in the folder; older ones are removed.

    Examples:
        plandoc backup backup.zip
        plandoc backup backups --keep 7
    """
    folder.work_log.begin()
    report = backup_writer.backup(folder.place, target, keep)
    folder.work_log.end(f"the backup is in {report.path}")
    manifest = report.manifest
    printing.say(
        f"{report.path}: {report.documents} files as of transaction {manifest.serial}, {report.size} bytes, verified"
    )
    for path in report.removed:
        printing.say(f"{path}: removed, to keep {keep}")
    for reason in report.left:
        printing.say(reason)
    return _report_problems(
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
    """Restore the data folder from a backup, completely or not at all.

    Args:
        source: The backup, a folder or a .zip file.
        replace: Replace an existing data folder; it is backed up beside itself first.
        allow_other_folder: Also replace a data folder other than the one that was backed up.
        allow_older: Also replace a folder with later changes, which are then lost.

    Examples:
        plandoc --data restored restore backup.zip
        plandoc restore backup.zip --replace
    """
    folder.work_log.begin()
    report = backup_restore.restore(
        source, folder.path, replace=replace, allow_other_folder=allow_other_folder, allow_older=allow_older
    )
    folder.work_log.end(f"{report.path} was restored")
    if report.kept is not None:
        printing.say(f"{report.kept}: the previous contents of the folder")
    printing.say(
        f"{report.path}: restored {report.documents} files as of transaction {report.serial}, from {report.source}"
    )
    return _report_problems(report.problems, "the folder already had problems when the backup was made")


def _report_problems(problems: tuple[Problem, ...], summary: str) -> int:
    for problem in problems:
        printing.say(str(in_command_words(problem)))
    if problems:
        printing.say(f"{summary}: {len(problems)} found")
    return 1 if problems else 0
