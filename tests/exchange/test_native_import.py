"""Taking in plandoc's own exchange file: whole into an empty folder, by slugs into one that has something."""

import json
from decimal import Decimal

import attrs
import pytest

import plandoc
from plandoc import PlanState
from plandoc.cli import sample
from plandoc.domain.snapshot_ids import changed_since, is_sound, original
from plandoc.exchange import RowOutcome, export_file, import_file
from plandoc.storage import address
from tests.builders import a_bakery, a_plan, folder_bytes, made_once

from .exchange_files import a_file, exported_bytes, filled, opened, renumbered_by_an_earlier_version
from .exports import real


@pytest.fixture
def file(tmp_path):
    """The export of a busy bakery, which is at `origin` beside it."""
    if address.address_of(tmp_path / "origin") is not None:
        return a_file(tmp_path)
    return made_once(tmp_path, a_file) / "export.json"


def _event(slug):
    return plandoc.find_by_key(plandoc.Event, slug)


def _import_into_new(path, folder, **options):
    with opened(folder):
        return import_file(path, **options)


def test_an_empty_folder_exports_the_same_bytes_afterwards(file, folder):
    report = _import_into_new(file, folder)

    assert {row.outcome for row in report.rows} == {RowOutcome.CREATED}
    assert exported_bytes(folder) == file.read_bytes()


def test_some_events_too_come_back_as_the_same_bytes(tmp_path, folder, file):
    with opened(tmp_path / "origin"):
        part = export_file(tmp_path / "part.json", [_event("completed").id, _event("christmas-2026").id]).path
    _import_into_new(part, folder)

    assert exported_bytes(folder) == part.read_bytes()


def test_an_empty_export_is_taken_in_and_changes_nothing(tmp_path, folder):
    with opened(tmp_path / "empty"):
        path = export_file(tmp_path / "empty.json").path
    report = _import_into_new(path, folder)

    assert report.rows == ()
    assert exported_bytes(folder) == path.read_bytes()


def test_sealed_records_are_not_touched_in_an_empty_folder(file, folder, tmp_path):
    _import_into_new(file, folder)
    with opened(tmp_path / "origin"):
        before = plandoc.get_plan_snapshot(_event("christmas-2026").id)
    with opened(folder):
        after = plandoc.get_plan_snapshot(_event("christmas-2026").id)

    assert (after.digest, after.snapshot_data, after.definitions) == (
        before.digest,
        before.snapshot_data,
        before.definitions,
    )


def test_the_imported_plans_go_on_as_the_ones_they_came_from(file, folder):
    _import_into_new(file, folder)
    with opened(folder):
        event = _event("christmas-2026")
        assert plandoc.get_plan_comparison(event.id).has_changes
        assert [one.reason for one in plandoc.get_amendments(event.id)][0] == "fewer guests"
        plandoc.change_quantity(event.id, plandoc.find_by_key(plandoc.FinishedGood, "cookie-gift-box").id, 5, "more")
        plandoc.start_production(_event("locked").id)

        assert plandoc.review_plan(_event("draft").id) == []


def test_a_second_import_skips_every_row_and_changes_no_byte(file, folder):
    _import_into_new(file, folder)
    before = folder_bytes(folder)
    report = _import_into_new(file, folder)

    assert {row.outcome for row in report.rows} == {RowOutcome.SKIPPED}
    assert folder_bytes(folder) == before


def test_a_dry_run_says_the_same_and_changes_no_byte(file, folder):
    with opened(folder) as store:
        filled(store)
    before = folder_bytes(folder)
    dry = _import_into_new(file, folder, dry_run=True)
    after = folder_bytes(folder)
    wet = _import_into_new(file, folder)

    assert after == before
    assert (dry.dry_run, dry.rows) == (True, wet.rows)


def test_where_the_numbers_are_taken_a_snapshot_is_renumbered_and_says_so_for_ever(file, folder, tmp_path):
    with opened(folder) as store:
        filled(store)
    report = _import_into_new(file, folder)
    reasons = [row.reason for row in report.rows if row.table == "plan_snapshots"]
    with opened(tmp_path / "origin"):
        origin = plandoc.get_plan_snapshot(_event("christmas-2026").id)
    with opened(folder):
        snapshot = plandoc.get_plan_snapshot(_event("christmas-2026").id)

    assert f"the digest that it was written with, {origin.digest[:12]}" in reasons[0]
    assert snapshot.digest != origin.digest
    assert is_sound(snapshot)
    assert attrs.evolve(original(snapshot), id=origin.id, event_id=origin.event_id) == origin


def test_a_renumbered_folder_takes_the_file_again_without_a_conflict_and_travels_on(file, folder, tmp_path):
    with opened(folder) as store:
        filled(store)
    _import_into_new(file, folder)
    again = _import_into_new(file, folder)
    with opened(folder):
        onward = export_file(tmp_path / "onward.json").path
    _import_into_new(onward, tmp_path / "third")

    assert {row.outcome for row in again.rows} == {RowOutcome.SKIPPED}
    assert exported_bytes(tmp_path / "third") == onward.read_bytes()


@pytest.mark.costly
def test_a_snapshot_renumbered_twice_leads_back_to_the_first_digest(file, folder, tmp_path):
    with opened(folder) as store:
        filled(store)
    _import_into_new(file, folder)
    with opened(folder):
        onward = export_file(tmp_path / "onward.json").path
    with opened(tmp_path / "third") as store:
        filled(store, up_to=50)
    _import_into_new(onward, tmp_path / "third", on_conflict="skip")
    with opened(tmp_path / "origin"):
        origin = plandoc.get_plan_snapshot(_event("christmas-2026").id)
    with opened(tmp_path / "third"):
        snapshot = plandoc.get_plan_snapshot(_event("christmas-2026").id)

    assert [step["digest"] for step in snapshot.definitions["imported"]] == [origin.digest]
    assert original(snapshot).digest == origin.digest
    assert is_sound(snapshot)


@pytest.mark.costly
def test_a_plan_that_has_travelled_twice_is_the_same_as_the_one_at_home_and_the_one_on_the_way(file, folder, tmp_path):
    with opened(folder) as store:
        filled(store)
    _import_into_new(file, folder)
    with opened(folder):
        onward = export_file(tmp_path / "onward.json").path
    with opened(tmp_path / "third") as store:
        filled(store, up_to=50)
    _import_into_new(onward, tmp_path / "third", on_conflict="skip")
    before = folder_bytes(tmp_path / "third")
    again = [_import_into_new(path, tmp_path / "third", on_conflict="skip") for path in (file, onward)]

    for report in again:
        assert {row.reason for row in report.rows if row.table == "events"} == {"already there, the same"}
    assert folder_bytes(tmp_path / "third") == before


@pytest.mark.costly
def test_what_an_earlier_version_imported_in_two_steps_is_the_same_as_the_file_that_brought_it(file, folder, tmp_path):
    def snapshot_in(place):
        with opened(place):
            return plandoc.get_plan_snapshot(_event("christmas-2026").id)

    with opened(folder) as store:
        filled(store)
    _import_into_new(file, folder)
    with opened(folder):
        onward = export_file(tmp_path / "onward.json").path
    third = tmp_path / "third"
    with opened(third) as store:
        filled(store, up_to=50)
    _import_into_new(onward, third, on_conflict="skip")
    home, way, there = map(snapshot_in, (tmp_path / "origin", folder, third))
    steps = renumbered_by_an_earlier_version(
        renumbered_by_an_earlier_version(home, changed_since(way, home)), changed_since(there, way)
    )
    document = third / "events" / f"{there.event_id}.json"
    content = json.loads(document.read_bytes())
    content["plan_snapshots"]["1"].update(definitions=dict(steps.definitions), digest=steps.digest)
    document.write_text(json.dumps(content))
    again = [_import_into_new(path, third, on_conflict="skip") for path in (file, onward)]

    assert len(steps.definitions["imported"]) == 2
    for report in again:
        assert {row.reason for row in report.rows if row.table == "events"} == {"already there, the same"}


def test_decisions_are_not_stale_because_the_ingredients_got_other_numbers(file, folder):
    with opened(folder) as store:
        filled(store)
    _import_into_new(file, folder)
    with opened(folder):
        assert plandoc.review_plan(_event("draft").id) == []


def test_a_decision_made_for_a_recipe_that_has_changed_stays_stale_on_its_way(tmp_path, folder):
    with opened(tmp_path / "origin") as store:
        shop = a_bakery(store)
        a_plan(store, bakery=shop, name="Draft")
        with store.session() as session:
            line = attrs.evolve(shop.cookies.lines[0], quantity=Decimal(9))
            session.replace(attrs.evolve(shop.cookies, lines=(line,)))
        told = [finding.kind for finding in plandoc.review_plan(_event("draft").id)]
        path = export_file(tmp_path / "export.json").path
    with opened(folder) as store:
        filled(store)
    _import_into_new(path, folder)
    with opened(folder):
        assert told == [finding.kind for finding in plandoc.review_plan(_event("draft").id)] != []


def test_what_was_removed_since_keeps_its_place_in_the_sealed_records(tmp_path, folder):
    with opened(tmp_path / "origin") as store:
        shop = a_bakery(store)
        event = a_plan(store, PlanState.IN_PRODUCTION, bakery=shop)
        plandoc.drop_finished_good(event.id, shop.hamper.id, "no hampers")
        with store.session() as session:
            session.remove(plandoc.FinishedGood, shop.hamper.id)
            session.add(plandoc.FinishedGood("Hamper", (plandoc.Component(finished_good_id=shop.cookie_box.id),)))
        path = export_file(tmp_path / "export.json").path
    _import_into_new(path, folder)
    with opened(tmp_path / "busy") as store:
        filled(store)
    report = [_import_into_new(path, tmp_path / "busy") for _ in range(2)]
    with opened(folder) as store, store.session() as session:
        new = session.add(plandoc.FinishedGood("Never before"))

    assert new.id > shop.hamper.id
    assert {row.outcome for row in report[1].rows} == {RowOutcome.SKIPPED}


def _flour_left(file):
    [flour] = json.loads(file.read_bytes())["stock"]
    return Decimal(flour["quantity"])


def test_a_folder_with_other_things_keeps_them(file, folder):
    with opened(folder) as store:
        filled(store, up_to=3)
        a_plan(store, name="Own", quantities={})
        with store.session() as session:
            # The bakery of the file has baked since it counted.
            [flour] = session.find(plandoc.StockItem)
            session.replace(attrs.evolve(flour, quantity=_flour_left(file)))
    _import_into_new(file, folder)
    with opened(folder):
        assert _event("own").name == "Own"
        assert len(plandoc.list_records(plandoc.Event)) == 5
        assert plandoc.find_by_key(plandoc.Recipe, "other-2").name == "Other 2"


# Conflicts.


def _with_other_butter(folder):
    with opened(folder) as store, store.session() as session:
        butter = session.add(plandoc.Ingredient("Butter", "Fats"))
        session.add(plandoc.Recipe("Frosting", "Odd", (plandoc.RecipeLine(butter.id, 9, "kg"),)))


def test_conflicts_are_all_listed_and_nothing_is_changed_unless_said_so(file, folder):
    _with_other_butter(folder)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.errors.ImportRefusedError, match="2 rows are in conflict") as refused:
        _import_into_new(file, folder)

    assert [(row.table, row.name) for row in refused.value.report.rows] == [
        ("ingredients", "butter"),
        ("recipes", "frosting"),
    ]
    assert folder_bytes(folder) == before


def test_skip_leaves_what_is_there_and_takes_the_rest(file, folder):
    _with_other_butter(folder)
    report = _import_into_new(file, folder, on_conflict="skip")
    with opened(folder):
        assert plandoc.find_by_key(plandoc.Ingredient, "butter").category == "Fats"
        assert _event("christmas-2026").plan_state is PlanState.IN_PRODUCTION
    assert any("left as it is" in row.reason for row in report.rows)


def test_update_takes_what_the_file_says(file, folder):
    _with_other_butter(folder)
    report = _import_into_new(file, folder, on_conflict="update")
    with opened(folder):
        assert plandoc.find_by_key(plandoc.Ingredient, "butter").category == "Dairy"
        assert plandoc.find_by_key(plandoc.Recipe, "frosting").category == "Toppings"
    assert {row.outcome for row in report.rows} == {RowOutcome.CREATED, RowOutcome.UPDATED}
    assert exported_bytes(folder) != b""


def test_update_of_everything_gives_the_files_bytes(file, folder):
    """Where both have the same slugs, an update makes one the other."""
    _import_into_new(file, folder)
    with opened(folder) as store, store.session() as session:
        for item in session.find(plandoc.StockItem):
            session.replace(attrs.evolve(item, quantity=Decimal("99.5")))
        for kind in (plandoc.Ingredient, plandoc.Recipe, plandoc.FinishedUnit, plandoc.FinishedGood):
            for record in session.find(kind):
                session.replace(attrs.evolve(record, name=f"{record.name} changed", notes="x"))
        draft = plandoc.find_by_key(plandoc.Event, "draft", session=session)
        plandoc.set_event_recipes(draft.id, [1], session=session)
        session.replace(attrs.evolve(session.event(draft.id), notes="changed"))
    _import_into_new(file, folder, on_conflict="update")

    assert exported_bytes(folder) == file.read_bytes()


def test_an_update_of_a_draft_reports_each_part_of_its_plan(file, folder):
    _import_into_new(file, folder)
    with opened(folder) as store, store.session() as session:
        draft = plandoc.find_by_key(plandoc.Event, "draft", session=session)
        goods = {good.id: quantity for good, quantity in plandoc.get_event_fg_quantities(draft.id, session=session)}
        first = min(goods)
        plandoc.set_event_finished_goods(draft.id, {**goods, first: goods[first] + 1}, session=session)
    report = _import_into_new(file, folder, on_conflict="update")
    rows = [row for row in report.rows if row.name.startswith("draft") and row.outcome is RowOutcome.UPDATED]

    assert [(row.table, row.reason) for row in rows] == [("events", "differed in goods"), ("event_finished_goods", "")]


@pytest.mark.parametrize("slug", ["christmas-2026", "completed"])
@pytest.mark.parametrize("rule", ["skip", "update"])
def test_a_started_plan_that_differs_is_never_changed(slug, rule, file, folder):
    _import_into_new(file, folder)
    with opened(folder) as store, store.session() as session:
        event = plandoc.find_by_key(plandoc.Event, slug, session=session)
        session.replace(attrs.evolve(event, notes="ours"))
    before = folder_bytes(folder)
    report = _import_into_new(file, folder, on_conflict=rule)

    assert [(row.name, row.outcome) for row in report.rows if "differs in event" in row.reason] == [
        (slug, RowOutcome.SKIPPED)
    ]
    assert folder_bytes(folder) == before


def test_a_started_plan_that_differs_fails_by_default(file, folder):
    _import_into_new(file, folder)
    with opened(folder):
        plandoc.change_quantity(_event("christmas-2026").id, 4, 9, "more")
    with pytest.raises(plandoc.errors.ImportRefusedError, match=r"differs in goods, amendments"):
        _import_into_new(file, folder)


def test_a_draft_that_is_there_becomes_the_started_plan_of_the_file_on_update(file, folder):
    with opened(folder) as store:
        shop = a_bakery(store)
        a_plan(store, bakery=shop, quantities={shop.plain_cookie.id: 3})
    _import_into_new(file, folder, on_conflict="update")

    assert exported_bytes(folder) == file.read_bytes()


def test_goods_that_are_nested_too_deep_only_together_are_refused(tmp_path, folder):
    def chain(path, *names):
        with opened(path) as store, store.session() as session:
            parts = ()
            for name in names:
                parts = (plandoc.Component(finished_good_id=session.add(plandoc.FinishedGood(name, parts)).id),)

    chain(tmp_path / "origin", "Middle", *"ABCDEF")
    chain(folder, *"MNOPQR", "Middle")
    with opened(tmp_path / "origin"):
        path = export_file(tmp_path / "export.json").path
    before = folder_bytes(folder)
    with pytest.raises(plandoc.errors.ImportRefusedError, match="nested more than 10 levels deep"):
        _import_into_new(path, folder, on_conflict="skip")

    assert folder_bytes(folder) == before


def test_recipes_can_swap_which_holds_which(tmp_path, folder):
    def folder_with(path, outer, inner):
        with opened(path) as store, store.session() as session:
            part = session.add(plandoc.Recipe(inner))
            session.add(plandoc.Recipe(outer, sub_recipes=(plandoc.SubRecipe(part.id),), base_recipe_id=part.id))

    folder_with(tmp_path / "origin", "A", "B")
    folder_with(folder, "B", "A")
    with opened(tmp_path / "origin"):
        path = export_file(tmp_path / "export.json").path
    _import_into_new(path, folder, on_conflict="update")
    there, came = (json.loads(content) for content in (exported_bytes(folder), path.read_bytes()))

    assert there.pop("ids") != came.pop("ids")
    assert there == came


def test_a_refused_import_leaves_the_callers_session_as_it_was(file, folder):
    _with_other_butter(folder)
    with opened(folder) as store, store.session() as session:
        session.add(plandoc.Ingredient("Kept"))
        with pytest.raises(plandoc.errors.ImportRefusedError):
            import_file(file, session=session)
        assert len(session.find(plandoc.Ingredient)) == 2
    with opened(folder):
        assert [one.slug for one in plandoc.list_records(plandoc.Ingredient)] == ["butter", "kept"]


def test_the_rule_for_conflicts_is_a_word_that_is_known_and_not_for_other_programs(file, folder, tmp_path):
    with opened(folder):
        with pytest.raises(plandoc.ValidationError, match="wanted one of fail, skip, update, found 'never'"):
            import_file(file, on_conflict="never")
        other = tmp_path / "other.json"
        other.write_text('{"application": "bake-tracker", "version": "3.4"}')
        with pytest.raises(plandoc.ValidationError, match="for exports of plandoc"):
            import_file(other, on_conflict="skip")


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", ["bake_tracker_3.4_boxes.json", "bake_tracker_4.2_catalog.json"])
def test_a_real_bakery_goes_out_and_comes_in_as_the_same_bytes(name, tmp_path, folder):
    with opened(tmp_path / "origin"):
        import_file(real(name))
        path = export_file(tmp_path / "export.json").path
    _import_into_new(path, folder)

    assert exported_bytes(folder) == path.read_bytes()


def test_the_sample_goes_out_and_comes_in_as_the_same_bytes(tmp_path, folder):
    sample.write(tmp_path / "origin")
    with opened(tmp_path / "origin"):
        path = export_file(tmp_path / "export.json").path
    _import_into_new(path, folder)

    assert exported_bytes(folder) == path.read_bytes()
