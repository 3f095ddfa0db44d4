"""Several at once in one folder and in one store on a PostgreSQL server: `python -m bench.teams`.

Clients are processes. "different" starts production of other events in each; "the same" adds to one row of the stock in all.
Server, clients and folder share the machine and the disk, and every commit of both is synced.
"""

from __future__ import annotations

import datetime
import json
import statistics
import subprocess
import sys
import tempfile
import time

import plandoc
from plandoc import PlanState
from plandoc.records import EventId, IngredientId
from tests.builders import a_bakery, a_plan
from tests.postgres.server import running

CLIENTS = (1, 4, 16)
CHANGES = 320
ROUNDS = 3
EVENTS_OF_LIST = 10_000
_DAY = datetime.date(2026, 12, 24)


def client(place: str, job: str, ids: list[int], start_at: float) -> None:
    """Do the job once for each id from a moment on; print how long each took, and how often somebody else was faster."""
    took, conflicts = [], 0
    with plandoc.open_store(place, timeout_seconds=600) as store:
        store.read(lambda session: session.event(EventId(ids[0])))
        time.sleep(max(0.0, start_at - time.time()))
        for one in map(EventId, ids):
            began = time.perf_counter()
            while True:
                try:
                    with store.session(job) as session:
                        if job == "different":
                            plandoc.start_production(one, session=session)
                        else:
                            plandoc.add_stock(IngredientId(1), 1, "kg", session=session)
                    break
                except plandoc.ConflictError:
                    conflicts += 1
            took.append(time.perf_counter() - began)
    print(json.dumps([took, conflicts, time.time() - start_at]))


def cell(place: str, job: str, clients: int) -> tuple[float, float, int]:
    """Return changes a second, the 95th percentile of a change in milliseconds, and the conflicts."""
    with plandoc.open_store(place) as store:
        bakery = a_bakery(store)
        ids = [a_plan(store, PlanState.LOCKED, bakery=bakery, name="Fair").id for _ in range(CHANGES)]
    start_at = time.time() + 1 + clients * 0.3
    shares = [ids[number::clients] for number in range(clients)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.teams", place, job, json.dumps(share), str(start_at)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in shares
    ]
    results = [json.loads(process.communicate()[0]) for process in processes]
    took = sorted(one for times, _, _ in results for one in times)
    return (
        CHANGES / max(seconds for _, _, seconds in results),
        took[int(len(took) * 0.95)] * 1000,
        sum(conflicts for _, conflicts, _ in results),
    )


def a_cold_list(place: str) -> float:
    """Return how many seconds a store that was just opened takes for the list of ten thousand events."""
    with plandoc.open_store(place, create=True) as store:
        for first in range(0, EVENTS_OF_LIST, 1000):
            with store.session() as session:
                for number in range(first, first + 1000):
                    session.add(plandoc.Event(f"Event {number}", _DAY, slug=f"event-{number}"))
    with plandoc.open_store(place) as store:
        began = time.perf_counter()
        found = store.read(lambda session: session.find(plandoc.Event))
        assert len(found) == EVENTS_OF_LIST
        return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    with (
        running("fsync=on", "full_page_writes=on", place=tempfile.gettempdir()) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        print(f"{'clients':>8} {'job':>10} {'where':>9} {'a second':>9} {'p95 ms':>8} {'conflicts':>9}  rounds")
        for clients in CLIENTS:
            for job in ("different", "the same"):
                found: dict[str, list[tuple[float, float, int]]] = {"folder": [], "server": []}
                for number in range(ROUNDS):
                    places = {
                        "folder": f"{folder}/{job[:4]}{clients}-{number}",
                        "server": server.address(f"{job[:4].strip()}{clients}_{number}"),
                    }
                    for where, place in places.items():
                        plandoc.open_store(place, create=True).close()
                        found[where].append(cell(place, job, clients))
                for where, results in found.items():
                    rate, p95 = (statistics.median(one[part] for one in results) for part in (0, 1))
                    rounds = ", ".join(f"{one[0]:.0f}" for one in results)
                    conflicts = sum(one[2] for one in results)
                    print(
                        f"{clients:>8} {job:>10} {where:>9} {rate:>9.0f} {p95:>8.0f} {conflicts:>9}  {rounds}",
                        flush=True,
                    )
        for where, place in {"folder": f"{folder}/list", "server": server.address("list")}.items():
            print(f"list of {EVENTS_OF_LIST} events, cold, {where}: {a_cold_list(place):.2f} s")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        client(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), float(sys.argv[4]))
    else:
        main()
