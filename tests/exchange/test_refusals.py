"""Files that are not taken in, each with its message and without a trace."""

import os

import pytest

import plandoc
from plandoc.exchange import RowOutcome, import_file

from .exports import SMALL, bytes_of, small, written

WRONG_FILES = {
    "empty": ("", plandoc.errors.DamagedError, "empty"),
    "blanks": ("  \n", plandoc.errors.DamagedError, "empty"),
    "no JSON": ("hello", plandoc.errors.DamagedError, "wanted a value"),
    "truncated": (
        '{"application": "bake-tr',
        plandoc.errors.DamagedError,
        "found a text without a closing quotation mark",
    ),
    "two values": ("{} {}", plandoc.errors.DamagedError, "wanted the end of the file"),
    "a list": ("[]", plandoc.errors.DamagedError, "wanted one JSON object"),
    "null": ("null", plandoc.errors.DamagedError, "wanted one JSON object"),
    "doubled key": ('{"version": "3.4", "version": "4.2"}', plandoc.errors.DamagedError, "key 'version'"),
    "NaN": ('{"a": NaN}', plandoc.errors.DamagedError, "NaN"),
    "endless": ('{"a": -Infinity}', plandoc.errors.DamagedError, "Infinity"),
    "too big": ('{"a": 1e999}', plandoc.errors.DamagedError, "out of range"),
    "far too big": ('{"a": 1e99999999999999999999}', plandoc.errors.DamagedError, "out of range"),
    "long integer": ('{"a": ' + "9" * 5000 + "}", plandoc.errors.DamagedError, "out of range"),
    "deep": ("[" * 100_000, plandoc.errors.DamagedError, "nested too deep"),
    "half a pair": ('{"a": "\\ud800"}', plandoc.errors.DamagedError, "surrogate"),
    "NULs": ("\0" * 50, plandoc.errors.DamagedError, "NUL bytes"),
    "other program": ('{"application": "other", "version": "3.4"}', plandoc.ValidationError, "found one of 'other'"),
    "no program": ("{}", plandoc.ValidationError, "found an object that names no application"),
    "version 5": ('{"application": "bake-tracker", "version": "5.0"}', plandoc.ValidationError, "found '5.0'"),
    "number": (
        '{"application": "bake-tracker", "version": 3.4}',
        plandoc.ValidationError,
        "found the number 3.4, not text",
    ),
    "no version": ('{"application": "bake-tracker"}', plandoc.ValidationError, "wanted version"),
}


@pytest.mark.parametrize("content, error, message", WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_file_that_is_no_export_is_one_clear_error_with_its_path(content, error, message, store, folder, tmp_path):
    path = written(tmp_path, content)
    before = bytes_of(folder)
    with pytest.raises(error) as caught:
        import_file(path)

    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert bytes_of(folder) == before


def test_an_export_without_rows_is_reported(store, tmp_path):
    report = import_file(written(tmp_path, '{"application": "bake-tracker", "version": "3.4", "recipes": []}'))

    assert report.notes == ("the export has no rows, so there was nothing to import",)


def test_a_file_in_another_encoding_is_refused_with_the_offset(store, tmp_path):
    path = tmp_path / "export.json"
    path.write_bytes('{"application": "Sablés"}'.encode("latin-1"))

    with pytest.raises(plandoc.errors.DamagedError, match="not UTF-8: byte 0xe9 at offset"):
        import_file(path)


def test_a_byte_order_mark_and_carriage_returns_are_no_hindrance(store, tmp_path):
    path = written(tmp_path, SMALL)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b", ", b",\r\n"))

    assert import_file(path).with_outcome(RowOutcome.FAILED) == ()


def test_a_missing_file_and_a_bad_path_are_storage_errors(store, tmp_path):
    with pytest.raises(plandoc.StorageError, match=r"nowhere\.json: no such file"):
        import_file(tmp_path / "nowhere.json")
    with pytest.raises(plandoc.StorageError, match="NUL"):
        import_file("a\0b")


def test_a_folder_a_pipe_and_a_link_to_itself_are_refused_without_waiting(store, tmp_path):
    pipe, loop = tmp_path / "pipe", tmp_path / "loop"
    os.mkfifo(pipe)
    loop.symlink_to(loop)

    for path in (tmp_path, pipe, loop):
        with pytest.raises(plandoc.errors.StoreError, match=path.name):
            import_file(path)


def test_a_link_to_an_export_is_followed(store, tmp_path):
    link = tmp_path / "link.json"
    link.symlink_to(written(tmp_path, SMALL))

    assert import_file(link).with_outcome(RowOutcome.FAILED) == ()


def _refused(tmp_path, export):
    with pytest.raises(plandoc.errors.ImportRefusedError) as caught:
        import_file(written(tmp_path, export))
    return caught.value


def test_every_broken_reference_is_listed_and_nothing_is_imported(store, folder, tmp_path):
    gone = {"ingredient_slug": "gone", "brand": "B", "package_unit": "lb", "quantity": 1.0, "unit": "cup"}
    event = {"event_name": "Christmas", "quantity": 1}
    export = small(
        ingredients=[*SMALL["ingredients"], {"slug": "x", "display_name": "X", "parent_slug": "gone"}],
        products=[gone],
        inventory_items=[gone],
        recipes=[
            {
                "name": "Cookies",
                "slug": "cookies",
                "ingredients": [gone],
                "components": [{"recipe_name": "gone", "quantity": 1}],
            }
        ],
        finished_units=[*SMALL["finished_units"], {"display_name": "U", "recipe_name": "gone", "items_per_batch": 2}],
        compositions=[
            {"finished_good_slug": "gone", "finished_unit_slug": "cookie"},
            {"finished_good_slug": "cookie_box", "finished_unit_slug": "gone"},
        ],
        packages=[{"name": "P"}],
        package_finished_goods=[
            {"package_name": "gone", "finished_good_slug": "cookie_box"},
            {"package_name": "P", "finished_good_slug": "gone"},
        ],
        event_recipient_packages=[
            {**event, "package_name": "gone"},
            {**event, "event_name": "gone", "package_name": "P"},
        ],
        event_finished_goods=[{**event, "finished_good_slug": "gone"}],
        event_recipes=[{**event, "recipe_name": "gone"}],
        batch_decisions=[{**event, "finished_unit_slug": "gone", "batches": 1}],
        production_records=[{**event, "recipe_name": "gone", "batches": 1, "produced_at": "2026-01-01T00:00:00Z"}],
        plan_amendments=[{"event_name": "gone"}],
    )
    before = bytes_of(folder)
    error = _refused(tmp_path, export)

    assert sorted((row.table, row.name) for row in error.report.rows) == sorted(
        [
            ("ingredients", "X"),
            ("products", "gone"),
            ("inventory_items", "gone"),
            ("recipes", "Cookies"),
            ("finished_units", "U"),
            ("compositions", "gone"),
            ("compositions", "cookie_box"),
            ("package_finished_goods", "gone"),
            ("package_finished_goods", "P"),
            ("event_recipient_packages", "Christmas"),
            ("event_recipient_packages", "gone"),
            ("event_finished_goods", "Christmas"),
            ("event_recipes", "Christmas"),
            ("batch_decisions", "Christmas"),
            ("production_records", "Christmas"),
            ("plan_amendments", "gone"),
        ]
    )
    assert {row.outcome for row in error.report.rows} == {RowOutcome.FAILED}
    assert str(error).startswith("nothing was imported from ")
    assert bytes_of(folder) == before


def test_a_dry_run_refuses_the_same(store, tmp_path):
    export = small(compositions=[{"finished_good_slug": "cookie_bocks", "finished_unit_slug": "cookie"}])
    with pytest.raises(plandoc.errors.ImportRefusedError, match="did you mean 'cookie_box'") as caught:
        import_file(written(tmp_path, export), dry_run=True)

    assert caught.value.report.dry_run


def test_a_name_that_two_rows_have_is_not_guessed(store, tmp_path):
    twins = [{"name": "Icing"}, {"name": "Icing"}]
    error = _refused(tmp_path, small(recipes=[SMALL["recipes"][0], *twins]))

    assert "'Icing' is the name of 2 rows" in str(error)


def test_recipes_that_contain_each_other_are_refused_with_the_path(store, tmp_path):
    recipes = [
        {"name": "A", "components": [{"recipe_name": "B", "quantity": 1}]},
        {"name": "B", "components": [{"recipe_name": "A", "quantity": 1}]},
    ]
    error = _refused(tmp_path, small(recipes=[*SMALL["recipes"], *recipes]))

    assert "'A' contains itself: 'A' -> 'B' -> 'A'" in str(error)


WRONG_ROWS = {
    "negative quantity": ("inventory_items", {**SMALL["inventory_items"][2], "quantity": -1}, "wanted zero or more"),
    "text for a number": ("inventory_items", {**SMALL["inventory_items"][2], "quantity": "8 kg"}, "found '8 kg'"),
    "drifted number": ("inventory_items", {**SMALL["inventory_items"][2], "quantity": 0.1 + 0.2}, "at most 12 digits"),
    "half a piece": ("finished_units", {**SMALL["finished_units"][0], "items_per_batch": 2.5}, "whole number"),
    "no pieces": ("finished_units", {**SMALL["finished_units"][0], "items_per_batch": None}, "wanted how many"),
    "number for a name": ("events", {"name": 7, "event_date": "2026-12-25"}, "wanted text, found 7"),
    "no such day": ("events", {"name": "Christmas", "event_date": "2026-02-30"}, "wanted a date"),
    "no such state": ("events", {"name": "Christmas", "event_date": "2026-12-25", "plan_state": "odd"}, "'odd'"),
    "no name": ("events", {"event_date": "2026-12-25"}, "wanted a name, found nothing"),
    "lines no list": ("recipes", {**SMALL["recipes"][0], "ingredients": "flour"}, "wanted a list"),
    "decision of nothing": ("batch_decisions", {"event_name": "Christmas", "batches": 1}, "found neither"),
    "record of nothing": ("production_records", {"event_name": "Christmas", "batches": 1}, "found neither"),
    "no such moment": (
        "production_records",
        {"event_name": "Christmas", "recipe_name": "Cookies", "batches": 1, "produced_at": "soon"},
        "wanted a date and time",
    ),
    "no object": ("events", 7, "wanted an object"),
}


@pytest.mark.sample(6)
@pytest.mark.parametrize("table, row, message", WRONG_ROWS.values(), ids=WRONG_ROWS)
def test_a_row_that_breaks_a_rule_is_a_failed_row_with_the_reason(table, row, message, store, tmp_path):
    error = _refused(tmp_path, small(**{table: [row]}))
    rows = [failed for failed in error.report.rows if failed.table == table]

    assert len(rows) == 1
    assert message in rows[0].reason


def test_a_slug_that_stands_twice_and_a_table_that_is_no_list_are_refused(store, tmp_path):
    export = small(ingredients=[*SMALL["ingredients"], SMALL["ingredients"][0]], packages={"name": "P"})
    reasons = [row.reason for row in _refused(tmp_path, export).report.rows]

    assert "the slug 'flour_all_purpose' occurs twice in this table" in reasons
    assert any(reason.startswith("wanted a list") for reason in reasons)
