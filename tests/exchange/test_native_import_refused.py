"""Exchange files that are wrong by accident or on purpose: refused, everything listed, nothing changed."""

import json

import pytest

import plandoc
from plandoc.exchange import import_file
from tests.builders import EVENT_DATE, folder_bytes

from .exchange_files import a_file, changed, opened


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return json.loads(a_file(tmp_path_factory.mktemp("good")).read_bytes())


@pytest.fixture
def folder(tmp_path):
    """A folder with something in it, which is as it was at the end."""
    path = tmp_path / "data"
    with opened(path) as store, store.session() as session:
        session.add(plandoc.Ingredient("Salt"))
    before = folder_bytes(path)
    yield path
    assert folder_bytes(path) == before
    assert {one.name for one in tmp_path.iterdir()} <= {"data", "export.json"}
    with opened(path):
        pass


def _refused(good, folder, change, error=plandoc.errors.ImportRefusedError, **options):
    path = folder.parent / "export.json"
    path.write_text(json.dumps(good), encoding="utf-8")
    changed(path, change)
    with opened(folder), pytest.raises(error) as refused:
        import_file(path, **options)
    return refused.value


def _set(table, row, **fields):
    return lambda value: value[table][row].update(fields)


def _drop(table, row, field):
    return lambda value: value[table][row].pop(field)


def _inside(table, row, *path, to):
    def change(value):
        inner = value[table][row]
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = to

    return change


EVIL_SLUGS = ["../../etc/passwd", "/etc/passwd", "a/b", "..", ".", "", "con", "NUL", "lpt1", "a ", "a.", "é", "A", "a\0b",
              "\x1b[31m", "x" * 300, "a--b", "-a", "C:\\x", None, 7, True, ["a"], {"a": 1}]  # fmt: skip


TABLES = ["ingredients", "recipes", "finished_units", "finished_goods", "events"]


@pytest.mark.sample(11)
@pytest.mark.parametrize("slug, table", list(zip(EVIL_SLUGS, TABLES * 5, strict=False)), ids=repr)
def test_a_slug_that_is_none_is_refused(slug, table, good, folder):
    error = _refused(good, folder, _set(table, 0, slug=slug))

    assert [(row.table, "slug" in row.reason) for row in error.report.rows] == [(table, True)]
    assert "\x1b" not in str(error)
    assert "\0" not in str(error)


WRONG = {
    "unknown key": (lambda value: value.update(oven=[]), "oven", "unknown"),
    "unknown field": (_set("recipes", 0, oven="hot"), "recipes", "oven: unknown field"),
    "an id of its own": (_set("recipes", 0, id=3), "recipes", "id"),
    "an id for a slug": (_set("event_recipes", 0, recipe_id=1), "event_recipes", "unknown field"),
    "an event by its id": (_set("plan_snapshots", 0, event_id=1), "plan_snapshots", "unknown field"),
    "a run by its id": (_set("voided_runs", 0, run_id=1), "voided_runs", "unknown field"),
    "missing field": (_drop("ingredients", 0, "name"), "ingredients", "name"),
    "missing table": (lambda value: value.pop("voided_runs"), "voided_runs", "wanted a list, found nothing"),
    "table no list": (lambda value: value.update(stock={}), "stock", "wanted a list"),
    "row no object": (lambda value: value["stock"].append(7), "stock", "wanted an object"),
    "row null": (lambda value: value["events"].append(None), "events", "wanted text, found None"),
    "number for text": (_set("recipes", 0, name=7), "recipes", "wanted text, found 7"),
    "null for text": (_set("recipes", 0, name=None), "recipes", "wanted text, found None"),
    "text for number": (_set("event_finished_goods", 0, quantity="7"), "event_finished_goods", "found '7'"),
    "fraction for number": (_set("event_finished_goods", 0, quantity=1.5), "event_finished_goods", "whole number"),
    "true for number": (_set("event_finished_goods", 0, quantity=True), "event_finished_goods", "found True"),
    "negative quantity": (_set("event_finished_goods", 0, quantity=-1), "event_finished_goods", "at least 1"),
    "wrong state": (_set("events", 0, plan_state="DRAFT"), "events", "wanted one of draft"),
    "no such day": (_set("events", 0, event_date="2025-02-30"), "events", "wanted a date"),
    "slug twice": (lambda value: value["recipes"].append(value["recipes"][0]), "recipes", "occurs twice"),
    "pair twice": (lambda v: v["event_recipes"].append(v["event_recipes"][0]), "event_recipes", "the same as"),
    "stock twice": (lambda v: v["stock"].append(v["stock"][0]), "stock", "the same as"),
    "amendment twice": (lambda v: v["plan_amendments"].append(v["plan_amendments"][0]), "plan_amendments", "the same"),
    "two snapshots": (lambda v: v["plan_snapshots"].append(v["plan_snapshots"][0]), "plan_snapshots", "the same as"),
    "a recipe that is its own base": (
        lambda value: value["recipes"][0].update(base_recipe_slug=value["recipes"][0]["slug"]),
        "recipes",
        "is a variant of itself",
    ),
    "recipes that are variants of one another": (
        lambda value: [value["recipes"][at].update(base_recipe_slug=value["recipes"][1 - at]["slug"]) for at in (0, 1)],
        "recipes",
        "is a variant of itself",
    ),
    "no recipe": (_set("finished_units", 0, recipe_slug="cookis"), "finished_units", "'cookis' is not in the file"),
    "no ingredient": (
        _inside("recipes", 0, "lines", 0, "ingredient_slug", to="flower"),
        "recipes",
        "did you mean 'flour'",
    ),
    "no good": (_set("event_finished_goods", 0, finished_good_slug="x"), "event_finished_goods", "not in the file"),
    "no event": (_set("production_runs", 0, event_slug="x"), "production_runs", "not in the file"),
    "slug of a list": (_set("event_recipes", 0, recipe_slug=["x"]), "event_recipes", "not in the file"),
    "deep parts": (
        _inside("recipes", 0, "lines", to=json.loads('[{"lines":' * 300 + "[]" + "}]" * 300)),
        "recipes",
        "",
    ),
    "wrong digest": (_set("plan_snapshots", 0, digest="0" * 64), "plan_snapshots", "does not match its digest"),
    "no digest": (_set("plan_snapshots", 0, digest="short"), "plan_snapshots", "wanted a SHA-256 digest"),
    "changed snapshot": (
        _inside("plan_snapshots", 0, "snapshot_data", "finished_goods", 0, "quantity", to=99),
        "plan_snapshots",
        "does not match its digest",
    ),
    "float in snapshot": (_inside("plan_snapshots", 0, "snapshot_data", "x", to=1.5), "plan_snapshots", "digest"),
    "deep snapshot": (
        _inside("plan_snapshots", 0, "snapshot_data", "x", to=json.loads("[" * 300 + "]" * 300)),
        "plan_snapshots",
        "",
    ),
    "deepest snapshot": (
        _inside("plan_snapshots", 0, "snapshot_data", "x", to=json.loads("[" * 800 + "]" * 800)),
        "plan_snapshots",
        "",
    ),
    "false provenance": (
        _inside("plan_snapshots", 0, "definitions", "imported", to=[{"digest": "0" * 64, "ids": {}}]),
        "plan_snapshots",
        "digest",
    ),
    "plan against its replay": (_set("event_finished_goods", 2, quantity=77), "event_finished_goods", None),
    "amendment left out": (lambda value: value["plan_amendments"].pop(0), "plan_amendments", "wanted amendment 1"),
    "amendment changed": (
        _inside("plan_amendments", 0, "change", "data", "new_quantity", to=5),
        "plan_amendments",
        "the plan differs from its snapshot",
    ),
    "unknown change": (_inside("plan_amendments", 0, "change", "kind", to="eval"), "plan_amendments", "wanted a kind"),
    "started without snapshot": (lambda v: v["plan_snapshots"].pop(0), "plan_snapshots", "has no snapshot"),
    "draft with runs": (_set("events", 0, plan_state="draft"), "production_runs", None),
    "void of nothing": (_set("voided_runs", 0, run=9), "voided_runs", "there are only"),
    "void of run 0": (_set("voided_runs", 0, run=0), "voided_runs", "at least 1"),
    "two ids for one": (
        lambda v: v["ids"]["recipes"].update({"frosting": v["ids"]["recipes"]["sponge-cake"]}),
        "ids",
        "two of recipes have the id",
    ),
    "id of nothing": (lambda v: v["ids"]["recipes"].update(gone=77), "ids", "'gone' is not in the file"),
    "id no number": (lambda v: v["ids"]["recipes"].update(frosting="2"), "ids", "whole number"),
    "id of an unknown table": (lambda v: v["ids"].update(ovens={"a": 1}), "ids", "unknown table"),
    "ids no objects": (lambda v: v.update(ids=[]), "ids", "wanted objects"),
    "ids exchanged": (
        lambda v: v["ids"]["finished_goods"].update({"cookie-gift-box": 4, "hamper": 3}),
        "plan_snapshots",
        None,
    ),
    "made and lost": (_set("production_runs", 0, units_made=1), "production_runs", "add up"),
    "both kinds of yield": (_set("finished_units", 0, batch_percentage="25"), "finished_units", "wanted nothing"),
    "recipe in itself": (
        _inside("recipes", 1, "sub_recipes", to=[{"recipe_slug": "sponge-cake", "multiplier": "1"}]),
        "recipes",
        "contains itself: 'Frosting' -> 'Sponge Cake' -> 'Frosting'",
    ),
    "good in itself": (
        _inside("finished_goods", 1, "components", to=[{"finished_good_slug": "hamper", "quantity": "1"}]),
        "finished_goods",
        "contains itself",
    ),
}


@pytest.mark.sample(16)
@pytest.mark.sample(12)
@pytest.mark.parametrize("change, table, reason", WRONG.values(), ids=WRONG)
def test_a_file_that_is_wrong_is_refused_with_the_row_and_the_reason(change, table, reason, good, folder):
    error = _refused(good, folder, change, on_conflict="update")
    rows = error.report.rows

    assert rows
    if reason is not None:
        assert any(row.table == table and reason in row.reason for row in rows), [str(row) for row in rows][:5]


def test_everything_that_refers_to_nothing_is_listed_at_once(good, folder):
    def change(value):
        for row in value["event_recipes"]:
            row["recipe_slug"] = "gone"
        value["stock"][0]["ingredient_slug"] = "gone"

    error = _refused(good, folder, change)

    assert len(error.report.rows) == len(good["event_recipes"]) + 1


WRONG_FILES = {
    "newer": ('{"application": "plandoc", "export_version": 3}', plandoc.errors.NewerFormatError, "format 3"),
    "no version": ('{"application": "plandoc"}', plandoc.errors.DamagedError, "wanted a version number, found None"),
    "version true": ('{"application": "plandoc", "export_version": true}', plandoc.errors.DamagedError, "found True"),
    "version 0": ('{"application": "plandoc", "export_version": 0}', plandoc.errors.DamagedError, "found 0"),
    "doubled": (
        '{"application": "plandoc", "export_version": 1, "stock": [], "stock": []}',
        plandoc.errors.DamagedError,
        "duplicate key 'stock'",
    ),
    "nothing else": (
        '{"application": "plandoc", "export_version": 1}',
        plandoc.errors.ImportRefusedError,
        "wanted a list",
    ),
    "NaN": ('{"application": "plandoc", "export_version": NaN}', plandoc.errors.DamagedError, "NaN"),
    "huge": ('{"application": "plandoc", "export_version": ' + "9" * 5000 + "}", plandoc.errors.DamagedError, "range"),
}


@pytest.mark.parametrize("content, error, message", WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_file_that_is_none_is_one_clear_error(content, error, message, folder):
    path = folder.parent / "export.json"
    path.write_text(content)
    with opened(folder), pytest.raises(error) as refused:
        import_file(path)

    assert message in str(refused.value)
    assert "export.json" in str(refused.value)


@pytest.mark.costly
def test_every_truncation_of_a_file_is_refused(good, folder):
    text = json.dumps(good)
    path = folder.parent / "export.json"
    with opened(folder):
        for length in range(0, len(text), 97):
            path.write_text(text[:length])
            with pytest.raises(plandoc.errors.DamagedError):
                import_file(path)


def test_ids_without_end_do_not_use_up_the_numbers_of_the_folder(good, tmp_path):
    """They are taken in under numbers of the folder, with the digest that they came with."""
    from plandoc import codec
    from plandoc.domain.snapshot_ids import renumbered_amendment, renumbered_snapshot

    far = {
        "events": 10**12,
        "ingredients": 10**12,
        "recipes": 10**12,
        "finished_units": 10**12,
        "finished_goods": 10**12,
    }

    def change(value):
        for table, ids in value["ids"].items():
            for slug, number in ids.items():
                ids[slug] = far[table] - number
        for row in value["plan_snapshots"]:
            fields = {key: row[key] for key in row if key != "event_slug"}
            record = codec.from_row(plandoc.PlanSnapshot, 1, {"event_id": 1, **fields})
            ids = {table: {n: far[table] - n for n in range(1, 99)} for table in far}
            after = codec.to_row(renumbered_snapshot(record, ids))
            row.update({key: after[key] for key in fields})
        for row in value["plan_amendments"]:
            fields = {key: row[key] for key in row if key != "event_slug"}
            record = codec.from_row(plandoc.results.PlanAmendment, 1, {"event_id": 1, **fields})
            after = codec.to_row(renumbered_amendment(record, lambda table, number: far[table] - number))
            row.update({key: after[key] for key in fields})

    path = tmp_path / "export.json"
    path.write_text(json.dumps(good))
    changed(path, change)
    with opened(tmp_path / "far") as store, store.session() as session:
        import_file(path, session=session)
        recipe = session.add(plandoc.Recipe("Next"))
        event = session.add(plandoc.Event("Next", EVENT_DATE))

    assert recipe.id < 100
    assert event.id < 100
