"""Reports made once for all tests, and one browser to look at them.

The browser is an installed Chromium; as root on Debian it is installed when there is none. Else the tests that need
it are skipped, unless PLANDOC_BROWSER_REQUIRED is set: then they fail.
"""

from __future__ import annotations

import os

import attrs
import pytest

import plandoc
from plandoc.records import PlanState
from plandoc.report import render_report
from plandoc.report.sheet_page import render_sheet

from . import plans
from .browser import Browser, NoBrowserError, find_chromium
from .reading import Reading, read_page

_PLANS = {
    "empty": plans.an_empty_plan,
    "draft": plans.a_draft,
    "typical": plans.a_typical_plan,
    "completed": lambda store: plans.a_typical_plan(store, PlanState.COMPLETED),
    "large": plans.a_large_plan,
    "nasty": plans.a_nasty_plan,
}


@attrs.frozen
class Made:
    """A report that was made, and what it was made of."""

    html: str
    folder: object
    event_id: int
    path: object
    sheet: str
    sheet_path: object

    @property
    def page(self) -> Reading:
        return read_page(self.html)


def _sheet(event_id, session):
    return render_sheet(plandoc.get_production_sheet(event_id, session=session), session.moment)


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A function that makes the report of a plan by the plan's name, each only once."""
    known = {}

    def make(name):
        if name not in known:
            place = tmp_path_factory.mktemp(name)
            with plandoc.open_store(place / "data", create=True, clock=plans.MovingClock()) as store:
                event = _PLANS[name](store)
                html = store.read(lambda session: render_report(event.id, session=session))
                sheet = store.read(lambda session: _sheet(event.id, session))
            paths = place / "report.html", place / "sheet.html"
            for path, text in zip(paths, (html, sheet), strict=True):
                path.write_text(text, encoding="utf-8", newline="\n")
            known[name] = Made(html, place / "data", event.id, paths[0], sheet, paths[1])
        return known[name]

    yield make
    for one in known.values():
        assert plandoc.check(one.folder) == []


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    try:
        chromium = find_chromium()
    except NoBrowserError as error:
        if os.environ.get("PLANDOC_BROWSER_REQUIRED"):
            pytest.fail(str(error))
        pytest.skip(str(error))
    running = Browser(chromium, tmp_path_factory.mktemp("browser"))
    yield running
    running.close()


@pytest.fixture(scope="session")
def tab(browser):
    """One tab for all tests; each opens in it what it looks at."""
    return browser.new_page()
