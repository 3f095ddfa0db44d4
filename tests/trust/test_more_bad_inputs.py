"""Bad inputs that no list names: what people do by hand, what programs do to files, and what is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trust.at_work import a_bakery_at_work
from tests.trust.bad_arguments import ARGUMENTS
from tests.trust.bad_edits import EDITS
from tests.trust.bad_files import FILES
from tests.trust.bad_inputs import Row, assert_deserved
from tests.trust.bad_inputs_page import PAGE, page
from tests.trust.bad_places import PLACES
from tests.trust.fuzzing import a_copy
from tests.trust.test_bad_inputs import ROWS

KINDS: dict[str, tuple[Row, ...]] = {
    "documents": EDITS,
    "folders and journals": PLACES,
    "files that are brought in or taken back": FILES,
    "command lines": ARGUMENTS,
}


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_bakery_at_work(tmp_path_factory.mktemp("good") / "data")


@pytest.mark.sample(16)
@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for rows in KINDS.values() for row in rows])
def test_what_nobody_meant_gets_what_it_deserves(
    at_work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: Row
) -> None:
    folder = a_copy(at_work, tmp_path / "data")
    monkeypatch.chdir(tmp_path)

    assert_deserved(row, folder)


def test_the_page_of_bad_inputs_says_what_is_tried() -> None:
    assert PAGE.read_text("utf-8") == page(ROWS, KINDS), "python -m tests.trust.bad_inputs_page writes it anew"


def test_there_are_more_than_a_hundred_and_fifty_of_them_and_no_two_are_the_same() -> None:
    names = [row.name for rows in KINDS.values() for row in rows]
    inputs = {name.partition(", ")[0] for name in names}

    assert len(inputs) >= 450
    assert len(set(names)) == len(names)
