"""A plan that was amended, baked and packed, and every kind of change of the catalog that it rests on."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import attrs

import plandoc
from plandoc import records
from plandoc.engine.session import Session
from plandoc.records import PlanState, RunKind
from plandoc.store import Store
from tests.builders import Bakery, a_bakery, a_plan

BAKED = datetime.datetime(2026, 12, 23, 5, 30, tzinfo=datetime.UTC)

Change = Callable[[Session, Bakery], None]


def a_started_plan(store: Store, state: PlanState = PlanState.IN_PRODUCTION) -> tuple[Bakery, records.Event]:
    """Return a bakery and an event of every kind of amendment and run: one thing undecided, one short, much undone."""
    bakery = a_bakery(store)
    pie = _a_pie(store, bakery)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    with store.session("another recipe") as session:
        session.replace(attrs.evolve(bakery.cookies, notes="with a pinch of salt"))
    with store.session("bake, change and pack") as session:
        made = {"produced_at": BAKED, "session": session}
        plandoc.record_production(event.id, bakery.cookie.id, 2, lost={"burnt": 3}, **made)
        wrong = plandoc.record_production(event.id, bakery.slice.id, 1, **made)
        plandoc.void_run(event.id, RunKind.PRODUCTION, wrong.id, "typed twice", session=session)
        plandoc.record_assembly(event.id, bakery.cookie_box.id, 1, assembled_at=BAKED, session=session)
        plandoc.change_quantity(event.id, bakery.hamper.id, 3, "one more guest", session=session)
        plandoc.add_finished_good(event.id, pie.id, 2, "the mayor comes", session=session)
        plandoc.modify_batch_decision(event.id, bakery.small_cookie.id, 1, "for the children", session=session)
        plandoc.revise_recipe(event.id, bakery.cookies.id, "salt is better", session=session)
        if state is PlanState.COMPLETED:
            plandoc.complete_production(event.id, session=session)
    return bakery, event


def _a_pie(store: Store, bakery: Bakery) -> records.FinishedGood:
    with store.session("a pie") as session:
        apples = session.add(records.Ingredient("Apples", "Fruit"))
        line = records.RecipeLine
        pie = session.add(
            records.Recipe("Apple Pie", "Cakes", (line(apples.id, 2, "kg"), line(bakery.flour.id, 2, "cup")))
        )
        whole = session.add(records.FinishedUnit("Pie", pie.id, items_per_batch=1))
        return session.add(records.FinishedGood("Pie to go", (records.Component(finished_unit_id=whole.id),)))


def _of_all(record_type: type, change: Callable[[records.Recipe], records.Recipe]) -> Change:
    """Return the change that makes the same of all records of a type."""

    def changed(session: Session, _: Bakery) -> None:
        for record in session.find(record_type):
            session.replace(change(record))

    return changed


def _renamed(record):
    return attrs.evolve(record, name=f"Other {record.name}")


def _under_another_slug(record):
    return attrs.evolve(record, slug=f"other-{record.slug}")


def _of_another_category(record):
    return attrs.evolve(record, category="Odds and ends", notes="see the new book")


def _with_twice_as_much(recipe):
    return attrs.evolve(recipe, lines=tuple(attrs.evolve(one, quantity=one.quantity * 2) for one in recipe.lines))


def _in_pinches(recipe):
    return attrs.evolve(recipe, lines=tuple(attrs.evolve(one, unit="pinch") for one in recipe.lines))


def _emptied(record):
    if isinstance(record, records.Recipe):
        return attrs.evolve(record, lines=(), sub_recipes=())
    return attrs.evolve(record, components=(), assembly_type=records.AssemblyType.BUNDLE)


def _of_seven(unit):
    return attrs.evolve(unit, mode=records.YieldMode.DISCRETE_COUNT, items_per_batch=7, batch_percentage=None)


def _of_thirds(unit):
    thirds = Decimal("33.3")
    return attrs.evolve(unit, mode=records.YieldMode.BATCH_PORTION, items_per_batch=None, batch_percentage=thirds)


def _of_five_more(good):
    if good.assembly_type is records.AssemblyType.BARE:
        return good
    parts = tuple(attrs.evolve(part, quantity=part.quantity + 5) for part in good.components)
    return attrs.evolve(good, components=parts)


def _rye_in_everything(session: Session, _: Bakery) -> None:
    rye = session.add(records.Ingredient("Rye", "Baking"))
    for recipe in session.find(records.Recipe):
        session.replace(attrs.evolve(recipe, lines=(records.RecipeLine(rye.id, 1, "kg"),)))


def _frosting_in_everything(session: Session, bakery: Bakery) -> None:
    session.replace(attrs.evolve(bakery.cookies, sub_recipes=(records.SubRecipe(bakery.frosting.id, 3),)))
    session.replace(attrs.evolve(bakery.cake, sub_recipes=()))


def _yields_of_the_other_recipe(session: Session, bakery: Bakery) -> None:
    session.replace(attrs.evolve(bakery.cookie, recipe_id=bakery.cake.id))
    session.replace(attrs.evolve(bakery.slice, recipe_id=bakery.cookies.id))


def _boxes_of_slices(session: Session, bakery: Bakery) -> None:
    parts = (records.Component(finished_unit_id=bakery.slice.id, quantity=3),)
    session.replace(attrs.evolve(bakery.cookie_box, components=parts))


def _more_of_everything(session: Session, bakery: Bakery) -> None:
    """Add what nothing refers to, under names that are there."""
    flour = session.add(records.Ingredient("Flour", density=records.Density(1, "cup", 99, "g")))
    cookies = session.add(records.Recipe("Chocolate Chip Cookies", lines=(records.RecipeLine(flour.id, 9, "kg"),)))
    cookie = session.add(records.FinishedUnit("Cookie", cookies.id, items_per_batch=9))
    session.add(records.FinishedUnit("Cookie", bakery.cookies.id, items_per_batch=99))
    session.add(records.FinishedGood("Cookie Gift Box", (records.Component(finished_unit_id=cookie.id),)))


def _imported(session: Session, _: Bakery) -> None:
    """Bring in files written by hand that say something else of everything."""
    folder = Path(_FILES)
    files = {
        "ingredients.csv": "name,category,density\nFlour,Powders,1 cup = 130 g\nSugar,Powders,1 cup = 200 g\n",
        "recipes.csv": "recipe,ingredient,quantity,unit,makes,of\nChocolate Chip Cookies,Butter,2,kg,30,Cookie\n"
        "Frosting,Sugar,2,cup,,\n",
        "goods.csv": "good,component,quantity\nCookie Gift Box,Cookie,15\nPie to go,Pie,2\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    plandoc.import_ingredients(folder / "ingredients.csv", session=session)
    plandoc.import_recipes(folder / "recipes.csv", session=session)
    plandoc.import_goods(folder / "goods.csv", session=session)


def _reduced_to_what_events_name(session: Session, bakery: Bakery) -> None:
    """Remove whatever no event names and nothing else uses."""
    for record_type in (records.Recipe, records.FinishedGood):
        _of_all(record_type, _emptied)(session, bakery)
    for record_type in (records.FinishedGood, records.FinishedUnit, records.Recipe, records.Ingredient):
        for record in session.find(record_type):
            try:
                session.remove(record_type, record.id)
            except plandoc.errors.StillUsedError:
                continue


_FILES = ""


def files_go_to(folder: Path) -> None:
    """Say where the changes that import files write them."""
    global _FILES  # noqa: PLW0603  (a table of functions cannot be handed a folder of its own)
    _FILES = str(folder)


_EVERY_KIND = (records.Ingredient, records.Recipe, records.FinishedUnit, records.FinishedGood)

CHANGES: Mapping[str, Change] = {
    **{f"every {kind.__name__} renamed": _of_all(kind, _renamed) for kind in _EVERY_KIND},
    **{f"every {kind.__name__} under another slug": _of_all(kind, _under_another_slug) for kind in _EVERY_KIND},
    "every ingredient and recipe of another category": lambda session, bakery: [
        _of_all(kind, _of_another_category)(session, bakery) for kind in (records.Ingredient, records.Recipe)
    ],
    "every density taken away": _of_all(records.Ingredient, lambda one: attrs.evolve(one, density=None)),
    "every ingredient as heavy as water": _of_all(
        records.Ingredient, lambda one: attrs.evolve(one, density=records.Density(1, "ml", 1, "g"))
    ),
    "twice as much in every recipe": _of_all(records.Recipe, _with_twice_as_much),
    "every recipe in pinches": _of_all(records.Recipe, _in_pinches),
    "every recipe emptied": _of_all(records.Recipe, _emptied),
    "rye in every recipe": _rye_in_everything,
    "other recipes inside": _frosting_in_everything,
    "every yield 7": _of_all(records.FinishedUnit, _of_seven),
    "every yield a third": _of_all(records.FinishedUnit, _of_thirds),
    "yields of the other recipe": _yields_of_the_other_recipe,
    "five more in every good": _of_all(records.FinishedGood, _of_five_more),
    "every good emptied": _of_all(records.FinishedGood, _emptied),
    "boxes of slices": _boxes_of_slices,
    "more of everything": _more_of_everything,
    "other files imported": _imported,
    "what no event names removed": _reduced_to_what_events_name,
}
