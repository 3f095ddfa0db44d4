"""The page: the template filled with contents, charts and words.

The page allows no scripts.
"""

from __future__ import annotations

import os
from pathlib import Path

from plandoc.engine.named_records import id_of
from plandoc.engine.record_refs import EventRef
from plandoc.engine.session import Session
from plandoc.fields.flags import checks_flags
from plandoc.records import Event
from plandoc.report import charts, figures, shopping_section, story, work_section
from plandoc.report.html_file import REPORT, save
from plandoc.report.report_contents import Contents, collect
from plandoc.report.templating import template
from plandoc.store import NO_SESSION, reads

_MIN_LONG_NOTES = 300
# More would push the work to be done off the first screen.
_MAX_FINDINGS_FIRST = 5


@reads
def render_report(event_id: EventRef, session: Session = NO_SESSION) -> str:
    """Return the report of an event as one self-contained HTML page.

    It shows when it was made: the timestamp of the session. The same data and timestamp give the same page.

    Args:
        event_id: The event, whatever the state of its plan.
        session: The session to read from; None takes the default store.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    return _page(collect(id_of(Event, event_id, session), session))


@checks_flags
def write_report(
    event_id: EventRef, path: str | os.PathLike[str], replace: bool = False, session: Session = NO_SESSION
) -> Path:
    """Write the report of an event into a file, completely or not at all, and return the path of the file.

    Args:
        event_id: The event, whatever the state of its plan.
        path: The file. An earlier report there is replaced.
        replace: Also replace a file that is not a report.
        session: The session to read from; None takes the default store.

    Raises:
        NotFoundError: "Event 99 not found".
        PlandocError: when the file cannot be written or is not a report.
    """
    return save(render_report(event_id, session=session), path, REPORT, replace=replace)


def _page(contents: Contents) -> str:
    findings_first = 0 if contents.is_completed else _MAX_FINDINGS_FIRST
    shopping, comparison = contents.shopping, contents.comparison
    return template("report.html.j2").render(
        contents=contents,
        event=contents.plan.event,
        headline=figures.headline(contents),
        figures=figures.figures(contents),
        baking=work_section.baking(contents),
        packing=work_section.packing(contents),
        losses=work_section.losses(contents),
        shopping_groups=() if shopping is None else shopping_section.shopping_groups(shopping),
        timeline=charts.draw_timeline(story.lanes(contents)),
        entries=story.entries(contents),
        changed_tables=() if comparison is None else story.changed_tables(comparison),
        baked=story.baked(contents),
        packed=story.packed(contents),
        first_findings=contents.plan.findings[:findings_first],
        more_findings=contents.plan.findings[findings_first:],
        has_long_notes=len(contents.plan.event.notes) >= _MIN_LONG_NOTES,
    )
