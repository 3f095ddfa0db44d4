"""Folders spoiled by chance: told, or read exactly as they stand; never a surprise, and never a byte changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, get_args

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import plandoc
from plandoc.errors import PlandocError
from plandoc.fields import converters
from plandoc.tables import TABLES
from tests.builders import EVENT_DATE, folder_bytes, transactions
from tests.records.folders import everything_in
from tests.trust.fuzzing import (
    QUICK,
    a_copy,
    a_good_folder,
    records_in,
    rows_as_read,
    rows_in_files,
    spoiled_bytes,
    spoiled_json,
    within,
)

DOCUMENTS = ("catalog.json", "stock.json", "events/1.json", "plandoc.json")
# The fields that are read without the blanks around them; every other text is read as it is written.
TRIMMED = {
    "ingredients": {"name", "category", "equivalents.unit", "equivalents.other_unit"},
    "recipes": {"name", "category", "variant_name", "lines.unit"},
    "finished_units": {"name", "item_unit"},
    "finished_goods": {"name"},
    "unit_words": {"name", "unit"},
    "stock": {"unit"},
    "events": {"name"},
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_good_folder(tmp_path_factory.mktemp("good") / "data")


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose journal holds two transactions that the documents lack."""
    top = tmp_path_factory.mktemp("crashed")
    folder = a_good_folder(top / "data")
    with plandoc.open_store(folder) as store:
        before = folder_bytes(folder)
        for name in ("Rye", "Spelt"):
            with store.session("buy flour") as session:
                session.add(plandoc.Ingredient(name))
                session.replace(attrs.evolve(session.event(2), name=name))
        a_copy(folder, top / "crashed")
    for name, content in before.items():
        if name != "journal.jsonl":
            (top / "crashed" / name).write_bytes(content)
    return top / "crashed"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("place") / "data"


def look(folder: Path) -> PlandocError | None:
    """Check a folder and read everything in it; return why it cannot be read."""
    before = everything_in(folder)
    refusal = None
    with within(20):
        problems = plandoc.check(folder)
        try:
            records_in(folder)
        except PlandocError as error:
            refusal = error

    assert everything_in(folder) == before
    assert refusal is None or problems, f"the check is silent on {refusal}"
    return refusal


def says_at_least(read: Any, written: Any, trimmed: AbstractSet[str], field: str = "") -> bool:
    """Whether all that was written was read; a field that has a default may be left out of a file."""
    if isinstance(written, dict):
        return isinstance(read, dict) and all(
            key in read and says_at_least(read[key], part, trimmed, f"{field}.{key}" if field else key)
            for key, part in written.items()
        )
    if isinstance(written, list):
        return (
            isinstance(read, list)
            and len(read) == len(written)
            and all(says_at_least(*pair, trimmed, field) for pair in zip(read, written, strict=True))
        )
    if isinstance(written, str) and field in trimmed:
        return bool(read == written.strip())
    return type(read) is type(written) and read == written


def fields_that_trim(record_type: Any) -> Iterator[str]:
    for field in attrs.fields(attrs.resolve_types(record_type)):
        if field.converter is converters.trimmed:
            yield field.name
        for part in get_args(field.type):
            if attrs.has(part):
                yield from (f"{field.name}.{inner}" for inner in fields_that_trim(part))


def test_blanks_are_removed_around_these_fields_and_no_others() -> None:
    assert {table.name: fields for table in TABLES if (fields := set(fields_that_trim(table.record_type)))} == TRIMMED


def told_or_read_as_it_stands(folder: Path) -> None:
    refusal = look(folder)
    event("taken" if refusal is None else "refused")
    if refusal is None:
        read, written = rows_as_read(folder), rows_in_files(folder)
        assert read.keys() == written.keys()
        assert all(says_at_least(read[key], row, TRIMMED.get(key[0], set())) for key, row in written.items())
    else:
        assert str(refusal).strip()


def refused_whole_or_written(folder: Path) -> None:
    """Write to a spoiled folder: nothing becomes worse by it."""
    before = folder_bytes(folder)
    was_wrong = plandoc.check(folder)
    try:
        with within(20), plandoc.open_store(folder) as store, store.session() as session:
            session.add(plandoc.Ingredient("Barley"))
            session.add(plandoc.Event("Tea", EVENT_DATE))
    except PlandocError:
        assert folder_bytes(folder) == before
    else:
        assert len(plandoc.check(folder)) <= len(was_wrong)


@pytest.mark.parametrize("name", DOCUMENTS)
@QUICK
@given(data=st.data())
def test_a_document_with_accidents_is_told_or_read_exactly(good: Path, place: Path, name: str, data: Any) -> None:
    folder = a_copy(good, place)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(data.draw(spoiled_bytes(content) | st.binary(max_size=30)))
    told_or_read_as_it_stands(folder)
    refused_whole_or_written(folder)


@pytest.mark.parametrize("name", DOCUMENTS)
@QUICK
@given(data=st.data())
def test_a_document_with_other_values_is_told_or_read_exactly(good: Path, place: Path, name: str, data: Any) -> None:
    folder = a_copy(good, place)
    value = data.draw(spoiled_json(json.loads((folder / name).read_bytes())))
    (folder / name).write_text(json.dumps(value, indent=data.draw(st.sampled_from([None, 1]))), encoding="utf-8")
    told_or_read_as_it_stands(folder)
    refused_whole_or_written(folder)


@pytest.mark.filterwarnings("ignore::plandoc.errors.RecoveryWarning")
@QUICK
@given(data=st.data())
def test_a_journal_with_accidents_is_told_or_understood(crashed: Path, place: Path, data: Any) -> None:
    folder = a_copy(crashed, place)
    journal = folder / "journal.jsonl"
    # Little room, so that most accidents happen to the lines.
    written = journal.read_bytes().rstrip() + b"\n" * data.draw(st.integers(1, 9))
    journal.write_bytes(data.draw(spoiled_bytes(written) | st.binary(max_size=30)))
    look(folder)
    refused_whole_or_finished(folder)


def sealed(value: Any) -> bytes:
    """A journal line with the checksum that it should have."""
    value.pop("checksum", None)
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")[:-1]
    return body + b',"checksum":"' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'


@pytest.mark.filterwarnings("ignore::plandoc.errors.RecoveryWarning")
@QUICK
@given(data=st.data())
def test_a_journal_that_is_sealed_but_senseless_is_told_and_leads_nowhere_else(
    crashed: Path, place: Path, data: Any
) -> None:
    folder = a_copy(crashed, place)
    journal = folder / "journal.jsonl"
    lines = transactions(folder)
    at = data.draw(st.integers(0, len(lines) - 1))
    spoiled = data.draw(spoiled_json(lines[at]))
    journal.write_bytes(b"".join(sealed(spoiled if number == at else line) for number, line in enumerate(lines)))
    look(folder)
    refused_whole_or_finished(folder)


def refused_whole_or_finished(folder: Path) -> None:
    beside = {path.name for path in folder.parent.iterdir()}
    before = folder_bytes(folder)
    try:
        with within(20), plandoc.open_store(folder) as store, store.session() as session:
            session.find(plandoc.Ingredient)
            session.find(plandoc.Event)
    except PlandocError:
        # A recovery that was finished, of documents that make no sense, is refused when they are read.
        assert folder_bytes(folder) == before or look(folder) is not None
    else:
        assert not (folder / "journal.jsonl").read_bytes()

    assert {path.name for path in folder.parent.iterdir()} == beside
    assert {path.name for path in folder.iterdir()} <= {
        *("plandoc.json", "catalog.json", "stock.json", "events", "journal.jsonl", ".plandoc", "lost-found")
    }
