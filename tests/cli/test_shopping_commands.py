"""`plandoc needs`, `shop` and `feasible`."""

import csv
import datetime
import io
import json
import subprocess
import sys
from decimal import Decimal

import attrs
import pytest

import plandoc
from plandoc.text import escaping

from .conftest import contents
from .terminals import Terminal, needs_a_terminal

COMMANDS = ["needs", "shop", "feasible"]
EVIL = '=HYPERLINK("http://evil", "prize"),\x1b[31m\r\n\u202e[red]'


def _change(folder, change):
    with plandoc.open_store(folder) as store, store.session("change something") as session:
        return change(session)


def _rows(shown, title):
    """The rows of one of the tables in a pipe, without its headings."""
    lines = shown.split(f"\n{title}\n")[1].split("\n\n")[0].splitlines()
    return [line.split("\t") for line in lines[1:]]


def _undecide_rye(session):
    unit = plandoc.find_by_key(plandoc.FinishedUnit, "rye-loaf", session=session)
    plandoc.delete_batch_decisions(1, [unit.id], session=session)


def _add_awkward(session, name="Awkward " * 25):
    """Add an event with an ingredient whose stock cannot be compared with the need."""
    ingredient = session.add(plandoc.Ingredient(name[:200], slug="awkward"))
    lines = (
        plandoc.RecipeLine(ingredient.id, Decimal("1.5"), "cup"),
        plandoc.RecipeLine(ingredient.id, 2, "smidgen"),
    )
    recipe = session.add(plandoc.Recipe("Awkward cake", lines=lines))
    unit = session.add(plandoc.FinishedUnit("Awkward slice", recipe.id, items_per_batch=24))
    part = plandoc.Component(finished_unit_id=unit.id, quantity=Decimal("0.5"))
    good = session.add(plandoc.FinishedGood("Awkward box", (part,)))
    event = session.add(plandoc.Event("Awkward", datetime.date(2026, 12, 25)))
    plandoc.set_event_finished_goods(event.id, {good.id: 50}, True, session=session)
    plandoc.save_batch_decision(event.id, unit.id, 2, session=session)
    session.add(plandoc.StockItem(ingredient.id, Decimal(3), "bag"))


@pytest.fixture
def incomplete(bakery):
    _change(bakery, _undecide_rye)
    return bakery


@pytest.fixture
def awkward(bakery):
    _change(bakery, _add_awkward)
    return bakery


def test_needs_show_each_ingredient_and_where_it_differs_as_it_is_written(call, bakery):
    ended = call("needs", "1")
    rows = [line.split("\t") for line in ended.out.splitlines()]

    assert (ended.status, ended.err) == (0, "")
    assert rows[0] == ["ingredient", "needed", "unit", "as written", "note"]
    assert ["Rye flour", "13.5", "kg", "", ""] in rows
    assert ["Sugar", "1.735", "kg", "1235 g + 2.5 cup", ""] in rows


def test_needs_of_several_events_are_added_up(call, awkward):
    one, other, both = (call("needs", *events).out for events in (["1"], ["awkward"], ["1", "awkward"]))

    assert set(both.splitlines()) == set(one.splitlines()) | set(other.splitlines())


def test_what_cannot_be_converted_stays_and_is_marked_with_the_reason(call, awkward):
    rows = [line.split("\t") for line in call("needs", "awkward").out.splitlines()[1:]]

    assert sorted(row[1:3] for row in rows) == [["3", "cup"], ["4", "smidgen"]]
    assert all(row[4] for row in rows if row[2] == "smidgen")


@pytest.mark.parametrize(
    "arguments", [("needs",), ("needs", "--json"), ("shop",), ("shop", "--json"), ("shop", "--csv")], ids=" ".join
)
def test_a_list_that_is_not_complete_says_so_on_the_error_stream(call, incomplete, arguments):
    ended = call(*arguments, "1")

    assert ended.status == 0
    assert ended.err == "plandoc: this list is not complete: no batches are decided for Rye loaf\n"
    assert "not complete" not in ended.out


def test_shop_shows_three_groups(call, awkward):
    ended = call("shop", "1", "awkward")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("Shopping list for Harbour Market and Awkward\n")
    assert _rows(ended.out, "Buy") == [
        ["Rye flour", "13.5", "10", "3.5", "kg"],
        ["Sourdough starter", "2.7", "1.2", "1.5", "kg"],
    ]
    assert ["Eggs", "42", "90", "piece"] in _rows(ended.out, "Enough")
    assert {tuple(row[1:4]) for row in _rows(ended.out, "Cannot compare")} == {
        ("3", "cup", "3 bag"),
        ("4", "smidgen", "none"),
    }, "what is in the house is shown once"
    assert all(row[4] for row in _rows(ended.out, "Cannot compare"))


def test_shop_as_csv_has_one_header_and_every_group(call, awkward):
    ended = call("shop", "1", "awkward", "--csv")
    rows = list(csv.DictReader(io.StringIO(ended.out, newline="")))

    assert ended.out.splitlines()[0] == "standing,ingredient,needed,in stock,to buy,unit,also in stock,why"
    assert {row["standing"] for row in rows} == {"buy", "cannot compare", "enough"}
    assert rows[0] == {
        "standing": "buy",
        "ingredient": "Rye flour",
        "needed": "13.5",
        "in stock": "10",
        "to buy": "3.5",
        "unit": "kg",
        "also in stock": "",
        "why": "",
    }
    assert all(None not in row for row in rows)


@pytest.mark.costly
@pytest.mark.of_folder
def test_csv_lines_end_as_the_standard_wants_it(bakery):
    ended = subprocess.run(
        [sys.executable, "-m", "plandoc", "--data", str(bakery), "shop", "1", "--csv"],
        capture_output=True,
        timeout=60,
        check=True,
    )
    lines = ended.stdout.split(b"\r\n")

    assert lines[-1] == b""
    assert not any(b"\n" in line or b"\r" in line for line in lines)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_csv_is_a_formula(start):
    text = escaping.csv_text(["name"], [(f"{start}1+1",)])
    cell = list(csv.reader(io.StringIO(text, newline="")))[1][0]

    assert cell.startswith("'")


def test_a_harmful_name_is_only_a_name(call, bakery):
    _change(bakery, lambda session: _add_awkward(session, EVIL))
    as_csv = call("shop", "awkward", "--csv")
    rows = list(csv.DictReader(io.StringIO(as_csv.out, newline="")))

    assert rows[0]["ingredient"].startswith('\'=HYPERLINK("http://evil", "prize"),\\x1b[31m\\r\\n')
    for ended in (as_csv, call("shop", "awkward"), call("needs", "awkward"), call("shop", "awkward", "--json")):
        assert ended.status == 0
        assert not set("\x1b\u202e") & set(ended.out)
    assert json.loads(call("needs", "awkward", "--json").out)["rows"][0]["ingredient"]["name"] == EVIL


def test_shop_as_json_keeps_the_names_and_the_exact_numbers(call, bakery):
    listed = json.loads(call("shop", "1", "--json").out)
    item = listed["buy"][0]

    assert list(listed) == ["events", "enough", "buy", "cannot_compare", "undecided", "without_amount", "made_ahead"]
    assert [event["slug"] for event in listed["events"]] == ["harbour-market"]
    assert item["ingredient"] == {"id": 2, "slug": "rye-flour", "name": "Rye flour"}
    assert item["standing"] == "buy"
    assert item["rows"][0]["to_buy"] == {"exact": "7/2", "unit": "kg", "quantity": "3.5"}


def test_shop_cannot_be_csv_and_json_at_once(call, bakery):
    ended = call("shop", "1", "--csv", "--json")

    assert (ended.status, ended.out) == (2, "")
    assert "--csv and --json" in ended.err


def test_feasible_ends_with_0_when_all_goods_can_be_packed(call, bakery):
    ended = call("feasible", "1")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("all goods can be packed")
    assert ["breakfast-box", "Breakfast box", "12 of 12", ""] in _rows(ended.out, "Goods")
    assert _rows(ended.out, "Left over")[-1] == ["rye-loaf", "2", "loaf"]


def test_feasible_ends_with_1_and_names_what_stops_a_good(call, incomplete):
    ended, as_json = call("feasible", "1"), call("feasible", "1", "--json")

    assert (ended.status, as_json.status) == (1, 1)
    assert ended.out.startswith("not all goods can be packed")
    assert ["breakfast-box", "Breakfast box", "0 of 12", "Rye loaf"] in _rows(ended.out, "Goods")
    assert json.loads(as_json.out)["is_feasible"] is False


def test_an_event_without_goods_is_feasible_and_needs_nothing(call, bakery):
    call("event", "add", "Empty", "--date", "2026-12-25")
    feasible, needs, shop = (call(command, "empty") for command in ("feasible", "needs", "shop"))

    assert (feasible.status, needs.status, shop.status) == (0, 0, 0)
    assert needs.out.splitlines() == ["ingredient\tneeded\tunit\tas written\tnote"]
    assert feasible.err + needs.err + shop.err == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_event_is_refused_and_every_one_is_named(call, bakery, command):
    ended = call(command, "nothing") if command == "feasible" else call(command, "nothing", "1", "nobody")

    assert (ended.status, ended.out) == (1, "")
    assert "nothing" in ended.err
    assert command == "feasible" or "nobody" in ended.err


@pytest.mark.parametrize("command", COMMANDS)
def test_without_an_event_the_usage_is_wrong(call, bakery, command):
    ended = call(command)

    assert (ended.status, ended.out) == (2, "")
    assert "EVENT" in ended.err


@pytest.mark.parametrize("command", COMMANDS)
def test_looking_writes_no_byte(call, incomplete, command):
    before = contents(incomplete)
    call(command, "1")

    assert contents(incomplete) == before


@pytest.mark.costly
@pytest.mark.sample(1)
@needs_a_terminal
@pytest.mark.parametrize("command", COMMANDS)
def test_on_a_terminal_everything_fits_80_columns_and_no_name_is_cut(awkward, command):
    terminal = Terminal(awkward)
    typical, long = terminal.run(command, "1"), terminal.run(command, "awkward")

    assert (typical.status, long.status) == (0, 0)
    assert max(typical.widest, long.widest) <= 80
    assert "…" not in typical.text + long.text


@pytest.mark.proof
@needs_a_terminal
def test_on_a_terminal_what_is_missing_is_said_above_the_list(incomplete):
    terminal = Terminal(incomplete)
    needs, shop = terminal.run("needs", "1"), terminal.run("shop", "1")

    for seen in (needs, shop):
        assert seen.text.startswith("this list is not complete: no batches are decided for Rye loaf\n")


def test_a_need_that_nobody_covers_any_more_shows_up_after_the_yield_fell(call, bakery):
    def halve(session):
        unit = plandoc.find_by_key(plandoc.FinishedUnit, "cardamom-bun", session=session)
        session.replace(attrs.evolve(unit, items_per_batch=8))

    _change(bakery, halve)
    ended = call("feasible", "1")

    assert ended.status == 1
    assert ["breakfast-box", "Breakfast box", "8 of 12", "Cardamom bun"] in _rows(ended.out, "Goods")
