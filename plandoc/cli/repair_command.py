"""`plandoc repair`: putting a damaged folder in order, said first and as far as that is safe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from plandoc.cli import backup_hint, printing
from plandoc.cli.data_folder import DataFolder
from plandoc.cli.parameters import Flag, Parameter
from plandoc.errors import Problem


def repair(
    *,
    dry_run: Flag = False,
    backup: Annotated[Path | None, Parameter(name="--from", show_default=False)] = None,
    allow_other_folder: Flag = False,
    folder: DataFolder,
) -> int:
    """Put the data folder in order, as far as that is safe; nothing is lost by it, and nothing guessed.

    What cannot be used is moved to lost-found in the data folder, with the reason beside it. Look first with --dry-run.

    Args:
        dry_run: Only say what would be done; change nothing.
        backup: A backup of this folder; documents that are damaged are taken back from it.
        allow_other_folder: The backup may be one of another folder.
    """
    from plandoc.maintenance.repairs import Fix  # noqa: PLC0415
    from plandoc.maintenance.repairs import repair as do_repair  # noqa: PLC0415  (no other command needs it)

    def tell(holder: str) -> None:
        printing.complain(f"waiting: {folder.path} is being written to by {holder}")

    folder.done.begin()
    report = do_repair(folder.path, dry_run, backup, allow_other_folder=allow_other_folder, on_wait=tell)
    folder.done.end("the repair is done" if report.actions and not dry_run else None)
    for action in report.actions:
        printing.say(("would " if dry_run else "") + action.sentence(is_done=not dry_run))
    # Named when it was not: a document that was moved to lost-found can still be taken back.
    moved = (Problem(one.reason, file=one.file) for one in report.actions if one.fix is Fix.QUARANTINE)
    known = None if backup else backup_hint.backup_for([*report.remaining, *moved], folder.path)
    for problem in backup_hint.with_path(report.remaining, known):
        printing.say(str(problem))
    if known is not None:
        printing.say(backup_hint.sentence(known))
    printing.say(f"{folder.path}: {_summary(len(report.actions), len(report.remaining), dry_run=dry_run)}")
    return 1 if report.remaining else 0


def _summary(actions: int, left: int, *, dry_run: bool) -> str:
    if not actions and not left:
        return "nothing is wrong"
    said = f"{actions} to repair" if dry_run else f"{actions} repaired"
    more = f"{left} left that no repair can put right" if left else "nothing left"
    return f"{said}, {more}" + ("; only a dry run: nothing was changed" if dry_run else "")
