"""A folder of format 1 has its stock in the catalog; the first change by this plandoc moves it to a document of its own."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal

import attrs
import pytest

import plandoc
from plandoc.errors import DamagedError, StillUsedError
from plandoc.maintenance.backups.restore import restore
from plandoc.maintenance.repairs import Fix, repair
from plandoc.records import Event, Ingredient, Recipe, StockItem
from tests.builders import folder_bytes
from tests.records.folders import everything_in
from tests.trust.test_released_formats import FORMATS

ROW = {"ingredient_id": 1, "quantity": "5.5", "unit": "kg", "notes": ""}


@pytest.fixture
def folder(tmp_path):
    """A folder of format 1."""
    return shutil.copytree(FORMATS / "1", tmp_path / "data")


def tables(folder, name):
    return json.loads((folder / name).read_bytes())


def stock_of(folder):
    with plandoc.open_store(folder) as store:
        return store.read(lambda session: [(i.ingredient_id, i.quantity, i.unit) for i in session.find(StockItem)])


def change(folder, *, what=lambda session: session.replace(attrs.evolve(session.event(1), notes="changed"))):
    with plandoc.open_store(folder) as store, store.session("change") as session:
        return what(session)


def kept(folder):
    return next((folder / ".plandoc").glob("before-format-2.*.zip"))


def test_before_the_first_change_the_stock_is_read_where_it_is(folder):
    before = everything_in(folder)

    assert stock_of(folder) == [(1, Decimal("5.5"), "kg")]
    assert plandoc.check(folder, strict=True) == []
    assert everything_in(folder) == before


def test_the_first_change_of_anything_moves_the_stock_and_its_count_of_ids_in_one_line(folder):
    store = plandoc.open_store(folder)
    with store.session("change") as session:
        session.replace(attrs.evolve(session.event(1), notes="changed"))
    (line,) = map(json.loads, (folder / "journal.jsonl").read_bytes().strip().splitlines())
    store.close()

    assert {one["path"] for one in line["documents"]} == {"plandoc.json", "catalog.json", "stock.json", "events/1.json"}
    assert tables(folder, "stock.json")["stock"] == {"1": ROW}
    assert tables(folder, "stock.json")["_plandoc"]["1"]["next_ids"] == {"stock": 2}
    assert "stock" not in tables(folder, "catalog.json")
    assert "stock" not in tables(folder, "catalog.json")["_plandoc"]["1"]["next_ids"]
    assert tables(folder, "catalog.json")["recipes"] == tables(FORMATS / "1", "catalog.json")["recipes"]
    assert {tables(folder, name)["_plandoc"]["1"]["format"] for name in ("catalog.json", "stock.json")} == {2}
    assert plandoc.check(folder, strict=True) == []
    assert stock_of(folder) == [(1, Decimal("5.5"), "kg")]


@pytest.mark.parametrize(
    ("what", "stock"),
    [
        (lambda session: session.replace(attrs.evolve(session.get(StockItem, 1), quantity=2)), [(1, 2, "kg")]),
        (lambda session: session.remove(StockItem, 1), []),
        (lambda session: session.add(StockItem(2, 3, "lb")), [(1, Decimal("5.5"), "kg"), (2, 3, "lb")]),
        (lambda session: session.add(Ingredient("Rye")), [(1, Decimal("5.5"), "kg")]),
        (
            lambda session: [session.add(Ingredient("Rye")), session.add(StockItem(4, 1, "kg"))],
            [(1, Decimal("5.5"), "kg"), (4, 1, "kg")],
        ),
        (lambda session: session.add(Event("Fair", session.moment.date())), [(1, Decimal("5.5"), "kg")]),
    ],
    ids=["less", "none", "more", "the catalog", "both", "a new event"],
)
def test_whatever_the_first_change_is_it_is_there_beside_what_was_moved(folder, what, stock):
    change(folder, what=what)

    assert stock_of(folder) == stock
    assert plandoc.check(folder, strict=True) == []


def test_a_used_id_is_not_given_again_after_the_move(folder):
    change(folder, what=lambda session: session.remove(StockItem, 1))

    assert change(folder, what=lambda session: session.add(StockItem(2, 3, "lb"))).id == 2


def test_what_the_stock_refers_to_stays_before_and_after_the_move(folder):
    for _ in range(2):
        with pytest.raises(StillUsedError, match="the stock"):
            change(folder, what=lambda session: session.remove(Ingredient, 1))
        change(folder)


def test_a_session_that_changes_nothing_moves_nothing(folder):
    before = folder_bytes(folder)
    change(folder, what=lambda session: session.find(StockItem))

    assert folder_bytes(folder) == before


def test_a_catalog_that_holds_the_stock_again_is_not_read_beside_a_document_of_the_stock(folder):
    old = (folder / "catalog.json").read_bytes()
    change(folder)
    (folder / "catalog.json").write_bytes(old)
    before = folder_bytes(folder)
    (problem,) = plandoc.check(folder)

    assert (problem.file, problem.message) == (
        "catalog.json",
        "has format 1, in which it held what is in stock.json in this folder",
    )
    with pytest.raises(DamagedError, match="has format 1"):
        change(folder, what=lambda session: session.find(Recipe))
    assert folder_bytes(folder) == before


@pytest.mark.parametrize("name", ["catalog.json", "stock.json"])
def test_a_document_is_taken_back_from_a_backup_of_the_older_format(folder, name):
    change(folder)
    before = folder_bytes(folder)
    (folder / name).write_bytes(b"{")
    report = repair(folder, backup=kept(folder))

    assert [(action.fix, action.file) for action in report.actions] == [(Fix.RESTORE, name)]
    assert report.remaining == ()
    now, then = tables(folder, name), json.loads(before[name])
    # The move of the stock does not judge its rows, and so does not say who did; the repair does.
    for about in (now["_plandoc"]["1"], then["_plandoc"]["1"]):
        about.pop("written_by", None)
        del about["digest"]
    assert now == then
    assert plandoc.check(folder, strict=True) == []


def test_a_damaged_catalog_of_an_older_folder_comes_back_with_the_stock_that_it_held(folder):
    change(copy := shutil.copytree(folder, folder.with_name("copy")))
    (folder / "catalog.json").write_bytes(b"{")
    report = repair(folder, backup=kept(copy))

    assert report.remaining == ()
    assert stock_of(folder) == [(1, Decimal("5.5"), "kg")]
    assert tables(folder, "stock.json")["stock"] == {"1": ROW}
    assert plandoc.check(folder, strict=True) == []


def test_a_next_id_that_is_behind_is_counted_up_in_the_document_that_the_table_is_in_now(folder):
    text = (folder / "catalog.json").read_text("utf-8")
    (folder / "catalog.json").write_text(text.replace('"stock":2', '"stock":1'), "utf-8")
    (problem,) = plandoc.check(folder)
    report = repair(folder)

    assert (problem.file, problem.field) == ("catalog.json", "next_ids.stock")
    assert report.remaining == ()
    assert tables(folder, "stock.json")["_plandoc"]["1"]["next_ids"] == {"stock": 2}


def test_a_file_in_the_place_of_the_new_document_is_told_and_not_replaced(folder):
    (folder / "stock.json").write_text("mine")
    before = folder_bytes(folder)
    (problem,) = plandoc.check(folder)
    with pytest.raises(DamagedError, match="move it somewhere else"):
        change(folder)

    assert (problem.file, problem.hint) == ("stock.json", "move it somewhere else")
    assert folder_bytes(folder) == before


def test_a_mistake_in_the_stock_of_an_older_folder_is_told_by_the_file_that_it_is_in(folder):
    text = (folder / "catalog.json").read_text("utf-8")
    (folder / "catalog.json").write_text(text.replace('"quantity":"5.5"', '"quantity":5.5'), "utf-8")
    (problem,) = plandoc.check(folder)
    with pytest.raises(DamagedError) as refused:
        stock_of(folder)

    assert (problem.file, problem.line, problem.table, problem.row, problem.field) == (
        "catalog.json",
        27,
        "stock",
        "1",
        "quantity",
    )
    assert list(refused.value.problems) == [problem]


def test_a_stock_that_is_missing_is_damage_and_not_an_empty_one(folder):
    change(folder)
    (folder / "stock.json").unlink()
    (problem,) = plandoc.check(folder)
    with pytest.raises(DamagedError, match=r"stock\.json: the file is missing"):
        stock_of(folder)
    report = repair(folder)

    assert (problem.file, problem.message) == ("stock.json", "the file is missing")
    assert [one.file for one in report.remaining] == ["stock.json"]
    assert repair(folder, backup=kept(folder)).remaining == ()
    assert stock_of(folder) == [(1, Decimal("5.5"), "kg")]


def test_restoring_what_was_before_takes_the_document_away_and_the_next_change_makes_it_again(folder):
    before = folder_bytes(folder)
    change(folder, what=lambda session: session.remove(StockItem, 1))
    restore(kept(folder), folder, replace=True, allow_older=True)

    assert not (folder / "stock.json").exists()
    assert (folder / "catalog.json").read_bytes() == before["catalog.json"]
    assert stock_of(folder) == [(1, Decimal("5.5"), "kg")]
    change(folder)
    assert tables(folder, "stock.json")["stock"] == {"1": ROW}
    assert plandoc.check(folder, strict=True) == []
