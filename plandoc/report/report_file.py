"""A report as a file: what identifies one, so that no other file is replaced by it."""

from __future__ import annotations

import os
from pathlib import Path

from plandoc.storage import output_file
from plandoc.storage.output_file import Kind

# Near the beginning of every report; the template has it.
MARK = '<meta name="generator" content="plandoc report">'

_REPORT = Kind("a report of plandoc", lambda beginning: MARK.encode() in beginning, "report.html")


def save(text: str, path: str | os.PathLike[str], *, replace: bool = False) -> Path:
    """Write a report into a file and return the path of the file that was written.

    Args:
        text: The report.
        path: The file. An earlier report, or an empty file, is replaced; where a link leads elsewhere, what it leads to.
        replace: Replace any other file, too; never a folder or a device.

    Raises:
        PlandocError: when there is something else.
        StorageError: when the system refuses; then everything is as it was.
    """
    return output_file.save(text.encode(), path, _REPORT, replace=replace)
