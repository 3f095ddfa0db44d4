"""The way out of a damaged document: which backup holds it unharmed, where one is known."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from plandoc.errors import DamagedError, Problem

if TYPE_CHECKING:
    from plandoc.maintenance.backups.registry import KnownBackup

_ANY_BACKUP = "--from BACKUP"


@contextlib.contextmanager
def named(folder: Path) -> Iterator[None]:
    """Add the way out to an error about a damaged document of a folder."""
    try:
        yield
    except DamagedError as error:
        known = backup_for(error.problems, folder)
        if known is None:
            raise
        problems = with_path(error.problems, known)
        raise DamagedError(error.path, [*problems, Problem(sentence(known))]) from error


def backup_for(problems: Iterable[Problem], folder: Path) -> KnownBackup | None:
    """Return the backup that damaged documents can be taken back from; None when nothing is damaged, or none is known."""
    # Imported late: hardly ever is anything damaged.
    from plandoc.maintenance.backups import registry  # noqa: PLC0415
    from plandoc.storage import archive  # noqa: PLC0415

    files = dict.fromkeys(problem.file for problem in problems if problem.file is not None)
    # A file that is imported can be called as a document is.
    damaged = [name for name in files if archive.is_document_name(name) and registry.is_damaged(folder, name)]
    return registry.newest_usable(folder, damaged) if damaged else None


def sentence(known: KnownBackup) -> str:
    """Return what is said of a backup."""
    made = f"{known.created_at:%Y-%m-%d %H:%M} UTC"
    return f"a backup of {made} has it undamaged: 'plandoc repair --from {_typed(known)}' takes it back"


def with_path(problems: Iterable[Problem], known: KnownBackup | None) -> list[Problem]:
    """Return problems whose hints name a backup where they name any."""
    if known is None:
        return list(problems)
    words = f"--from {_typed(known)}"
    return [
        attrs.evolve(problem, hint=problem.hint.replace(_ANY_BACKUP, words)) if problem.hint else problem
        for problem in problems
    ]


def _typed(known: KnownBackup) -> str:
    """Return the path as it is typed into a shell, here inside of single quotes."""
    import shlex  # noqa: PLC0415  (hardly ever needed, see above)

    path = str(known.path)
    quoted = shlex.quote(path)
    return quoted if quoted == path or set('"$`\\!') & set(path) else f'"{path}"'
