"""Looking at a data folder from outside, and changing it as other hands do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import plandoc

Spoil = Callable[[Path], None]


def everything_in(folder: Path) -> dict[str, object]:
    """Return what stands under every name in and below a folder, links not followed."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_ino, status.st_mtime_ns, content)
    return found


def look_at_everything(folder: Path) -> None:
    """Open a folder and read every record in it."""
    with plandoc.open_store(folder) as store:
        store.read(lambda session: [session.find(kind) for kind in plandoc.tables.BY_TYPE])


def replaced(name: str, old: str, new: str) -> Spoil:
    """Change some text in a file, as a person with an editor does."""

    def spoil(folder: Path) -> None:
        text = (folder / name).read_text("utf-8")
        assert text.count(old) >= 1, f"{old} is not in {name}"
        (folder / name).write_bytes(text.replace(old, new, 1).encode("utf-8"))

    return spoil
