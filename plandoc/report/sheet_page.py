"""The production sheet as one self-contained HTML page: on paper a page for each recipe, then the packing list."""

from __future__ import annotations

import datetime

from plandoc.domain.production_sheet import ProductionSheet
from plandoc.report.templating import template


def render_sheet(sheet: ProductionSheet, made_at: datetime.datetime) -> str:
    """Return a production sheet as a page; the same sheet and timestamp give the same page.

    Args:
        sheet: The sheet.
        made_at: When it was made, which is shown.
    """
    return template("sheet.html.j2").render(sheet=sheet, event=sheet.event, made_at=made_at)
