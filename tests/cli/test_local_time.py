"""The command shows local time, and keeps its offset in the files."""

import json

import pytest

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
NEW_YORK = "EST5EDT,M3.2.0,M11.1.0"


@pytest.mark.costly
def test_a_run_is_recorded_in_local_time_and_shown_so_everywhere(bakery, run):
    for command in (("lock", "harbour-market", "--yes"), ("start", "harbour-market", "--yes")):
        assert run(*command, TZ=BERLIN).status == 0
    done = run("bake", "harbour-market", "rye-loaf", "1", "--at", "2026-04-10 04:30", TZ=BERLIN)
    amended = run("amend", "batches", "harbour-market", "rye-loaf", "10", "--reason", "more", TZ=BERLIN)
    document = json.loads((bakery / "events" / "1.json").read_text("utf-8"))

    assert (done.status, amended.status) == (0, 0)
    assert document["production_runs"]["1"]["produced_at"] == "2026-04-10T04:30:00+02:00"
    assert document["plan_snapshots"]["1"]["created_at"][-6:] in {"+01:00", "+02:00"}
    assert "2026-04-10 04:30 +02:00" in run("runs", "harbour-market", TZ=NEW_YORK).out
    for command in (("amendments",), ("snapshot",), ("plan", "show"), ("event", "show")):
        shown = run(*command, "harbour-market", TZ=NEW_YORK).out
        assert "+01:00" in shown or "+02:00" in shown, command
        assert "+00:00" not in shown
