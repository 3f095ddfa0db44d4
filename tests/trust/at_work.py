"""A bakery in the middle of its work, for the bad inputs of every kind: each table has rows, each state has an event."""

from __future__ import annotations

from pathlib import Path

import plandoc
from plandoc.records import PlanState, RunKind
from plandoc.workflow import amendments, production
from tests.builders import a_bakery, a_plan


def a_bakery_at_work(folder: Path) -> Path:
    """Make a folder with a started plan that was amended and baked for, a draft and a locked plan; nobody has it open."""
    with plandoc.open_store(folder, create=True) as store:
        bakery = a_bakery(store)
        started = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
        a_plan(store, bakery=bakery, name="Easter 2027")
        a_plan(store, PlanState.LOCKED, bakery=bakery, name="Summer Fair")
        with store.session("bake") as session:
            amendments.change_quantity(started.id, bakery.cookie_box.id, 8, "two fewer guests", session=session)
            amendments.modify_batch_decision(started.id, bakery.slice.id, 2, "a cake more", session=session)
            production.record_production(started.id, bakery.cookie.id, 3, lost={"burnt": 2}, session=session)
            run = production.record_production(started.id, bakery.slice.id, 1, session=session)
            production.void_run(started.id, RunKind.PRODUCTION, run.id, "typed twice", session=session)
            production.record_assembly(started.id, bakery.cookie_box.id, 2, session=session)
    return folder
