"""How many calls one reading of a plan makes, in Python and C: the work of a look as a figure without noise."""

from __future__ import annotations

import pytest

import plandoc
from bench.measuring.calls import calls_of
from tests.builders import a_bakery, a_plan

# What was counted last, by CPython 3.11; later versions make fewer.
FIGURES = {"warm": 173, "beside a writer": 290, "another plan": 542, "cold": 1608}
# As for a commit: a figure that falls is written here.
ROOM = 1.05


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """The calls of each kind of reading, as `get_plan` of a small bakery makes them."""
    folder = tmp_path_factory.mktemp("calls") / "data"
    with plandoc.open_store(folder, create=True) as store:
        bakery = a_bakery(store)
        event, other = (a_plan(store, bakery=bakery, name=name) for name in ("Christmas", "Easter"))

    def opened_for_it():
        with plandoc.open_store(folder) as store:
            store.read(lambda session: plandoc.get_plan(event.id, session=session))

    opened_for_it()
    found = {"cold": calls_of(opened_for_it)}
    with plandoc.open_store(folder) as store, plandoc.open_store(folder) as writer:
        plan = lambda one: store.read(lambda session: plandoc.get_plan(one.id, session=session))
        # The writer's first line is read anew, because the journal may be a new file.
        for batches in (7, 8):
            writer.change(
                "decide", lambda s: plandoc.save_batch_decision(other.id, bakery.cookie.id, batches, session=s)
            )
            plan(event)
        found["warm"] = calls_of(plan, event)
        writer.change("decide", lambda s: plandoc.save_batch_decision(other.id, bakery.cookie.id, 9, session=s))
        found["beside a writer"] = calls_of(plan, event)
        found["another plan"] = calls_of(plan, other)
    assert plandoc.check(folder) == []
    return found


@pytest.mark.of_folder
@pytest.mark.sample(4)
@pytest.mark.parametrize("reading", FIGURES)
def test_a_reading_makes_no_more_calls_than_it_did(counted, reading):
    assert counted[reading] <= FIGURES[reading] * ROOM
