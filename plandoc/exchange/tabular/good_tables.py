"""The goods of a table as drafts."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import attrs

from plandoc import units
from plandoc.exchange.names import folded, shown
from plandoc.exchange.tabular.cells import Cell, CellReader, notes_by
from plandoc.exchange.tabular.draft_maker import DraftMaker
from plandoc.exchange.tabular.name_lookup import CellNames, Once
from plandoc.exchange.tabular.table_reader import Tables
from plandoc.exchange.tabular.table_rows import Columns, TableRow
from plandoc.frozen import frozen
from plandoc.records import AssemblyType, Component, FinishedGood, FinishedUnit
from plandoc.units.conversion import place
from plandoc.units.quantity_text import Number

# The columns that an export writes. A unit is only read, to refuse all but pieces.
WRITTEN_COLUMNS = ("good", "component", "quantity", "kind", "notes", "good_notes")
CSV_COLUMNS = Columns("good's row", WRITTEN_COLUMNS[:3], (*WRITTEN_COLUMNS[3:], "unit"))
JSON_COLUMNS = Columns(
    "good",
    ("name",),
    ("notes",),
    MappingProxyType({"parts": Columns("part", (), ("unit", "good", "quantity", "notes"))}),
)

_KINDS = ("unit", "good")


@frozen
class ComponentText:
    """A component as it is written.

    Attributes:
        kind: unit or good; blank when the name must show it.
        notes: None where the file has no notes of components.
        unit: What its quantity is counted in, which can only be pieces of it; None in JSON, which has no such key.
    """

    name: Cell
    quantity: Cell
    kind: Cell
    notes: Cell | None
    unit: Cell | None = None


@frozen
class GoodText:
    """A good as it is written; its notes are blank where the file has none."""

    name: Cell
    notes: Cell
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
        self._units: CellNames[Any] = CellNames("finished unit", units)
        self._goods: CellNames[Any] = CellNames("good", goods)
        self._units_by_id = {unit.id: unit for unit in units}
        self._goods_by_id = {good.id: good for good in goods}
        # By the id of a good: the one unit that a bare good is.
        self._bare: dict[int, int | None] = {
            good.id: good.components[0].finished_unit_id for good in goods if good.assembly_type is AssemblyType.BARE
        }

    def read(self, tables: Tables) -> None:
        """Make the drafts; the reader of the cells collects the problems."""
        started = self._maker.things(FinishedGood, _good_texts(tables), self._goods)
        self._bare |= {good.id: self._only_unit(text) for text, good, _ in started}
        for text, good, present in started:
            self._fill(text, good, present)

    def _only_unit(self, text: GoodText) -> int | None:
        if len(text.parts) != 1 or text.parts[0].quantity.text != "1" or folded(text.parts[0].kind.text) == "good":
            return None
        unit = self._units.one(text.parts[0].name.text)
        return None if unit is None else int(unit.id)

    def _fill(self, text: GoodText, good: Any, present: FinishedGood | None) -> None:
        held = [self._inside(part) for part in present.components] if present else []
        once = Once(self._cells, held)
        parts = [(self._thing(part, good, present, once), self._cells.amount(part.quantity)) for part in text.parts]
        if not parts and present is None:
            self._cells.refuse_cell(text.name, "wanted at least one component, found none")
        notes = self._cells.text_instead(text.notes, present.notes if present else "", in_lines=True)
        kept = (
            notes_by((one, part.notes) for one, part in zip(held, present.components, strict=True)) if present else {}
        )
        part_notes = [
            self._cells.notes_instead(part.notes, kept.get(id(thing)))
            for part, (thing, _) in zip(text.parts, parts, strict=True)
        ]
        bare = len(parts) == 1 and parts[0][1] == 1 and _is_unit(parts[0][0])

        def make() -> FinishedGood:
            kind = AssemblyType.BARE if bare else AssemblyType.BUNDLE
            components = tuple(map(_component, parts, part_notes))
            if present is None:
                return FinishedGood(good.name, components, kind, notes, id=good.id)
            # A file without components of a good leaves those as they are; so does one with the same.
            if components == present.components or not (components or self._cells.blank_clears):
                return attrs.evolve(present, notes=notes)
            return attrs.evolve(present, components=components, assembly_type=kind, notes=notes)

        self._maker.add(good, text.name.line, make, present=present)
        if present is not None and (parts or self._cells.blank_clears):
            self._note_dropped(present, held, {id(thing) for thing, _ in parts})

    def _inside(self, part: Component) -> Any:
        """Return the unit or the good that is a component of a good; None where a folder edited by hand has none."""
        if part.finished_unit_id is not None:
            return self._units_by_id.get(part.finished_unit_id)
        return None if part.finished_good_id is None else self._goods_by_id.get(part.finished_good_id)

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
            self._check_unit(part.unit, thing)
            once.refuse_second(part.name, thing)
            return thing
        if named and not goods and not units:
            self._cells.refuse_cell(part.name, f"{shown(part.name.text)} contains itself")
        else:
            self._refuse(part, kind, both=bool(units and goods))
        return None

    def _check_unit(self, unit: Cell | None, thing: Any) -> None:
        """Refuse a component that is counted in anything but pieces of it: a dozen would become one."""
        if unit and not _is_pieces(unit.text, thing):
            message = f"wanted no unit, because what is in a good is counted in pieces; found {shown(unit.text)}"
            self._cells.refuse_cell(unit, message, "write the number of pieces, such as 12 for a dozen")

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

    def _note_dropped(self, before: FinishedGood, held: Sequence[Any], kept: set[int]) -> None:
        names = ", ".join(shown(one.name) for one in dict.fromkeys(held) if one is not None and id(one) not in kept)
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
                ComponentText(
                    name,
                    part.cell("quantity"),
                    name._replace(text="unit" if unit else "good"),
                    part.cell_or_none("notes"),
                )
            )
        goods.append(GoodText(row.cell("name"), row.cell("notes"), parts))
    return goods


def _from_rows(tables: Tables) -> list[GoodText]:
    return [
        GoodText(name, tables.one_of(rows, "good_notes"), [_component_text(row) for row in rows if _has_component(row)])
        for name, rows in tables.grouped("good")
    ]


def _has_component(row: TableRow) -> bool:
    """Return whether a row names a component; one with nothing but notes of the good does not."""
    return any(row.cell(name) for name in ("component", "quantity", "kind", "notes"))


def _component_text(row: TableRow) -> ComponentText:
    name, quantity, kind = map(row.cell, ("component", "quantity", "kind"))
    return ComponentText(name, quantity, kind, row.cell_or_none("notes"), row.cell_or_none("unit"))


def _is_pieces(unit: str, thing: Any) -> bool:
    """Return whether a unit means pieces of a thing: by any word for pieces, or by what one of it is called."""
    return place(unit) == place(units.PIECES) or (_is_unit(thing) and folded(unit) == folded(thing.item_unit))


def _is_unit(thing: Any) -> bool:
    return isinstance(thing, FinishedUnit)


def _component(part: tuple[Any, Number], notes: str) -> Component:
    thing, quantity = part
    unit_id, good_id = (thing.id, None) if _is_unit(thing) else (None, thing.id)
    return Component(unit_id, good_id, quantity, notes)
