"""A bakery in which every text that a person can give is meant to do harm."""

from __future__ import annotations

import datetime
import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

import plandoc
from plandoc import records
from plandoc.records import PlanState
from plandoc.workflow import amendments, production
from tests.builders import a_bakery, a_plan

# What steers a terminal, turns text round, breaks lines, runs in a browser or in a spreadsheet.
EVIL = (
    "\x1b[2J\x1b]0;owned\x07\x1b[31mEscape",
    "Return\rOver\nLine\x0b\x0c\x85\u2028\u2029Break",
    "\u202etxt.exe\u202d\u2066\u2067\u2068\u2069\u200e\u200f\u061c Bidi",
    "\x9b31m\x90q\x9c\x00\x08\x7f C1",
    "<script>alert('owned')</script><img src=x onerror=alert(1)>\"'&amp;</style></title>{{7*7}}{% raw %}",
    "=cmd|' /C calc'!A1",
    '+HYPERLINK("http://evil.example";"x")',
    "-2+3+cmd|' /C calc'!A1",
    "@SUM(1+9)*cmd|' /C calc'!A1",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "\uff1d1+1",
    "[bold red]style[/] %s %n {0} $(id) `id` ; rm -rf ~",
    "../../../etc/passwd\\..\\con",
    "x" * 200,
    "\ufeff\u200b\u2060 Invisible",
    "e" + "\u0301" * 150,
)
NEVER_SHOWN = frozenset("\x1b\x07\r\x0b\x0c\x85\x9b\x90\x9c\x00\x08\x7f\u2028\u2029\ufeff\u200b\u2060") | frozenset(
    map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
)
DAY = datetime.date(2026, 12, 25)


def an_evil_bakery(folder: Path) -> Path:
    """Make a folder with a started event, a draft and a locked plan, all of whose texts are evil."""
    texts = itertools.cycle(EVIL)
    with plandoc.open_store(folder, create=True) as store:
        bakery = a_bakery(store)
        with store.session() as session:
            bakery = attrs.evolve(bakery, **{name: _renamed(session, one, texts) for name, one in _records(bakery)})
            for text in EVIL:
                made = session.add(plandoc.Ingredient(text, text, notes=text))
                session.add(plandoc.StockItem(made.id, Decimal(1), text, text))
                recipe = session.add(
                    plandoc.Recipe(text, text, (plandoc.RecipeLine(made.id, Decimal(1), text, text),), notes=text)
                )
                unit = session.add(plandoc.FinishedUnit(text, recipe.id, text, items_per_batch=3, notes=text))
                session.add(plandoc.FinishedGood(text, (plandoc.Component(unit.id, quantity=Decimal(1)),), notes=text))
                session.add(plandoc.Event(text, DAY, notes=text))
        events = [
            a_plan(store, PlanState(state), bakery=bakery, name=next(texts))
            for state in ("in_production", "locked", "draft")
        ]
        with store.session() as session:
            _go_on(session, events[0].id, bakery, texts)
            _plan_everything(session, events[2].id)
    return folder


def _records(bakery: Any) -> list[tuple[str, Any]]:
    return [(field.name, getattr(bakery, field.name)) for field in attrs.fields(type(bakery))]


def _renamed(session: plandoc.Session, record: Any, texts: Any) -> Any:
    changes = {
        name: next(texts)
        for name in ("name", "notes", "category", "item_unit", "variant_name")
        if hasattr(record, name)
    }
    return session.replace(attrs.evolve(record, **changes))


def _go_on(session: plandoc.Session, event: int, bakery: Any, texts: Any) -> None:
    amendments.change_quantity(event, bakery.hamper.id, 3, next(texts), session=session)
    amendments.modify_batch_decision(event, bakery.slice.id, 2, next(texts), session=session)
    amendments.add_finished_good(event, bakery.plain_slice.id, 2, next(texts), session=session)
    for text in EVIL:
        if text.strip():
            run = production.record_production(
                event, bakery.cookie.id, 1, lost={text.strip(): 1}, notes=text, session=session
            )
            production.void_run(event, records.RunKind.PRODUCTION, run.id, text.strip(), session=session)
    production.record_production(event, bakery.cookie.id, 2, lost={EVIL[0]: 2}, notes=EVIL[2], session=session)


def _plan_everything(session: plandoc.Session, event: int) -> None:
    goods = {good.id: 2 for good in session.find(records.FinishedGood)}
    plandoc.set_event_finished_goods(event, goods, add_missing_recipes=True, session=session)
    plandoc.decide_enough(event, session=session)
