"""Runs that cannot be neither leave a folder nor come into one: found by chance, one by one in every field since."""

import copy
import json

import pytest

import plandoc
from plandoc.errors import ImportRefusedError
from plandoc.exchange import import_file
from plandoc.exchange.native.export_native import render_export
from tests.report.plans import a_typical_plan

from .exchange_files import filled, opened


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    with plandoc.open_store(tmp_path_factory.mktemp("good") / "data", create=True) as store:
        a_typical_plan(store)
        return json.loads(store.read(lambda session: render_export(session=session)).content)


# What a fuzzer changed in an export of a bakery, each of which was taken in once.
FOUND = {
    "another unit was baked": (
        lambda value: value["production_runs"][0].update(finished_unit_slug="slice"),
        "48 of finished unit 'cookie' are packed, but 17 were made",
    ),
    "packed twice": (
        lambda value: value["assembly_runs"].append(copy.deepcopy(value["assembly_runs"][0])),
        "96 of finished unit 'cookie' are packed, but 65 were made",
    ),
    "packed without end": (
        lambda value: value["assembly_runs"][0].update(quantity=10**6),
        "1000000 of finished good 'cookie-gift-box' are packed, but the plan wants 10",
    ),
    "another run was voided": (
        lambda value: value["voided_runs"][0].update(run=1),
        "48 of finished unit 'cookie' are packed, but 17 were made",
    ),
}


@pytest.mark.parametrize("up_to", [0, 9], ids=["an empty folder", "a folder where the numbers are taken"])
@pytest.mark.parametrize("name", FOUND)
def test_an_export_with_a_run_that_cannot_be_is_refused_with_the_reason(good, tmp_path, name, up_to):
    change, reason = FOUND[name]
    value = copy.deepcopy(good)
    change(value)
    (tmp_path / "export.json").write_text(json.dumps(value))
    with opened(tmp_path / "data") as store:
        filled(store, up_to=up_to)
        with pytest.raises(ImportRefusedError, match=reason):
            import_file(tmp_path / "export.json")

        assert store.read(lambda session: session.find(plandoc.results.ProductionRun)) == []


def test_a_unit_that_was_never_in_the_plan_cannot_have_been_baked(good, tmp_path):
    value = copy.deepcopy(good)
    value["recipes"].append({**value["recipes"][0], "slug": "odd", "name": "Odd"})
    value["finished_units"].append({**value["finished_units"][0], "slug": "odd", "name": "Odd", "recipe_slug": "odd"})
    value["production_runs"].append({**value["production_runs"][0], "finished_unit_slug": "odd"})
    (tmp_path / "export.json").write_text(json.dumps(value))
    with opened(tmp_path / "data"), pytest.raises(ImportRefusedError, match="'odd' was baked, but was never in"):
        import_file(tmp_path / "export.json")


def variants(good):
    """Yield every row left out and doubled, and every field with other values of its kind."""
    for table in (name for name, rows in good.items() if isinstance(rows, list) and name != "plan_snapshots"):
        for at, row in enumerate(good[table]):
            yield table, lambda rows, at=at: rows.pop(at)
            yield table, lambda rows, at=at: rows.append(copy.deepcopy(rows[at]))
            for key, present in row.items():
                same = [other.get(key) for other in good[table] if other.get(key) != present][:3]
                others = [0, 1, 10**6] if type(present) is int else same if type(present) is str else []
                for other in others:
                    yield table, lambda rows, at=at, key=key, other=other: rows[at].update({key: other})


@pytest.mark.proof
@pytest.mark.proof
def test_whatever_is_changed_in_an_export_what_is_taken_in_has_nothing_wrong_in_it(good, tmp_path):
    taken = refused = 0
    for number, (table, change) in enumerate(variants(good)):
        value = copy.deepcopy(good)
        change(value[table])
        (tmp_path / "export.json").write_text(json.dumps(value))
        with plandoc.open_store(tmp_path / "data" / str(number), create=True) as store:
            try:
                with store.session() as session:
                    import_file(tmp_path / "export.json", session=session)
            except plandoc.PlandocError:
                refused += 1
                continue
        taken += 1
        assert plandoc.check(tmp_path / "data" / str(number)) == [], (table, number)

    assert taken > 20
    assert refused > 150


def test_a_folder_with_a_run_that_cannot_be_is_not_exported_until_it_is_put_right(tmp_path):
    with plandoc.open_store(tmp_path / "data", create=True) as store:
        a_typical_plan(store)
    file = tmp_path / "data" / "events" / "1.json"
    wrong = file.read_text().replace('"finished_good_id":3,"quantity":4', '"finished_good_id":3,"quantity":9')
    file.write_text(wrong)
    found = [problem for problem in plandoc.check(tmp_path / "data") if "are packed" in problem.message]
    with (
        plandoc.open_store(tmp_path / "data") as store,
        pytest.raises(plandoc.ValidationError, match="an impossible run") as no,
    ):
        store.read(lambda session: render_export(session=session))

    assert found != []
    assert "see what check(folder) reports about it" in str(no.value)
