"""Into an empty folder everything comes back under the number that it had, for every command takes numbers."""

from __future__ import annotations

import json

import pytest

import plandoc
from plandoc import Event, FinishedGood, FinishedUnit, Ingredient, Recipe
from plandoc.exchange import export_file, import_file
from tests.builders import EVENT_DATE

from .exchange_files import a_busy_bakery, changed, opened

NAMED = (Ingredient, Recipe, FinishedUnit, FinishedGood, Event)


def numbers():
    return {kind.__name__: {one.slug: one.id for one in plandoc.list_records(kind)} for kind in NAMED}


def an_untidy_bakery(store):
    """Names that are not in the order of the numbers, and numbers that are no longer used."""
    with store.session() as session:
        session.remove(Event, session.add(Event("Gone", EVENT_DATE)).id)
        session.remove(Recipe, session.add(Recipe("Gone")).id)
        for name in ("Zoo Fair", "Apple Fair", "Mayday"):
            session.add(Event(name, EVENT_DATE))
            session.add(Ingredient(name))
            recipe = session.add(Recipe(name))
            unit = session.add(FinishedUnit(name, recipe.id, items_per_batch=1))
            session.add(FinishedGood(name, (plandoc.Component(finished_unit_id=unit.id),)))
        session.remove(Event, 3)


@pytest.fixture
def origin(tmp_path):
    with opened(tmp_path / "origin") as store:
        a_busy_bakery(store)
        an_untidy_bakery(store)
        export_file(tmp_path / "export.json")
        return numbers()


def test_everything_that_has_a_name_comes_back_under_its_number(origin, tmp_path, folder):
    with opened(folder) as store:
        import_file(tmp_path / "export.json")
        came = numbers()
        with store.session() as session:
            after = session.add(Event("Next", EVENT_DATE))

    assert came == origin
    assert origin["Event"]["mayday"] > origin["Event"]["zoo-fair"]
    assert after.id == max(origin["Event"].values()) + 1


def test_some_events_come_back_under_their_numbers_with_what_they_need(tmp_path, folder):
    with opened(tmp_path / "origin") as store:
        shop = a_busy_bakery(store)
        export_file(tmp_path / "some.json", [3])
    with opened(folder):
        import_file(tmp_path / "some.json")

        assert [one.id for one in plandoc.list_records(Event)] == [3]
        assert shop.hamper in plandoc.list_records(FinishedGood)


def test_a_number_that_is_taken_or_was_given_before_is_not_given_again(origin, tmp_path, folder):
    with opened(folder) as store, store.session() as session:
        session.add(Event("Ours", EVENT_DATE))
        session.remove(Event, session.add(Event("Gone", EVENT_DATE)).id)
        session.add(Recipe("Ours"))
    with opened(folder):
        import_file(tmp_path / "export.json")
        came = numbers()

    assert came["Event"]["ours"] == 1
    assert 2 not in came["Event"].values()
    assert len(set(came["Event"].values())) == len(origin["Event"]) + 1
    assert came["Event"]["completed"] == origin["Event"]["completed"]


def test_what_is_there_keeps_its_own_number(origin, tmp_path, folder):
    with opened(folder) as store, store.session() as session:
        session.add(Ingredient("Other"))
        mine = session.add(Ingredient("Mayday"))
    with opened(folder):
        import_file(tmp_path / "export.json")

        assert plandoc.find_by_key(Ingredient, "mayday") == mine


def test_numbers_that_nobody_gives_any_more_do_not_come_back(tmp_path, folder):
    with opened(tmp_path / "origin") as store, store.session() as session:
        session.add(Event("Fair", EVENT_DATE))
    with opened(tmp_path / "origin"):
        file = export_file(tmp_path / "export.json").path
    changed(file, lambda value: value["ids"]["events"].update(fair=10**12))
    with opened(folder):
        import_file(file)

        assert [one.id for one in plandoc.list_records(Event)] == [1]


def test_a_file_of_the_first_version_comes_in_as_it_did(origin, tmp_path, folder):
    def as_the_first(value):
        value["export_version"] = 1
        value["signed_ids"] = value.pop("ids")
        del value["signed_ids"]["events"]
        del value["unit_words"]

    file = changed(tmp_path / "export.json", as_the_first)
    with opened(folder):
        import_file(file)
        came = numbers()

    assert {kind: list(slugs) for kind, slugs in came.items() if kind != "Event"} == {
        kind: list(slugs) for kind, slugs in origin.items() if kind != "Event"
    }
    assert sorted(came["Event"]) == sorted(origin["Event"])


@pytest.mark.parametrize(
    ("version", "key"), [(1, "ids"), (2, "signed_ids")], ids=["the new key in the first", "the first key in the new"]
)
def test_a_version_has_its_own_key_for_the_numbers(origin, tmp_path, folder, version, key):
    def spoil(value):
        value["export_version"] = version
        value[key] = value.pop("ids")

    file = changed(tmp_path / "export.json", spoil)
    with (
        opened(folder),
        pytest.raises(plandoc.errors.ImportRefusedError, match=f"{key}, the whole table: failed: unknown"),
    ):
        import_file(file)


def test_the_export_says_which_number_each_name_has(origin, tmp_path):
    ids = json.loads((tmp_path / "export.json").read_bytes())["ids"]

    assert ids["events"] == dict(sorted(origin["Event"].items()))
    assert ids["finished_units"] == dict(sorted(origin["FinishedUnit"].items()))
