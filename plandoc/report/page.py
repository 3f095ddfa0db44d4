"""The page: contents, charts and words put into the template.

Whatever comes from the data folder is escaped by jinja2; only the charts, which escape what they hold, and the style
sheet, which holds nothing from there, go in as they are. The page allows no script at all.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from plandoc.engine.session import Session
from plandoc.report import charts, figures, labels, shopping_section, story, work_section
from plandoc.report.report_contents import Contents, collect
from plandoc.report.report_file import save
from plandoc.store import NO_SESSION, reads

_SHORTEST_LONG_NOTES = 300
# More of them would push what is to be done off the first screen.
_MOST_FINDINGS_FIRST = 5


@reads
def render_report(event_id: int, session: Session = NO_SESSION) -> str:
    """Return the report of an event as one HTML page that needs nothing but itself.

    It says when it was made: at the moment of the session. The same data at the same moment give the same page.

    Args:
        event_id: The event, whatever the state of its plan.
        session: The session to look in; None takes the default store.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    return _page(collect(event_id, session))


def write_report(
    event_id: int, path: str | os.PathLike[str], replace: bool = False, session: Session = NO_SESSION
) -> Path:
    """Write the report of an event into a file, whole or not at all, and return the path of the file.

    Args:
        event_id: The event, whatever the state of its plan.
        path: The file. An earlier report there is replaced.
        replace: Replace a file that is no report, too.
        session: The session to look in; None takes the default store.

    Raises:
        NotFoundError: "Event 99 not found".
        PlandocError: when the file cannot be written, or is something else than a report.
    """
    return save(render_report(event_id, session=session), path, replace=replace)


def _page(contents: Contents) -> str:
    findings_first = 0 if contents.is_completed else _MOST_FINDINGS_FIRST
    shopping, comparison = contents.shopping, contents.comparison
    return _template().render(
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
        has_long_notes=len(contents.plan.event.notes) >= _SHORTEST_LONG_NOTES,
    )


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("plandoc.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
        # Optimizing takes longer than it saves in a page that is made once.
        optimized=False,
    )
    environment.globals |= {
        "draw_bar": charts.draw_bar,
        "names_of": shopping_section.names_of,
        "STATES": labels.STATES,
        "HINTS": labels.HINTS,
    }
    for words in (labels.long_date, labels.moment_of, labels.counted):
        environment.filters[words.__name__] = words
    return environment.get_template("report.html.j2")


def _finished(value: Any) -> Any:
    """Take what could turn the text around out of everything that is put into the page."""
    return labels.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
