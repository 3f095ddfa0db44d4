"""Copying and removing events, renaming and removing what is in the catalog, by the command."""

import json

import pytest

from tests.cli.terminals import Terminal, needs_a_terminal


def started(call):
    for step in (("lock", "harbour-market", "--yes"), ("start", "harbour-market", "--yes")):
        assert call(*step).status == 0


def test_an_event_is_copied_and_removed_again(call, bakery):
    started(call)
    copied = call("event", "copy", "harbour-market", "June Market", "--date", "2026-06-20", "--attendees", "90")
    copy = json.loads(call("event", "show", "june-market", "--json").out)
    removed = call("event", "remove", "june-market", "--yes")

    assert copied.status == 0
    assert copied.out.splitlines()[0] == "added 'June Market' on 2026-06-20 as june-market (event 2), a DRAFT"
    assert (copy["plan_state"], copy["expected_attendees"], len(copy["finished_goods"])) == ("draft", 90, 5)
    assert removed.out == "removed 'June Market' on 2026-06-20 (event 2, june-market)\n"
    assert [row["id"] for row in json.loads(call("event", "list", "--json").out)] == [1]


def test_a_copy_that_is_run_twice_makes_one_event_unless_another_is_asked_for(call, bakery):
    words = ("event", "copy", "harbour-market", "June Market", "--date", "2026-06-20")
    first, second = call(*words), call("event", "copy", "harbour-market", " june market", "--date", "2026-06-20")
    again = call(*words, "--again")

    assert (first.status, second.status, again.status) == (0, 1, 0)
    assert second.err == (
        "plandoc: 'June Market' on 2026-06-20 already exists as june-market (event 2); nothing was added; "
        "pass --again to add another event of this name\n"
    )
    assert "there is also 'June Market' on 2026-06-20, june-market (event 2)" in again.out


def test_a_started_event_is_removed_only_with_its_history_on_purpose(call, bakery):
    started(call)
    refused = call("event", "remove", "1", "--yes")
    removed = call("event", "remove", "1", "--discard-history", "--yes")

    assert refused.status == 1
    assert "'plandoc event remove harbour-market --discard-history'" in refused.err
    assert removed.status == 0
    assert json.loads(call("event", "list", "--json").out) == []


def test_without_a_terminal_a_plan_is_not_removed_unless_confirmed_and_what_goes_is_listed(call, bakery):
    refused = call("event", "remove", "1")

    assert refused.status == 1
    assert "5 recipes" in refused.err
    assert "pass --yes" in refused.err


@pytest.mark.costly
@needs_a_terminal
def test_on_a_terminal_what_goes_with_an_event_is_shown_before_the_question(bakery):
    kept = Terminal(bakery).run("event", "remove", "1", answers=["n\n"])
    removed = Terminal(bakery).run("event", "remove", "1", answers=["y\n"])

    assert (kept.status, removed.status) == (1, 0)
    assert "5 recipes" in kept.text
    assert "nothing was changed" in kept.text
    assert "removed 'Harbour Market'" in removed.text


def test_what_is_used_is_not_removed_and_what_uses_it_is_named(call, bakery):
    refused = call("ingredient", "remove", "Wheat flour")

    assert refused.status == 1
    assert "recipe 1 'Shortcrust'" in refused.err
    assert "the stock of Wheat flour (25 kg)" in refused.err


def test_what_nothing_uses_is_removed(call, bakery):
    for line in (("ingredient", "add", "Mint"), ("recipe", "add", "Tea", "--makes", "Cup=4")):
        assert call(*line).status == 0
    recipe = call("recipe", "remove", "tea")
    ingredient = call("ingredient", "remove", "mint")

    assert recipe.out == "removed recipe 'Tea' (tea)\nremoved finished unit 'Cup' (cup)\n"
    assert ingredient.out == "removed ingredient 'Mint' (mint)\n"


def test_a_name_changes_and_the_short_name_stays(call, bakery):
    renamed = call("recipe", "rename", "lemon-tart", "Tarte au citron")
    again = call("recipe", "rename", "lemon-tart", "Tarte au citron")
    of_yield = call("recipe", "rename", "lemon-tart", "Slice of tart", "--yield", "lemon-tart-slice")
    blank = call("good", "rename", "tea-box", " ")

    assert renamed.out == "renamed recipe 'Lemon tart' to 'Tarte au citron'; its short name stays lemon-tart\n"
    assert "nothing was changed" in again.out
    assert "to 'Slice of tart'; its short name stays lemon-tart-slice" in of_yield.out
    assert blank.status == 2


def test_a_yield_of_another_recipe_is_not_renamed(call, bakery):
    refused = call("recipe", "rename", "lemon-tart", "Other", "--yield", "rye-loaf")

    assert refused.status == 1
    assert "lemon-tart yields lemon-tart-slice" in refused.err


def test_a_recipe_given_for_a_good_says_what_it_is(call, bakery):
    refused = call("plan", "goods", "1", "lemon-tart=3")

    assert refused.status == 1
    assert "it is the recipe 'Lemon tart'; the goods made of it are tea-box" in refused.err


def test_of_two_ingredients_of_one_name_the_merge_is_named_ready_to_paste(call, bakery):
    call("ingredient", "add", "Rye")
    refused = call("ingredient", "rename", "rye", "Wheat flour")

    assert "'plandoc ingredient merge rye into wheat-flour'" in refused.err


def test_the_one_word_between_two_ingredients_is_named(call, bakery):
    refused = call("ingredient", "merge", "wheat-flour", "butter")

    assert refused.status == 2
    assert "wanted the word into, found 'butter'" in refused.err


def test_what_is_given_twice_is_refused_without_the_lines_of_a_table_that_nobody_wrote(call, bakery):
    refused = call("good", "add", "Tea", "rye-loaf=1", "rye-loaf=2")

    assert refused.err == "plandoc: component: 'rye-loaf' occurs twice (leave one out)\n"
