"""Putting an exchange file on the disk, whole or not at all, and never over something that is none."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from plandoc.errors import Outcome, PlandocError, StorageError
from plandoc.exchange.native.export_format import BEGINNING
from plandoc.hints import Hint, wording
from plandoc.storage.files import Files
from plandoc.storage.initialize import is_of_a_data_folder
from plandoc.storage.os_errors import storage_error, translated
from plandoc.storage.paths import is_no_file, named, resolved


def save(content: bytes, path: str | os.PathLike[str], *, replace: bool = False) -> Path:
    """Write an exchange file, whole or not at all, and return the path of the file that was written.

    Args:
        content: All of it.
        path: The file. An earlier export, or an empty file, is replaced; a link leads to what it links to.
        replace: Replace any other file, too; never a folder, a device, or a document of a data folder.

    Raises:
        PlandocError: when something else is there.
        StorageError: when the system refuses; then everything is as it was.
    """
    return save_all({named(path): content}, replace=replace, beginning=BEGINNING)[0]


def save_all(contents: Mapping[Path, bytes], *, replace: bool = False, beginning: bytes | None = None) -> list[Path]:
    """Write files, each whole or not at all; none gets its name before all of them are on the disk.

    Args:
        contents: All of each file, by its path.
        replace: Replace files that are there; else only those that begin as given, and empty ones.
        beginning: What identifies an earlier file of the same kind; None where nothing does.

    Raises:
        PlandocError: when something else is there.
        StorageError: when the system refuses; it says what is there.
    """
    layer = Files()
    written: list[Path] = []
    with contextlib.ExitStack() as unfinished:
        made = [
            _written_beside(path, content, layer, unfinished, replace=replace, beginning=beginning)
            for path, content in contents.items()
        ]
        for temporary, file in made:
            try:
                layer.replace(temporary, file)
            except OSError as error:
                raise _only_some(error, file, written) from error
            written.append(file)
    for folder in dict.fromkeys(file.parent for file in written):
        _settle(folder, layer)
    return written


def _written_beside(
    path: Path,
    content: bytes,
    layer: Files,
    unfinished: contextlib.ExitStack,
    *,
    replace: bool,
    beginning: bytes | None,
) -> tuple[Path, Path]:
    """Write a file under a temporary name; return that name, and the one that it is to get."""
    file = resolved(path)
    if is_no_file(path):
        # A device that is replaced by a file is gone for the whole system.
        raise PlandocError(f"cannot write {path}: it is not an ordinary file; name a file")
    with translated(file, Outcome.NOT_SAVED):
        mode = _check_target(file, layer, replace=replace, beginning=beginning)
        # In the same folder, because only then is replacing one step. A short name, because that of the file may be as
        # long as names can be.
        temporary = file.parent / f".plandoc-export-{secrets.token_hex(8)}.tmp"
        unfinished.callback(_remove_if_there, temporary, layer)
        layer.create(temporary, content, mode)
        layer.sync_file(temporary)
    return temporary, file


def _remove_if_there(temporary: Path, layer: Files) -> None:
    with contextlib.suppress(OSError):
        layer.remove(temporary)


def _only_some(error: OSError, file: Path, written: list[Path]) -> StorageError:
    if not written:
        return storage_error(error, file, Outcome.NOT_SAVED)
    doing = f"only {', '.join(one.name for one in written)} could be put in place"
    return storage_error(error, file, Outcome.UNKNOWN, doing)


def _settle(folder: Path, layer: Files) -> None:
    try:
        layer.sync_folder(folder)
    except OSError as error:
        doing = "what was written is there, but a power cut could still take it"
        raise storage_error(error, folder, Outcome.SAVED, doing) from error


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
            wording(
                "{file} is there already and was not written by an export; replace it with {option}, or name another",
                file=file,
                option=Hint.REPLACE(),
            )
        )
    return status.st_mode & 0o7777


def _begins_with(file: Path, beginning: bytes) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(beginning)) == beginning
