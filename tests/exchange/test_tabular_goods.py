"""Goods that a baker wrote by hand."""

import json

import pytest

import plandoc
from plandoc.exchange import RowOutcome
from plandoc.exchange.tabular import import_goods
from tests.builders import a_bakery, folder_bytes

BARE, BUNDLE = plandoc.AssemblyType.BARE, plandoc.AssemblyType.BUNDLE


def _csv(tmp_path, text):
    path = tmp_path / "goods.csv"
    path.write_text(f"good,component,quantity,kind\n{text}", "utf-8")
    return path


def _json(tmp_path, value):
    path = tmp_path / "goods.json"
    path.write_text(json.dumps(value), "utf-8")
    return path


def _goods(store):
    return {good.name: good for good in store.read(lambda session: session.find(plandoc.FinishedGood))}


def _parts(good):
    return [(part.finished_unit_id, part.finished_good_id, str(part.quantity)) for part in good.components]


def _refused(path):
    with pytest.raises(plandoc.ValidationError) as caught:
        import_goods(path)
    return [(problem.line, problem.field, problem.message, problem.hint) for problem in caught.value.problems]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_goods_come_in_whatever_their_order_and_one_unit_once_is_bare(form, store, tmp_path):
    bakery = a_bakery(store)
    rows = "Big Box,Small Box,2,\nBig Box,cookie,1.5,\nSmall Box,Small Cookie,6,\nA Cookie,small-cookie,1,\n"
    objects = [
        {"name": "Big Box", "parts": [{"good": "Small Box", "quantity": 2}, {"unit": "cookie", "quantity": "1.5"}]},
        {"name": "Small Box", "parts": [{"unit": "Small Cookie", "quantity": 6}]},
        {"name": "A Cookie", "parts": [{"unit": "small-cookie", "quantity": 1.0}]},
    ]
    report = import_goods(_csv(tmp_path, rows) if form == "csv" else _json(tmp_path, objects))
    goods = _goods(store)

    assert _parts(goods["Big Box"]) == [(None, goods["Small Box"].id, "2"), (bakery.cookie.id, None, "1.5")]
    assert _parts(goods["A Cookie"]) == [(bakery.small_cookie.id, None, "1")]
    assert [goods[name].assembly_type for name in ("Big Box", "Small Box", "A Cookie")] == [BUNDLE, BUNDLE, BARE]
    assert report.counts() == {"finished_goods": {RowOutcome.CREATED: 3}}


def test_a_good_that_is_there_gets_the_components_and_what_is_dropped_is_said(store, tmp_path):
    bakery = a_bakery(store)
    report = import_goods(_csv(tmp_path, "HAMPER,Cookie Gift Box,1,\nHamper,Cookie,3,\nPlain Cookie,Cookie,1,\n"))
    goods = _goods(store)

    assert _parts(goods["Hamper"]) == [(None, bakery.cookie_box.id, "1"), (bakery.cookie.id, None, "3")]
    assert goods["Hamper"].slug == "hamper"
    assert [row.outcome for row in report.rows] == [RowOutcome.UPDATED, RowOutcome.SKIPPED]
    assert report.notes == ("'Hamper' no longer holds 'Plain Slice'",)


def test_the_same_file_again_changes_nothing(store, folder, tmp_path):
    a_bakery(store)
    rows = "Cookie,Cookie,1,\nTwo,Cookie,2,\nThree,Two,1,\nThree,Cookie,1,\n"
    first = import_goods(_csv(tmp_path, rows))
    before = folder_bytes(folder)
    again = import_goods(_csv(tmp_path, rows))

    assert {row.outcome for row in first.rows} == {RowOutcome.CREATED}
    assert {row.outcome for row in again.rows} == {RowOutcome.SKIPPED}
    assert folder_bytes(folder) == before


def test_a_bare_good_of_the_same_name_is_its_unit_and_what_is_held_already_stays(store, tmp_path):
    bakery = a_bakery(store)
    import_goods(_csv(tmp_path, "Cookie,Cookie,1,\nPair,Cookie,2,\n"))
    pair = _goods(store)["Pair"]
    import_goods(_csv(tmp_path, "Pair,Cookie,2,good\n"))
    held = _goods(store)["Pair"]
    again = import_goods(_csv(tmp_path, "Pair,Cookie,2,\n"))

    assert _parts(pair) == [(bakery.cookie.id, None, "2")]
    assert _parts(held) == [(None, _goods(store)["Cookie"].id, "2")]
    assert again.rows[0].outcome is RowOutcome.SKIPPED


def test_a_name_that_is_a_unit_and_another_good_needs_its_kind(store, tmp_path):
    bakery = a_bakery(store)
    rows = "Cookie,Cookie,12,\nHeap,Cookie,2,{}\n"
    refused = _refused(_csv(tmp_path, rows.format("")))
    import_goods(_csv(tmp_path, rows.format("Good")))

    assert refused == [
        (
            3,
            "component",
            "'Cookie' is the name of a finished unit and of a good",
            "say which in the column kind: unit or good",
        )
    ]
    assert _parts(_goods(store)["Heap"]) == [(None, _goods(store)["Cookie"].id, "2")]
    assert _parts(_goods(store)["Cookie"]) == [(bakery.cookie.id, None, "12")]


BROKEN_ROWS = {
    "no component": ("X,,1,", "component", "wanted a name, found nothing"),
    "unknown": ("X,Cooky,1,", "component", "there is no finished unit and no good 'Cooky'"),
    "no such unit": ("X,Hamper,1,unit", "component", "there is no finished unit 'Hamper'"),
    "no such good": ("X,Slice,1,good", "component", "there is no good 'Slice'"),
    "wrong kind": ("X,Cookie,1,box", "kind", "wanted unit or good, found 'box'"),
    "no quantity": ("X,Cookie,,", "quantity", "wanted a number, found nothing"),
    "negative": ("X,Cookie,-1,", "quantity", "wanted more than 0, found -1"),
    "zero": ("X,Cookie,0.0,", "quantity", "wanted more than 0, found 0"),
    "itself": ("X,X,1,", "component", "'X' contains itself"),
    "itself by kind": ("Hamper,Hamper,1,good", "component", "'Hamper' contains itself"),
}


@pytest.mark.parametrize("row, field, message", BROKEN_ROWS.values(), ids=BROKEN_ROWS)
def test_a_broken_row_is_one_problem_with_line_and_field_and_changes_no_byte(
    row, field, message, store, folder, tmp_path
):
    a_bakery(store)
    before = folder_bytes(folder)
    ((line, found, said, _),) = _refused(_csv(tmp_path, f"Fine,Cookie,1,\n{row}\n"))

    assert (line, found, said) == (3, field, message)
    assert folder_bytes(folder) == before


def test_a_component_that_stands_twice_is_refused(store, tmp_path):
    a_bakery(store)
    refused = _refused(_csv(tmp_path, "X,Cookie,1,\nX,cookie,2,\nY,Slice,1,\nX,Cookie,1,\n"))

    assert [(one[0], one[2]) for one in refused] == [
        (3, "'cookie' occurs twice, first on line 2"),
        (5, "'Cookie' occurs twice, first on line 2"),
    ]


def test_a_cycle_through_stored_goods_shows_its_path(store, tmp_path):
    a_bakery(store)
    refused = _refused(_csv(tmp_path, "Cookie Gift Box,X,1,\nX,Hamper,1,\n"))

    assert refused[0][:3] == (
        2,
        None,
        "'Cookie Gift Box' contains itself: 'Cookie Gift Box' -> 'X' -> 'Hamper' -> 'Cookie Gift Box'",
    )


def test_a_json_part_is_either_a_unit_or_a_good_and_a_good_has_parts(store, tmp_path):
    a_bakery(store)
    value = [
        {"name": "X", "parts": [{"quantity": 1}, {"unit": "Cookie", "good": "Hamper", "quantity": 1}]},
        {"name": "Y", "parts": []},
    ]

    messages = [one[2] for one in _refused(_json(tmp_path, value))]
    assert "wanted either a unit or a good, found neither" in messages
    assert "wanted either a unit or a good, found both" in messages
    assert "wanted at least one component, found none" in messages


def test_the_notes_of_a_good_and_its_components_outlive_an_import(store, tmp_path):
    bakery = a_bakery(store)
    with store.session("notes") as session:
        part = plandoc.Component(bakery.cookie.id, quantity=1, notes="on top")
        session.add(plandoc.FinishedGood("Noted", (part,), notes="ribbon"))
    import_goods(_csv(tmp_path, "Noted,Cookie,3,\n"))
    noted = _goods(store)["Noted"]

    assert (noted.notes, noted.components[0].notes, noted.components[0].quantity) == ("ribbon", "on top", 3)


def test_a_dry_run_changes_no_byte(store, folder, tmp_path):
    a_bakery(store)
    before = folder_bytes(folder)
    report = import_goods(_csv(tmp_path, "X,Y,1,\nY,Cookie,1,\n"), dry_run=True)

    assert report.counts() == {"finished_goods": {RowOutcome.CREATED: 2}}
    assert folder_bytes(folder) == before


def test_a_dozen_in_a_column_of_units_does_not_become_one(store, tmp_path):
    a_bakery(store)
    path = tmp_path / "goods.csv"
    path.write_text("good,component,quantity,unit\nA,Cookie,1,dozen\nB,Cookie,2,pcs\nC,A,1,box\n", "utf-8")
    message = "wanted no unit, because what is in a good is counted in pieces; found "

    assert [(line, field, said) for line, field, said, _ in _refused(path)] == [
        (2, "unit", message + "'dozen'"),
        (4, "unit", message + "'box'"),
    ]


def test_a_column_of_units_may_say_pieces_or_what_one_is_called(store, tmp_path):
    a_bakery(store)
    with store.session() as session:
        recipe = session.add(plandoc.Recipe("Rye"))
        loaf = session.add(plandoc.FinishedUnit("Rye Loaf", recipe.id, item_unit="loaf", items_per_batch=2))
    path = tmp_path / "goods.csv"
    path.write_text("good,component,quantity,unit\nA,Cookie,12,each\nA,Rye Loaf,1,Loaf\nA,Slice,2,\n", "utf-8")
    import_goods(path)

    assert [(part.finished_unit_id == loaf.id, part.quantity) for part in _goods(store)["A"].components] == [
        (False, 12),
        (True, 1),
        (False, 2),
    ]
