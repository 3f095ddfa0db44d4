"""Which part of a catalog some events need: through all nesting, and for what their snapshots and amendments mention."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from plandoc.domain.snapshot_ids import ids_in
from plandoc.domain.unit_words import words_used
from plandoc.engine.session import Session
from plandoc.exchange.event_content import EventContent
from plandoc.exchange.id_allocation import KINDS
from plandoc.exchange.references import Key, references_of
from plandoc.frozen import frozen
from plandoc.records import Ingredient, Recipe, StockItem, UnitWord
from plandoc.tables import table_of


@frozen
class Needed:
    """The part of a catalog that is needed.

    Attributes:
        catalog: Records by id, by table.
        stock: Only where everything is needed.
    """

    catalog: Mapping[str, Mapping[int, Any]]
    stock: tuple[StockItem, ...] = ()


def needed_by(session: Session, contents: Iterable[EventContent], *, everything: bool) -> Needed:
    """Return what events need of the catalog, or everything with the stock."""
    present = {table_of(kind).name: {record.id: record for record in session.find(kind)} for kind in KINDS}
    if everything:
        return Needed(present, tuple(session.find(StockItem)))
    waiting = [key for content in contents for key in _of_event(content)]
    wanted: dict[str, dict[int, Any]] = {table: {} for table in present}
    while waiting:
        table, number = waiting.pop()
        record = None if number in wanted[table] else present[table].get(number)
        if record is not None:
            wanted[table][number] = record
            waiting.extend(references_of(record))
    lines = (line for recipe in wanted[table_of(Recipe).name].values() for line in recipe.lines)
    words = table_of(UnitWord).name
    used = words_used(
        present[words].values(), (line.unit for line in lines), wanted[table_of(Ingredient).name].values()
    )
    wanted[words].update({word.id: word for word in used})
    return Needed(wanted)


def _of_event(content: EventContent) -> Iterator[Key]:
    yield from (("recipes", number) for number in content.recipes)
    yield from (("finished_goods", number) for number in content.goods)
    for row in (*content.decisions.values(), *content.production_runs, *content.assembly_runs):
        yield from references_of(row)
    yield from ids_in(content.snapshot, content.amendments)
