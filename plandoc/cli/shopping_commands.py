"""`plandoc needs`, `shop` and `feasible`: what the decided batches take, what to buy for them, and what can be packed.

A list without the ingredients of undecided units looks complete, so it always comes with a warning.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.data_folder import Folder
from plandoc.cli.done import call_for_json
from plandoc.cli.lookup import all_of, event_id
from plandoc.cli.messages import UsageError
from plandoc.cli.rows import as_json
from plandoc.domain.feasibility import Feasibility, GoodFeasibility
from plandoc.domain.ingredient_needs import NeedRow
from plandoc.domain.made_ahead import MadeAhead
from plandoc.domain.measures import Amount, convert
from plandoc.domain.rounding import format_number
from plandoc.domain.shopping import ShoppingItem, ShoppingList, ShoppingRow
from plandoc.domain.without_amount import WithoutAmount
from plandoc.engine.session import Session
from plandoc.records import Event, EventId, Finding, FindingKind, PlanState
from plandoc.workflow.review import get_feasibility
from plandoc.workflow.shopping import get_ingredient_needs, get_shopping_list, receive_shopping

Events = Annotated[str, Parameter("EVENT", at_least_one=True)]
_COMPARED = ("needed", "in stock")
_AMOUNTS = (*_COMPARED, "to buy")
_NO_BATCHES = "none; no batches are decided"
_WITHOUT_AMOUNT = "Also needed, no amount given"
_MADE_AHEAD = "Made ahead, in batches"
_BATCHES = ("needed", "made already", "to make")
_NOTHING_TO_BAKE = "none; no batches are left to bake"


def needs(*keys: Events, remaining: bool = False, json: bool = False, folder: Folder) -> None:
    """Show which ingredients the decided batches take, sub-recipes included; what was made ahead takes none.

    Args:
        keys: The events, by their short names or numbers; several are combined.
        remaining: Count only batches that are not baked yet.
        json: Print the ingredients as JSON.

    Examples:
        plandoc needs harbour-market
    """
    found = folder.read(lambda session: get_ingredient_needs(_event_ids(keys, session), remaining, session=session))
    say_what_is_missing(found.undecided, is_alone=json)
    if json:
        printing.print_json(as_json(found))
        return
    columns = [
        printing.Column("ingredient"),
        printing.Column("needed", is_number=True),
        *map(printing.Column, ("unit", "as written", "note")),
    ]
    nothing = _NOTHING_TO_BAKE if remaining else _NO_BATCHES
    when_empty = "none with an amount" if found.without_amount else nothing
    if found.made_ahead:
        when_empty = "none; everything is made already"
    printing.print_table("Ingredients", columns, map(_need, found.rows), when_empty=when_empty)
    _print_without_amount(found.without_amount)
    _print_made_ahead(found.made_ahead)


def shop(
    *keys: Events,
    everything: Annotated[bool, Parameter("--all")] = False,
    bought: bool = False,
    csv: bool = False,
    json: bool = False,
    folder: Folder,
) -> None:
    """Show what to buy for what is still to bake: what it needs, less what is in stock.

    Args:
        keys: The events, by their short names or numbers; several are combined.
        everything: Count all decided batches, as if nothing had been baked.
        bought: Add everything on the list to the stock, because it was bought.
        csv: Print the list as CSV, for a spreadsheet.
        json: Print the list as JSON; with --bought, what was done.

    Examples:
        plandoc shop harbour-market --csv
        plandoc shop harbour-market --bought
    """
    if csv and json:
        raise UsageError("--csv and --json are mutually exclusive")
    if bought and everything:
        raise UsageError("--bought adds what is still to buy, so it cannot be used with --all; leave one out")
    found = _received(keys, folder) if bought else _listed(keys, folder, remaining=not everything)
    say_what_is_missing(found.undecided, is_alone=json or csv)
    if json and bought:
        call_for_json("shop", lambda: _print_bought(found), folder.work_log)
    elif json:
        printing.print_json(as_json(found))
    elif csv:
        _print_csv(found)
    elif bought:
        _print_bought(found)
    else:
        _print_groups(found, () if everything else _completed(found))


def _listed(keys: Sequence[str], folder: Folder, *, remaining: bool) -> ShoppingList:
    return folder.read(lambda session: get_shopping_list(_event_ids(keys, session), remaining, session=session))


def _received(keys: Sequence[str], folder: Folder) -> ShoppingList:
    return folder.change(
        "receive the shopping", lambda session: receive_shopping(_event_ids(keys, session), session=session)
    )


def feasible(event: str, /, *, json: bool = False, folder: Folder) -> int:
    """Show how many of each good can be packed from the decided batches; exit status 1 when not all can.

    Args:
        json: Print the goods as JSON.

    Examples:
        plandoc feasible harbour-market
    """
    found = folder.read(lambda session: get_feasibility(event_id(event, session), session=session))
    if json:
        printing.print_json(as_json(found))
    else:
        _print_feasibility(found)
    return 0 if found.is_feasible else 1


def _event_ids(keys: Sequence[str], session: Session) -> list[EventId]:
    return [event.id for event in all_of(Event, keys, session)]


def say_what_is_missing(undecided: Sequence[Finding], *, is_alone: bool) -> None:
    """Warn whose ingredients are missing; on the error stream if the output is for a program."""
    if not undecided:
        return
    broken = [finding.message for finding in undecided if finding.kind is FindingKind.BROKEN]
    units = dict.fromkeys(finding.what for finding in undecided if finding.kind is not FindingKind.BROKEN)
    open_ones = [f"no batches are decided for {', '.join(units)}"] if units else []
    text = f"this list is not complete: {'; '.join([*open_ones, *broken])}"
    if sys.stdout.isatty() and not is_alone:
        printing.say(text)
    else:
        printing.complain(text)


def _need(row: NeedRow) -> tuple[str, ...]:
    written = "" if row.as_written == (row.amount,) else " + ".join(map(_as_written, row.as_written))
    return row.ingredient.name, *_split(row.amount), written, row.unconverted or ""


def _as_written(amount: Amount) -> str:
    return f"{format_number(amount.exact)} {amount.unit}"


def _print_without_amount(listed: Sequence[WithoutAmount]) -> None:
    if listed:
        columns = [printing.Column("ingredient"), printing.Column("in")]
        rows = [(one.ingredient.name, _recipes(one)) for one in listed]
        printing.print_table(_WITHOUT_AMOUNT, columns, rows, when_empty="nothing", is_one_of_several=True)


def _print_made_ahead(taken: Sequence[MadeAhead]) -> None:
    if taken:
        columns = [printing.Column("recipe"), *(printing.Column(one, is_number=True) for one in _BATCHES)]
        rows = [(one.recipe.name, *map(format_number, (one.needed, one.made, one.to_make))) for one in taken]
        printing.print_table(_MADE_AHEAD, columns, rows, when_empty="nothing", is_one_of_several=True)


def _recipes(one: WithoutAmount) -> str:
    return ", ".join(recipe.name for recipe in one.recipes)


def _completed(found: ShoppingList) -> list[str]:
    return [event.name for event in found.events if event.plan_state is PlanState.COMPLETED]


def _print_bought(found: ShoppingList) -> None:
    printing.say(f"bought for {' and '.join(event.name for event in found.events)}; it is in the stock now")
    _print_compared("Bought", found.buy, ("to buy",))
    if found.cannot_compare:
        names = ", ".join(item.ingredient.name for item in found.cannot_compare)
        printing.say(
            f"not added to the stock, because the amount to buy is not known: {names}; use 'plandoc stock add'"
        )
    if found.without_amount:
        names = ", ".join(one.ingredient.name for one in found.without_amount)
        printing.say(f"not added to the stock, because the recipes give no amount: {names}; use 'plandoc stock add'")


def _print_groups(found: ShoppingList, completed: Sequence[str]) -> None:
    printing.say(f"Shopping list for {' and '.join(event.name for event in found.events)}")
    for name in completed:
        printing.say(f"{name} is completed: nothing is left to bake for it, so nothing has to be bought")
    _print_compared("Buy", found.buy, _AMOUNTS)
    _print_uncompared(found.cannot_compare)
    _print_compared("Enough", found.enough, _COMPARED)
    _print_without_amount(found.without_amount)
    _print_made_ahead(found.made_ahead)


def _print_compared(title: str, items: Sequence[ShoppingItem], amounts: Sequence[str]) -> None:
    rows = [(one.ingredient.name, *_numbers(row, amounts)) for one in items for row in one.rows]
    printing.print_table(title, _columns(amounts), rows, when_empty="nothing", is_one_of_several=True)


def _print_uncompared(items: Sequence[ShoppingItem]) -> None:
    texts = map(printing.Column, ("unit", "in stock", "why"))
    columns = [printing.Column("ingredient"), printing.Column("needed", is_number=True), *texts]
    rows = [
        (one.ingredient.name, *_split(row.needed), _there(row, others), row.reason or "enough")
        for one in items
        for row, others in _with_others(one)
    ]
    printing.print_table("Cannot compare", columns, rows, when_empty="nothing", is_one_of_several=True)


def _with_others(item: ShoppingItem) -> Iterator[tuple[ShoppingRow, Sequence[Amount]]]:
    """Yield the rows of an item; the first with an unknown amount comes with the stock that is in no row."""
    others = item.other_stock
    for row in item.rows:
        if row.reason is None:
            yield row, ()
        else:
            yield row, others
            others = ()


def _there(row: ShoppingRow, others: Sequence[Amount]) -> str:
    return ", ".join(map(str, [*([row.in_stock] if row.in_stock.exact else []), *others])) or "none"


def _columns(amounts: Sequence[str]) -> list[printing.Column]:
    numbers = [printing.Column(amount, is_number=True) for amount in amounts]
    return [printing.Column("ingredient"), *numbers, printing.Column("unit")]


def _numbers(row: ShoppingRow, amounts: Sequence[str]) -> tuple[str, ...]:
    """Return the amounts of a row, all in the unit that fits the largest, which is the last cell."""
    by_name = {"needed": row.needed, "in stock": row.in_stock, "to buy": row.to_buy}
    unit = max(row.needed, row.in_stock, key=lambda amount: amount.exact).fitted().unit
    return *(_in_unit(by_name[name], unit) for name in amounts), unit


def _in_unit(amount: Amount | None, unit: str) -> str:
    if amount is None:
        return ""
    converted = convert(amount, unit)
    return str(amount) if converted is None else format_number(converted.exact, rounds_up=amount.rounds_up)


def _split(amount: Amount) -> tuple[str, str]:
    number, _, unit = str(amount).partition(" ")
    return number, unit


def _print_csv(found: ShoppingList) -> None:
    headings = ("standing", "ingredient", *_AMOUNTS, "unit", "also in stock", "why")
    rows = _csv_rows((*found.buy, *found.cannot_compare, *found.enough))
    others = (_csv_rows_without_amount(found.without_amount), _csv_rows_made_ahead(found.made_ahead))
    printing.print_csv(headings, itertools.chain(rows, *others))


def _csv_rows(items: Sequence[ShoppingItem]) -> Iterator[tuple[object, ...]]:
    for one in items:
        standing = one.standing.value.replace("_", " ")
        for row, others in _with_others(one):
            also = ", ".join(map(str, others))
            yield standing, one.ingredient.name, *_numbers(row, _AMOUNTS), also, row.reason or ""


def _csv_rows_without_amount(listed: Sequence[WithoutAmount]) -> Iterator[tuple[object, ...]]:
    for one in listed:
        yield "no amount given", one.ingredient.name, "", "", "", "", "", f"in {_recipes(one)}"


def _csv_rows_made_ahead(taken: Sequence[MadeAhead]) -> Iterator[tuple[object, ...]]:
    for one in taken:
        needed, made, to_make = map(format_number, (one.needed, one.made, one.to_make))
        yield "made ahead", one.recipe.name, needed, made, "", "batches", "", f"{to_make} to make"


def _print_feasibility(found: Feasibility) -> None:
    printing.say(f"{'all' if found.is_feasible else 'not all'} goods can be packed from the decided batches")
    columns = [
        *map(printing.Column, ("good", "name")),
        printing.Column("can be packed", is_number=True),
        printing.Column("not enough of"),
    ]
    rows = [(one.good.slug, one.good.name, f"{one.possible} of {one.wanted}", _stopping(one)) for one in found.goods]
    printing.print_table("Goods", columns, rows, when_empty="none chosen", is_one_of_several=True)
    if found.left_over:
        left = [printing.Column("unit"), printing.Column("left over", is_number=True), printing.Column("")]
        units = [(unit.slug, format_number(number), unit.item_unit) for unit, number in found.left_over]
        printing.print_table("Left over", left, units, when_empty="nothing", is_one_of_several=True)


def _stopping(one: GoodFeasibility) -> str:
    return ", ".join(unit.name for unit in one.stopped_by)
