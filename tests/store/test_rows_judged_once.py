"""A document that this version wrote is believed by its digest; every other is judged row by row, as strictly as ever."""

from __future__ import annotations

import hashlib
import re
import shutil
from contextlib import contextmanager

import attrs
import pytest
from hypothesis import given, settings

import plandoc
from plandoc import codec
from plandoc.engine.plan_definitions import catalog_definitions, plan_definitions
from plandoc.errors import DamagedError
from plandoc.records import BatchDecision, Event, EventFinishedGood, FinishedGood, Ingredient
from plandoc.storage import documents
from tests.builders import a_plan
from tests.effort import examples
from tests.strategies import ANY_RECORD

EVENT = "events/1.json"
WRITER = f'"written_by":"{plandoc.__version__}"'.encode()


@pytest.fixture(scope="module")
def good_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good") / "data"
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store)
    return folder


@pytest.fixture
def folder(good_folder, tmp_path):
    return shutil.copytree(good_folder, tmp_path / "data")


@contextmanager
def judged_rows(monkeypatch):
    """The types of the rows that the rules of their records were asked of."""
    judged = []
    strictly = codec.from_row

    def watched(record_type, row_id, row):
        judged.append(record_type)
        return strictly(record_type, row_id, row)

    with monkeypatch.context() as patched:
        patched.setattr(codec, "from_row", watched)
        yield judged


def edit(folder, old, new, *, seal=False):
    """Change the document of the event, and its digest where another plandoc is to have written it."""
    content = (folder / EVENT).read_bytes()
    assert old in content
    content = content.replace(old, new, 1)
    if seal:
        unsealed = re.sub(rb',"digest":"[0-9a-f]{64}"', b"", content, count=1)
        digest = hashlib.sha256(unsealed).hexdigest().encode()
        content = re.sub(rb'"digest":"[0-9a-f]{64}"', b'"digest":"%b"' % digest, content, count=1)
    (folder / EVENT).write_bytes(content)


def goods_of(folder):
    with plandoc.open_store(folder) as store:
        return store.read(lambda session: session.find(EventFinishedGood, event_id=1))


def written_by(folder):
    return documents.parse(EVENT, (folder / EVENT).read_bytes()).written_by


def problems_of(folder):
    with pytest.raises(DamagedError) as refused:
        goods_of(folder)
    return [(one.file, one.line, one.table, one.row, one.field, one.message) for one in refused.value.problems]


@given(ANY_RECORD)
@settings(max_examples=examples(150), deadline=None)
def test_a_row_that_is_believed_gives_the_record_that_a_strict_reading_gives(record):
    row = codec.to_row(record)
    strict = codec.from_row(type(record), record.id, row)
    believed = codec.from_judged_row(type(record), record.id, row)

    assert believed == strict == record
    assert repr(believed) == repr(strict)
    assert hash(type(believed)) == hash(type(strict))
    assert codec.to_row(believed) == row


def test_in_a_document_as_this_version_wrote_it_no_rule_is_asked_again(folder, monkeypatch):
    with judged_rows(monkeypatch) as judged:
        assert [row.quantity for row in goods_of(folder)] == [10, 2]

    assert EventFinishedGood not in judged


@pytest.mark.parametrize(
    ("old", "new", "seal"),
    [
        (b'"quantity":10', b'"quantity":11', False),
        (WRITER, b'"written_by":"0.1.9"', True),
        (WRITER + b",", b"", True),
        (b'"digest":"', b'"digest":"0', False),
        (b'"quantity":10', b'"quantity": 10', False),
    ],
    ids=["another digit", "another version", "no writer", "another digest", "a blank"],
)
def test_a_document_that_is_otherwise_sound_is_judged_row_by_row(folder, monkeypatch, old, new, seal):
    edit(folder, old, new, seal=seal)

    with judged_rows(monkeypatch) as judged:
        goods_of(folder)

    assert EventFinishedGood in judged


@pytest.mark.parametrize("seal", [False, True])
def test_a_digit_that_breaks_a_rule_is_refused_with_its_place_whether_or_not_another_version_wrote_it(folder, seal):
    edit(folder, b'"quantity":10', b'"quantity":0')
    if seal:
        edit(folder, WRITER, b'"written_by":"0.1.9"', seal=True)
    line = (folder / EVENT).read_bytes().split(b'"quantity":0')[0].count(b"\n") + 1
    message = "EventFinishedGood: wanted a whole number of at least 1, found 0"

    assert problems_of(folder) == [(EVENT, line, "event_finished_goods", "1", "quantity", message)]


def test_a_bad_row_is_not_believed_because_something_else_in_its_document_was_changed(folder):
    edit(folder, b'"quantity":10', b'"quantity":0')
    before = problems_of(folder)
    with plandoc.open_store(folder) as store, store.session() as session:
        session.replace(attrs.evolve(session.get(Event, 1), notes="rain"))

    assert problems_of(folder) == before
    assert written_by(folder) is None
    assert [one.message for one in plandoc.check(folder)] == [before[0][-1]]


def test_a_row_in_a_form_that_plandoc_does_not_write_is_never_believed(tmp_path):
    folder = tmp_path / "blanks"
    with plandoc.open_store(folder, create=True) as store, store.session() as session:
        session.add(Ingredient("Flour"))
        session.add(Ingredient("Salt"))
    file = folder / "catalog.json"
    file.write_bytes(file.read_bytes().replace(b'"name":"Flour"', b'"name":" Flour "'))

    for notes in ("fine", "coarse"):
        with plandoc.open_store(folder) as store, store.session() as session:
            session.replace(attrs.evolve(session.get(Ingredient, 2), notes=notes))
        with plandoc.open_store(folder) as store:
            assert store.read(lambda session: session.get(Ingredient, 1)).name == "Flour"
    assert b'" Flour "' in file.read_bytes()

    with plandoc.open_store(folder) as store, store.session() as session:
        session.replace(attrs.evolve(session.get(Ingredient, 1), notes="550"))
    assert documents.parse("catalog.json", file.read_bytes()).is_judged


def test_a_sound_document_of_others_is_judged_as_a_whole_by_the_first_write_and_believed_from_then_on(
    folder, monkeypatch
):
    edit(folder, b'"quantity":10', b'"quantity":11')
    with plandoc.open_store(folder) as store, store.session() as session:
        session.replace(attrs.evolve(session.get(Event, 1), notes="rain"))

    assert written_by(folder) == plandoc.__version__
    with judged_rows(monkeypatch) as judged:
        assert [row.quantity for row in goods_of(folder)] == [11, 2]
    assert EventFinishedGood not in judged


def test_a_digest_that_fits_does_not_make_a_row_of_another_form_a_record(folder):
    """Nobody but a forger comes here: what cannot be converted is refused as ever."""
    edit(folder, b'"quantity":10', b'"quantity":10,"color":"red"', seal=True)

    assert [(row, field) for *_, row, field, _ in problems_of(folder)] == [("1", "color")]


def test_the_records_of_a_table_are_the_same_objects_until_one_of_them_changes(folder):
    with plandoc.open_store(folder) as store:
        decisions = store.read(lambda session: session.find(BatchDecision, event_id=1))
        again = store.read(lambda session: session.find(BatchDecision, event_id=1))
        plandoc.use_store(store)
        plandoc.lock_plan(1)
        after = store.read(lambda session: session.find(BatchDecision, event_id=1))

    assert [id(one) for one in decisions] == [id(one) for one in again] == [id(one) for one in after]


def test_what_a_plan_froze_is_the_record_of_the_catalog_as_long_as_that_has_the_very_row(tmp_path):
    folder = tmp_path / "frozen"
    with plandoc.open_store(folder, create=True) as store:
        event = a_plan(store, plandoc.PlanState.IN_PRODUCTION)

        def goods():
            return store.read(
                lambda session: (
                    plan_definitions(event.id, session).goods(3),
                    catalog_definitions(session).goods(3),
                )
            )

        frozen, current = goods()
        assert frozen is current
        with store.session() as session:
            session.replace(attrs.evolve(session.get(FinishedGood, 3), notes="with a ribbon"))
        frozen, current = goods()
        assert (frozen.notes, current.notes) == ("", "with a ribbon")


def test_a_frozen_row_in_which_true_is_written_for_1_is_not_taken_for_that_of_the_catalog(tmp_path):
    folder = tmp_path / "frozen"
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store, plandoc.PlanState.IN_PRODUCTION)
    file = folder / EVENT
    before, unit = file.read_bytes(), b'"finished_unit_id":1,"finished_good_id":null'
    assert unit in before.split(b'"definitions":')[1]
    head, _, tail = before.partition(b'"definitions":')
    file.write_bytes(head + b'"definitions":' + tail.replace(unit, unit.replace(b"1", b"true"), 1))

    with plandoc.open_store(folder) as store, pytest.raises(DamagedError, match="wanted a whole number, found True"):
        store.read(lambda session: [plan_definitions(1, session).goods(good_id) for good_id in range(1, 9)])


def test_a_document_of_another_form_whose_digest_somebody_renewed_is_written_in_the_form_of_plandoc_again(folder):
    edit(folder, b'}\n },\n "event_recipes"', b'}\n },\n\n "event_recipes"', seal=True)
    with plandoc.open_store(folder) as store, store.session() as session:
        session.replace(attrs.evolve(session.get(Event, 1), notes="rain"))

    assert b"\n\n" not in (folder / EVENT).read_bytes()
    assert plandoc.check(folder) == []
