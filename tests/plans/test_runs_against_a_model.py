"""Random baking, packing and voiding, legal and illegal, beside a plain model that only counts cookies and slices."""

from __future__ import annotations

import tempfile
from pathlib import Path

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

import plandoc
from plandoc import PlanState, RunKind
from plandoc.workflow.production import get_progress, record_assembly, record_production, void_run
from tests.builders import a_bakery, a_plan, folder_bytes
from tests.effort import examples

YIELDS = {"cookie": 24, "slice": 4}
PARTS = {"cookie_box": {"cookie": 12}, "hamper": {"cookie": 12, "slice": 2}}
WANTED = {"cookie_box": 10, "hamper": 2}
DECIDED = {"cookie": 6, "slice": 1}

# More packing than baking, and seldom a whole batch lost: else nearly every step would be refused for want of cookies.
_BAKE = st.tuples(
    st.just("bake"), st.sampled_from(sorted(YIELDS)), st.integers(1, 3), st.sampled_from([0, 0, 1, 2, 30])
)
_PACK = st.tuples(st.just("pack"), st.sampled_from(sorted(PARTS)), st.integers(1, 6))
_VOID = st.tuples(st.just("void"), st.sampled_from(RunKind), st.integers(1, 4))
STEPS = st.tuples(_BAKE, st.lists(st.one_of(_BAKE, _PACK, _PACK, _VOID), min_size=6, max_size=16)).map(
    lambda steps: [("bake", "cookie", 2, 1), steps[0], *steps[1]]
)


@attrs.define
class Model:
    """What counts: batches and made units by run, pieces by run; None for a run that is voided."""

    baked: list = attrs.Factory(list)
    packed: list = attrs.Factory(list)

    def made(self, unit):
        return sum(made for one, _, made in filter(None, self.baked) if one == unit)

    def done(self, unit):
        return sum(batches for one, batches, _ in filter(None, self.baked) if one == unit)

    def pieces(self, good):
        return sum(pieces for one, pieces in filter(None, self.packed) if one == good)

    def used(self, unit):
        return sum(self.pieces(good) * parts.get(unit, 0) for good, parts in PARTS.items())

    def bake(self, unit, batches, lost):
        if lost > batches * YIELDS[unit]:
            return False
        self.baked.append((unit, batches, batches * YIELDS[unit] - lost))
        return True

    def pack(self, good, pieces):
        enough = all(self.made(unit) - self.used(unit) >= each * pieces for unit, each in PARTS[good].items())
        if not enough or self.pieces(good) + pieces > WANTED[good]:
            return False
        self.packed.append((good, pieces))
        return True

    def void(self, kind, run_id):
        runs = self.baked if kind is RunKind.PRODUCTION else self.packed
        if run_id > len(runs) or runs[run_id - 1] is None:
            return False
        run, runs[run_id - 1] = runs[run_id - 1], None
        if any(self.used(unit) > self.made(unit) for unit in YIELDS):
            runs[run_id - 1] = run
            return False
        return True


def _did(event, bakery, step):
    """Whether plandoc accepted the step."""
    action, what, *numbers = step
    try:
        if action == "bake":
            batches, lost = numbers
            unit = getattr(bakery, what)
            record_production(event.id, unit.id, batches, lost={"burnt": lost} if lost else None)
        elif action == "pack":
            record_assembly(event.id, getattr(bakery, what).id, *numbers)
        else:
            void_run(event.id, what, *numbers, reason="mistake")
    except plandoc.ValidationError:
        return False
    return True


@settings(max_examples=examples(60), deadline=None)
@given(STEPS)
def test_what_plandoc_accepts_and_counts_is_what_a_plain_model_does(steps):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        with plandoc.open_store(folder, create=True) as store:
            bakery = a_bakery(store)
            event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
            model = Model()
            for step in steps:
                before = folder_bytes(folder)
                expected = getattr(model, step[0])(*step[1:])
                did = _did(event, bakery, step)

                assert did is expected
                assert (folder_bytes(folder) != before) is did
                _check(get_progress(event.id), model, bakery)
        assert plandoc.check(folder) == []


def _check(progress, model, bakery):
    units = {name: next(one for one in progress.units if one.unit == getattr(bakery, name)) for name in YIELDS}
    goods = {name: next(one for one in progress.goods if one.good == getattr(bakery, name)) for name in PARTS}

    assert {name: (one.batches_done, one.made, one.used) for name, one in units.items()} == {
        name: (model.done(name), model.made(name), model.used(name)) for name in YIELDS
    }
    assert {name: one.batches_remaining for name, one in units.items()} == {
        name: max(0, decided - model.done(name)) for name, decided in DECIDED.items()
    }
    assert {name: one.assembled for name, one in goods.items()} == {name: model.pieces(name) for name in PARTS}
    nothing = not any(model.baked) and not any(model.packed)
    assert (progress.overall.value == "not_started") is nothing
