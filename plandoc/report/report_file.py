"""A report as a file: what identifies one, so that it replaces no other file."""

from __future__ import annotations

import os
from pathlib import Path

from plandoc.storage import output_file
from plandoc.storage.output_file import Kind

# Near the beginning of every report, from the template.
MARK = '<meta name="generator" content="plandoc report">'

_REPORT = Kind("a report of plandoc", lambda beginning: MARK.encode() in beginning, "report.html")


def save(text: str, path: str | os.PathLike[str], *, replace: bool = False) -> Path:
    """Write a report into a file and return the path of the file that was written.

    Args:
        text: The report.
        path: The file. An earlier report, or an empty file, is replaced; a link is followed.
        replace: Also replace any other file; never a folder or a device.

    Raises:
        PlandocError: when something else exists there.
        StorageError: when the system refuses; then nothing is changed.
    """
    return output_file.save(text.encode(), path, _REPORT, replace=replace)
