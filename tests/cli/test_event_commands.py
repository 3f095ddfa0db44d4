"""Adding events, as far as names and numbers can be mistaken for each other."""


def test_an_event_that_is_called_a_number_says_by_which_number_it_is_meant(call, bakery):
    added = call("event", "add", "2026", "--date", "2026-12-31")
    shown = call("event", "show", "2026")

    assert added.out.splitlines() == [
        "added '2026' on 2026-12-31 as 2026 (event 2)",
        "a number means the event of that number first, so call this one 2, not 2026",
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
