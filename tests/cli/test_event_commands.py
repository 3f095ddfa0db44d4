"""Adding events, as far as names and numbers can be mistaken for each other; and changing them."""

import json


def test_an_event_that_is_called_a_number_says_by_which_number_it_is_meant(call, bakery):
    added = call("event", "add", "2026", "--date", "2026-12-31")
    shown = call("event", "show", "2026")

    assert added.out.splitlines() == [
        "added '2026' on 2026-12-31 as 2026 (event 2)",
        "a number is taken as an id first, so refer to this event as 2, not 2026",
    ]
    # As long as there is no event 2026.
    assert "2026-12-31" in shown.out


def test_the_number_of_an_event_comes_before_the_short_name_of_another(call, bakery):
    call("event", "add", "1", "--date", "2026-12-31")

    assert "Harbour Market" in call("event", "show", "1").out
    assert "2026-12-31" in call("event", "show", "2").out


def test_other_events_are_added_without_a_word_about_numbers(call, bakery):
    for name in ("Christmas", "2026 again", "4"):
        assert len(call("event", "add", name, "--date", "2026-12-31").out.splitlines()) == 1


def test_what_is_known_of_an_event_can_be_changed_and_both_values_are_said(call, bakery):
    ended = call("event", "edit", "1", "--name", " Quay Market ", "--date", "2026-06-02", "--attendees", "80")
    event = json.loads(call("event", "show", "1", "--json").out)

    assert ended.status == 0
    assert ended.out.splitlines()[0] == "name: Harbour Market -> Quay Market"
    assert ended.out.splitlines()[1].endswith("-> 2026-06-02")
    assert ended.out.splitlines()[2].endswith("-> 80")
    assert (event["name"], event["event_date"], event["expected_attendees"]) == ("Quay Market", "2026-06-02", 80)
    assert event["slug"] == "harbour-market"


def test_attendees_change_during_production_and_nothing_but_notes_after_it(call, bakery):
    for step in (("lock", "1"), ("start", "1")):
        call(*step)
    during = call("event", "edit", "1", "--attendees", "none")
    call("complete", "1", "--yes")
    after = call("event", "edit", "1", "--attendees", "90")
    notes = call("event", "edit", "1", "--notes", "rain")

    assert (during.status, during.out.splitlines()[0].endswith("-> none")) == (0, True)
    assert after.status == 1
    assert "only its notes can change now" in after.err
    assert notes.status == 0
    assert notes.out.startswith("notes: ")
    assert notes.out.endswith(" -> rain\n")


def test_an_edit_that_says_nothing_is_wrong_usage(call, bakery):
    assert call("event", "edit", "1").status == 2


def listed(call, *words):
    return [line.split("\t")[1] for line in call("event", "list", *words).out.splitlines()[1:]]


def test_events_are_listed_by_date_or_as_asked_and_those_that_are_open_alone(call, bakery):
    for name, date in (("Advent", "6.12.2026"), ("Zoo Fair", "2026-01-31")):
        call("event", "add", name, "--date", date)
    for step in ("lock", "start", "complete"):
        call(step, "harbour-market", "--yes")

    assert listed(call) == ["zoo-fair", "harbour-market", "advent"]
    assert listed(call, "--sort", "name") == ["advent", "harbour-market", "zoo-fair"]
    assert listed(call, "--sort", "id", "--open") == ["advent", "zoo-fair"]
    assert listed(call, "--open") == ["zoo-fair", "advent"]


def test_a_date_that_can_be_two_days_is_refused_with_both(call, bakery):
    refused = call("event", "add", "Fair", "--date", "4/5/2026")
    unknown = call("event", "edit", "1", "--date", "tomorrow")

    assert (refused.status, unknown.status) == (2, 2)
    assert "--date: '4/5/2026' can be 4 May 2026 or 5 April 2026; write 2026-05-04 or 2026-04-05" in refused.err
    assert "wanted a date such as 2026-12-25, 25.12.2026 or 25 Dec 2026, found 'tomorrow'" in unknown.err


def test_the_catalog_is_listed_in_the_order_that_is_asked_for(call, bakery):
    names = [row["name"] for row in json.loads(call("recipe", "list", "--sort", "name", "--json").out)]
    categories = [row["category"] for row in json.loads(call("ingredient", "list", "--sort", "category", "--json").out)]

    assert names == sorted(names, key=str.casefold)
    assert categories == sorted(categories)
