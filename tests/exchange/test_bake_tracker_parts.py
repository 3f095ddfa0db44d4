"""Exports of bake-tracker of other ages and shapes, and parts of one: yields, broken rows, what only the folder has."""

import pytest

import plandoc
from plandoc.exchange import RowOutcome, import_file

from .exports import SMALL, bytes_of, small, written

SUGAR = {"display_name": "Sugar", "slug": "sugar", "category": "x"}
BISCOTTI = {
    "name": "Biscotti",
    "category": "C",
    "yield_quantity": 30.0,
    "yield_unit": "slices",
    "ingredients": [{"ingredient_slug": "sugar", "quantity": 1, "unit": "cup"}],
}


def _export(**tables):
    return {"version": "3.5", "application": "bake-tracker", "ingredients": [SUGAR], **tables}


def _refused(tmp_path, export):
    with pytest.raises(plandoc.errors.ImportRefusedError) as caught:
        import_file(written(tmp_path, export))
    return caught.value


def _units():
    return {unit.slug: unit for unit in plandoc.list_records(plandoc.FinishedUnit)}


def _goods():
    return {good.slug: good for good in plandoc.list_records(plandoc.FinishedGood)}


def test_a_yield_on_a_recipe_becomes_a_unit_and_its_good(store, folder, tmp_path):
    path = written(tmp_path, _export(recipes=[BISCOTTI], finished_units=[]))
    import_file(path)
    unit, good = _units()["biscotti"], _goods()["biscotti"]
    before = bytes_of(folder)
    again = import_file(path)

    assert (unit.name, unit.item_unit, unit.items_per_batch) == ("Biscotti", "slices", 30)
    assert (good.assembly_type.value, good.components[0].finished_unit_id) == ("bare", unit.id)
    assert {row.outcome for row in again.rows} == {RowOutcome.SKIPPED}
    assert bytes_of(folder) == before


def test_a_finished_unit_counts_before_the_yield_on_its_recipe(store, tmp_path):
    unit = {"slug": "slice", "display_name": "Slice", "recipe_name": "Biscotti", "items_per_batch": 24}
    import_file(written(tmp_path, _export(recipes=[BISCOTTI], finished_units=[unit])))
    import_file(written(tmp_path, _export(recipes=[BISCOTTI])))

    assert list(_units()) == ["slice"]


def test_a_yield_never_takes_a_unit_from_another_recipe(store, tmp_path):
    unit = {"slug": "biscotti", "display_name": "Biscotti", "recipe_name": "Cookies", "items_per_batch": 24}
    import_file(
        written(tmp_path, small(finished_units=[unit], compositions=[], finished_goods=[], event_finished_goods=[]))
    )
    before = _units()["biscotti"], _goods()["biscotti"]
    for _ in range(2):
        import_file(written(tmp_path, _export(recipes=[BISCOTTI])))

    assert (_units()["biscotti"], _goods()["biscotti"]) == before
    assert list(_units()) == list(_goods()) == ["biscotti", "biscotti-2"]


@pytest.mark.parametrize("quantity, shown", [(2.5, "2.5"), (0, "0")])
def test_a_yield_that_is_no_whole_number_is_named(quantity, shown, store, tmp_path):
    recipe = {**BISCOTTI, "yield_quantity": quantity, "yield_unit": "cups"}
    report = import_file(written(tmp_path, _export(recipes=[recipe])))

    assert _units() == {}
    wanted = f"no finished unit was made of what is not a whole number above 0: 'Biscotti' ({shown} cups)"
    assert f"recipes: {wanted}" in report.notes


def test_recipes_that_say_nothing_of_a_yield_are_named_once(store, tmp_path):
    recipes = [{"name": "Fudge"}, {"name": "Cake", "components": [{"recipe_name": "Icing", "quantity": 1}]}]
    report = import_file(written(tmp_path, _export(recipes=[*recipes, {"name": "Icing"}])))

    assert [str(note) for note in report.notes] == [
        (
            "recipes: 2 recipes say nothing about what a batch gives; nothing can be planned from them until "
            "import_recipes(file) with the columns recipe, makes and of: 'Fudge', 'Cake'"
        )
    ]


NESTED = {"slug": "slice", "name": "Slice", "yield_mode": "discrete_count"}
STANDARD = {"slug": "std", "display_name": "Standard", "recipe_name": "Biscotti", "items_per_batch": 30}


def test_nested_yields_come_in_as_newer_versions_write_them(store, tmp_path):
    nested = {**NESTED, "unit_yield_quantity": 30, "unit_yield_unit": "slice"}
    recipe = {**BISCOTTI, "slug": "biscotti", "finished_units": [nested]}
    import_file(written(tmp_path, _export(version="4.1", recipes=[recipe], finished_units=[STANDARD])))

    assert {slug: (one.name, one.items_per_batch, one.item_unit) for slug, one in _units().items()} == {
        "slice": ("Slice", 30, "slice"),
        "std": ("Standard", 30, "piece"),
    }


def test_a_nested_yield_without_a_number_is_named_with_the_key_and_nothing_else_is_blamed(store, tmp_path):
    recipe = {**BISCOTTI, "finished_units": [NESTED]}
    composition = {"finished_good_slug": "box", "finished_unit_slug": "slice"}
    boxes = [{"slug": "box", "display_name": "Box"}]
    export = _export(recipes=[recipe], finished_units=[STANDARD], finished_goods=boxes, compositions=[composition])
    error = _refused(tmp_path, export)

    assert [str(row) for row in error.report.rows] == [
        (
            "recipes, Biscotti: failed: finished_units 'Slice': items_per_batch: "
            "wanted how many a batch gives, or unit_yield_quantity inside a recipe; found neither"
        )
    ]


def test_broken_rows_are_counted_and_not_their_mistakes(store, tmp_path):
    lines = [{"ingredient_slug": slug, "quantity": 1, "unit": "cup"} for slug in ("salt", "mace")]
    error = _refused(tmp_path, _export(recipes=[{**BISCOTTI, "ingredients": lines}]))
    (row,) = error.report.rows

    assert error.report.counts() == {"recipes": {RowOutcome.FAILED: 1}}
    assert error.heading.endswith("1 row is broken:")
    assert row.reason == (
        "ingredients: 'salt' is neither in the file nor in the folder; "
        "ingredients: 'mace' is neither in the file nor in the folder"
    )


def test_two_broken_rows_of_one_name_are_two(store, tmp_path):
    rows = [{"finished_good_slug": "box", "finished_unit_slug": slug} for slug in ("x", "y")]
    error = _refused(tmp_path, _export(finished_goods=[{"slug": "box", "display_name": "Box"}], compositions=rows))

    assert error.report.counts() == {"compositions": {RowOutcome.FAILED: 2}}


@pytest.mark.parametrize("mode", ["each", "weight", "discrete count"])
def test_an_unknown_mode_is_refused(mode, store, tmp_path):
    error = _refused(tmp_path, _export(recipes=[BISCOTTI], finished_units=[{**STANDARD, "yield_mode": mode}]))

    assert [str(row) for row in error.report.rows] == [
        f"finished_units, Standard: failed: yield_mode: wanted one of discrete_count, batch_portion, found '{mode}'"
    ]


def test_a_mode_in_capitals_is_that_mode(store, tmp_path):
    unit = {**STANDARD, "yield_mode": "DISCRETE_COUNT"}
    report = import_file(written(tmp_path, _export(recipes=[BISCOTTI], finished_units=[unit])))

    assert (_units()["std"].items_per_batch, report.notes) == (30, ())


def test_less_than_one_percent_of_a_batch_is_noted(store, tmp_path):
    unit = {"slug": "cake", "display_name": "Cake", "recipe_name": "Biscotti"}
    unit |= {"yield_mode": "batch_portion", "batch_percentage": 0.75}
    report = import_file(written(tmp_path, _export(recipes=[BISCOTTI], finished_units=[unit])))

    assert report.notes == (
        (
            "finished_units: Cake takes 0.75 % of a batch, so that a batch gives 133.333; "
            "if it takes 75 %, correct the export and import it again"
        ),
    )


def test_goods_with_nothing_in_them_are_noted(store, tmp_path):
    goods = [{"slug": slug, "display_name": slug.title()} for slug in ("box", "bag")]
    report = import_file(written(tmp_path, _export(recipes=[BISCOTTI], finished_goods=goods)))

    assert "finished_goods: these goods have nothing in them: 'Box', 'Bag'" in report.notes


# Parts.


def _part(**tables):
    return {"version": "4.1", "application": "bake-tracker", **tables}


@pytest.fixture
def filled(store, folder, tmp_path):
    import_file(written(tmp_path, SMALL))
    return store


@pytest.mark.parametrize("written_as", ["flour_all_purpose", "flour-all-purpose", "Flour", "Flour_All-Purpose"])
def test_new_recipes_take_ingredients_and_recipes_of_the_folder(written_as, filled, folder, tmp_path):
    recipes = [
        {
            "name": f"New {number}",
            "yield_quantity": 12,
            "ingredients": [{"ingredient_slug": written_as, "quantity": number, "unit": "cup"}],
            "components": [{"recipe_name": "Icing", "quantity": 1}],
        }
        for number in range(1, 7)
    ]
    report = import_file(written(tmp_path, _part(recipes=recipes)))
    flour, icing = (
        plandoc.find_by_key(kind, slug)
        for kind, slug in ((plandoc.Ingredient, "flour-all-purpose"), (plandoc.Recipe, "icing"))
    )
    new = plandoc.find_by_key(plandoc.Recipe, "new-6")

    assert report.counts() == {
        table: {RowOutcome.CREATED: 6} for table in ("recipes", "finished_units", "finished_goods")
    }
    assert [line.ingredient_id for line in new.lines] == [flour.id]
    assert new.sub_recipe_ids == (icing.id,)
    assert plandoc.check(folder) == []


def test_a_stock_list_alone_is_imported(filled, tmp_path):
    items = [{"ingredient_slug": "butter", "quantity": 3, "package_unit": "lb"}]
    import_file(written(tmp_path, _part(inventory_items=items)))
    stock = {item.unit: str(item.quantity) for item in plandoc.get_stock()}

    assert stock == {"lb": "3", "oz": "8"}


def test_what_is_nowhere_is_still_refused_with_what_is_near(filled, tmp_path):
    items = [{"ingredient_slug": "buter", "quantity": 3, "package_unit": "lb"}]
    error = _refused(tmp_path, _part(inventory_items=items))

    assert "'buter' is neither in the file nor in the folder; did you mean 'Butter'?" in str(error)


def test_goods_of_a_part_hold_units_of_the_folder(filled, tmp_path):
    export = _part(
        finished_goods=[{"slug": "bag", "display_name": "Bag"}],
        compositions=[
            {"finished_good_slug": "bag", "finished_unit_slug": "cookie", "component_quantity": 3},
            {"finished_good_slug": "bag", "finished_good_component_slug": "cookie_box", "component_quantity": 1},
        ],
    )
    import_file(written(tmp_path, export))
    bag = _goods()["bag"]

    assert [(part.finished_unit_id, part.finished_good_id) for part in bag.components] == [
        (_units()["cookie"].id, None),
        (None, _goods()["cookie-box"].id),
    ]


def test_a_good_whose_content_is_not_in_the_part_keeps_it(filled, folder, tmp_path):
    before = _goods()["cookie-box"]
    goods = [{"slug": "cookie_box", "display_name": "Cookie Box", "assembly_type": "bundle", "notes": "new ribbon"}]
    report = import_file(written(tmp_path, _part(finished_goods=goods)))
    after = _goods()["cookie-box"]

    assert (after.notes, after.components) == ("new ribbon", before.components)
    assert not any("nothing in" in note for note in report.notes)


def test_contents_of_a_good_of_the_folder_replace_what_is_in_it(filled, tmp_path):
    row = {"finished_good_slug": "cookie_box", "finished_unit_slug": "cookie", "component_quantity": 6}
    import_file(written(tmp_path, _part(compositions=[row])))
    box = _goods()["cookie-box"]

    assert [str(part.quantity) for part in box.components] == ["6"]


def test_a_recipe_without_lines_keeps_what_it_takes(filled, tmp_path):
    before = plandoc.find_by_key(plandoc.Recipe, "cookies")
    import_file(written(tmp_path, _part(recipes=[{"name": "Cookies", "slug": "cookies", "notes": "crisp"}])))
    after = plandoc.find_by_key(plandoc.Recipe, "cookies")

    assert (after.notes, after.lines, after.sub_recipes) == ("crisp", before.lines, before.sub_recipes)


def test_rows_of_an_event_of_the_folder_change_its_plan(filled, tmp_path):
    row = {"event_name": "Christmas", "finished_good_slug": "cookie_box", "quantity": 9}
    record = {"event_name": "Christmas", "recipe_name": "Cookies", "batches": 5}
    import_file(written(tmp_path, _part(event_finished_goods=[row], batch_decisions=[record])))

    assert [(good.slug, number) for good, number in plandoc.get_event_fg_quantities(1)] == [("cookie-box", 9)]
    assert [decision.batches for decision in plandoc.get_batch_decisions(1)] == [5]


def test_the_unit_of_a_part_gets_no_second_good(filled, tmp_path):
    unit = {**SMALL["finished_units"][0], "item_unit": "biscuit"}
    import_file(written(tmp_path, _part(finished_units=[unit])))

    assert (list(_goods()), _units()["cookie"].item_unit) == (["cookie-box"], "biscuit")
