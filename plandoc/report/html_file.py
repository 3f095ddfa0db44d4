"""A page as a file: what identifies a report or a sheet, so that it replaces no other file."""

from __future__ import annotations

import os
from pathlib import Path

from plandoc.storage import output_file
from plandoc.storage.output_file import Kind


def _kind(name: str, mark: str, example: str) -> Kind:
    # Near the beginning of every page, from its template.
    meta = f'<meta name="generator" content="{mark}">'.encode()
    return Kind(name, lambda beginning: meta in beginning, example, (".html", ".htm"))


REPORT = _kind("a report of plandoc", "plandoc report", "report.html")
SHEET = _kind("a production sheet of plandoc", "plandoc sheet", "sheet.html")


def save(text: str, path: str | os.PathLike[str], kind: Kind, *, replace: bool = False) -> Path:
    """Write a page into a file and return the path of the file that was written.

    Args:
        text: The page.
        path: The file. An earlier page of its kind, or an empty file, is replaced; a link is followed.
        kind: What it is.
        replace: Also replace any other file; never a folder or a device.

    Raises:
        PlandocError: when something else exists there, or when its name promises another form, such as x.pdf.
        StorageError: when the system refuses; then nothing is changed.
    """
    return output_file.save(text.encode(), path, kind, replace=replace)
