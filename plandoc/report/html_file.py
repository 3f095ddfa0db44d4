"""A page as a file: what identifies a report or a sheet, so that it replaces no other file."""

from __future__ import annotations

import os
from pathlib import Path

from plandoc.errors import PlandocError
from plandoc.storage import output_file
from plandoc.storage.output_file import Kind
from plandoc.storage.paths import checked_path

_ENDINGS = frozenset({".html", ".htm", ""})


def _kind(name: str, mark: str, example: str) -> Kind:
    # Near the beginning of every page, from its template.
    meta = f'<meta name="generator" content="{mark}">'.encode()
    return Kind(name, lambda beginning: meta in beginning, example)


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
        PlandocError: when something else exists there, or when the name is that of a file of another form, such as x.pdf.
        StorageError: when the system refuses; then nothing is changed.
    """
    _check_ending(checked_path(path), kind)
    return output_file.save(text.encode(), path, kind, replace=replace)


def _check_ending(path: Path, kind: Kind) -> None:
    ending = path.suffix.lower()
    if ending not in _ENDINGS:
        way_out = f"name it {path.with_suffix('.html').name}"
        if ending == ".pdf":
            way_out += ", open it in a browser and print it as PDF"
        raise PlandocError(f"cannot write {path}: {kind.name} is an HTML file; {way_out}")
