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
from tests.trust.bad_both_ways import BOTH_WAYS
from tests.trust.bad_documents import BACKED_UP, BAD_DOCUMENTS
from tests.trust.bad_inputs import (
    CHECK,
    Call,
    Ended,
    Row,
    Way,
    assert_deserved,
    by_command,
    called,
    every_document,
    library,
    nothing,
)
from tests.trust.bad_surroundings import SURROUNDINGS
from tests.trust.bad_values import VALUES
from tests.trust.fuzzing import a_copy

SLOW = {65}


def written(folder: Path) -> None:
    with plandoc.open_store(folder) as store, store.session() as session:
        session.add(records.Event("Other", datetime.date(2027, 1, 1)))
        session.add(records.Ingredient("Rye"))
        session.find(records.PlanSnapshot)
        session.find(records.EventFinishedGood)
        session.find(records.StockItem)


READS = (
    ("event", "list"),
    ("event", "show", "1"),
    ("ingredient", "list"),
    ("recipe", "list"),
    ("good", "list"),
    ("stock", "list"),
)
WRITES = (
    ("event", "add", "Tea", "--date", "2027-01-01"),
    ("stock", "import", "stock.csv"),
    ("ingredient", "import", "rye.csv"),
    ("bake", "1", "cookie", "1"),
    ("amend", "batches", "1", "slice", "3", "--reason", "more"),
)
# What the command says in other words, because another file of the same mistake is met first.
IN_OTHER_WORDS = {
    ("32 newer marker", "checked"): "plandoc.json: has format",
    ("32 newer format", "checked"): "events/1.json: has format",
    ("37 no marker", "checked"): "plandoc.json: the file is missing, but there are documents",
}
# A row of plandoc's own file is judged when it is read, and no command that writes reads this one.
NOT_READ_BY_WRITERS = {"25 no offset", "0 digest of another length"}


def first_refused(*lines: tuple[str, ...]) -> Call:
    """Call commands one after the other; return the first refusal, which changed no document."""

    def call(folder: Path) -> Ended:
        folder.with_name("rye.csv").write_text("name,category\nRye,Baking\n", "utf-8")
        folder.with_name("stock.csv").write_text("ingredient,quantity,unit\nflour,7,kg\n", "utf-8")
        for line in lines:
            before = every_document(folder)
            ended = called(folder, *line)
            if ended.status:
                assert every_document(folder) == before
                return ended
        return Ended(0, "all were taken")

    return by_command(call)


def of_documents() -> list[Row]:
    """Each bad document five times: read and written both ways, and checked."""
    rows = []
    for name, (spoil, kind, words) in BAD_DOCUMENTS.items():
        number, _, what = name.partition(" ")

        def read(folder: Path, kind: type[PlandocError] = kind) -> None:
            try:
                look_at_everything(folder)
            except PlandocError as error:
                assert type(error) is kind
                raise

        reads, writes = first_refused(*READS), first_refused(*WRITES)
        checked = IN_OTHER_WORDS.get((name, "checked"), words)
        rows += [
            Row(int(number), what, library(read), (words,), 1, spoil, kind=kind.__name__, also=(reads,)),
            Row(int(number), f"{what}, checked", CHECK, (checked,), 1, spoil),
            Row(int(number), f"{what}, written", library(written), (words,), 1, spoil, every_document, kind.__name__),
        ]
        if name not in NOT_READ_BY_WRITERS:
            rows.append(Row(int(number), f"{what}, written by the command", writes, (words,), 1, spoil, nothing))
    return rows


ROWS = [*of_documents(), *BACKED_UP, *VALUES, *SURROUNDINGS, *BOTH_WAYS]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good") / "data"
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store, PlanState.IN_PRODUCTION)
    return folder


@pytest.mark.sample(11)
@pytest.mark.parametrize(
    "row", [pytest.param(row, marks=pytest.mark.slow if row.number in SLOW else (), id=str(row)) for row in ROWS]
)
def test_a_bad_input_gets_what_it_deserves(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: Row
) -> None:
    folder = a_copy(good, tmp_path / "data")
    monkeypatch.chdir(tmp_path)

    assert_deserved(row, folder)


def test_every_bad_input_of_the_list_is_here_and_more_than_twenty_others() -> None:
    for way in Way:
        assert {row.number for row in ROWS for call in row.calls if call.way is way} - {0} == set(range(1, 69)), way
    assert sum(row.number == 0 for row in ROWS) >= 20
    assert len({str(row) for row in ROWS}) == len(ROWS)
