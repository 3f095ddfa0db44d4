"""TinyDB's tables over the records of a session: what TinyDB's own tests ask of a table, and every rule of records."""

from __future__ import annotations

import datetime
import inspect

import attrs
import orjson
import pytest
import tinydb
from tinydb import Query, operations, where
from tinydb.table import Document, Table

import plandoc
from plandoc import Event, Ingredient, PlanState, Recipe
from plandoc.engine.session import unit_of_work
from tests.builders import a_bakery, a_plan, folder_bytes


@pytest.fixture
def session(store):
    with store.session("use TinyDB") as opened:
        yield opened


@pytest.fixture
def recipes(session):
    """A table with three recipes, two of one category."""
    table = session.table(Recipe)
    table.insert_multiple(
        [{"name": "Rye", "category": "Bread"}, {"name": "Oat", "category": "Bread"}, {"name": "Fudge"}]
    )
    return table


def names(rows):
    return [row["name"] for row in rows]


# What TinyDB's own tests ask of a table.


def test_it_is_a_table_of_tinydb_and_a_database_is_one_too(session):
    a_table = session.table(Recipe)

    assert isinstance(a_table, Table)
    assert isinstance(session.database(), tinydb.TinyDB)
    assert isinstance(session.database().table("stock"), Table)


def test_insert_gives_the_id_of_the_store_fills_in_what_is_optional_and_makes_a_slug(session, recipes):
    session.remove(Recipe, 3)
    new_id = recipes.insert({"name": "Spelt"})

    assert new_id == 4
    assert session.get(Recipe, 4) == Recipe("Spelt", id=4, slug="spelt")
    assert recipes.get(doc_id=4)["lines"] == []


def test_insert_multiple_takes_any_iterable_and_returns_the_ids(recipes):
    assert recipes.insert_multiple({"name": f"Cake {number}"} for number in range(3)) == [4, 5, 6]
    assert recipes.insert_multiple([]) == []
    assert len(recipes) == 6


def test_search_count_contains_and_get_answer_as_in_tinydb(recipes):
    bread = where("category") == "Bread"

    assert names(recipes.search(bread)) == ["Rye", "Oat"]
    assert (recipes.count(bread), recipes.contains(bread), recipes.contains(where("name") == "Pie")) == (2, True, False)
    assert (recipes.contains(doc_id=2), recipes.contains(doc_id=9)) == (True, False)
    assert recipes.get(bread)["name"] == "Rye"
    assert recipes.get(doc_id=2)["name"] == "Oat"
    assert (recipes.get(doc_id=9), recipes.get(where("name") == "Pie")) == (None, None)
    assert names(recipes.get(doc_ids=[1, 3, 9])) == ["Rye", "Fudge"]


def test_all_iteration_and_length_show_every_row_with_its_id(recipes):
    assert [row.doc_id for row in recipes.all()] == [row.doc_id for row in recipes] == [1, 2, 3]
    assert len(recipes) == 3
    assert all(type(row) is Document for row in recipes)


@pytest.mark.parametrize(
    "query",
    [
        Query().category == "Bread",
        Query()["category"].matches("Br.*"),
        Query().fragment({"category": "Bread", "notes": ""}),
        (where("name") == "Rye") | (where("name") == "Oat"),
        ~(where("name") == "Fudge"),
        where("name").one_of(["Rye", "Oat"]),
        where("name").test(lambda name: len(name) == 3),
        Query().map(lambda row: row["name"][0]).one_of("RO"),
        where("lines").test(lambda lines: lines == []) & (where("category") != ""),
        lambda row: row["category"] == "Bread",
    ],
)
def test_every_kind_of_query_finds_rows(recipes, query):
    assert names(recipes.search(query)) == ["Rye", "Oat"]


def test_update_changes_fields_of_what_matches_and_returns_the_ids(session, recipes):
    assert recipes.update({"notes": "fresh"}, where("category") == "Bread") == [1, 2]
    assert recipes.update({"notes": "old"}, doc_ids=[3, 9]) == [3]
    assert [recipe.notes for recipe in session.find(Recipe)] == ["fresh", "fresh", "old"]
    assert recipes.update({"category": "All"}) == [1, 2, 3]


def test_update_multiple_does_several_updates_in_one_call(session, recipes):
    done = recipes.update_multiple(
        [({"notes": "dark"}, where("name") == "Rye"), (operations.set("notes", "sweet"), where("name") == "Fudge")]
    )

    assert done == [1, 3]
    assert [recipe.notes for recipe in session.find(Recipe)] == ["dark", "", "sweet"]


def test_upsert_updates_what_matches_and_else_inserts(session, recipes):
    assert recipes.upsert({"notes": "new"}, where("slug") == "oat") == [2]
    assert recipes.upsert({"name": "Corn"}, where("slug") == "corn") == [4]
    assert recipes.upsert(Document({"notes": "by id"}, doc_id=1)) == [1]
    assert [recipe.notes for recipe in session.find(Recipe)] == ["by id", "new", "", ""]
    with pytest.raises(ValueError, match="search query"):
        recipes.upsert({"name": "Corn"})


def test_remove_and_truncate_remove(session, recipes):
    assert recipes.remove(where("name") == "Rye") == [1]
    assert recipes.remove(doc_ids=[3, 9]) == [3]
    assert names(recipes) == ["Oat"]
    recipes.truncate()

    assert session.find(Recipe) == []
    with pytest.raises(RuntimeError, match="truncate"):
        recipes.remove()


@pytest.mark.parametrize(
    ("operation", "batches"),
    [
        (operations.increment("batches"), 7),
        (operations.decrement("batches"), 5),
        (operations.add("batches", 4), 10),
        (operations.subtract("batches", 4), 2),
        (operations.set("batches", 1), 1),
        (lambda row: row.update(batches=row["batches"] * 2), 12),
    ],
)
def test_operations_change_rows(store, operation, batches):
    event = a_plan(store)
    with store.session() as session:
        session.database(event_id=event.id).table("batch_decisions").update(operation, where("finished_unit_id") == 1)

    assert plandoc.get_batch_decisions(event.id)[0].batches == batches


def test_an_optional_field_that_is_deleted_gets_its_default_again(session, recipes):
    recipes.update(operations.delete("category"), doc_ids=[1])

    assert session.get(Recipe, 1).category == ""


def test_what_tinydb_refuses_itself_it_refuses_here_and_nothing_is_changed(session, recipes):
    before = session.find(Recipe)
    for refused, call in (
        (ValueError, lambda: recipes.insert(["name", "Pie"])),
        (ValueError, lambda: recipes.insert_multiple([{"name": "Pie"}, 3])),
        (KeyError, lambda: recipes.update(operations.delete("colour"))),
        (TypeError, lambda: recipes.update(operations.add("name", 1))),
        (RuntimeError, lambda: recipes.get()),
        (RuntimeError, lambda: recipes.contains()),
        (RuntimeError, lambda: recipes.search(Query())),
    ):
        with pytest.raises(refused):
            call()

    assert session.find(Recipe) == before


# What a session adds to that.


def test_what_a_table_changes_is_saved_with_the_session_and_by_one_line(store, folder):
    with store.session() as session:
        session.table(Recipe).insert_multiple([{"name": "Rye"}, {"name": "Oat"}])
        session.table(Ingredient).insert({"name": "Flour"})
        session.table(Event).insert({"name": "Fair", "event_date": "2026-12-25"})
        session.database().table("stock").insert({"ingredient_id": 1, "quantity": "2.5", "unit": "kg"})

    assert [recipe.slug for recipe in plandoc.list_records(Recipe)] == ["rye", "oat"]
    assert plandoc.find_by_key(Event, "fair").event_date == datetime.date(2026, 12, 25)
    assert (folder / "journal.jsonl").read_bytes().rstrip(b" \n\0").count(b"\n") == 0


def test_a_session_that_fails_takes_back_what_its_tables_changed(store, folder):
    a_bakery(store)
    before = folder_bytes(folder)
    with pytest.raises(ZeroDivisionError), store.session() as session:
        session.table(Recipe).update({"notes": "never"})
        raise ZeroDivisionError

    assert folder_bytes(folder) == before


def test_results_are_copies_all_the_way_down(store):
    a_bakery(store)
    with store.session() as session:
        table = session.table(Recipe)
        for row in (
            table.get(doc_id=1),
            table.all()[0],
            table.search(where("slug") == "frosting")[0],
            next(iter(table)),
        ):
            row["lines"].clear()
            row["name"] = "spoiled"

        assert all(recipe.lines and recipe.name != "spoiled" for recipe in session.find(Recipe))
        assert all(row["lines"] for row in table)


def test_no_query_can_change_a_row(store):
    def empty(lines):
        lines.clear()
        return True

    def spoil(row):
        row["name"] = "spoiled"

    a_bakery(store)
    with store.session() as session:
        for find in (session.table(Recipe).search, lambda query: session.find(Recipe, query)):
            find(where("lines").test(empty))
            find(where("lines").any(empty))
            find(lambda row: empty(row["lines"]))
            find(Query().map(lambda row: empty(row["lines"])) == True)  # noqa: E712
            with pytest.raises(TypeError, match="does not support item assignment"):
                find(spoil)
        session.table(Recipe).update({"notes": "all are still valid"})

    assert all(recipe.lines for recipe in plandoc.list_records(Recipe))


def test_a_table_can_be_changed_while_it_is_gone_through(recipes):
    for row in recipes:
        recipes.insert({"name": f"{row['name']} 2"})

    assert len(recipes) == 6


def test_a_table_and_records_of_one_session_see_each_others_changes(session, recipes):
    session.replace(attrs.evolve(session.get(Recipe, 1), notes="by record"))
    recipes.update({"notes": "by row"}, doc_ids=[2])
    session.add(Recipe("Corn"))

    assert [recipe.notes for recipe in session.find(Recipe)] == ["by record", "by row", "", ""]
    assert names(recipes) == ["Rye", "Oat", "Fudge", "Corn"]


def test_the_events_are_a_table_too(store):
    bakery = a_bakery(store)
    a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, name="Fair")
    a_plan(store, bakery=bakery, name="Market")
    with store.session() as session:
        events = session.table(Event)
        new_ids = events.insert_multiple(
            [{"name": "Ball", "event_date": "2027-02-01"}, {"name": "Wedding", "event_date": "2027-05-01"}]
        )
        found = names(events.search(where("plan_state") == "in_production"))
        later = [row.doc_id for row in events.search(where("event_date") >= "2027-01-01")]
        events.update({"notes": "plan early"}, where("event_date") >= "2027-01-01")
        removed = events.remove(where("name").one_of(["Market", "Ball"]))
        left = names(events)

    assert (new_ids, found, later, removed) == ([3, 4], ["Fair"], [3, 4], [2, 3])
    assert left == ["Fair", "Wedding"] == [event.name for event in plandoc.list_records(Event)]
    assert plandoc.find_by_key(Event, 4).notes == "plan early"


def test_to_search_and_change_events_opens_only_the_documents_that_change(store):
    with store.session() as session:
        session.table(Event).insert_multiple([{"name": f"Event {n}", "event_date": "2027-02-01"} for n in range(4)])
    with store.session() as session:
        events = session.table(Event)
        found = len(events.all()), events.count(where("name") == "Event 1")
        events.update({"notes": "changed"}, where("name") == "Event 2")
        opened = {name for name in unit_of_work(session).documents._read_cache if name.startswith("events/")}

    assert found == (4, 1)
    assert opened == {"events/3.json"}


def test_an_event_is_one_database_and_the_catalog_with_the_stock_another(store):
    event = a_plan(store)

    def look(session):
        return session.database().tables(), session.database(event_id=event.id).tables()

    assert store.read(look) == (
        {"ingredients", "recipes", "finished_units", "finished_goods", "stock"},
        {"events", "event_recipes", "event_finished_goods", "batch_decisions"},
    )


def test_a_row_of_a_plan_needs_no_event_and_has_no_other(store):
    event = a_plan(store)
    with store.session() as session:
        table = session.database(event_id=event.id).table("event_recipes")
        assert len(table) == 2
        table.insert({"recipe_id": 2})
        for wrong in (9, True, str(event.id)):
            with pytest.raises(plandoc.ValidationError, match="wanted event 1, whose table this is"):
                table.update({"event_id": wrong}, doc_ids=[1])

    assert [recipe.id for recipe in plandoc.get_event_recipes(event.id)] == [1, 2, 3]


def test_dropping_removes_rows_of_the_catalog_that_nothing_uses(store):
    a_bakery(store)
    with store.session() as session:
        catalog = session.database()
        with pytest.raises(plandoc.errors.StillUsedError):
            catalog.drop_table("ingredients")
        assert len(catalog.table("ingredients")) == 3
        catalog.drop_tables()

        assert catalog.tables() == set()


def test_rows_that_refer_to_each_other_are_removed_together(store):
    a_bakery(store)
    with store.session() as session:
        session.database().drop_table("finished_goods")
        session.database().drop_table("finished_units")
        # The cake has the frosting in it, which came before it; the older one is made to contain a newer one, too.
        session.table(Recipe).update(
            {"sub_recipes": [{"recipe_id": 3, "multiplier": "1", "notes": ""}]},
            where("slug") == "chocolate-chip-cookies",
        )
        session.table(Recipe).truncate()

        assert session.find(Recipe) == []


# What is refused, and changes nothing.


def refused_calls(session):
    recipes, units, catalog = session.table(Recipe), session.table(plandoc.FinishedUnit), session.database()
    return {
        "an unknown field": (lambda: recipes.insert({"name": "Pie", "colour": "red"}), "colour: unknown field"),
        "a missing field": (lambda: recipes.update(operations.delete("name")), "name: wanted a value, found nothing"),
        "the second of several": (lambda: recipes.insert_multiple([{"name": "Pie"}, {}]), "recipes 5, name: wanted"),
        "a value of a wrong type": (lambda: recipes.update({"notes": 5}, doc_ids=[1]), "recipes 1, notes: .* found 5"),
        "True for 1": (lambda: units.update({"items_per_batch": True}, doc_ids=[1]), "found True"),
        "a date that is no text": (
            lambda: session.table(Event).insert({"name": "Fair", "event_date": datetime.date(2026, 1, 1)}),
            "wanted a date such as 2026-12-25, found datetime",
        ),
        "a field that is no text": (lambda: recipes.insert({"name": "Pie", 5: 5}), "the name of a field, found 5"),
        "an id in the row": (lambda: recipes.insert({"name": "Pie", "id": 5}), "the id of a row is its key"),
        "an id of one's own": (lambda: recipes.insert(Document({"name": "Pie"}, 77)), "the store assigns it; found 77"),
        "several ids of one's own": (lambda: recipes.insert_multiple([Document({"name": "Pie"}, 77)]), "assigns it"),
        "an upsert of an unknown id": (lambda: recipes.upsert(Document({"name": "Pie"}, 77)), "the store assigns it"),
        "a name that is taken": (lambda: recipes.update({"slug": "same"}), "already has slug 'same'"),
        "a reference to nothing": (lambda: units.update({"recipe_id": 99}, doc_ids=[1]), "Recipe 99 not found"),
        "a recipe in itself": (
            lambda: recipes.update({"sub_recipes": [{"recipe_id": 3, "multiplier": "1"}]}, doc_ids=[2]),
            "contains itself",
        ),
        "removing what is used": (lambda: recipes.remove(where("slug").exists()), "is still used by"),
        "emptying what is used": (recipes.truncate, "is still used by"),
        "dropping what is used": (lambda: catalog.drop_table("recipes"), "is still used by"),
        "a table that is empty at first": (
            lambda: catalog.table("recipes", persist_empty=True),
            "would remove all rows",
        ),
        "an unknown table": (lambda: catalog.table("dogs"), "unknown table 'dogs'; known are ingredients, recipes"),
        "dropping an unknown table": (lambda: catalog.drop_table("dogs"), "unknown table"),
        "the default table": (lambda: catalog.insert({"name": "Pie"}), "there is no default table"),
        "the length of a database": (lambda: len(catalog), "there is no default table"),
        "the rows of a database": (lambda: list(catalog), "there is no default table"),
        "a plan's records of no plan": (
            lambda: session.table(plandoc.results.BatchDecision),
            "name the event with event_id",
        ),
        "recipes of a plan": (lambda: session.table(Recipe, event_id=1), "Recipe records belong to no event"),
        "a table by its name": (lambda: session.table("recipes"), "'recipes' is not stored"),
        "an unknown event": (lambda: session.database(event_id=99), "Event 99 not found"),
    }


def test_a_refused_call_says_why_and_changes_nothing(store, folder):
    a_bakery(store)
    before = folder_bytes(folder)
    with store.session() as session:
        for why, (call, message) in refused_calls(session).items():
            with pytest.raises(plandoc.PlandocError, match=message):
                call()
            assert session.database().table("recipes").count(lambda row: row["name"] != "Pie") == 3, why

    assert folder_bytes(folder) == before


def refused_calls_of_a_plan(session, event_id):
    plan = session.database(event_id=event_id)
    amendments, decisions = plan.table("plan_amendments"), plan.table("batch_decisions")
    return [
        (lambda: plan.table("plan_snapshots").insert({}), "a snapshot is taken by create_plan_snapshot"),
        (lambda: plan.table("plan_snapshots").update({"digest": "0" * 64}), "cannot be changed once it is written"),
        (lambda: plan.table("plan_snapshots").truncate(), "cannot be removed once it is written"),
        (lambda: amendments.insert({"reason": "none"}), "a plan is amended by"),
        (lambda: amendments.update({"reason": "another"}), "cannot be changed once it is written"),
        (lambda: amendments.remove(where("reason").exists()), "cannot be removed once it is written"),
        (lambda: plan.table("production_runs").insert({}), "recorded by record_production"),
        (lambda: plan.table("production_runs").update({"notes": "another"}), "cannot be changed once it is written"),
        (lambda: plan.table("production_runs").truncate(), "cannot be removed once it is written"),
        (lambda: plan.table("assembly_runs").insert({}), "recorded by record_assembly"),
        (lambda: plan.table("voided_runs").insert({}), "voided by void_run"),
        (lambda: decisions.update(operations.increment("batches")), "the plan of .* is IN_PRODUCTION; amend it with"),
        (lambda: decisions.truncate(), "is IN_PRODUCTION; amend it with"),
        (lambda: plan.table("event_recipes").insert({"recipe_id": 2}), "is IN_PRODUCTION"),
        (lambda: plan.table("events").insert({"name": "Fair", "event_date": "2027-01-01"}), "a document of its own"),
        (lambda: plan.table("events").update({"plan_state": "draft"}), "the state of a plan cannot be replaced"),
        (lambda: plan.table("events").truncate(), "cannot remove the event"),
        (lambda: session.table(Event).remove(doc_ids=[event_id]), "cannot remove the event"),
        (lambda: plan.drop_table("voided_runs"), "the tables of a plan are not dropped"),
        (plan.drop_tables, "the tables of a plan are not dropped; remove_event"),
    ]


def test_the_history_of_a_plan_is_refused_and_so_is_what_its_state_forbids(store, folder):
    event = a_plan(store, PlanState.IN_PRODUCTION)
    plandoc.change_quantity(event.id, 3, 11, "more guests")
    plandoc.record_production(event.id, 1, 1)
    before = folder_bytes(folder)
    with store.session() as session:
        for call, message in refused_calls_of_a_plan(session, event.id):
            with pytest.raises(plandoc.PlandocError, match=message):
                call()

    assert folder_bytes(folder) == before


def test_a_table_of_a_session_that_is_over_or_only_reads_refuses(store):
    a_bakery(store)
    with store.session() as session:
        kept = session.table(Recipe)
    for call in (kept.all, lambda: len(kept), kept.truncate, lambda: kept.insert({"name": "Pie"})):
        with pytest.raises(plandoc.errors.SessionError, match="has ended"):
            call()
    for call in (
        lambda table: table.insert({"name": "Pie"}),
        lambda table: table.update({"notes": "x"}, doc_ids=[99]),
        lambda table: table.truncate(),
    ):
        with pytest.raises(plandoc.errors.SessionError, match="only reads"):
            store.read(lambda session, call=call: call(session.table(Recipe)))

    assert len(store.read(lambda session: session.table(Recipe).all())) == 3
    assert repr(kept) == "<SessionTable name='recipes'>"


def test_after_a_refusal_ids_slugs_and_rows_are_as_before_it(session, recipes):
    with pytest.raises(plandoc.ValidationError):
        recipes.insert_multiple([{"name": "Pie"}, {"name": "Tart"}, {}])
    with pytest.raises(plandoc.ValidationError):
        session.table(Event).insert_multiple([{"name": "Fair", "event_date": "2027-01-01"}, {"name": "Ball"}])

    assert recipes.insert({"name": "Pie"}) == 4
    assert session.table(Event).insert({"name": "Fair", "event_date": "2027-01-01"}) == 1
    assert [event.slug for event in session.find(Event)] == ["fair"]


def test_a_refused_call_keeps_what_the_session_changed_before_it(store):
    a_bakery(store)
    with store.session() as session:
        recipes = session.table(Recipe)
        recipes.update({"notes": "first"}, doc_ids=[1])
        recipes.insert({"name": "Pie"})
        with pytest.raises(plandoc.ValidationError):
            recipes.update({"notes": "second", "slug": "same"})
        recipes.update({"notes": "third"}, doc_ids=[2])

    assert [recipe.notes for recipe in plandoc.list_records(Recipe)] == ["first", "third", "", ""]


def test_a_damaged_row_is_reported_when_it_is_handed_out(store, folder):
    a_bakery(store)
    store.close()
    catalog = folder / "catalog.json"
    good = catalog.read_bytes()
    rows = orjson.loads(good)
    with plandoc.open_store(folder) as again:
        catalog.write_bytes(good.replace(b'"name":"Frosting"', b'"name":5.5555555'))
        with pytest.raises(plandoc.errors.DamagedError, match="name"):
            again.read(lambda session: session.table(Recipe).get(doc_id=2))
        catalog.write_bytes(good)

    assert rows["recipes"]["2"]["name"] == "Frosting"


# TinyDB itself.


class _Hooked(Table):
    calls: list[str]

    def _read_table(self):
        self.calls.append("read")
        return super()._read_table()

    def _update_table(self, updater):
        self.calls.append("update")
        return super()._update_table(updater)


@pytest.mark.parametrize(
    ("call", "hook"),
    [
        (lambda table: table.search(where("a") == 1), "read"),
        (lambda table: table.get(doc_id=1), "read"),
        (lambda table: table.get(where("a") == 1), "read"),
        (lambda table: table.count(where("a") == 1), "read"),
        (lambda table: table.contains(doc_id=1), "read"),
        (lambda table: table.all(), "read"),
        (lambda table: len(table), "read"),
        (lambda table: table.insert({"a": 1}), "update"),
        (lambda table: table.insert_multiple([{"a": 1}]), "update"),
        (lambda table: table.update({"a": 1}), "update"),
        (lambda table: table.update_multiple([({"a": 1}, where("a") == 1)]), "update"),
        (lambda table: table.upsert({"a": 1}, where("a") == 1), "update"),
        (lambda table: table.remove(where("a") == 1), "update"),
        (lambda table: table.truncate(), "update"),
    ],
)
def test_each_method_of_tinydb_goes_by_the_hooks_that_are_taken(call, hook):
    table = _Hooked(tinydb.storages.MemoryStorage(), "rows")
    table.calls = []
    call(table)

    assert hook in table.calls


def test_tinydb_has_the_other_parts_that_are_relied_on():
    class Cache(Table.query_cache_class):
        made = 0

        def __init__(self, capacity):
            type(self).made += 1
            super().__init__(capacity)

    cached = type("Cached", (Table,), {"query_cache_class": Cache})
    table = cached(tinydb.storages.MemoryStorage(), "rows")

    assert Cache.made == 1
    assert (table._name, table._storage, table.document_class) == ("rows", table.storage, Document)
    assert (where("a") == 1)._hash == ("==", ("a",), 1)
    assert where("a").map(str)._hash is None
    assert (where("a") == 1)._test({"a": 1})
    assert list(inspect.signature(Table.update).parameters) == ["self", "fields", "cond", "doc_ids"]
    assert isinstance(Table.insert(table, {"a": 1}), int)


def test_every_row_that_a_session_writes_passes_a_method_of_tinydb(store, folder, monkeypatch):
    """From a new catalog to a plan in production, with an amendment, a run and something removed."""
    passed = set()

    def watch(name, ids):
        original = getattr(Table, name)

        def watched(table, *args, **kwargs):
            done = original(table, *args, **kwargs)
            passed.update((table.name, str(row_id)) for row_id in ids(done))
            return done

        monkeypatch.setattr(Table, name, watched)

    watch("insert", lambda row_id: [row_id])
    watch("update", lambda row_ids: row_ids)
    watch("remove", lambda row_ids: row_ids)

    def rows():
        files = [folder / "catalog.json", folder / "stock.json", *(folder / "events").glob("*.json")]
        return {
            (file.name, table, row_id): row
            for file in files
            for table, rows_of_table in orjson.loads(file.read_bytes()).items()
            for row_id, row in rows_of_table.items()
            if table != "_plandoc"
        }

    steps = [
        lambda: a_plan(store, PlanState.IN_PRODUCTION),
        lambda: plandoc.change_quantity(1, 3, 11, "more guests"),
        lambda: plandoc.record_production(1, 1, 1, use_stock=False),
        lambda: plandoc.add_stock(2, 3, "kg"),
        lambda: plandoc.remove_event(1, discard_history=True),
    ]
    for number, step in enumerate(steps):
        before = rows()
        passed.clear()
        step()
        after = rows()
        # An event goes with its document.
        removed = set() if number == len(steps) - 1 else before.keys() - after.keys()
        changed = {key[1:] for key in after if before.get(key) != after[key]} | {key[1:] for key in removed}

        assert changed <= passed
        assert changed or number == len(steps) - 1
