"""Baking and buying move the stock; every screen says the same of what is still to buy."""

from __future__ import annotations

import csv
import io

import pytest

import plandoc
from tests.builders import made_once
from tests.cli.conftest import added, done


@pytest.fixture
def fair(folder):
    """Three batches of bread of 2 kg of flour each, and 5 kg of flour."""
    return made_once(folder, _fair)


def _fair(folder):
    (folder.parent / "r.csv").write_text("recipe,ingredient,quantity,unit,makes,of\nBread,Flour,2,kg,10,Loaf\n")
    (folder.parent / "g.csv").write_text("good,component,quantity\nLoaf box,Loaf,10\n")
    lines = (
        "init",
        "recipe import r.csv --add-ingredients",
        "good import g.csv",
        "event add Fair --date 2026-12-25",
        "plan goods fair loaf-box=3 --add-missing-recipes",
        "plan decide fair --enough",
        "stock set flour 5 kg",
        "lock fair --yes",
        "start fair --yes",
    )
    done(folder, *(line.split() for line in lines))


def said(call, *words):
    ended = call(*words)
    assert (ended.status, ended.err) == (0, "")
    return ended.out


def to_buy(call, *words):
    rows = csv.DictReader(io.StringIO(said(call, "shop", *words, "--csv"), newline=""))
    return {row["ingredient"]: (row["needed"], row["in stock"], row["to buy"]) for row in rows}


def test_all_screens_say_the_same_of_what_is_still_to_buy(call, fair):
    out = said(call, "bake", "fair", "loaf", "1")
    page = fair.parent / "fair.html"
    said(call, "report", "fair", "-o", str(page))
    with plandoc.open_store(fair):
        library = plandoc.get_shopping_list(1)
        named = plandoc.get_shopping_list(1, remaining=True)

    assert "taken from the stock: 2 kg of Flour" in out.splitlines()
    assert to_buy(call, "fair") == {"Flour": ("4", "3", "1")}
    assert to_buy(call, "fair", "--all") == {"Flour": ("6", "3", "3")}
    assert [str(item.rows[0].to_buy) for item in library.buy] == ["1 kg"]
    assert named == library
    text = page.read_text("utf-8")
    assert "1 kg" in text
    assert "There is enough of Flour" not in text
    assert ["Flour", "4", "kg"] in [
        line.split("\t")[:3] for line in said(call, "needs", "fair", "--remaining").splitlines()
    ]
    assert ["Flour", "6", "kg"] in [line.split("\t")[:3] for line in said(call, "needs", "fair").splitlines()]


def test_what_was_bought_comes_in_and_the_remaining_bakes_find_it(call, fair):
    said(call, "bake", "fair", "loaf", "1")
    out = said(call, "shop", "fair", "--bought")
    baked = said(call, "bake", "fair", "loaf", "2")

    assert out.splitlines()[0] == "bought for Fair; it is in the stock now"
    assert "Flour\t1\tkg" in out
    assert "not in the stock" not in baked
    assert "flour\tFlour\t0\tkg" in said(call, "stock", "list")
    assert to_buy(call, "fair") == {}


def test_the_next_event_does_not_count_what_is_baked_already(call, fair):
    said(call, "bake", "fair", "loaf", "2")
    for words in (
        "event add Next --date 2026-12-31",
        "plan goods next loaf-box=1 --add-missing-recipes",
        "plan decide next --enough",
    ):
        said(call, *words.split())

    assert to_buy(call, "next") == {"Flour": ("2", "1", "1")}


def test_a_completed_event_needs_nothing_and_says_so(call, fair):
    said(call, "bake", "fair", "loaf", "3", "--no-stock")
    assert call("complete", "fair", "--yes").status == 0
    out = said(call, "shop", "fair")

    assert "Fair is completed: nothing is left to bake for it, so nothing has to be bought" in out.splitlines()
    assert to_buy(call, "fair") == {}


def test_what_is_not_there_is_said_and_the_stock_can_be_left_alone(call, fair):
    said(call, "stock", "set", "flour", "1.5", "kg")
    short = said(call, "bake", "fair", "loaf", "1")
    alone = said(call, "bake", "fair", "loaf", "1", "--no-stock")
    back = said(call, "void", "fair", "b1", "--reason", "typed twice")

    assert short.splitlines()[1:3] == ["taken from the stock: 1.5 kg of Flour", "not in the stock: 500 g of Flour"]
    assert "stock" not in alone
    assert "returned to the stock: 1.5 kg of Flour" in back.splitlines()
    assert "flour\tFlour\t1.5\tkg" in said(call, "stock", "list")


def test_a_bake_can_be_entered_for_when_it_was(call, fair, monkeypatch):
    run = added(call("bake", "fair", "loaf", "1", "--at", "24.12.2026 22:00+01:00", "--json"), "production_runs")

    assert run["produced_at"] == "2026-12-24T22:00:00+01:00"
    assert run["taken"] == [{"ingredient_id": 1, "quantity": "2", "unit": "kg", "recipe_id": None}]
    assert "2026-12-24 22:00 +01:00" in said(call, "runs", "fair")


@pytest.mark.parametrize("moment", ["2026-07-01 9:30+02:00", "1 Jul 2026 9:30+02:00", "1.7.2026, 09:30+02:00"])
@pytest.mark.sample(3)
def test_the_hour_may_have_one_digit(call, fair, moment):
    run = added(call("bake", "fair", "loaf", "1", "--at", moment, "--json"), "production_runs")

    assert run["produced_at"] == "2026-07-01T09:30:00+02:00"


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "moment", ["2026-12-24", "22:00", "tomorrow 22:00", "2026-02-30 10:00", "2026-12-24 25:00", ""]
)
def test_what_is_no_moment_is_refused(call, fair, moment):
    ended = call("bake", "fair", "loaf", "1", "--at", moment)

    assert ended.status == 2
    assert "wanted a date and a time such as '2026-12-24 22:00' for --at" in ended.err
    assert said(call, "runs", "fair", "--json").strip() == "[]"


def test_what_came_into_the_house_is_added(call, fair):
    assert said(call, "stock", "add", "flour", "2.5", "kg") == "in stock now: 7.5 kg of Flour\n"
    assert call("stock", "add", "flour", "0", "kg").status == 1
    assert call("stock", "add", "rye", "1", "kg").status == 1


def test_bought_and_all_do_not_go_together(call, fair):
    ended = call("shop", "fair", "--bought", "--all")

    assert ended.status == 2
    assert "--bought" in ended.err


@pytest.fixture
def butter(call, folder):
    """Needed: 100 g and 1 stick of butter; flour: 200 g and 1 cup, of which no equivalent is known."""
    (folder.parent / "r.csv").write_text(
        "recipe,ingredient,quantity,unit,makes,of\n"
        "A,Butter,100,g,1,Ax\nA,Butter,1,stick,,\nA,Flour,200,g,,\nA,Flour,1,cup,,\n"
    )
    (folder.parent / "g.csv").write_text("good,component,quantity\nAx,Ax,1\n")
    for words in (
        "init",
        "recipe import r.csv --add-ingredients",
        "good import g.csv",
        "event add E --date 2026-12-25",
        "plan goods e ax=1 --add-missing-recipes",
        "plan decide e --enough",
        "stock set butter 4 stick",
        "stock set flour 5 kg",
    ):
        assert call(*words.split()).status == 0, words
    return folder


def test_stock_that_cannot_be_compared_is_shown_once_beside_its_own_row(call, butter):
    rows = [line.split("\t") for line in said(call, "shop", "e").splitlines()]
    shown = {tuple(row[:4]): row[4] for row in rows if len(row) == 5 and row[0] in {"Butter", "Flour"}}

    assert set(shown) == {
        ("Butter", "100", "g", "none"),
        ("Butter", "1", "stick", "4 stick"),
        ("Flour", "200", "g", "5 kg"),
        ("Flour", "1", "cup", "none"),
    }
    assert shown["Butter", "1", "stick", "4 stick"] == shown["Flour", "200", "g", "5 kg"] == "enough"
    assert shown["Butter", "100", "g", "none"].startswith("needed in g, in stock in stick, which cannot be compared")
    assert "'1 cup = ... kg'" in shown["Flour", "1", "cup", "none"]


def test_the_spreadsheet_and_the_report_show_it_once_too(call, butter):
    rows = list(csv.DictReader(io.StringIO(said(call, "shop", "e", "--csv"), newline="")))
    said(call, "report", "e", "-o", str(butter.parent / "e.html"))
    page = (butter.parent / "e.html").read_text("utf-8")

    in_butter = [
        (row["needed"], row["in stock"], row["also in stock"], bool(row["why"]))
        for row in rows
        if row["ingredient"] == "Butter"
    ]
    assert sorted(in_butter) == [("1", "4", "", False), ("100", "0", "", True)]
    assert page.count("4 stick") == 1
    assert page.count("5 kg") == 1


def test_three_kinds_of_stock_are_each_shown_once(call, butter):
    said(call, "stock", "set", "butter", "2", "can")
    said(call, "stock", "set", "butter", "3", "bag")
    out = said(call, "shop", "e")

    assert [out.count(words) for words in ("4 stick", "2 can", "3 bag")] == [1, 1, 1]
    assert " + " not in out
