"""`plandoc sheet`."""

import json
import os
import subprocess
import sys

import pytest

import plandoc
from tests.cli.terminals import Terminal, needs_a_terminal


def test_the_sheet_is_printed_in_the_order_of_work_with_boxes_to_tick(bakery, call):
    lines = call("sheet", "harbour-market").out.splitlines()
    titles = [line for line in lines if line.endswith((" batch", " batches", " to pack")) and "\t" not in line]

    assert lines[0].startswith("Production sheet for Harbour Market, ")
    assert titles == [
        "Shortcrust: 1 batch",
        "Lemon curd: 2 batches",
        "Lemon tart: 2 batches",
        "Hazelnut sablés: 8 batches",
        "Cardamom buns: 4 batches",
        "Chocolate torte: 5 batches",
        "Harbour rye: 9 batches",
        "Single rye loaf: 10 to pack",
        "Sablé bag: 20 to pack",
        "Breakfast box: 12 to pack",
        "Tea box: 8 to pack",
        "Captain's crate: 3 to pack",
    ]
    assert "Rye flour\t1.5 kg\t13.5 kg" in lines
    assert {"1 batch for Lemon tart", "3 batches make 3 x Large chocolate torte", "[ ] [ ] [ ]"} <= set(lines)


def test_single_recipes_come_without_the_packing_list(bakery, call):
    shown = call("sheet", "harbour-market", "lemon-curd", "harbour-rye").out

    assert "Lemon curd: 2 batches" in shown
    assert "Harbour rye: 9 batches" in shown
    assert "Lemon tart: " not in shown
    assert "to pack" not in shown


def test_a_recipe_that_is_not_baked_is_refused(bakery, call):
    with plandoc.open_store(bakery) as store, store.session("one more") as session:
        session.add(plandoc.Recipe("Bagels"))
    ended = call("sheet", "harbour-market", "bagels")

    assert ended.status == 1
    assert "no batches of Bagels are left to bake for Harbour Market; to bake are shortcrust, lemon-curd" in ended.err


def test_the_sheet_as_json_has_exact_numbers(bakery, call):
    shown = json.loads(call("sheet", "harbour-market", "--json").out)

    assert [one["work"]["recipe"]["slug"] for one in shown["recipes"]][:3] == ["shortcrust", "lemon-curd", "lemon-tart"]
    assert shown["recipes"][0]["boxes"] == {"each": 1, "full": 1, "rest": "0"}
    assert shown["recipes"][0]["work"]["used_in"][0]["batches"] == "1"
    assert shown["goods"][3]["parts"][3] == {
        "name": "Hazelnut sablé",
        "depth": 1,
        "is_good": False,
        "in_one": "8",
        "in_total": "64",
    }


def test_a_completed_plan_leaves_nothing(bakery, call):
    for command in ("lock", "start", "complete"):
        assert call(command, "harbour-market", "--yes").status == 0

    assert call("sheet", "harbour-market").out.splitlines()[1:] == [
        "the plan is completed: nothing remains to bake or to pack"
    ]


def test_what_is_not_decided_is_said(bakery, call):
    call("plan", "undecide", "harbour-market", "rye-loaf")
    ended = call("sheet", "harbour-market")

    assert "this list is not complete: no batches are decided for Rye loaf" in ended.err
    assert "Harbour rye" not in ended.out


def test_the_sheet_is_written_as_a_page_named_after_the_event(bakery, call, tmp_path):
    (tmp_path / "sheets").mkdir()
    ended = call("sheet", "harbour-market", "-o", "sheets")
    file = tmp_path / "sheets" / "harbour-market-sheet.html"

    assert ended.out == f"sheet of Harbour Market: {file}\n"
    assert "Lemon curd: 2 batches" in " ".join(file.read_text("utf-8").split()).replace("<bdi>", "").replace(
        "</bdi>", ""
    )


def test_a_pdf_is_refused_with_the_way_to_it(bakery, call, tmp_path):
    for command in ("sheet", "report"):
        ended = call(command, "harbour-market", "-o", "wall.pdf")

        assert ended.status == 1
        assert "name it wall.html, open it in a browser and print it as PDF" in ended.err
    assert not (tmp_path / "wall.pdf").exists()


def test_json_is_for_the_screen_alone(bakery, call):
    assert call("sheet", "harbour-market", "--json", "-o", "x.html").status == 2


@pytest.mark.costly
def test_a_sheet_on_the_terminal_does_not_wait_for_the_templates(bakery):
    code = "import sys; from plandoc.cli import main; main(['sheet', '1']); sys.exit('jinja2' in sys.modules)"
    environment = os.environ | {"PLANDOC_DATA": str(bakery)}

    assert (
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False).returncode == 0
    )


@pytest.mark.costly
@needs_a_terminal
def test_it_fits_on_a_terminal(bakery):
    seen = Terminal(bakery).run("sheet", "harbour-market")

    assert "Lemon curd: 2 batches" in seen.screen
    assert seen.widest <= 80
