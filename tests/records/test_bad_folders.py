"""What a bad document is reported with, and folders that have lost something; the table of bad inputs is in `tests/trust`."""

from __future__ import annotations

import pytest

import plandoc
from plandoc import records
from plandoc.errors import DamagedError, StoreNotFoundError
from tests.builders import folder_bytes
from tests.records.folders import look_at_everything, replaced
from tests.trust.bad_documents import CATALOG, EVENT, GOODS, MARKER, quantity


def test_a_mistake_is_reported_with_file_line_table_row_field_found_and_wanted(folder):
    quantity('"7"')(folder)
    with pytest.raises(DamagedError) as refused:
        look_at_everything(folder)

    (problem,) = refused.value.problems
    assert (problem.file, problem.table, problem.row, problem.field) == (EVENT, "event_finished_goods", "1", "quantity")
    assert GOODS.replace("10", '"7"') in (folder / EVENT).read_text().splitlines()[problem.line - 1]


def test_all_mistakes_of_a_document_are_reported_at_once(folder):
    quantity("0")(folder)
    replaced(EVENT, '"batches":6', '"batches":6.5')(folder)
    replaced(EVENT, "2026-12-25", "2026-12-32")(folder)
    with pytest.raises(DamagedError) as refused:
        look_at_everything(folder)

    assert [problem.field for problem in refused.value.problems] == ["event_date", "quantity", "batches"]


def test_a_missing_folder_is_named_and_made_only_when_asked_for(tmp_path):
    path = tmp_path / "no" / "data"
    with pytest.raises(StoreNotFoundError, match=r"not a plandoc folder: .*; create one with open_store") as refused:
        plandoc.open_store(path)

    assert refused.value.path == str(path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lost", [MARKER, CATALOG])
def test_create_never_makes_a_folder_anew_over_documents_that_are_there(folder, lost):
    (folder / lost).unlink()
    before = folder_bytes(folder)
    with pytest.raises(DamagedError), plandoc.open_store(folder, create=True) as store:
        store.read(lambda session: session.find(records.Recipe))

    assert folder_bytes(folder) == before
