"""Putting an exchange file on the disk, whole or not at all, and never over something that is none."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from plandoc.errors import Outcome, PlandocError
from plandoc.exchange.plandoc_files.form import BEGINNING
from plandoc.storage.creation import is_of_a_data_folder
from plandoc.storage.files import Files
from plandoc.storage.places import is_no_file, named, resolved
from plandoc.storage.translation import translated


def save(
    content: bytes, path: str | os.PathLike[str], *, replace: bool = False, beginning: bytes | None = BEGINNING
) -> Path:
    """Write a file, whole or not at all, and return the path of the file that was written.

    Args:
        content: All of it.
        path: The file. One that begins as given, or an empty one, is replaced; a link leads to what it links to.
        replace: Replace any other file, too; never a folder, a device, or a document of a data folder.
        beginning: What tells an earlier file of the same kind; None where nothing does.

    Raises:
        PlandocError: when something else is there.
        StorageError: when the system refuses; then everything is as it was.
    """
    file, files = resolved(path), Files()
    if is_no_file(named(path)):
        # A device that is replaced by a file is gone for the whole system.
        raise PlandocError(f"cannot write {named(path)}: it is no ordinary file; name a file")
    with translated(file, Outcome.NOT_SAVED):
        mode = _check_target(file, files, replace=replace, beginning=beginning)
        # In the same folder, for only then is replacing one step. A short name, for that of the file may be as long
        # as names can be.
        temporary = file.parent / f".plandoc-export-{secrets.token_hex(8)}.tmp"
        try:
            files.create(temporary, content, mode)
            files.sync_file(temporary)
            files.replace(temporary, file)
        except BaseException:
            with contextlib.suppress(OSError):
                files.remove(temporary)
            raise
    with translated(file.parent, Outcome.SAVED):
        files.sync_folder(file.parent)
    return file


def _check_target(file: Path, files: Files, *, replace: bool, beginning: bytes | None) -> int | None:
    """Refuse a path that a file should not be put at; return the rights that the new file gets, if any are known."""
    if is_of_a_data_folder(file):
        raise PlandocError(f"cannot write {file}: it belongs to a data folder, which only plandoc itself writes")
    status = files.status(file)
    if status is None:
        if not file.parent.is_dir():
            raise PlandocError(f"cannot write {file}: there is no folder {file.parent}; make it first")
        return None
    if not file.is_file():
        raise PlandocError(f"cannot write {file}: it is {'a folder' if file.is_dir() else 'no file'}; name a file")
    if not os.access(file, os.W_OK):
        raise PlandocError(f"cannot write {file}: it is read-only; make it writable, or name another file")
    if not replace and status.st_size and (beginning is None or not _begins_with(file, beginning)):
        raise PlandocError(
            f"{file} is there already and was not written by an export; replace it with replace=True, or name another"
        )
    return status.st_mode & 0o7777


def _begins_with(file: Path, beginning: bytes) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(beginning)) == beginning
