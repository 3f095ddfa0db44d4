"""One-line builders: a bakery and a plan in any state, in a real store."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

import plandoc
from plandoc import records
from plandoc.engine.session import Session
from plandoc.records import PlanState
from plandoc.storage import address
from plandoc.storage.pre_migration_backup import files_of
from plandoc.store import Store
from plandoc.tables import ROOT_DOCUMENTS

EVENT_DATE = datetime.date(2026, 12, 25)
_WAY = (PlanState.LOCKED, PlanState.IN_PRODUCTION, PlanState.COMPLETED)


@attrs.frozen
class Bakery:
    """The records of a small bakery.

    Attributes:
        cookie: 24 a batch of `cookies`.
        small_cookie: The other yield of `cookies`, 48 a batch.
        slice: A quarter of a batch of `cake`.
        plain_cookie: A bare good, one cookie.
        plain_slice: A bare good, one slice of cake.
        cookie_box: A bundle of 12 cookies.
        hamper: A bundle of one cookie box and two slices.
    """

    flour: records.Ingredient
    sugar: records.Ingredient
    butter: records.Ingredient
    cookies: records.Recipe
    frosting: records.Recipe
    cake: records.Recipe
    cookie: records.FinishedUnit
    small_cookie: records.FinishedUnit
    slice: records.FinishedUnit
    plain_cookie: records.FinishedGood
    plain_slice: records.FinishedGood
    cookie_box: records.FinishedGood
    hamper: records.FinishedGood
    flour_in_stock: records.StockItem


def a_bakery(store: Store) -> Bakery:
    """Fill the catalog and return what is in it."""
    with store.session("fill the catalog") as session:
        flour = session.add(records.Ingredient("Flour", "Baking", records.Density(1, "cup", 120, "g")))
        sugar = session.add(records.Ingredient("Sugar", "Baking"))
        butter = session.add(records.Ingredient("Butter", "Dairy"))
        cookies, frosting, cake = _add_recipes(session, flour, sugar, butter)
        units = _add_units(session, cookies, cake)
        goods = _add_goods(session, cookie=units[0], piece_of_cake=units[2])
        stock = session.add(records.StockItem(flour.id, Decimal("5.5"), "kg"))
    return Bakery(flour, sugar, butter, cookies, frosting, cake, *units, *goods, stock)


def _add_recipes(
    session: Session, flour: records.Ingredient, sugar: records.Ingredient, butter: records.Ingredient
) -> tuple[records.Recipe, records.Recipe, records.Recipe]:
    line = records.RecipeLine
    cookies = session.add(
        records.Recipe("Chocolate Chip Cookies", "Cookies", (line(flour.id, 2, "cup"), line(sugar.id, 1, "cup")))
    )
    frosting = session.add(records.Recipe("Frosting", "Toppings", (line(butter.id, Decimal("0.67"), "cup"),)))
    cake = session.add(
        records.Recipe(
            "Sponge Cake", "Cakes", (line(flour.id, 3, "cup"),), (records.SubRecipe(frosting.id, Decimal("1.5")),)
        )
    )
    return cookies, frosting, cake


def _add_units(
    session: Session, cookies: records.Recipe, cake: records.Recipe
) -> tuple[records.FinishedUnit, records.FinishedUnit, records.FinishedUnit]:
    return (
        session.add(records.FinishedUnit("Cookie", cookies.id, items_per_batch=24)),
        session.add(records.FinishedUnit("Small Cookie", cookies.id, items_per_batch=48)),
        session.add(
            records.FinishedUnit(
                "Slice", cake.id, "slice", mode=records.YieldMode.BATCH_PORTION, batch_percentage=Decimal(25)
            )
        ),
    )


def _add_goods(
    session: Session, *, cookie: records.FinishedUnit, piece_of_cake: records.FinishedUnit
) -> tuple[records.FinishedGood, records.FinishedGood, records.FinishedGood, records.FinishedGood]:
    part, bare = records.Component, records.AssemblyType.BARE
    plain_cookie = session.add(
        records.FinishedGood("Plain Cookie", (part(quantity=1, finished_unit_id=cookie.id),), assembly_type=bare)
    )
    plain_slice = session.add(
        records.FinishedGood("Plain Slice", (part(quantity=1, finished_unit_id=piece_of_cake.id),), assembly_type=bare)
    )
    box = session.add(records.FinishedGood("Cookie Gift Box", (part(quantity=12, finished_unit_id=cookie.id),)))
    parts = (part(quantity=1, finished_good_id=box.id), part(quantity=2, finished_good_id=plain_slice.id))
    return plain_cookie, plain_slice, box, session.add(records.FinishedGood("Hamper", parts))


def a_plan(
    store: Store,
    state: PlanState = PlanState.DRAFT,
    *,
    bakery: Bakery | None = None,
    name: str = "Christmas 2026",
    quantities: Mapping[int, int] | None = None,
) -> records.Event:
    """Return an event whose plan was brought to a state step by step.

    Args:
        store: Where it goes.
        state: The state wanted.
        bakery: Whose recipes and goods are planned; None makes a bakery first.
        name: Of the event.
        quantities: By the id of the good; None plans 10 cookie boxes and 2 hampers, with 6 batches of cookies and 1
            of cake decided, which is exactly enough. Given quantities get no decisions; none at all gives an empty
            plan.
    """
    shop = bakery or a_bakery(store)
    with store.session("plan an event") as session:
        event = session.add(records.Event(name, EVENT_DATE))
        if quantities is None:
            plandoc.set_event_recipes(event.id, [shop.cookies.id, shop.cake.id], session=session)
            plandoc.set_event_finished_goods(event.id, {shop.cookie_box.id: 10, shop.hamper.id: 2}, session=session)
            plandoc.save_batch_decision(event.id, shop.cookie.id, 6, session=session)
            plandoc.save_batch_decision(event.id, shop.slice.id, 1, session=session)
        elif quantities:
            plandoc.set_event_finished_goods(event.id, quantities, add_missing_recipes=True, session=session)
    return brought_to(store, event, state)


def brought_to(store: Store, event: records.Event, state: PlanState) -> records.Event:
    """Move a draft on to a state and return the event as it is then."""
    steps = (plandoc.lock_plan, plandoc.start_production, plandoc.complete_production)
    for reached, step in zip(_WAY, steps, strict=True):
        if event.plan_state is state:
            break
        with store.session(f"go on to {reached.name}") as session:
            event = step(event.id, session=session)
    return event


def transactions(path: Path) -> list[dict[str, Any]]:
    """Return the lines in the journal of a data folder, without the room behind them."""
    return [json.loads(line) for line in (path / "journal.jsonl").read_bytes().rstrip().splitlines()]


_MADE: dict[Callable[[Path], object], dict[Path, bytes]] = {}


def made_once(place: Path, make: Callable[[Path], object]) -> Path:
    """Have at a place what a function makes there, and return the place.

    The function does it the first time; later ones get the same files. On a server it does it each time.
    """
    if address.address_of(place) is not None:
        make(place)
    elif make not in _MADE:
        make(place)
        _MADE[make] = {path.relative_to(place): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    else:
        for name, content in _MADE[make].items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return place


def folder_bytes(path: Path) -> dict[str, bytes]:
    """Return the content of every document of a data folder by its relative path, to see that nothing changed."""
    if address.address_of(path) is not None:
        with plandoc.open_store(path) as store:
            return store.view(files_of)
    files = [path / name for name in ("plandoc.json", *ROOT_DOCUMENTS, "journal.jsonl")]
    present = [file for file in (*files, *sorted((path / "events").glob("*"))) if file.is_file()]
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in present}
