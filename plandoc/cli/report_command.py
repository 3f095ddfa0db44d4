"""`plandoc report`: the report of an event as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.data_folder import Folder
from plandoc.engine.session import Session
from plandoc.errors import PlandocError
from plandoc.records import Event
from plandoc.report.page import render_report
from plandoc.report.report_file import save
from plandoc.workflow.catalog import find_by_key


def report(
    event: str,
    /,
    *,
    output: Annotated[Path | None, Parameter("--output", "-o")] = None,
    replace: bool = False,
    open_it: Annotated[bool, Parameter("--open")] = False,
    folder: Folder,
) -> None:
    """Write a report of an event to read or print: one HTML file, which needs no network.

    An earlier report in that file is replaced; any other file is refused.

    Args:
        event: The event, by its short name or number.
        output: The file, or the folder for it; by default the short name of the event with .html, in the current folder.
        replace: Replace the file even if it is not a report.
        open_it: Open the report in the browser.

    Examples:
        plandoc report harbour-market --open
        plandoc report harbour-market -o reports
    """

    def render(session: Session) -> tuple[Event, str]:
        found = find_by_key(Event, event, session=session)
        return found, render_report(found.id, session=session)

    found, text = folder.read(render)
    place = output or Path()
    file = place / f"{found.slug}.html" if place.is_dir() else place
    folder.work_log.begin()
    path = save(text, file, replace=replace)
    folder.work_log.end(f"the report is in {path}")
    printing.say(f"report of {found.name}: {path}")
    if open_it:
        _open(path)


def _open(path: Path) -> None:
    import webbrowser  # noqa: PLC0415  (7 ms that only --open needs)

    if not webbrowser.open(path.as_uri()):
        raise PlandocError(f"could not open a browser; the report was written to {path}")
