"""The JSON exports of bake-tracker, versions 3.x and 4.x, read into drafts.

Nothing here knows the data folder; nothing is changed here.
"""

from __future__ import annotations

import re
from typing import Any

from plandoc.errors import Problem, ValidationError, shorten
from plandoc.exchange.bake_tracker.export_catalog import ingredients, recipes, units
from plandoc.exchange.bake_tracker.export_events import events
from plandoc.exchange.bake_tracker.export_goods import goods
from plandoc.exchange.bake_tracker.export_stock import stock
from plandoc.exchange.bake_tracker.reader import Export
from plandoc.exchange.drafts import Drafts

APPLICATION = "bake-tracker"
_VERSION = re.compile(r"[34]\.\d{1,3}", re.ASCII)
# Facts about the file itself, not about the bakery.
_ABOUT_THE_FILE = frozenset(
    {"version", "application", "exported_at", "source", "transformed_at", "transformation_notes"}
)


def read_drafts(path: str, exported: dict[str, Any]) -> Drafts:
    """Return what an export says.

    Raises:
        ValidationError: when it is no export of bake-tracker, or of a version that is not known.
    """
    _check_origin(path, exported)
    export = Export({key: value for key, value in exported.items() if key not in _ABOUT_THE_FILE})
    recipe_drafts, nested_units = recipes(export)
    unit_drafts = [*nested_units, *units(export)]
    catalog = [*ingredients(export), *recipe_drafts, *unit_drafts, *goods(export, unit_drafts)]
    stock_drafts = stock(export)
    event_drafts = events(export)
    return Drafts(
        catalog=tuple(catalog),
        stock=tuple(stock_drafts),
        events=tuple(event_drafts),
        links=tuple(export.links),
        rows=(*export.failed, *export.skipped),
        notes=export.notes(),
    )


def _check_origin(path: str, exported: dict[str, Any]) -> None:
    application = exported.get("application")
    if application != APPLICATION:
        message = f"wanted an export of {APPLICATION}, found {shorten(application)}"
        raise ValidationError([Problem(message, file=path, field="application")])
    version = exported.get("version")
    if type(version) is not str or not _VERSION.fullmatch(version):
        message = f"wanted version 3.x or 4.x, found {shorten(version)}"
        hint = "export it again with a bake-tracker of one of these versions"
        raise ValidationError([Problem(message, file=path, field="version", hint=hint)])
