"""Files to bring in, spoiled by chance: brought in whole, or refused whole; never a surprise."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import currently_in_test_context, event, given
from hypothesis import strategies as st

import plandoc
from plandoc.errors import PlandocError
from plandoc.exchange import import_file, tabular
from plandoc.exchange.native.export_native import export_file
from tests.exchange.exports import SMALL
from tests.records.folders import everything_in
from tests.report.plans import a_typical_plan
from tests.trust.fuzzing import (
    QUICK,
    a_copy,
    a_good_folder,
    rows_as_read,
    rows_in_files,
    spoiled_bytes,
    spoiled_json,
    within,
)

INGREDIENTS = b'name,category,density,notes\nFlour,Baking,1 cup = 120 g,\nRye,Baking,,"coarse, dark"\n'
RECIPES = (
    b"recipe,category,ingredient,sub_recipe,quantity,unit,makes,of\n"
    b"Rye Loaf,Breads,Flour,,2.5,cup,4,Loaf\nRye Loaf,,Sugar,,0.5,cup,,\nRye Loaf,,,Frosting,1,,,\n"
)
GOODS = b"good,component,quantity,kind\nBread Bag,Cookie,2,unit\nBread Bag,Cookie Gift Box,1,good\n"
STOCK = b"ingredient;quantity;unit\nFlour;2,5;kg\nSugar;300;g\n"
GOOD_CSV = {
    "ingredients": (tabular.import_ingredients, INGREDIENTS),
    "recipes": (tabular.import_recipes, RECIPES),
    "goods": (tabular.import_goods, GOODS),
    "stock": (tabular.import_stock, STOCK),
}
GOOD_JSON = {
    "ingredients": (
        tabular.import_ingredients,
        [{"name": "Flour", "category": "Baking", "density": "1 cup = 120 g"}],
    ),
    "recipes": (
        tabular.import_recipes,
        [
            {
                "name": "Rye Loaf",
                "category": "Breads",
                "lines": [{"ingredient": "Flour", "quantity": 2.5, "unit": "cup"}],
                "sub_recipes": [{"recipe": "Frosting", "multiplier": 0.5}],
                "makes": [{"name": "Loaf", "items_per_batch": 4}],
            }
        ],
    ),
    "goods": (tabular.import_goods, [{"name": "Bread Bag", "parts": [{"unit": "Cookie", "quantity": 2}]}]),
    "stock": (tabular.import_stock, [{"ingredient": "Flour", "quantity": 2.5, "unit": "kg"}]),
}
Import = Callable[..., Any]
# Anew into the folder that it was exported from, and into another.
CONFLICTS = ("skip", "update", "fail")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_good_folder(tmp_path_factory.mktemp("good") / "data")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What plandoc exports of a bakery in the middle of production."""
    top = tmp_path_factory.mktemp("export")
    with plandoc.open_store(top / "data", create=True) as store:
        a_typical_plan(store)
        export_file(top / "export.json")
    return json.loads((top / "export.json").read_bytes())


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty") / "data"
    plandoc.open_store(folder, create=True).close()
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("place") / "data"


def brought_in_whole_or_not_at_all(folder: Path, bring_in: Import, name: str, content: bytes) -> bool:
    """Import a file, tried dry and then for good; return whether it was taken."""
    file = folder.parent / name
    file.write_bytes(content)
    with plandoc.open_store(folder) as store:
        with store.session():
            # The lock and its hint are there from here on.
            pass
        before = everything_in(folder)
        tried = _outcome(store, bring_in, file, dry_run=True)
        assert _but_for_the_lock(everything_in(folder)) == _but_for_the_lock(before)
        done = _outcome(store, bring_in, file, dry_run=False)
        assert tried == done, "a dry run says what would be done"
        if not done:
            assert _but_for_the_lock(everything_in(folder)) == _but_for_the_lock(before)
    if currently_in_test_context():
        event("taken" if done else "refused")
    if done:
        assert plandoc.check(folder) == []
        assert rows_as_read(folder) == rows_in_files(folder)
    return done


def _outcome(store: plandoc.store.Store, bring_in: Import, file: Path, *, dry_run: bool) -> bool:
    try:
        with within(20), store.session() as session:
            bring_in(file, dry_run=dry_run, session=session)
    except PlandocError as error:
        assert str(error).strip()
        return False
    return True


def _but_for_the_lock(found: dict[str, object]) -> dict[str, object]:
    return {name: facts for name, facts in found.items() if not name.startswith(".plandoc")}


@QUICK
@given(data=st.data())
def test_an_export_with_accidents_is_brought_in_whole_or_not_at_all(good: Path, place: Path, data: Any) -> None:
    content = data.draw(spoiled_bytes(json.dumps(SMALL).encode()) | st.binary(max_size=30))
    brought_in_whole_or_not_at_all(a_copy(good, place), import_file, "export.json", content)


@QUICK
@given(data=st.data())
def test_an_export_with_other_values_is_brought_in_whole_or_not_at_all(good: Path, place: Path, data: Any) -> None:
    content = json.dumps(data.draw(spoiled_json(SMALL))).encode()
    brought_in_whole_or_not_at_all(a_copy(good, place), import_file, "export.json", content)


@pytest.mark.parametrize("into", ["empty", "good"])
@QUICK
@given(data=st.data())
def test_an_export_of_plandoc_with_other_values_is_brought_in_whole_or_not_at_all(
    good: Path, empty: Path, place: Path, export: dict[str, Any], into: str, data: Any
) -> None:
    content = json.dumps(data.draw(spoiled_json(export))).encode()
    bring_in = functools.partial(import_file, on_conflict=data.draw(st.sampled_from(CONFLICTS)))
    brought_in_whole_or_not_at_all(a_copy(good if into == "good" else empty, place), bring_in, "export.json", content)


@QUICK
@given(data=st.data())
def test_an_export_of_plandoc_with_accidents_is_brought_in_whole_or_not_at_all(
    empty: Path, place: Path, export: dict[str, Any], data: Any
) -> None:
    content = data.draw(spoiled_bytes(json.dumps(export, indent=1).encode()))
    brought_in_whole_or_not_at_all(a_copy(empty, place), import_file, "export.json", content)


@pytest.mark.parametrize("what", GOOD_CSV)
@QUICK
@given(data=st.data())
def test_csv_written_by_a_slipping_hand_is_brought_in_whole_or_not_at_all(
    good: Path, place: Path, what: str, data: Any
) -> None:
    bring_in, content = GOOD_CSV[what]
    spoiled = data.draw(spoiled_bytes(content) | st.binary(max_size=30))
    brought_in_whole_or_not_at_all(a_copy(good, place), bring_in, "written.csv", spoiled)


@pytest.mark.parametrize("what", GOOD_JSON)
@QUICK
@given(data=st.data())
def test_json_written_by_a_slipping_hand_is_brought_in_whole_or_not_at_all(
    good: Path, place: Path, what: str, data: Any
) -> None:
    bring_in, value = GOOD_JSON[what]
    content = json.dumps(value).encode()
    spoiled = data.draw(spoiled_json(value).map(lambda found: json.dumps(found).encode()) | spoiled_bytes(content))
    brought_in_whole_or_not_at_all(a_copy(good, place), bring_in, "written.json", spoiled)


@pytest.mark.parametrize(
    "name", ["export.json", *(f"{what}.csv" for what in GOOD_CSV), *(f"{what}.json" for what in GOOD_JSON)]
)
def test_the_good_files_that_are_spoiled_here_are_good(good: Path, place: Path, name: str) -> None:
    what, _, kind = name.partition(".")
    if what == "export":
        bring_in, content = import_file, json.dumps(SMALL).encode()
    elif kind == "csv":
        bring_in, content = GOOD_CSV[what]
    else:
        bring_in, value = GOOD_JSON[what]
        content = json.dumps(value).encode()

    assert brought_in_whole_or_not_at_all(a_copy(good, place), bring_in, name, content)
