"""Blanks round a name are taken off, wherever it comes from: nobody sees them, and nothing may differ by them."""

from __future__ import annotations

import datetime
import json

import attrs
import pytest

import plandoc
from plandoc import Event, FinishedGood, FinishedUnit, Ingredient, Recipe, RecipeLine, StockItem
from plandoc.cli import main
from tests.builders import EVENT_DATE

BLANKS = ["  {}", "{} ", "\t{}\n", "\u00a0{}\u3000"]
NAMED = {
    "event": lambda name: Event(name, EVENT_DATE),
    "ingredient": lambda name: Ingredient(name),
    "recipe": lambda name: Recipe(name),
    "unit": lambda name: FinishedUnit(name, 1, items_per_batch=1),
    "good": lambda name: FinishedGood(name),
}
# Each field that things are grouped or told apart by.
OTHER_FIELDS = {
    "category of an ingredient": (lambda text: Ingredient("Flour", text), "category"),
    "category of a recipe": (lambda text: Recipe("Bread", text), "category"),
    "variant": (lambda text: Recipe("Bread", variant_name=text), "variant_name"),
    "item unit": (lambda text: FinishedUnit("Loaf", 1, text, items_per_batch=1), "item_unit"),
    "unit of a line": (lambda text: RecipeLine(1, 1, text), "unit"),
    "unit of the stock": (lambda text: StockItem(1, 1, text), "unit"),
}


@pytest.mark.parametrize("blanks", BLANKS)
@pytest.mark.parametrize("kind", NAMED)
def test_a_record_has_its_name_without_the_blanks_round_it(kind, blanks):
    record = NAMED[kind](blanks.format("Rye  Bread"))

    assert record.name == "Rye  Bread"
    assert attrs.evolve(record, name=blanks.format("Other")).name == "Other"
    assert record == NAMED[kind]("Rye  Bread")


@pytest.mark.parametrize("blanks", BLANKS)
@pytest.mark.parametrize("field", OTHER_FIELDS)
def test_categories_and_units_have_no_blanks_round_them_either(field, blanks):
    make, name = OTHER_FIELDS[field]

    assert getattr(make(blanks.format("cup")), name) == "cup"


@pytest.mark.parametrize("kind", NAMED)
@pytest.mark.parametrize("nothing", ["", " ", "\t\n"])
def test_a_name_of_nothing_but_blanks_is_refused(kind, nothing):
    with pytest.raises(plandoc.ValidationError, match="wanted a name, found only blanks"):
        NAMED[kind](nothing)


def test_notes_stay_as_they_were_written():
    assert Ingredient("Flour", notes="  550\n").notes == "  550\n"


def test_stock_in_a_unit_with_blanks_is_stock_in_that_unit(store):
    with store.session() as session:
        flour = session.add(Ingredient(" Flour "))
        session.add(StockItem(flour.id, 1, "kg"))
        with pytest.raises(plandoc.ValidationError, match="already has ingredient_id 1 and unit 'kg'"):
            session.add(StockItem(flour.id, 2, "kg "))
        assert session.get_or_add(Ingredient("Flour  ")) == flour


def test_the_command_takes_them_off(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    main(["init"])
    main(["event", "add", "  Party  ", "--date", "2026-07-04"])

    assert "added 'Party' on 2026-07-04 as party (event 1)" in capsys.readouterr().out


def _edited(folder):
    """A folder in whose files somebody wrote blanks round a name by hand."""
    with plandoc.open_store(folder, create=True) as store, store.session() as session:
        session.add(Ingredient("Flour"))
        session.add(Event("Party", EVENT_DATE))
    for name, old, new in (
        ("catalog.json", b'"name":"Flour"', b'"name":" Flour "'),
        ("events/1.json", b'"name":"Party"', b'"name":"Party  "'),
    ):
        file = folder / name
        file.write_bytes(file.read_bytes().replace(old, new))


def test_what_was_written_by_hand_is_read_without_them_and_its_file_stays_until_the_row_changes(folder):
    _edited(folder)
    before = (folder / "catalog.json").read_bytes()
    with plandoc.open_store(folder) as store:
        assert [one.name for one in plandoc.list_records(Ingredient)] == ["Flour"]
        assert [one.name for one in plandoc.list_records(Event)] == ["Party"]
        with store.session() as session:
            session.add(Event("Fair", EVENT_DATE))
        assert (folder / "catalog.json").read_bytes() == before
        with store.session() as session:
            session.replace(attrs.evolve(session.get(Ingredient, 1), notes="550"))

    assert b'"name":"Flour"' in (folder / "catalog.json").read_bytes()
    assert plandoc.check(folder) == []


def test_stock_of_one_ingredient_in_units_that_differ_only_in_blanks_is_reported_and_not_lost(folder):
    with plandoc.open_store(folder, create=True) as store, store.session() as session:
        flour = session.add(Ingredient("Flour"))
        for amount, unit in ((5, "kg"), (7, "g")):
            session.add(StockItem(flour.id, amount, unit))
    file = folder / "stock.json"
    file.write_bytes(file.read_bytes().replace(b'"unit":"g"', b'"unit":"kg "'))

    assert ["same ingredient_id and unit" in str(one) for one in plandoc.check(folder)] == [True]
    with plandoc.open_store(folder):
        assert [(int(one.quantity), one.unit) for one in plandoc.list_records(StockItem)] == [(5, "kg"), (7, "kg")]


def test_an_import_takes_them_off_and_finds_what_is_called_so(folder, tmp_path):
    exported = {
        "version": "4.1",
        "application": "bake-tracker",
        "ingredients": [{"display_name": "Sugar ", "slug": "sugar", "category": " Baking"}],
        "recipes": [
            {
                "name": " Biscotti",
                "category": "C",
                "ingredients": [{"ingredient_slug": "sugar ", "quantity": 1, "unit": "cup "}],
            }
        ],
        "finished_units": [
            {
                "slug": "slice",
                "display_name": "Slice  ",
                "recipe_name": "Biscotti  ",
                "yield_mode": "discrete_count",
                "items_per_batch": 30,
                "item_unit": "slice",
            }
        ],
    }
    (tmp_path / "x.json").write_text(json.dumps(exported))
    with plandoc.open_store(folder, create=True):
        plandoc.import_file(tmp_path / "x.json")
        (sugar,) = plandoc.list_records(Ingredient)
        (biscotti,) = plandoc.list_records(Recipe)
        (piece,) = plandoc.list_records(FinishedUnit)

    assert (sugar.name, sugar.category, biscotti.name, piece.name) == ("Sugar", "Baking", "Biscotti", "Slice")
    assert biscotti.lines[0].unit == "cup"
    assert piece.recipe_id == biscotti.id


def test_an_export_of_plandoc_with_blanks_comes_in_without_them(folder, tmp_path):
    with plandoc.open_store(folder, create=True) as store:
        with store.session() as session:
            session.add(Event("Party", datetime.date(2026, 7, 4)))
        plandoc.export_file(tmp_path / "e.json")
        text = (tmp_path / "e.json").read_text("utf-8").replace('"name":"Party"', '"name":" Party "')
        (tmp_path / "e.json").write_text(text, "utf-8")
        report = plandoc.import_file(tmp_path / "e.json")

        assert [str(row) for row in report.rows] == ["events, party: skipped: already there, the same"]
