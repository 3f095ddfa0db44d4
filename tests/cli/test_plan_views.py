"""`plandoc plan show`, `options`, `review`, `available`, `decide` and `undecide`."""

import datetime
import json
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

import plandoc
from plandoc.cli.rows import as_json

from .conftest import contents
from .terminals import Terminal, needs_a_terminal

VIEWS = [("show",), ("options",), ("review",), ("available",)]
LONG = "A thing with a very long name that a baker bakes for somebody " * 4


def _change(folder, change):
    with plandoc.open_store(folder) as store, store.session("change something") as session:
        return change(session)


def _named(record_type, slug, session):
    return plandoc.find_by_key(record_type, slug, session=session)


def _make_doubtful(session):
    """Leave something of every kind to review in the plan of the sample."""

    def unit(slug):
        return _named(plandoc.FinishedUnit, slug, session)

    goods = {good.id: number for good, number in plandoc.get_event_fg_quantities(1, session=session)}
    # Too few rye loaves now, one of the accepted ones; too many large tortes.
    plandoc.save_batch_decision(1, unit("rye-loaf").id, 8, True, session=session)
    goods[_named(plandoc.FinishedGood, "single-rye-loaf", session).id] += 5
    del goods[_named(plandoc.FinishedGood, "captain-s-crate", session).id]
    plandoc.set_event_finished_goods(1, goods, session=session)
    plandoc.delete_batch_decisions(1, [unit("hazelnut-sable").id], session=session)
    session.replace(attrs.evolve(unit("lemon-tart-slice"), items_per_batch=6))


def _add_long_names(session):
    recipe = session.add(plandoc.Recipe(f"Recipe {LONG}"[:200]))
    unit = session.add(plandoc.FinishedUnit("Unit" + "x" * 196, recipe.id, items_per_batch=24))
    part = plandoc.Component(finished_unit_id=unit.id, quantity=Decimal("0.5"))
    good = session.add(plandoc.FinishedGood(f"Good {LONG}"[:200], (part,)))
    event = session.add(plandoc.Event("Long names", datetime.date(2026, 12, 25), slug="long"))
    plandoc.set_event_finished_goods(event.id, {good.id: 10**9}, True, session=session)


@pytest.fixture
def doubtful(bakery):
    _change(bakery, _make_doubtful)
    return bakery


def _rows(shown, title):
    """The rows of one of the tables in a pipe, without its headings."""
    lines = shown.split(f"\n{title}\n")[1].split("\n\n")[0].splitlines()
    return [line.split("\t") for line in lines[1:]]


def test_the_plan_is_shown_with_what_is_needed_decided_and_over(call, bakery):
    ended = call("plan", "show", "harbour-market")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("Harbour Market (event 1, harbour-market)\ndate       2026-05-16\nplan       DRAFT")
    assert _rows(ended.out, "Goods")[0] == ["Single rye loaf", "10"]
    assert _rows(ended.out, "Batches")[0] == ["Lemon tart slice", "Lemon tart", "16", "2", "24", "8 over"]
    assert _rows(ended.out, "Batches")[3] == ["Large chocolate torte", "Chocolate torte", "3", "3", "3", "exact"]
    assert ended.out.endswith("\nnothing to review\n")


def test_what_is_short_stale_unneeded_or_undecided_is_said_in_words(call, doubtful):
    ended = call("plan", "show", "1")
    last_cells = {row[0]: row[-1] for row in _rows(ended.out, "Batches")}

    assert last_cells == {
        "Lemon tart slice": "4 short",
        "Hazelnut sablé": "not decided",
        "Cardamom bun": "16 over",
        "Large chocolate torte": "not needed",
        "Small chocolate torte": "exact",
        "Rye loaf": "3 short, 1 accepted",
    }
    assert {row[0] for row in _rows(ended.out, "Findings")} == {"undecided", "short", "stale", "unneeded"}


def test_an_accepted_shortfall_is_called_so(call, bakery):
    call("plan", "batches", "1", "rye-loaf=8", "--accept-shortfall")
    ended = call("plan", "show", "1")

    assert _rows(ended.out, "Batches")[-1][-1] == "1 short, accepted"
    assert "nothing to review" in ended.out


def test_the_need_of_a_unit_is_called_unknown_when_a_good_is_broken(call, bakery):
    call("plan", "goods", "1", "single-rye-loaf=5", "--replace")
    catalog = json.loads((bakery / "catalog.json").read_bytes())
    catalog["finished_goods"]["1"]["components"][0]["finished_unit_id"] = 999
    (bakery / "catalog.json").write_text(json.dumps(catalog))
    ended = call("plan", "show", "1")

    assert ended.status == 0
    assert _rows(ended.out, "Batches")[-1][-1] == "need unknown"
    assert "finished unit 999 not found" in ended.out


def test_the_state_after_the_start_is_shown(call, bakery):
    call("lock", "1")
    call("start", "1")
    ended = call("plan", "show", "1")

    assert "plan       IN_PRODUCTION" in ended.out
    assert "snapshot   taken 20" in ended.out


def test_hints_name_commands_with_the_event_in_them(call, doubtful):
    ended = call("plan", "review", "harbour-market")

    assert ended.status == 1
    assert "'plandoc plan decide harbour-market --enough'" in ended.out
    assert "'plandoc plan undecide harbour-market large-chocolate-torte'" in ended.out
    assert "save_batch_decision" not in ended.out
    assert "delete_batch_decisions" not in ended.out


def test_review_ends_with_0_when_there_is_nothing_to_review(call, bakery):
    in_words, as_document = call("plan", "review", "1"), call("plan", "review", "1", "--json")

    assert (in_words.status, in_words.out) == (0, "nothing to review\n")
    assert (as_document.status, json.loads(as_document.out)) == (0, [])


def test_review_as_json_has_the_fields_of_a_finding(call, doubtful):
    ended = call("plan", "review", "1", "--json")
    undecided = json.loads(ended.out)[0]

    assert ended.status == 1
    assert undecided["kind"] == "undecided"
    assert undecided["what"] == "Hazelnut sablé"
    assert (undecided["finished_unit_id"], undecided["finished_good_id"]) == (2, None)
    assert (undecided["needed"], undecided["made"]) == (224, 0)


def test_options_show_what_is_below_and_above_the_need_and_what_is_suggested(call, bakery):
    rows = [line.split("\t") for line in call("plan", "options", "1").out.splitlines()]

    assert rows[0] == ["unit", "needed", "batches", "makes", "over or short", "suggested"]
    assert rows[1:3] == [
        ["lemon-tart-slice", "16", "1", "12", "4 short", ""],
        ["lemon-tart-slice", "16", "2", "24", "8 over", "yes"],
    ]
    assert ["large-chocolate-torte", "3", "3", "3", "exact", "yes"] in rows


def test_available_names_the_missing_recipes(call, bakery):
    call("plan", "recipes", "1", "hazelnut-sables")
    ended = call("plan", "available", "1")
    rows = {row[0]: row[2:] for row in (line.split("\t") for line in ended.out.splitlines())}

    assert rows["sable-bag"] == ["yes", ""]
    assert rows["breakfast-box"] == ["no", "Cardamom buns, Harbour rye"]


def test_decide_enough_decides_what_is_undecided_and_says_what_is_left(call, doubtful):
    ended = call("plan", "decide", "1", "--enough")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.splitlines()[0] == "decided: 7 x Hazelnut sablé make 252 of 224 needed (28 over)"
    assert "findings to review: see 'plandoc plan review 1'" in ended.out


def test_decide_enough_replaces_what_is_stale_when_asked_to(call, doubtful):
    ended = call("plan", "decide", "1", "--enough", "--replace-stale")
    review = call("plan", "review", "1", "--json")

    assert "decided: 3 x Lemon tart slice make 18 of 16 needed (2 over)" in ended.out
    assert "decided: 9 x Rye loaf make 27 of 27 needed (exact)" in ended.out
    assert [finding["kind"] for finding in json.loads(review.out)] == ["unneeded"]


def test_decide_enough_with_nothing_to_decide_says_so_and_changes_no_byte(call, bakery):
    before = contents(bakery)
    ended = call("plan", "decide", "1", "--enough")

    assert (ended.status, ended.out) == (0, "nothing left to decide\n")
    assert contents(bakery) == before


def test_decide_without_enough_is_wrong_usage_that_names_it(call, doubtful):
    before = contents(doubtful)
    ended = call("plan", "decide", "1")

    assert (ended.status, ended.out) == (2, "")
    assert "--enough" in ended.err
    assert contents(doubtful) == before


def test_undecide_removes_the_decisions_of_the_units_named(call, bakery):
    ended = call("plan", "undecide", "1", "rye-loaf", "3")
    review = json.loads(call("plan", "review", "1", "--json").out)

    assert ended.status == 0
    assert ended.out == "no longer decided: 9 batches of Rye loaf\nno longer decided: 4 batches of Cardamom bun\n"
    assert [finding["what"] for finding in review] == ["Cardamom bun", "Rye loaf"]


def test_undecide_without_a_unit_removes_all_decisions(call, bakery):
    ended = call("plan", "undecide", "1")
    left = json.loads(call("plan", "show", "1", "--json").out)["decisions"]

    assert len(ended.out.splitlines()) == 6
    assert left == []


def test_undecide_of_what_is_not_decided_is_refused_and_changes_no_byte(call, doubtful):
    before = contents(doubtful)
    ended = call("plan", "undecide", "1", "hazelnut-sable", "rye-loaf")

    assert (ended.status, ended.out) == (1, "")
    assert contents(doubtful) == before


def test_the_whole_plan_as_json_has_the_fields_of_the_plan(call, doubtful):
    plan = json.loads(call("plan", "show", "1", "--json").out)
    undecided = next(unit for unit in plan["units"] if unit["decision"] is None)

    assert list(plan) == [attribute.name for attribute in attrs.fields(type(_get_plan(doubtful)))]
    assert plan["event"]["plan_state"] == "draft"
    assert plan["goods"][0] == [{"id": 1, "slug": "single-rye-loaf", "name": "Single rye loaf"}, 15]
    assert (undecided["unit"]["slug"], undecided["needed"], undecided["difference"]) == ("hazelnut-sable", 224, None)
    assert plan["snapshot"] is None


def _get_plan(folder):
    with plandoc.open_store(folder):
        return plandoc.get_plan(1)


def test_exact_numbers_become_text_in_json():
    option = as_json({"exact": Fraction(20, 3), "decimal": Decimal("1E+2"), "state": plandoc.PlanState.DRAFT})

    assert option == {"exact": "20/3", "decimal": "100", "state": "draft"}
    assert as_json([datetime.date(2026, 12, 25), 3, None, True]) == ["2026-12-25", 3, None, True]


@pytest.mark.parametrize("view", VIEWS, ids="".join)
def test_every_view_has_json_that_is_one_document(call, doubtful, view):
    ended = call("plan", *view, "1", "--json")

    assert ended.err == ""
    assert json.loads(ended.out)


@pytest.mark.parametrize("view", VIEWS, ids="".join)
def test_an_unknown_event_is_refused(call, bakery, view):
    ended = call("plan", *view, "nothing")

    assert (ended.status, ended.out) == (1, "")
    assert "nothing" in ended.err


@pytest.mark.parametrize("view", VIEWS, ids="".join)
def test_no_view_writes_a_byte(call, doubtful, view):
    before = contents(doubtful)
    call("plan", *view, "1")

    assert contents(doubtful) == before


@pytest.mark.costly
@pytest.mark.sample(1)
@needs_a_terminal
@pytest.mark.parametrize("view", VIEWS, ids="".join)
def test_on_a_terminal_every_view_fits_80_columns_and_no_name_is_cut(doubtful, view):
    _change(doubtful, _add_long_names)
    terminal = Terminal(doubtful)
    typical, long = terminal.run("plan", *view, "1"), terminal.run("plan", *view, "long")

    assert max(typical.widest, long.widest) <= 80
    assert "…" not in typical.text + long.text


@needs_a_terminal
def test_a_typical_plan_fits_on_one_screen(bakery):
    seen = Terminal(bakery).run("plan", "show", "1")

    assert seen.status == 0
    assert len(seen.text.splitlines()) <= 24
    assert "Large chocolate torte  Chocolate torte       3        3      3  exact" in seen.text


@pytest.mark.proof
@needs_a_terminal
def test_findings_are_numbered_on_a_terminal_with_the_hint_below(doubtful):
    seen = Terminal(doubtful).run("plan", "review", "1")

    assert seen.status == 1
    assert " 1. Hazelnut sablé: 224 needed, no batches decided" in seen.text
    assert "\n    -> decide 7 batches with" in seen.text


@pytest.mark.costly
@needs_a_terminal
def test_an_empty_plan_says_that_nothing_is_chosen(call, bakery):
    call("event", "add", "Empty", "--date", "2026-12-25")
    seen = Terminal(bakery).run("plan", "show", "empty")

    assert "Goods: none chosen" in seen.text
    assert "Batches: none needed" in seen.text
    assert "nothing to review" in seen.text
