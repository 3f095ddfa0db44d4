"""`plandoc snapshot`: the plan as it was when production started."""

from __future__ import annotations

from plandoc.cli import printing
from plandoc.cli.data_folder import Folder
from plandoc.domain.local_time import format_timestamp
from plandoc.domain.replay import original
from plandoc.engine.session import Session
from plandoc.errors import PlandocError
from plandoc.records import Event, PlanSnapshot
from plandoc.snapshots import get_plan_snapshot
from plandoc.workflow.catalog import find_by_key


def snapshot(event: str, /, *, json: bool = False, folder: Folder) -> None:
    """Show the plan of an event as it was when production started.

    Args:
        json: Print the snapshot's data as JSON.

    Examples:
        plandoc snapshot harbour-market
    """
    found, taken = folder.read(lambda session: _snapshot(event, session))
    if json:
        printing.print_json(taken.snapshot_data)
    else:
        print_snapshot(found, taken)


def print_snapshot(event: Event, taken: PlanSnapshot) -> None:
    """Show a snapshot as tables."""
    data = taken.snapshot_data
    # Validates the numbers, because another program may have changed the file.
    original(data)
    printing.say(f"Snapshot of {event.name!r} (event {event.id}), taken {format_timestamp(taken.created_at)}")
    number = [printing.Column("id", is_number=True)]
    printing.print_table(
        "Recipes",
        [*number, printing.Column("recipe"), printing.Column("name")],
        [(row["recipe_id"], row.get("recipe_slug"), row.get("recipe_name")) for row in data["recipes"]],
        when_empty="none",
        is_one_of_several=True,
    )
    printing.print_table(
        "Goods",
        [*number, printing.Column("good"), printing.Column("name"), printing.Column("quantity", is_number=True)],
        [(row["fg_id"], row.get("fg_slug"), row.get("fg_name"), row["quantity"]) for row in data["finished_goods"]],
        when_empty="none",
        is_one_of_several=True,
    )
    printing.print_table(
        "Batches",
        [
            printing.Column("unit"),
            printing.Column("recipe"),
            printing.Column("batches", is_number=True),
            printing.Column("yield each", is_number=True),
        ],
        [
            (row.get("finished_unit_slug"), row.get("recipe_name"), row["batches"], row.get("yield_per_batch"))
            for row in data["batch_decisions"]
        ],
        when_empty="none",
        is_one_of_several=True,
    )


def _snapshot(key: str, session: Session) -> tuple[Event, PlanSnapshot]:
    event = find_by_key(Event, key, session=session)
    taken = get_plan_snapshot(event.id, session=session)
    if taken is None:
        raise PlandocError(f"{event.name!r} has no snapshot yet; 'plandoc start {event.slug}' takes one")
    return event, taken
