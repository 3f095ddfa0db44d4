"""`plandoc report`: the report of an event as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from plandoc.cli.arguments import Parameter
from plandoc.cli.data_folder import Folder
from plandoc.cli.html_files import Page, write
from plandoc.engine.session import Session
from plandoc.records import Event
from plandoc.report.html_file import REPORT
from plandoc.report.page import render_report
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
    page = Page(text, REPORT, "report", found.name, f"{found.slug}.html")
    write(page, output, folder, replace=replace, opens=open_it)
