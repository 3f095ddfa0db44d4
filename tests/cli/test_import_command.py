"""`plandoc import` on the real exports."""

import json
from pathlib import Path

import pytest

import plandoc

from .conftest import contents

EXPORTS = Path(__file__).resolve().parents[2] / "../shared/data"
BOXES = EXPORTS / "bake_tracker_3.4_boxes.json"
needs_exports = pytest.mark.skipif(not BOXES.exists(), reason="the real exports are not beside the repository")


@needs_exports
def test_an_export_is_imported_into_a_new_folder_and_the_second_time_changes_nothing(call, folder):
    first = call("import", str(BOXES))
    after = contents(folder)
    second = call("import", str(BOXES))

    assert (first.status, first.err, second.status) == (0, "", 0)
    assert "recipes\tcreated\t8" in first.out
    assert "created" not in second.out.replace("created_at", "")
    assert contents(folder) == after
    assert plandoc.check(folder) == []


@needs_exports
def test_a_dry_run_reports_the_same_and_leaves_nothing_behind(call, folder):
    dry = call("import", str(BOXES), "--dry-run")

    assert dry.status == 0
    assert "recipes\tcreated\t8" in dry.out
    assert "nothing was changed" in dry.out
    assert not folder.exists()


@needs_exports
def test_a_broken_reference_imports_nothing_and_is_named(call, bakery, tmp_path):
    export = json.loads(BOXES.read_bytes())
    export["finished_units"][0]["recipe_slug"] = "no-such-recipe"
    export["finished_units"][0]["recipe_name"] = "No such recipe"
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(export))
    before = contents(bakery)
    ended = call("import", str(broken))

    assert ended.status == 1
    assert ended.err.startswith("plandoc: ")
    assert "no-such-recipe" in (ended.out + ended.err).lower().replace(" ", "-")
    assert contents(bakery) == before
