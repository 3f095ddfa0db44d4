"""What stands in plandoc's own exchange file, and how it is put on the disk."""

import json
import os
import re
import stat

import pytest

import plandoc
from plandoc import PlanState
from plandoc.exchange import export_file
from plandoc.records import Component, FinishedGood, FinishedUnit, Recipe, SubRecipe
from plandoc.snapshots import digest_of
from plandoc.tables import TABLES
from tests.builders import a_bakery, a_plan

from .exchange_files import a_busy_bakery, exported_bytes

SEALED = {"plan_snapshots", "plan_amendments"}


def _exported(tmp_path, event_ids=None):
    return json.loads(export_file(tmp_path / "export.json", event_ids).path.read_bytes())


def test_there_is_no_id_but_in_what_is_sealed(store, tmp_path):
    a_busy_bakery(store)
    value = _exported(tmp_path)
    plain = json.dumps({name: rows for name, rows in value.items() if name not in {*SEALED, "ids"}})

    assert not re.search(r'"[a-z_]*\bid"|_id"|_ids"', plain)
    assert list(value) == ["application", "export_version", "ids", *(table.name for table in TABLES)]


def test_each_record_is_a_line_and_the_file_ends_with_a_newline(store, tmp_path):
    a_busy_bakery(store)
    report = export_file(tmp_path / "export.json")
    lines = report.path.read_bytes().decode("utf-8").splitlines()

    assert report.path.read_bytes().endswith(b"\n}\n")
    assert sum(line.startswith("  {") for line in lines) == sum(report.tables.values())
    assert report.size_bytes == report.path.stat().st_size


def test_the_same_data_gives_the_same_bytes(store, folder, tmp_path):
    a_busy_bakery(store)
    first = export_file(tmp_path / "first.json")
    second = export_file(tmp_path / "second.json")
    store.close()

    assert first.path.read_bytes() == second.path.read_bytes() == exported_bytes(folder)
    assert first.digest == second.digest


def test_the_snapshot_of_an_export_can_be_verified_from_the_file_alone(store, tmp_path):
    shop = a_busy_bakery(store)
    value = _exported(tmp_path)
    row = value["plan_snapshots"][0]

    from plandoc import codec

    snapshot = codec.from_row(
        plandoc.PlanSnapshot, 1, {"event_id": 1, **{key: row[key] for key in row if key != "event_slug"}}
    )
    assert digest_of(row["snapshot_data"], row["definitions"], snapshot.findings) == row["digest"]
    assert value["ids"]["finished_goods"]["hamper"] == shop.hamper.id


def test_an_event_takes_with_it_what_it_needs_through_all_nesting_and_no_stock(store, tmp_path):
    shop = a_bakery(store)
    with store.session() as session:
        inner = session.add(Recipe("Inner"))
        base = session.add(Recipe("Base"))
        outer = session.add(Recipe("Outer", sub_recipes=(SubRecipe(inner.id),), base_recipe_id=base.id))
        unit = session.add(FinishedUnit("Outer piece", outer.id, items_per_batch=3))
        box = session.add(FinishedGood("Box", (Component(finished_unit_id=unit.id),)))
        crate = session.add(FinishedGood("Crate", (Component(finished_good_id=box.id),)))
    event = a_plan(store, bakery=shop, name="Fair", quantities={crate.id: 2})
    a_plan(store, bakery=shop)
    value = _exported(tmp_path, [event.id])

    assert [row["slug"] for row in value["recipes"]] == ["base", "inner", "outer"]
    assert [row["slug"] for row in value["finished_goods"]] == ["box", "crate"]
    assert [row["slug"] for row in value["finished_units"]] == ["outer-piece"]
    assert [row["slug"] for row in value["events"]] == ["fair"]
    assert (value["ingredients"], value["stock"]) == ([], [])


def test_an_unknown_event_is_refused_and_no_file_is_made(store, tmp_path):
    with pytest.raises(plandoc.NotFoundError, match="Event 99 not found"):
        export_file(tmp_path / "export.json", [99])

    assert not (tmp_path / "export.json").exists()


def test_a_plan_that_refers_to_nothing_is_not_exported_and_said_by_row(store, folder, tmp_path):
    a_plan(store)
    store.close()
    document = folder / "events/1.json"
    text = document.read_text()
    document.write_text(text.replace('"finished_good_id":4', '"finished_good_id":44'))
    with plandoc.open_store(folder), pytest.raises(plandoc.ValidationError, match="number 44 of finished_goods"):
        export_file(tmp_path / "export.json")
    document.write_text(text)

    assert not (tmp_path / "export.json").exists()


def test_a_snapshot_that_was_tampered_with_is_not_exported(store, folder, tmp_path):
    a_plan(store, PlanState.IN_PRODUCTION)
    store.close()
    document = folder / "events/1.json"
    text = document.read_text()
    document.write_text(text.replace('"fg_name":"Hamper"', '"fg_name":"Hamster"'))
    with plandoc.open_store(folder), pytest.raises(plandoc.ValidationError, match="does not match its digest"):
        export_file(tmp_path / "export.json")
    document.write_text(text)

    assert not (tmp_path / "export.json").exists()


def test_an_earlier_export_is_replaced_and_keeps_its_rights_and_its_link(store, tmp_path):
    a_bakery(store)
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    export_file(real)
    real.chmod(0o600)
    link.symlink_to(real)
    export_file(link)

    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


def test_a_new_file_has_the_rights_of_the_umask(store, tmp_path):
    before = os.umask(0o027)
    try:
        path = export_file(tmp_path / "export.json").path
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_another_file_is_left_alone_unless_said_so(store, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear")
    with pytest.raises(plandoc.PlandocError, match="is not an export of plandoc"):
        export_file(letter)
    assert letter.read_text() == "Dear"
    export_file(letter, replace=True)

    assert json.loads(letter.read_bytes())["application"] == "plandoc"


@pytest.mark.parametrize("name", ["plandoc.json", "catalog.json", "journal.jsonl", "events/1.json", ".plandoc/lock"])
def test_no_document_of_a_data_folder_is_ever_written_over(name, store, folder, tmp_path):
    a_plan(store)
    before = (folder / name).read_bytes()
    with pytest.raises(plandoc.PlandocError, match="belongs to a data folder"):
        export_file(folder / name, replace=True)

    assert (folder / name).read_bytes() == before


def test_folders_pipes_and_places_that_are_not_there_are_refused(store, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, pipe, tmp_path / "no/such/folder.json", "a\0b"):
        with pytest.raises(plandoc.PlandocError):
            export_file(path, replace=True)

    assert not [name for name in os.listdir(tmp_path) if name.endswith(".tmp")]


def test_a_disk_without_room_leaves_the_earlier_export_and_no_other_file(store, tmp_path, monkeypatch):
    a_bakery(store)
    path = export_file(tmp_path / "export.json").path
    before = path.read_bytes()
    a_plan(store, name="More", quantities={})

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    for call in ("write", "sync_data", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(f"plandoc.storage.files.Files.{call}", full)
            with pytest.raises(plandoc.StorageError, match="not saved"):
                export_file(path)
        assert path.read_bytes() == before
        assert not [name for name in os.listdir(tmp_path) if name.endswith(".tmp")]
