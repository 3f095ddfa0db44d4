"""Files that a user asked for, such as an export or a report: whole or not at all, and never over something else."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from plandoc.errors import Outcome, PlandocError, StorageError
from plandoc.errors.hints import Hint, wording
from plandoc.frozen import frozen
from plandoc.storage.atomic_write import AtomicWrite
from plandoc.storage.files import Files
from plandoc.storage.initialize import is_of_a_data_folder
from plandoc.storage.os_errors import storage_error, translate_os_errors
from plandoc.storage.paths import checked_path, is_special_file, resolved

# How much of an existing file is read to recognize what it is.
_BEGINNING = 400


@frozen
class Kind:
    """A kind of file; an earlier file of the same kind may be replaced.

    Attributes:
        name: What one is called, such as "a report of plandoc".
        is_one: Recognizes such a file by its first bytes; None if they do not show it, so that none is replaced unasked.
        example: A name for one.
        endings: The endings that its name may have, the usual one first; a name without any is possible, too. Empty
            allows all.
    """

    name: str
    is_one: Callable[[bytes], bool] | None
    example: str
    endings: tuple[str, ...] = ()


def save(content: bytes, path: str | os.PathLike[str], kind: Kind, *, replace: bool = False) -> Path:
    """Write a file, whole or not at all, and return the path of the file that was written.

    Args:
        content: All of it.
        path: The file. An earlier one of its kind, or an empty file, is replaced; a link leads to what it links to.
        kind: What it is.
        replace: Replace any other file, too; never a folder, a device, or a document of a data folder.

    Raises:
        PlandocError: when something else is there.
        StorageError: when the system refuses; then everything is as it was.
    """
    return save_all({checked_path(path): content}, kind, replace=replace)[0]


def save_all(contents: Mapping[Path, bytes], kind: Kind | None = None, *, replace: bool = False) -> list[Path]:
    """Write files, each whole or not at all; none gets its name before all of them are on the disk.

    Args:
        contents: All of each file, by its path.
        kind: What they are; None where nothing identifies an earlier one.
        replace: Replace files that are there; else only those of their kind, and empty ones.

    Raises:
        PlandocError: when something else is there.
        StorageError: when the system refuses; it says what is there.
    """
    layer = Files()
    written: list[Path] = []
    with contextlib.ExitStack() as unfinished:
        staged = []
        for path, content in contents.items():
            file, mode = _target(path, layer, kind, replace=replace)
            # A short name, because that of the file may be as long as names can be.
            write = AtomicWrite(file, file.parent / f".plandoc-{secrets.token_hex(8)}.tmp", layer)
            unfinished.callback(write.discard)
            with translate_os_errors(file, Outcome.NOT_SAVED):
                write.stage(content, mode)
            staged.append((file, write))
        for file, write in staged:
            try:
                write.replace()
            except OSError as error:
                if not write.has_its_name(error):
                    raise _only_some(error, file, written) from error
            written.append(file)
    _sync_names({file.parent: write for file, write in staged})
    return written


def _target(path: Path, layer: Files, kind: Kind | None, *, replace: bool) -> tuple[Path, int | None]:
    """Return the file that a path leads to, and the permission bits that it has; None when it is not there."""
    file = resolved(path)
    if is_special_file(path):
        # A device replaced by a file would be gone for the whole system.
        raise PlandocError(f"cannot write {path}: it is not an ordinary file; {_name_a_file(kind)}")
    with translate_os_errors(file, Outcome.NOT_SAVED):
        return file, _check_target(file, layer, kind, replace=replace)


def _name_a_file(kind: Kind | None) -> str:
    return "name a file" if kind is None else f"name a file, such as {kind.example}"


def _only_some(error: OSError, file: Path, written: list[Path]) -> StorageError:
    if not written:
        return storage_error(error, file, Outcome.NOT_SAVED)
    doing = f"only {', '.join(one.name for one in written)} could be put in place"
    return storage_error(error, file, Outcome.UNKNOWN, doing)


def _sync_names(last_in: Mapping[Path, AtomicWrite]) -> None:
    """Make the names in each of these folders durable."""
    for folder, write in last_in.items():
        try:
            write.sync_name()
        except OSError as error:
            doing = "the file was written, but may not survive a power cut"
            raise storage_error(error, folder, Outcome.SAVED, doing) from error


def _check_target(file: Path, files: Files, kind: Kind | None, *, replace: bool) -> int | None:
    """Refuse a path where no file should be written; return the permission bits of the new file, if known."""
    if is_of_a_data_folder(file):
        raise PlandocError(f"cannot write {file}: it belongs to a data folder, which only plandoc itself writes")
    _check_ending(file, kind)
    status = files.status(file)
    if status is None:
        if not file.parent.is_dir():
            raise PlandocError(f"cannot write {file}: there is no folder {file.parent}; create it first")
        return None
    if not file.is_file():
        what = "a folder" if file.is_dir() else "not an ordinary file"
        raise PlandocError(f"cannot write {file}: it is {what}; {_name_a_file(kind)}")
    if not os.access(file, os.W_OK):
        raise PlandocError(f"cannot write {file}: it is read-only; make it writable, or name another file")
    is_one = None if kind is None else kind.is_one
    if not replace and status.st_size and not (is_one and is_one(_beginning(file))):
        raise PlandocError(
            wording(
                "{file} already exists{what}; replace it with {option}, or name another file",
                file=file,
                what=f" and is not {kind.name}" if kind and is_one else "",
                option=Hint.REPLACE(),
            )
        )
    return status.st_mode & 0o7777


def _check_ending(file: Path, kind: Kind | None) -> None:
    """Refuse a name that promises another form, such as x.pdf."""
    ending = file.suffix.lower()
    if kind is not None and kind.endings and ending and ending not in kind.endings:
        usual = file.with_suffix(kind.endings[0]).name
        also = ", open it in a browser and print it as PDF" if ending == ".pdf" else ""
        raise PlandocError(f"cannot write {file}: {kind.name} is not a {ending} file; name it {usual}{also}")


def _beginning(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(_BEGINNING)
