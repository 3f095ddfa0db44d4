"""Writing a page where the user wants it, and opening it in the browser."""

from __future__ import annotations

from pathlib import Path

from plandoc.cli import printing
from plandoc.cli.data_folder import Folder
from plandoc.errors import PlandocError
from plandoc.frozen import frozen
from plandoc.report.html_file import save
from plandoc.storage.output_file import Kind


@frozen
class Page:
    """A page to write.

    Attributes:
        text: The page.
        kind: What identifies it as a file.
        label: What it is called, such as report.
        event_name: The name of its event.
        file_name: The name of its file when only a folder is given.
    """

    text: str
    kind: Kind
    label: str
    event_name: str
    file_name: str


def write(page: Page, output: Path | None, folder: Folder, *, replace: bool, opens: bool) -> None:
    """Write a page as a file, and report where it is.

    Args:
        page: The page.
        output: The file, or the folder for it; None means the current folder.
        folder: The data folder, whose work log gets an entry.
        replace: Also replace a file that is not of this kind.
        opens: Open it in the browser.
    """
    place = output or Path()
    file = place / page.file_name if place.is_dir() else place
    folder.work_log.begin()
    path = save(page.text, file, page.kind, replace=replace)
    folder.work_log.end(f"the {page.label} is in {path}")
    printing.say(f"{page.label} of {page.event_name}: {path}")
    if opens:
        _open(path, page.label)


def _open(path: Path, label: str) -> None:
    import webbrowser  # noqa: PLC0415  (7 ms that only --open needs)

    if not webbrowser.open(path.as_uri()):
        raise PlandocError(f"could not open a browser; the {label} was written to {path}")
