from __future__ import annotations

import attrs
import pytest

import plandoc
from plandoc import records, tables
from plandoc.errors import NotFoundError, SessionError
from plandoc.storage import initialize

NO_IDS = ["../catalog", "/etc/x", "1", "..", "", None, True, 1.0, 0, -1, 10**15, 10**5000]
NO_DOCUMENTS = ["events/01.json", "events/0.json", "events/-1.json", "events/x.json", "events/1.json.plandoc-tmp"]
NO_DOCUMENTS += [
    "events/\u0661.json",
    "events/1 (conflicted copy).json",
    "catalog.json",
    "1.json",
    "events/1",
    "events/.json",
]


def test_the_document_of_an_event_is_named_by_its_number_and_back():
    assert tables.event_document(7) == "events/7.json"
    assert tables.event_of_document("events/7.json") == 7


@pytest.mark.parametrize("event_id", NO_IDS, ids=lambda value: type(value).__name__)
def test_nothing_but_a_number_ever_becomes_part_of_a_path(tmp_path, event_id):
    with plandoc.open_store(tmp_path / "data", create=True) as store:
        with pytest.raises(NotFoundError):
            tables.event_document(event_id)
        with pytest.raises(NotFoundError):
            store.read(lambda session: session.get(records.Event, event_id))
        if event_id is not None:
            with pytest.raises(NotFoundError):
                store.read(lambda session: session.find(records.EventRecipe, event_id=event_id))
            with pytest.raises(NotFoundError):
                store.read(lambda session: session.get(records.EventRecipe, 1, event_id=event_id))


def test_a_number_that_no_id_can_be_is_not_found_in_the_catalog_either(tmp_path):
    with plandoc.open_store(tmp_path / "data", create=True) as store:
        with pytest.raises(NotFoundError, match="a number of about 5001 digits not found"):
            store.read(lambda session: session.get(records.Recipe, 10**5000))


@pytest.mark.parametrize("name", NO_DOCUMENTS)
def test_other_names_are_no_documents_of_events(name):
    assert tables.event_of_document(name) is None


def test_every_record_type_has_one_table_and_every_table_another_name():
    assert len(tables.BY_TYPE) == len(tables.TABLES) == len({table.name for table in tables.TABLES})


def test_every_table_is_in_one_document():
    documents = (*tables.ROOT_DOCUMENTS, "events/7.json")

    assert tables.ROOT_DOCUMENTS == ("catalog.json", "stock.json") == initialize.DOCUMENTS
    assert [name for document in documents for name in tables.tables_of(document)] == [
        table.name for table in tables.TABLES
    ]


def test_every_id_that_a_record_holds_is_a_reference_that_is_checked():
    inner = {"lines", "sub_recipes", "components", "taken"}
    for table in tables.TABLES:
        fields = [field.name for field in attrs.fields(table.record_type)]
        # Those are ids inside the same document: its own event, and the run that is voided.
        ids = {name for name in fields if name.endswith("_id") and name not in {"event_id", "run_id"}}

        assert {reference.field.partition(".")[0] for reference in table.references} == ids | (inner & set(fields))


def test_what_has_no_table_of_its_own_is_refused_with_the_list_of_what_has():
    with pytest.raises(SessionError, match="Density is not stored in a table of its own; wanted one of Ingredient"):
        tables.table_of(records.Density)
