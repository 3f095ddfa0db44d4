"""Stock that a baker counted."""

import json

import pytest

import plandoc
from plandoc.exchange import RowOutcome
from plandoc.exchange.tabular import import_stock
from tests.builders import a_bakery, folder_bytes


def _csv(tmp_path, text):
    path = tmp_path / "stock.csv"
    path.write_text(f"ingredient,quantity,unit\n{text}", "utf-8")
    return path


def _stock(store):
    items = store.read(lambda session: session.find(plandoc.StockItem))
    return [(item.ingredient_id, str(item.quantity), item.unit) for item in items]


def _refused(path):
    with pytest.raises(plandoc.ValidationError) as caught:
        import_stock(path)
    return [(problem.line, problem.field, problem.message) for problem in caught.value.problems]


def test_rows_of_the_same_ingredient_and_unit_are_replaced_and_others_stay(store, tmp_path):
    bakery = a_bakery(store)
    report = import_stock(_csv(tmp_path, "flour,2.50,KG\nFlour,3,cups\nButter,0,stick\n"))

    assert _stock(store) == [
        (bakery.flour.id, "2.5", "KG"),
        (bakery.flour.id, "3", "cups"),
        (bakery.butter.id, "0", "stick"),
    ]
    assert [str(row) for row in report.rows] == [
        "stock, Flour, KG: updated: differed in quantity, unit",
        "stock, Flour, cups: created",
        "stock, Butter, stick: created",
    ]


def test_the_same_file_again_changes_nothing_in_either_form(store, folder, tmp_path):
    a_bakery(store)
    import_stock(_csv(tmp_path, "Flour,3,cups\n"))
    before = folder_bytes(folder)
    path = tmp_path / "stock.json"
    path.write_text(json.dumps([{"ingredient": "FLOUR", "quantity": 3.0, "unit": "cup"}]))
    again = [import_stock(_csv(tmp_path, "Flour,3,cups\n")), import_stock(path)]

    assert {row.outcome for report in again for row in report.rows} == {RowOutcome.SKIPPED}
    assert folder_bytes(folder) == before


def test_a_dry_run_changes_no_byte(store, folder, tmp_path):
    a_bakery(store)
    before = folder_bytes(folder)
    report = import_stock(_csv(tmp_path, "Flour,1,kg\n"), dry_run=True)

    assert report.with_outcome(RowOutcome.UPDATED) == report.rows
    assert folder_bytes(folder) == before


def test_all_problems_are_told_at_once_and_nothing_is_set(store, folder, tmp_path):
    a_bakery(store)
    before = folder_bytes(folder)
    refused = _refused(
        _csv(tmp_path, "Flour,1,kg\nFlor,-1,kgg\nSugar,,cup\n,1,cup\nButter,1,\nflour,2,Kilos\nSugar,1,blorp\n")
    )

    assert refused == [
        (3, "quantity", "wanted zero or more, found -1"),
        (3, "ingredient", "there is no ingredient 'Flor'"),
        (3, "unit", "wanted a unit that plandoc knows, found 'kgg'"),
        (4, "quantity", "wanted a number, found nothing"),
        (5, "ingredient", "wanted a name, found nothing"),
        (7, "ingredient", "'flour' occurs twice, first on line 2"),
        (8, "unit", "wanted a unit that plandoc knows, found 'blorp'"),
    ]
    assert folder_bytes(folder) == before


def test_a_unit_that_a_recipe_or_the_stock_uses_can_be_counted_in(store, tmp_path):
    bakery = a_bakery(store)
    with store.session("imported units") as session:
        line = plandoc.RecipeLine(bakery.sugar.id, 1, "blorp")
        session.add(plandoc.Recipe("Old", lines=(line,)))
        session.add(plandoc.StockItem(bakery.butter.id, 1, "glop"))
    import_stock(_csv(tmp_path, "Sugar,2,blorp\nButter,3,glop\n"))

    assert _stock(store)[1:] == [(bakery.butter.id, "3", "glop"), (bakery.sugar.id, "2", "blorp")]


def test_two_spellings_of_a_unit_in_the_folder_become_one_row(store, tmp_path):
    bakery = a_bakery(store)
    with store.session("two spellings") as session:
        session.add(plandoc.StockItem(bakery.sugar.id, 1, "cup"))
        session.add(plandoc.StockItem(bakery.sugar.id, 2, "cups"))
    report = import_stock(_csv(tmp_path, "Sugar,1,cup\n"))

    assert _stock(store)[1:] == [(bakery.sugar.id, "1", "cup")]
    assert report.rows[0].outcome is RowOutcome.UPDATED


def test_batches_of_a_recipe_are_rows_of_the_stock_too(store, folder, tmp_path):
    bakery = a_bakery(store)
    report = import_stock(_csv(tmp_path, "Frosting,2 1/2,batches\nsponge-cake,1,\nFlour,1,kg\n"))
    before = folder_bytes(folder)
    rows = [("FROSTING", "2.5", "batch"), ("Sponge Cake", 1, None)]
    again = import_stock([("ingredient", "quantity", "unit"), *rows])

    made = {item.recipe_id: (str(item.quantity), item.unit) for item in plandoc.get_stock() if item.recipe_id}
    assert made == {bakery.frosting.id: ("2.5", "batch"), bakery.cake.id: ("1", "batch")}
    assert [str(row) for row in report.rows][:2] == [
        "stock, Frosting, batch: created",
        "stock, Sponge Cake, batch: created",
    ]
    assert report.notes == (), "what has no unit is no piece of a cake"
    assert {row.outcome for row in again.rows} == {RowOutcome.SKIPPED}
    assert folder_bytes(folder) == before


def test_a_recipe_is_counted_in_batches_alone_and_once(store, folder, tmp_path):
    a_bakery(store)
    before = folder_bytes(folder)

    assert _refused(_csv(tmp_path, "Frosting,2,kg\nFrosting,1,batch\nFrostin,1,batches\nFlour,1,batch\n")) == [
        (2, "unit", "Frosting is a recipe, so its stock is in batches; found 'kg'"),
        (3, "ingredient", "'Frosting' occurs twice, first on line 2"),
        (4, "ingredient", "there is no recipe 'Frostin'"),
        (5, "unit", "wanted a unit that plandoc knows, found 'batch'"),
    ]
    assert folder_bytes(folder) == before


def test_where_an_ingredient_has_the_name_of_a_recipe_only_batches_are_of_the_recipe(store, tmp_path):
    bakery = a_bakery(store)
    with store.session("a bought one") as session:
        bought = session.add(plandoc.Ingredient("Frosting"))
    import_stock(_csv(tmp_path, "Frosting,2,kg\nFrosting,3,batches\n"))

    items = [(item.ingredient_id, item.recipe_id, int(item.quantity)) for item in plandoc.get_stock()][1:]
    assert items == [(bought.id, None, 2), (None, bakery.frosting.id, 3)]
