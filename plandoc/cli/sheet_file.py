"""The production sheet as a file: what of `plandoc sheet` needs jinja2."""

from __future__ import annotations

import datetime
from pathlib import Path

from plandoc.cli.data_folder import Folder
from plandoc.cli.html_files import Page, write
from plandoc.domain.production_sheet import ProductionSheet
from plandoc.report.html_file import SHEET
from plandoc.report.sheet_page import render_sheet


def write_sheet(
    sheet: ProductionSheet,
    moment: datetime.datetime,
    output: Path | None,
    folder: Folder,
    *,
    replace: bool,
    opens: bool,
) -> None:
    """Write a production sheet as a page, and report where it is.

    Args:
        sheet: The sheet.
        moment: When it was made, which is shown.
        output: The file, or the folder for it; None means the current folder.
        folder: The data folder, whose work log gets an entry.
        replace: Also replace a file that is not a sheet.
        opens: Open it in the browser.
    """
    page = Page(render_sheet(sheet, moment), SHEET, "sheet", sheet.event.name, f"{sheet.event.slug}-sheet.html")
    write(page, output, folder, replace=replace, opens=opens)
