"""Every row of the list of bad inputs, and more: what is said, the exit status, and that every byte is as before."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

import plandoc
from plandoc import records
from plandoc.errors import PlandocError
from plandoc.records import PlanState
from tests.builders import a_plan
from tests.records.folders import look_at_everything
from tests.trust.bad_documents import BACKED_UP, BAD_DOCUMENTS
from tests.trust.bad_inputs import Row, command, every_document, library
from tests.trust.bad_surroundings import SURROUNDINGS
from tests.trust.bad_values import VALUES
from tests.trust.fuzzing import a_copy, within

SLOW = {65}


def written(folder: Path) -> None:
    with plandoc.open_store(folder) as store, store.session() as session:
        session.add(records.Event("Other", datetime.date(2027, 1, 1)))
        session.add(records.Ingredient("Rye"))
        session.find(records.PlanSnapshot)
        session.find(records.EventFinishedGood)
        session.find(records.StockItem)


def of_documents() -> list[Row]:
    """Each bad document three times: read by the library, checked by the command, written to."""
    rows = []
    for name, (spoil, kind, words) in BAD_DOCUMENTS.items():
        number, _, what = name.partition(" ")

        def read(folder: Path, kind: type[PlandocError] = kind) -> None:
            try:
                look_at_everything(folder)
            except PlandocError as error:
                assert type(error) is kind
                raise

        rows += [
            Row(int(number), f"{what}, read", library(read), (words,), 1, spoil),
            Row(int(number), f"{what}, listed", command("check"), (), 1, spoil),
            Row(int(number), f"{what}, written", library(written), (words,), 1, spoil, every_document),
        ]
    return rows


ROWS = [*of_documents(), *BACKED_UP, *VALUES, *SURROUNDINGS]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good") / "data"
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store, PlanState.IN_PRODUCTION)
    return folder


@pytest.mark.parametrize(
    "row", [pytest.param(row, marks=pytest.mark.slow if row.number in SLOW else (), id=str(row)) for row in ROWS]
)
def test_a_bad_input_gets_what_it_deserves(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: Row
) -> None:
    folder = a_copy(good, tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    row.spoil(folder)
    before = row.keeps(folder)
    with within(60):
        ended = row.call(folder)

    assert ended.status == row.status, ended.said
    assert [words for words in row.says if words not in ended.said] == [], ended.said
    assert ended.status == 0 or ended.said.strip()
    assert "Traceback" not in ended.said
    assert not set("\x1b\r\0\u202e\u009b") & set(ended.said)
    assert row.keeps(folder) == before


def test_every_bad_input_of_the_list_is_here_and_more_than_twenty_others() -> None:
    assert {row.number for row in ROWS} - {0} == set(range(1, 69))
    assert sum(row.number == 0 for row in ROWS) >= 20
    assert len({str(row) for row in ROWS}) == len(ROWS)
