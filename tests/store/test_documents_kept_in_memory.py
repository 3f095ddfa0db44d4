"""What a store remembers of the documents that it wrote is what a reader of the files gets."""

from __future__ import annotations

import attrs
import pytest

import plandoc
from plandoc.engine.plan_definitions import catalog_definitions
from plandoc.storage import documents
from plandoc.tables import TABLES
from tests.builders import a_bakery, a_plan


def everything(store):
    """All records of a store, and all rows of its catalog in their order."""
    return store.read(lambda session: [session.find(table.record_type) for table in TABLES])


def needs_of(store, event_id):
    return [(one.unit.id, one.exact) for one in store.read(lambda s: plandoc.get_requirements(event_id, session=s))]


CHANGES = (
    lambda event, good: plandoc.change_quantity(event, good, 7, "more guests"),
    lambda event, good: plandoc.drop_finished_good(event, good, "no boxes left"),
    lambda event, good: plandoc.add_finished_good(event, good, 3, "boxes again"),
)


@pytest.mark.of_folder
def test_a_table_of_many_rows_of_which_few_change_is_in_the_file_as_if_it_was_written_whole(store, folder):
    bakery = a_bakery(store)
    event = a_plan(store, plandoc.PlanState.IN_PRODUCTION, bakery=bakery)
    plandoc.use_store(store)
    with store.session("catalog") as session:
        added = [session.add(plandoc.Ingredient(f"Spice {number}")) for number in range(40)]

    for quantity in range(20, 60):
        plandoc.change_quantity(event.id, bakery.cookie_box.id, quantity, "more guests")
    with store.session("catalog") as session:
        session.replace(attrs.evolve(added[3], notes="ground"))
        session.remove(plandoc.Ingredient, added[-1].id)
        session.remove(plandoc.Ingredient, added[0].id)
        session.add(plandoc.Ingredient("Salt"))

    for name in ("catalog.json", f"events/{event.id}.json"):
        content = (folder / name).read_bytes()
        read = documents.parse(name, content)
        assert content == documents.render(name, read.store_id, read.next_ids, read.tables)
    with plandoc.open_store(folder) as other:
        assert everything(store) == everything(other)


def test_after_every_change_a_store_that_wrote_it_finds_what_a_new_one_reads(store, folder):
    bakery = a_bakery(store)
    event = a_plan(store, plandoc.PlanState.IN_PRODUCTION, bakery=bakery)
    plandoc.use_store(store)

    for change in CHANGES:
        change(event.id, bakery.cookie_box.id)
        with plandoc.open_store(folder) as other:
            assert everything(store) == everything(other)


def test_a_change_of_the_catalog_is_in_the_sums_of_the_same_session_and_of_the_next(store):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)
    before = needs_of(store, event.id)

    with store.session("smaller boxes") as session:
        box = session.get(plandoc.FinishedGood, bakery.cookie_box.id)
        assert catalog_definitions(session).goods(box.id) == box
        for quantity in (2, 1):
            smaller = attrs.evolve(box, components=(attrs.evolve(box.components[0], quantity=quantity),))
            session.replace(smaller)
            assert catalog_definitions(session).goods(box.id) == smaller
        within = [(one.unit.id, one.exact) for one in plandoc.get_requirements(event.id, session=session)]

    assert before != within
    assert needs_of(store, event.id) == within


def plan_of(store, event_id):
    return store.read(lambda session: plandoc.get_plan(event_id, session=session))


def test_a_plan_is_worked_out_once_until_its_event_or_the_catalog_changes(store, folder):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)
    other = a_plan(store, bakery=bakery, name="Easter", quantities={bakery.hamper.id: 1})
    kept = plan_of(store, event.id)
    with store.session() as session:
        plandoc.set_event_finished_goods(other.id, {bakery.hamper.id: 2}, session=session)
    assert plan_of(store, event.id) is kept
    assert plan_of(store, other.id).event == other

    file = folder / "catalog.json"
    changes = (
        lambda: store.change("rename", lambda s: plandoc.rename_record(plandoc.Recipe, 1, "Cookies", session=s)),
        lambda: store.change("unpack", lambda s: s.replace(attrs.evolve(bakery.cookie_box, components=()))),
        lambda: store.change("go on", lambda s: s.replace(attrs.evolve(s.event(event.id), notes="in the hall"))),
        lambda: file.write_bytes(file.read_bytes().replace(b"Sponge Cake", b"Sand Cake")),
    )
    for change in changes:
        change()
        before, kept = kept, plan_of(store, event.id)
        with plandoc.open_store(folder) as another:
            assert plan_of(another, event.id) == kept != before


def test_a_plan_in_a_session_is_that_of_the_session(store):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)
    kept = plan_of(store, event.id)

    with pytest.raises(ZeroDivisionError), store.session() as session:
        session.replace(attrs.evolve(bakery.cookie, name="Biscuit"))
        assert [one.unit.name for one in plandoc.get_plan(event.id, session=session).units] == ["Biscuit", "Slice"]
        plandoc.delete_batch_decisions(event.id, session=session)
        assert plandoc.get_plan(event.id, session=session).decisions == ()
        raise ZeroDivisionError

    assert plan_of(store, event.id) == kept


def test_a_change_that_was_taken_back_is_in_no_sum(store):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)
    before = needs_of(store, event.id)

    with pytest.raises(ZeroDivisionError), store.session("smaller boxes") as session:
        box = session.get(plandoc.FinishedGood, bakery.cookie_box.id)
        session.replace(attrs.evolve(box, components=(attrs.evolve(box.components[0], quantity=1),)))
        plandoc.get_requirements(event.id, session=session)
        raise ZeroDivisionError

    assert needs_of(store, event.id) == before


def test_a_file_edited_after_the_store_wrote_it_is_read_anew(store, folder):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)
    file = folder / "events" / f"{event.id}.json"
    file.write_bytes(file.read_bytes().replace(event.name.encode(), b"Easter"))

    assert store.read(lambda session: session.event(event.id)).name == "Easter"
