"""What the page says, in which order, and that it is a sound page."""

import json
import re
import threading

import attrs
import pytest

import plandoc
from plandoc import records
from plandoc.records import PlanState
from plandoc.report import render_report
from plandoc.workflow import amendments
from tests.builders import a_bakery, a_plan, folder_bytes

from . import plans
from .reading import read_page

EVERY_PLAN = ("empty", "draft", "typical", "completed", "large", "nasty")


def the_page(store, event):
    return read_page(store.read(lambda session: render_report(event.id, session=session)))


def test_what_is_left_to_do_comes_first(made):
    page = made("typical").page

    words = page.words
    assert words.index("Still to do: 5 batches to bake and 11 goods to pack.") < words.index("To review")
    assert [one.get("id") for one in page.all("section")] == [
        *("look", "bake", "pack", "shop", "changes", "runs"),
    ]


def test_the_figures_of_a_started_plan_count_what_is_left(made):
    figures = [one.words for one in made("typical").page.all("a") if one.path[-2:] == ("ul", "li")]

    assert figures == [
        "5 batches to bake 3 of 8 baked",
        "11 goods to pack 4 of 15 packed",
        "2 ingredients to buy",
        "3 changes to the plan since production started",
        "7 units lost",
    ]


def test_a_plan_that_has_not_started_says_so_and_shows_no_progress(made):
    page = made("draft").page

    assert "Production has not started" in page.section("changes").words
    assert page.section("runs") is None
    assert "baked" not in page.section("bake").words
    assert page.words.count("The plan is being made: 7 batches to bake and 12 goods to pack.") == 1


def test_an_empty_plan_gives_a_page_that_says_what_is_missing(made):
    page = made("empty").page

    assert "Nothing is planned yet." in page.words
    assert "No goods are chosen yet" in page.section("look").words
    assert page.all("table") == []


def test_a_completed_plan_looks_back(made):
    page = made("completed").page

    assert "Completed, with 5 batches and 11 goods left undone." in page.words
    assert page.section("shop") is None
    assert page.section("look") is None
    assert "Left open in the plan" in page.section("look-more").words
    assert "even when all is baked" not in page.words


def test_what_was_changed_stands_with_its_reason_and_is_linked_from_the_comparison(made):
    page = made("typical").page
    told = [one.words for one in page.all("li") if (one.get("id") or "").startswith("change-")]
    rows = [one.words for one in page.all("tr") if "section" in one.path and "+1" in one.words]
    links = [one.get("href") for one in page.all("a") if one.get("class") == "badge"]

    assert [entry.split(" ", 1)[0] for entry in told] == ["1", "2", "3"]
    assert "Hamper from 2 to 3 Mrs. Sund ordered one more by telephone" in told[0]
    assert "batches of Slice from 1 to 2 for the third hamper" in told[1]
    assert rows == ["Hamper 2 3 +1 1", "Slice 1 2 +1 2"]
    assert links == ["#change-3", "#change-1", "#change-2"]


def test_a_recipe_that_came_with_a_change_is_named(store):
    bakery = a_bakery(store)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, quantities={bakery.cookie_box.id: 1})
    with store.session("amend") as session:
        amendments.add_finished_good(event.id, bakery.plain_slice.id, 2, "for the helpers", session=session)

    words = the_page(store, event).section("changes").words
    assert "Plain Slice added, 2 planned for the helpers Recipes added: Sponge Cake" in words
    assert "Recipe Start Now Change Why Sponge Cake \u2013 1 added 1" in words


def test_what_was_known_when_production_started_is_told(store):
    bakery = a_bakery(store)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, quantities={bakery.cookie_box.id: 10})

    words = the_page(store, event).section("changes").words
    assert "Known when production started Cookie: 120 needed, no batches decided" in words
    assert "Nothing has changed since production started." in words


def test_each_bar_says_in_words_what_it_shows(made):
    titles = [one.words for one in made("typical").page.all("title") if "svg" in one.path]

    assert "Cookie: 3 of 6 batches baked" in titles
    assert "Cookie Gift Box: 4 of 10 packed, 1 more can be packed now" in titles


def test_there_are_no_bars_where_nothing_can_be_done_yet(made):
    assert [one for one in made("draft").page.all("svg") if one.get("class") == "bar"] == []
    assert made("typical").page.section("runs").words.count("burnt at the edge of the oven 5") == 1


def test_a_run_with_losses_tells_them_and_a_voided_run_is_shown_but_not_counted(made):
    page = made("typical").page
    rows = [one for one in page.all("tr") if "Voided" in one.words]

    assert (
        "23 Dec 2026, 08:30 +00:00 Cookie 5 lost: burnt at the edge of the oven 2 lost: dropped The left oven"
        in page.words
    )
    assert [row.words for row in rows] == [
        "23 Dec 2026, 09:30 +00:00 Slice Voided, not counted: counted twice 1 4 of 4"
    ]
    assert "Slice Sponge Cake, 4 a batch Slice: 0 of 2 batches baked 2 0 of 2 0 of 8" in page.section("bake").words


def test_losses_are_added_up_by_their_reason(made):
    tables = [one for one in made("typical").page.all("table") if "Units lost" in one.words]

    assert len(tables) == 1
    assert tables[0].words.startswith("Units lost, by reason Reason Units burnt at the edge of the oven")


def test_what_is_to_be_bought_has_a_box_to_tick_and_what_there_is_enough_of_has_none(made):
    page = made("draft").page
    ticks = {one.get("id") for one in page.all("input")}
    labels = {one.get("for"): one.words for one in page.all("label")}

    assert ticks == set(labels)
    assert sorted(labels.values()) == [
        "Butter 1.005 cup needed 1.005 cup; none in stock",
        "Sugar 6 cup needed 6 cup; none in stock",
    ]
    assert "Enough in stock Flour" in page.section("shop").words


def test_shopping_in_production_is_for_the_batches_that_are_not_baked_yet(made):
    words = made("typical").page.section("shop").words

    assert "For the batches that are not baked yet." in words
    assert "Sugar 3 cup" in words


@pytest.mark.costly
def test_short_notes_stand_at_the_top_and_long_ones_at_the_end(made):
    assert made("nasty").page.section("notes") is None
    assert made("large").page.section("notes").words.count("Long notes.") == 200


def test_what_cannot_be_compared_is_on_the_list_with_the_reason(store):
    bakery = a_bakery(store)
    with store.session("count") as session:
        session.add(records.StockItem(bakery.sugar.id, 3, "kg"))

    words = the_page(store, a_plan(store, bakery=bakery)).section("shop").words
    assert "Sugar needed 6 cup; in stock 3 kg" in words
    assert "give the ingredient an equivalent such as '1 cup = ... kg'" in words


def test_a_shopping_list_without_undecided_units_says_that_it_is_not_complete(store):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery, quantities={bakery.cookie_box.id: 1})

    words = the_page(store, event).section("shop").words
    assert "Not complete, because no batches are decided for Cookie." in words


@pytest.mark.costly
def test_of_many_findings_the_first_five_come_first_and_all_are_told(made):
    page = made("large").page
    more = [one for one in page.all("a") if one.get("href") == "#look-more"]
    told = {name: page.section(name).words.count("Unit ") for name in ("look", "look-more")}

    assert told["look"] == 5
    assert f"{told['look-more']} more findings" in more[0].words


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", EVERY_PLAN)
def test_every_page_has_a_language_a_title_one_main_heading_and_headings_in_order(made, name):
    page = made(name).page
    levels = [int(one.tag[1]) for one in page.all("h1", "h2", "h3", "h4")]

    assert page.declaration == "DOCTYPE html"
    assert page.all("html")[0].get("lang") == "en"
    assert page.all("title")[0].words
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", EVERY_PLAN)
def test_every_heading_of_a_table_has_a_scope_and_every_table_a_caption(made, name):
    page = made(name).page

    assert all(one.get("scope") in {"col", "row"} for one in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    # Said again as roles, for some browsers forget them when rows are laid out as cards.
    said = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
    assert all(one.get("role") == said[one.tag] for one in page.all(*said))
    assert all(one.words for one in page.all("caption"))


@pytest.mark.parametrize("name", EVERY_PLAN)
def test_every_picture_has_a_title_or_is_hidden(made, name):
    page = made(name).page
    pictures = page.all("svg")
    titles = [one for one in page.all("title") if "svg" in one.path]

    assert pictures
    assert len([one for one in pictures if one.get("role") == "img"]) == len(titles)
    assert all(one.get("role") == "img" or one.get("aria-hidden") == "true" for one in pictures)


@pytest.mark.parametrize("name", EVERY_PLAN)
def test_ids_are_unique_and_every_link_leads_to_one(made, name):
    page = made(name).page
    ids = [one.get("id") for one in page.elements if one.get("id")]
    targets = {one.get("href") for one in page.all("a")}

    assert len(ids) == len(set(ids))
    # A figure leads to its section; of a plan without findings that says so too.
    assert {target[1:] for target in targets} <= set(ids)


@pytest.mark.parametrize("name", EVERY_PLAN)
def test_every_page_stands_alone_and_allows_no_script(made, name):
    page = made(name).page
    loaded = [one for one in page.elements if one.tag in {"script", "link", "img", "iframe", "object", "base", "form"}]
    styles = "".join(one.text for one in page.all("style"))
    handlers = [name for one in page.elements for name in one.attributes if name.startswith("on")]

    assert loaded == []
    assert handlers == []
    assert all(one.get("href").startswith("#") for one in page.all("a"))
    assert not re.search(r"url\((?!#)|@import", styles)
    assert any("default-src 'none'" in (one.get("content") or "") for one in page.all("meta"))


def test_names_that_would_do_harm_are_shown_as_they_are_and_do_none(made):
    html, page = made("nasty").html, made("nasty").page
    spelled = plans.NASTY.replace("\u202e", "\\u202e").replace("\u2066", "\\u2066").replace("\x1b", "\\x1b")

    assert page.all("h1")[0].text == spelled
    assert page.all("title")[0].text.startswith(spelled)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html)
    assert "49" not in page.all("h1")[0].text


def test_the_same_data_at_the_same_moment_give_the_same_bytes(tmp_path):
    pages = []
    for name in ("one", "two"):
        with plandoc.open_store(tmp_path / name, create=True, clock=plans.MovingClock()) as store:
            event = plans.a_typical_plan(store)
            pages.append(store.read(lambda session, event=event: render_report(event.id, session=session)))

    assert pages[0] == pages[1]
    assert "Made by plandoc on" in pages[0]


def test_making_a_report_takes_no_lock_and_writes_nothing(store, folder):
    event = plans.a_typical_plan(store)
    store.close()
    before = folder_bytes(folder)
    pages = []

    def make():
        with plandoc.open_store(folder, timeout_seconds=0) as other:
            pages.append(other.read(lambda session: render_report(event.id, session=session)))

    with plandoc.open_store(folder) as writing, writing.session("hold the lock"):
        maker = threading.Thread(target=make)
        maker.start()
        maker.join()

    assert len(pages) == 1
    assert folder_bytes(folder) == before


def test_a_report_can_be_made_on_the_default_store(store):
    event = a_plan(store)

    assert "Christmas 2026" in render_report(event.id)


def test_an_event_that_does_not_exist_is_refused(store):
    with pytest.raises(plandoc.NotFoundError, match="Event 99 not found"):
        render_report(99)


SPOILT = {
    "good": lambda rows: rows["finished_goods"].pop("3"),
    "unit": lambda rows: rows["finished_units"].pop("1"),
    "recipe": lambda rows: rows["recipes"].pop("1"),
    "sub-recipe": lambda rows: rows["recipes"].pop("2"),
    "ingredient": lambda rows: rows["ingredients"].pop("2"),
    "circle": lambda rows: rows["finished_goods"]["3"].update(components=rows["finished_goods"]["4"]["components"]),
}


@pytest.mark.sample(7)
@pytest.mark.parametrize("plan", [plans.a_draft, plans.a_typical_plan], ids=["draft", "started"])
@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_plan_that_another_hand_has_broken_still_gets_its_report_and_it_says_so(folder, spoil, plan):
    with plandoc.open_store(folder, create=True, clock=plans.MovingClock()) as store:
        event = plan(store)
        rows = json.loads((folder / "catalog.json").read_text("utf-8"))
        spoil(rows)
        (folder / "catalog.json").write_text(json.dumps(rows), "utf-8")
        page = the_page(store, event)

    assert page.all("h1")[0].words == "Christmas 2026"
    assert re.search("not found|contains itself|changed", page.section("look").words + page.section("shop").words)


def test_what_was_revised_is_told_with_what_it_was_and_why(store):
    bakery = a_bakery(store)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    with store.session("another book") as session:
        session.replace(attrs.evolve(bakery.cookies, lines=bakery.cookies.lines[:1], notes="x" * 500))
        session.replace(attrs.evolve(bakery.cookie, items_per_batch=30))
        plandoc.revise_recipe(event.id, bakery.cookies.id, "less sugar", session=session)
    page = the_page(store, event)
    changes = page.section("changes").words

    assert "Chocolate Chip Cookies as the catalog has it" in changes
    assert "Chocolate Chip Cookies: Sugar 1 cup \u2013 dropped 1" in changes
    assert f"Chocolate Chip Cookies: notes \u2013 {'x' * 60}... added 1" in changes
    assert "Cookie: yield 24 a batch 30 a batch changed 1" in changes
    assert "Cookies" not in page.section("look").words


def test_what_the_catalog_says_otherwise_is_named_while_the_plan_runs(store):
    bakery = a_bakery(store)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    with store.session("another book") as session:
        session.replace(attrs.evolve(bakery.cookie, items_per_batch=30))
    running = the_page(store, event).section("look").words
    plandoc.complete_production(event.id)

    assert "Cookie: yield 24 a batch -> 30 a batch. Update the plan, or leave it" in running
    assert the_page(store, event).section("look") is None


def test_what_was_made_ahead_is_below_the_shopping_list(store):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)
    plandoc.set_stock(bakery.frosting, "1/2")

    words = the_page(store, event).section("shop").words
    assert "Made ahead Frosting 0.5 of 1.5 batches is made already; make 1" in words
    assert "Butter 0.67 cup needed 0.67 cup; none in stock" in words
