"""What the tests of plandoc's own exchange file share."""

import contextlib
import json

import attrs

import plandoc
from plandoc import PlanState
from plandoc.domain.snapshot_ids import IMPORTED, digest_of, renumbered_view
from plandoc.exchange import export_file
from plandoc.exchange.native.export_native import render_export
from tests.builders import a_bakery, a_plan


@contextlib.contextmanager
def opened(folder):
    """A store, made if need be, that is the one meant by operations without a session, and closed and clean after."""
    with plandoc.open_store(folder, create=True) as store:
        plandoc.use_store(store)
        yield store
    assert plandoc.check(folder) == []


def exported_bytes(folder, event_ids=None):
    with plandoc.open_store(folder) as store:
        return store.read(lambda session: render_export(event_ids, session=session)).content


def a_busy_bakery(store):
    """A bakery with a started plan that was amended, baked and packed, a draft, a locked plan and a completed one."""
    shop = a_bakery(store)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=shop)
    with store.session("work") as session:
        plandoc.change_quantity(event.id, shop.cookie_box.id, 4, "fewer guests", session=session)
        plandoc.add_finished_good(event.id, shop.plain_cookie.id, 5, "a child asked", session=session)
        plandoc.modify_batch_decision(event.id, shop.small_cookie.id, 2, "small ones", session=session)
        plandoc.drop_finished_good(event.id, shop.plain_cookie.id, "not after all", session=session)
        first = plandoc.record_production(event.id, shop.cookie.id, 2, session=session)
        plandoc.record_production(event.id, shop.cookie.id, 3, session=session)
        plandoc.void_run(event.id, plandoc.RunKind.PRODUCTION, first.id, "counted twice", session=session)
        plandoc.record_assembly(event.id, shop.cookie_box.id, 2, session=session)
    a_plan(store, PlanState.DRAFT, bakery=shop, name="Draft")
    a_plan(store, PlanState.LOCKED, bakery=shop, name="Locked")
    a_plan(store, PlanState.COMPLETED, bakery=shop, name="Completed", quantities={shop.hamper.id: 3})
    return shop


def a_file(tmp_path, name="export.json"):
    """The export of a busy bakery."""
    with opened(tmp_path / "origin") as store:
        a_busy_bakery(store)
        return export_file(tmp_path / name).path


def changed(file, change):
    """The same file, changed as an object."""
    value = json.loads(file.read_bytes())
    change(value)
    file.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return file


def filled(store, *, up_to=20):
    """Use up the first ids of every table of the catalog."""
    with store.session("use ids") as session:
        for number in range(up_to):
            session.add(plandoc.Ingredient(f"Other {number}"))
            recipe = session.add(plandoc.Recipe(f"Other {number}"))
            unit = session.add(plandoc.FinishedUnit(f"Other {number}", recipe.id, items_per_batch=2))
            session.add(plandoc.FinishedGood(f"Other {number}", (plandoc.Component(finished_unit_id=unit.id),)))


def with_definitions(snapshot, definitions):
    """The same snapshot with other definitions, sealed again."""
    digest = digest_of(snapshot.snapshot_data, definitions, snapshot.findings)
    return attrs.evolve(snapshot, definitions=definitions, digest=digest)


def renumbered_by_an_earlier_version(snapshot, changed):
    """The same, as versions did it that wrote one step for each import."""
    view = renumbered_view(snapshot, lambda table, number: changed.get(table, {}).get(number, number))
    ids = {table: {str(old): new for old, new in pairs.items()} for table, pairs in changed.items()}
    steps = [*snapshot.definitions.get(IMPORTED, []), {"digest": snapshot.digest, "ids": ids}]
    return with_definitions(view, {**view.definitions, IMPORTED: steps})
