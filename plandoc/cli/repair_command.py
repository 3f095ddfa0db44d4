"""`plandoc repair`: repairing what can be repaired safely."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import in_command_words
from plandoc.errors import hints
from plandoc.maintenance import repairs


def repair(
    *,
    dry_run: bool = False,
    backup: Annotated[Path | None, Parameter("--from")] = None,
    allow_other_folder: bool = False,
    folder: Folder,
) -> int:
    """Repair a damaged data folder without losing data and without guessing.

    Unusable files are moved to lost-found in the data folder, with the reason beside them. Use --dry-run first.

    Args:
        dry_run: Only show what would be done; change nothing.
        backup: A backup of this folder; damaged documents are restored from it.
        allow_other_folder: Allow a backup of another folder.

    Examples:
        plandoc repair --dry-run
        plandoc repair --from backup.zip
    """

    def report_holder(holder: str) -> None:
        printing.complain(f"waiting: {folder.path} is being written to by {holder}")

    folder.work_log.begin()
    report = repairs.repair(folder.path, dry_run, backup, allow_other_folder=allow_other_folder, on_wait=report_holder)
    folder.work_log.end("the repair is done" if report.actions and not dry_run else None)
    for action in report.actions:
        printing.say(("would " if dry_run else "") + action.sentence(is_done=not dry_run))
    if backup is None and any(action.fix is repairs.Fix.QUARANTINE for action in report.actions):
        printing.say(f"files in lost-found: {hints.for_command(hints.TAKE_BACK)}")
    for problem in report.remaining:
        printing.say(str(in_command_words(problem)))
    printing.say(f"{folder.path}: {_summary(len(report.actions), len(report.remaining), dry_run=dry_run)}")
    return 1 if report.remaining else 0


def _summary(actions: int, left: int, *, dry_run: bool) -> str:
    if not actions and not left:
        return "nothing is wrong"
    summary = f"{actions} to repair" if dry_run else f"{actions} repaired"
    more = f"{left} cannot be repaired automatically" if left else "nothing left"
    return f"{summary}, {more}" + ("; dry run: nothing was changed" if dry_run else "")
