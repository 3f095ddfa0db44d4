"""Putting a report into a file, whole or not at all, and never over something that is no report."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

from plandoc.errors import PlandocError
from plandoc.hints import Hint, wording
from plandoc.storage.initialize import is_of_a_data_folder
from plandoc.storage.paths import is_no_file, named, resolved

# Near the beginning of every report; the template has it.
MARK = '<meta name="generator" content="plandoc report">'
_BEGINNING = 400


def save(text: str, path: str | os.PathLike[str], *, replace: bool = False) -> Path:
    """Write a report into a file and return the path of the file that was written.

    Args:
        text: The report.
        path: The file. An earlier report, or an empty file, is replaced; where a link leads elsewhere, what it leads to.
        replace: Replace any other file, too; never a folder or a device.

    Raises:
        PlandocError: when there is something else, or the system refuses; then everything is as it was.
    """
    file = resolved(path)
    if is_no_file(named(path)):
        # A device that is replaced by a file is gone for the whole system.
        raise PlandocError(f"cannot write {named(path)}: it is not an ordinary file; name a file, such as report.html")
    try:
        _check_target(file, replace=replace)
        _write(text.encode(), file)
    except OSError as error:
        raise PlandocError(f"cannot write {file}: {error.strerror}; nothing was written") from error
    return file


def _check_target(file: Path, *, replace: bool) -> None:
    if is_of_a_data_folder(file):
        raise PlandocError(f"cannot write {file}: it belongs to a data folder, which only plandoc itself writes")
    if not os.path.lexists(file):
        if not file.parent.is_dir():
            raise PlandocError(f"cannot write {file}: there is no folder {file.parent}; make it first")
        return
    if not file.is_file():
        what = "a folder" if file.is_dir() else "no file"
        raise PlandocError(f"cannot write {file}: it is {what}; name a file, such as report.html")
    if not replace and not _is_report(file):
        raise PlandocError(
            wording(
                "{file} is there already and is not a report of plandoc; replace it with {option}, or name another file",
                file=file,
                option=Hint.REPLACE(),
            )
        )


def _is_report(file: Path) -> bool:
    with file.open("rb") as opened:
        beginning = opened.read(_BEGINNING)
    return not beginning or MARK.encode() in beginning


def _write(content: bytes, file: Path) -> None:
    # In the same folder, for only then is replacing one step. A short name, for that of the file may be as long as
    # names can be.
    temporary = file.parent / f".plandoc-report-{secrets.token_hex(8)}.tmp"
    try:
        # Opened like any new file, for a new report is to have the rights of one; another keeps those that it had.
        with temporary.open("xb") as opened:
            if file.exists() and hasattr(os, "fchmod"):
                os.fchmod(opened.fileno(), stat.S_IMODE(file.stat().st_mode))
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        temporary.replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
