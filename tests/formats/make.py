"""Make a data folder that holds a record of every kind, as this version of plandoc writes it.

`python -m tests.formats.make FOLDER` made `tests/formats/1`. A folder of a released format is never made again.
"""

from __future__ import annotations

import datetime
import sys
from fractions import Fraction
from pathlib import Path

import attrs

import plandoc
from plandoc.records import PlanState, RunKind
from plandoc.storage import initialize
from plandoc.storage.files import Files
from tests.builders import Bakery, a_bakery, a_plan

LINEAGE = "00000000-0000-4000-8000-000000000001"
MOMENT = datetime.datetime(2026, 12, 1, 5, 30, tzinfo=datetime.UTC)


def make(folder: Path) -> None:
    """Make the folder; its bytes are the same every time."""
    initialize.create(folder, store_id=LINEAGE, files=Files(), clock=_clock, timeout_seconds=0)
    with plandoc.open_store(folder, clock=_clock) as store:
        bakery = a_bakery(store)
        _state_units(store, bakery)
        _add_a_third_and_no_amount(store, bakery)
        a_plan(store, PlanState.DRAFT, bakery=bakery, name="Draft")
        a_plan(store, PlanState.LOCKED, bakery=bakery, name="Locked")
        started = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, name="Started")
        _amend_and_bake(store, bakery, started.id)
        # Nothing is decided, so that its snapshot holds what a review found.
        a_plan(store, PlanState.COMPLETED, bakery=bakery, name="Completed", quantities={bakery.plain_cookie.id: 5})


def _state_units(store: plandoc.Store, bakery: Bakery) -> None:
    with store.session("state units") as session:
        plandoc.add_unit_word("Kelle", 125, "ml", session=session)
        stick = plandoc.Equivalent(1, "stick", 113, "g"), plandoc.Equivalent(1, "knob", Fraction(1, 8), "stick")
        session.replace(attrs.evolve(bakery.butter, equivalents=stick))


def _clock() -> datetime.datetime:
    return MOMENT


def _add_a_third_and_no_amount(store: plandoc.Store, bakery: Bakery) -> None:
    lines = (
        plandoc.RecipeLine(bakery.sugar.id, "1/3", "cup"),
        plandoc.RecipeLine(bakery.butter.id, None, notes="for the tin"),
    )
    with store.session("a third, and no amount") as session:
        session.add(plandoc.Recipe("Meringue", lines=lines))


def _amend_and_bake(store: plandoc.Store, bakery: Bakery, event_id: int) -> None:
    with store.session("amend and bake") as session:
        plandoc.change_quantity(event_id, bakery.cookie_box.id, 11, "one more guest", session=session)
        plandoc.add_finished_good(event_id, bakery.plain_slice.id, 2, "for the helpers", session=session)
        plandoc.modify_batch_decision(event_id, bakery.slice.id, 2, "slices for them", session=session)
        plandoc.drop_finished_good(event_id, bakery.hamper.id, "no baskets", session=session)
        # A cake takes 1.5 batches of it.
        plandoc.set_stock(bakery.frosting, "1 1/3", session=session)
        plandoc.record_production(event_id, bakery.cookie.id, 2, 45, lost={"burnt": 3}, notes="hot", session=session)
        mistaken = plandoc.record_production(event_id, bakery.slice.id, 1, session=session)
        plandoc.void_run(event_id, RunKind.PRODUCTION, mistaken.id, "typed for the wrong event", session=session)
        plandoc.record_assembly(event_id, bakery.cookie_box.id, 3, notes="red ribbons", session=session)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
