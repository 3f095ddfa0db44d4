"""The production sheet as a page: what it says, on a screen and on paper."""

import datetime
from decimal import Decimal

import pytest

import plandoc
from plandoc import records
from plandoc.records import PlanState
from plandoc.report.html_file import REPORT, SHEET, save
from plandoc.report.sheet_page import render_sheet
from tests.builders import a_bakery, a_plan

from .reading import read_page
from .test_in_browser import _COLOURS, hexadecimal, pages_of
from .test_style import contrast

NOON = datetime.datetime(2026, 12, 24, 12, tzinfo=datetime.UTC)


def the_sheet(store, event):
    def make(session):
        return render_sheet(plandoc.get_production_sheet(event.id, session=session), NOON)

    return read_page(store.read(make))


def test_each_recipe_is_a_block_in_the_order_of_work_and_the_packing_list_comes_last(made):
    page = read_page(made("typical").sheet)
    headings = [one.words for one in page.all("h2")]

    assert headings == [
        "To bake, in the order of work",
        "Chocolate Chip Cookies: 3 batches",
        "Frosting: 3 batches",
        "Sponge Cake: 2 batches",
        "Packing list",
    ]
    assert [one.words for one in page.all("h3")] == [
        "Plain Slice: 2 to pack",
        "Cookie Gift Box: 6 to pack",
        "Hamper: 3 to pack",
    ]


def test_a_block_has_the_batches_of_all_that_take_it_its_lines_and_a_box_for_each_batch(made):
    block = next(one for one in read_page(made("typical").sheet).all("section") if one.words.startswith("2 of 3"))

    # 2 batches of cake x 1.5 x 0.67 cup.
    assert block.words == (
        "2 of 3 Frosting: 3 batches 3 batches for Sponge Cake "
        "What 3 batches take Ingredient 1 batch 3 batches Butter 0.67 cup 2.01 cup"
    )
    boxes = [one.get("aria-label") for one in read_page(made("typical").sheet).all("input")]
    assert boxes[:6] == ["batch 1", "batch 2", "batch 3"] * 2
    assert boxes[-3:] == ["piece 1", "piece 2", "piece 3"]


def test_the_method_the_notes_and_what_a_line_says_are_there(store):
    bakery = a_bakery(store)
    with store.session("write it down") as session:
        lines = (records.RecipeLine(bakery.butter.id, 715, "g", "soft, not melted"),)
        changed = records.Recipe(
            "Frosting", "Toppings", lines, method="Beat.\nBeat again.", notes="Keeps a week.",
            slug="frosting", id=bakery.frosting.id,
        )  # fmt: skip
        session.replace(changed)
        part = (records.SubRecipe(bakery.frosting.id, Decimal(20), "for the top"),)
        session.replace(records.Recipe("Sponge Cake", sub_recipes=part, slug="sponge-cake", id=bakery.cake.id))
    page = the_sheet(store, a_plan(store, bakery=bakery))

    assert "Frosting: 20 batches" in page.words
    assert "Butter soft, not melted 715 g 14.3 kg" in page.words
    assert "Method Beat. Beat again. Notes Keeps a week." in page.words
    assert "Frosting for the top 20 batches" in page.words


def test_part_of_a_batch_has_a_box_of_its_own(made):
    page = read_page(made("draft").sheet)
    [rest] = [one for one in page.all("label") if one.get("class") == "rest"]

    assert "Frosting: 1.5 batches" in page.words
    assert rest.words == "0.5"


def test_the_packing_list_takes_goods_inside_goods_apart(made):
    packing = read_page(made("typical").sheet).section("packing")

    assert (
        "Hamper: 3 to pack What goes into Hamper Part In one In total "
        "Cookie Gift Box 1 3 Cookie 12 36 Plain Slice 2 6 Slice 2 6"
    ) in packing.words


def test_a_completed_plan_says_that_nothing_remains(made):
    page = read_page(made("completed").sheet)

    assert "The plan is completed: nothing remains to bake or to pack." in page.words
    assert page.all("table") == []


def test_an_empty_plan_says_that_there_is_nothing(made):
    assert "There is nothing to bake and nothing to pack." in read_page(made("empty").sheet).words


def test_what_is_not_decided_or_broken_is_a_warning(store):
    bakery = a_bakery(store)
    page = the_sheet(store, a_plan(store, bakery=bakery, quantities={bakery.cookie_box.id: 10}))

    assert "Not on this sheet: Cookie: 120 needed, no batches decided." in page.words
    assert "No batches are left to bake." in page.words


def test_the_same_sheet_and_timestamp_give_the_same_page(store):
    event = a_plan(store, PlanState.IN_PRODUCTION)
    sheet = plandoc.get_production_sheet(event.id)

    assert render_sheet(sheet, NOON) == render_sheet(sheet, NOON)


def test_nothing_in_a_name_becomes_part_of_the_page(made):
    html = made("nasty").sheet
    page = read_page(html)

    assert page.all("script") == []
    assert len(page.all("style")) == 1
    assert "\u202e" not in html


def test_a_sheet_replaces_a_sheet_and_no_report(made, tmp_path):
    file = save(made("typical").sheet, tmp_path / "sheet.html", SHEET)
    save(made("draft").sheet, file, SHEET)
    with pytest.raises(plandoc.PlandocError, match="already exists and is not a report of plandoc"):
        save(made("draft").html, file, REPORT)

    assert "Frosting: 1.5 batches" in read_page(file.read_text(encoding="utf-8")).words


@pytest.mark.costly
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast_as_the_browser_shows_it(tab, made, scheme):
    tab.open(made("typical").sheet_path, scheme=scheme)
    pairs = [pair.split("|") for pair in tab.evaluate(_COLOURS)]

    assert [pair for pair in pairs if contrast(*map(hexadecimal, pair)) < 4.5] == []


@pytest.mark.costly
@pytest.mark.parametrize(("name", "pages"), [("typical", 5), ("draft", 5), ("empty", 1), ("completed", 1)])
def test_on_paper_each_recipe_has_a_page_and_the_packing_list_one(tab, made, name, pages):
    tab.open(made(name).sheet_path, media="")

    assert pages_of(tab.pdf()) == pages


def test_what_was_made_ahead_is_taken_off_and_said(store):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)
    plandoc.set_stock(bakery.frosting, "1/2")
    some = the_sheet(store, event)
    plandoc.set_stock(bakery.frosting, 2)
    everything = the_sheet(store, event)

    assert "Frosting: 1 batch 0.5 of 1.5 batches is made already; make 1 1.5 batches for Sponge Cake" in some.words
    block = next(one for one in everything.all("section") if one.words.startswith("2 of 3"))
    assert block.words == ("2 of 3 Frosting: made already all 1.5 batches are made already 1.5 batches for Sponge Cake")
    assert len(everything.all("input")) == len(some.all("input")) - 1
