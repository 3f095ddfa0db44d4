"""The goods of a table as drafts."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import attrs

from plandoc.exchange.names import folded, shown
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.draft_maker import DraftMaker
from plandoc.exchange.tabular.name_lookup import CellNames, Once
from plandoc.exchange.tabular.table_reader import Tables
from plandoc.exchange.tabular.table_rows import Columns
from plandoc.frozen import frozen
from plandoc.records import AssemblyType, Component, FinishedGood, FinishedUnit
from plandoc.units.quantity_text import Number

CSV_COLUMNS = Columns("good's row", ("good", "component", "quantity"), ("kind",))
JSON_COLUMNS = Columns(
    "good", ("name",), lists=MappingProxyType({"parts": Columns("part", (), ("unit", "good", "quantity"))})
)

_KINDS = ("unit", "good")


@frozen
class ComponentText:
    """A component as it is written.

    Attributes:
        kind: unit or good; blank when the name must show it.
    """

    name: Cell
    quantity: Cell
    kind: Cell


@frozen
class GoodText:
    """A good as it is written."""

    name: Cell
    parts: list[ComponentText]


class GoodReader:
    """Reads the goods of one file.

    Attributes:
        notes: Notes for the report.
    """

    def __init__(
        self, cells: CellReader, goods: Sequence[FinishedGood], units: Sequence[FinishedUnit], maker: DraftMaker
    ) -> None:
        self.notes: list[str] = []
        self._cells = cells
        self._maker = maker
        self._stored = goods
        self._units: CellNames[Any] = CellNames("finished unit", units)
        self._goods: CellNames[Any] = CellNames("good", goods)
        self._all_units = units
        # By the id of a good: the one unit that a bare good is.
        self._bare = {
            good.id: good.components[0].finished_unit_id for good in goods if good.assembly_type is AssemblyType.BARE
        }

    def read(self, tables: Tables) -> None:
        """Make the drafts; the reader of the cells collects the problems."""
        for text, good, present in self._start(_good_texts(tables)):
            self._fill(text, good, present)

    def _start(self, texts: list[GoodText]) -> list[tuple[GoodText, Any, FinishedGood | None]]:
        """Name all goods before any is filled: one may hold another that comes later."""
        once = Once(self._cells)
        started = []
        for text in texts:
            name, present = self._cells.name(text.name), self._goods.present(self._cells, text.name)
            once.refuse_second(text.name, present)
            started.append((text, self._maker.thing(name, present), present))
        for text, good, present in started:
            self._bare[good.id] = self._only_unit(text)
            if present is None and text.name:
                self._goods.add(good, good.name)
        return started

    def _only_unit(self, text: GoodText) -> int | None:
        if len(text.parts) != 1 or text.parts[0].quantity.text != "1" or folded(text.parts[0].kind.text) == "good":
            return None
        unit = self._units.one(text.parts[0].name.text)
        return None if unit is None else int(unit.id)

    def _fill(self, text: GoodText, good: Any, present: FinishedGood | None) -> None:
        once = Once(self._cells)
        parts = [(self._thing(part, good, present, once), self._cells.amount(part.quantity)) for part in text.parts]
        if not parts:
            self._cells.refuse_cell(text.name, "wanted at least one component, found none")
        bare = len(parts) == 1 and parts[0][1] == 1 and _is_unit(parts[0][0])

        def make() -> FinishedGood:
            kind = AssemblyType.BARE if bare else AssemblyType.BUNDLE
            if present is None:
                return FinishedGood(good.name, _components(parts, ()), kind, id=good.id)
            return attrs.evolve(present, components=_components(parts, present.components), assembly_type=kind)

        self._maker.add(good, text.name.line, make, present=present)
        if present is not None:
            self._note_dropped(present, {id(thing) for thing, _ in parts})

    def _thing(self, part: ComponentText, whole: Any, present: FinishedGood | None, once: Once) -> Any:
        """Return the unit or good that a component refers to; None when it is refused."""
        if not part.name:
            self._cells.name(part.name)
            return None
        kind = folded(part.kind.text)
        if kind and kind not in _KINDS:
            self._cells.refuse_cell(part.kind, f"wanted unit or good, found {shown(part.kind.text)}")
            return None
        units = self._units.all_of(part.name.text) if kind != "good" else []
        named = self._goods.all_of(part.name.text) if kind != "unit" else []
        # No good holds itself, so that "Cookie" may well be a good of one unit "Cookie".
        goods = [one for one in named if one is not whole]
        thing = self._one_of(units, goods, present)
        if thing is not None:
            once.refuse_second(part.name, thing)
            return thing
        if named and not goods and not units:
            self._cells.refuse_cell(part.name, f"{shown(part.name.text)} contains itself")
        else:
            self._refuse(part, kind, both=bool(units and goods))
        return None

    def _one_of(self, units: list[Any], goods: list[Any], present: FinishedGood | None) -> Any:
        """Return what is meant by a name; None when nothing has it, or several things that are not the same."""
        if len(units) + len(goods) == 1:
            return (units or goods)[0]
        if len(units) != 1 or any(self._bare.get(good.id) != units[0].id for good in goods):
            return None
        # A bare good is its unit; what the good holds already stays, so that nothing seems to have changed.
        held = present.inner_good_ids if present else ()
        return next((good for good in goods if good.id in held), units[0])

    def _refuse(self, part: ComponentText, kind: str, *, both: bool) -> None:
        if both:
            message = f"{shown(part.name.text)} is the name of a finished unit and of a good"
            self._cells.refuse_cell(part.name, message, "say which in the column kind: unit or good")
        elif kind:
            (self._units if kind == "unit" else self._goods).refuse(self._cells, part.name)
        else:
            self._refuse_any(part)

    def _refuse_any(self, part: ComponentText) -> None:
        meant = self._units if self._units.all_of(part.name.text) else self._goods
        if meant.all_of(part.name.text):
            meant.refuse(self._cells, part.name)
            return
        hint = None
        if self._cells.suggests:
            hint = self._units.nearest(part.name.text) or self._goods.nearest(part.name.text)
        self._cells.refuse_cell(part.name, f"there is no finished unit and no good {shown(part.name.text)}", hint)

    def _note_dropped(self, before: FinishedGood, kept: set[int]) -> None:
        units = {part.finished_unit_id for part in before.components}
        inside: list[Any] = [unit for unit in self._all_units if unit.id in units]
        inside += [good for good in self._stored if good.id in before.inner_good_ids]
        names = ", ".join(shown(one.name) for one in inside if id(one) not in kept)
        if names:
            self.notes.append(f"{shown(before.name)} no longer holds {names}")


def _good_texts(tables: Tables) -> list[GoodText]:
    return _from_objects(tables) if tables.is_json else _from_rows(tables)


def _from_objects(tables: Tables) -> list[GoodText]:
    goods = []
    for row in tables.rows:
        parts = []
        for part in row.rows("parts"):
            unit, good = part.cell("unit"), part.cell("good")
            if bool(unit) == bool(good):
                tables.cells.refuse_cell(unit, f"wanted either a unit or a good, found {'both' if unit else 'neither'}")
            name = unit or good
            parts.append(
                ComponentText(name, part.cell("quantity"), attrs.evolve(name, text="unit" if unit else "good"))
            )
        goods.append(GoodText(row.cell("name"), parts))
    return goods


def _from_rows(tables: Tables) -> list[GoodText]:
    return [
        GoodText(name, [ComponentText(row.cell("component"), row.cell("quantity"), row.cell("kind")) for row in rows])
        for name, rows in tables.grouped("good")
    ]


def _is_unit(thing: Any) -> bool:
    return isinstance(thing, FinishedUnit)


def _components(parts: list[tuple[Any, Number]], before: tuple[Component, ...]) -> tuple[Component, ...]:
    # A table has no notes; those of the components that are replaced stay.
    notes = {(part.finished_unit_id, part.finished_good_id): part.notes for part in before}
    components = []
    for thing, quantity in parts:
        unit_id, good_id = (thing.id, None) if _is_unit(thing) else (None, thing.id)
        components.append(Component(unit_id, good_id, quantity, notes.get((unit_id, good_id), "")))
    return tuple(components)
