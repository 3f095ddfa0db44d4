"""Finished goods, compositions and packages of a bake-tracker export; all become goods."""

from __future__ import annotations

from decimal import Decimal

import attrs

from plandoc import records
from plandoc.errors import ValidationError
from plandoc.exchange.bake_tracker.export_reader import ExportReader
from plandoc.exchange.bake_tracker.fields import Fields, NameReference
from plandoc.exchange.names import listed, shown
from plandoc.frozen import frozen
from plandoc.records import FinishedGoodId
from plandoc.units.quantity_text import Number

_ORDINARY = frozenset({"", "bare", "bundle"})

# What each good is made of, by its number, with the place of each component among the others.
Parts = dict[int, list[tuple[Number, records.Component]]]


@frozen
class _Good:
    """A good or a package whose contents are not known yet."""

    table: str
    number: FinishedGoodId
    name: str
    slug: str
    notes: str
    assembly_type: records.AssemblyType


def goods(export: ExportReader, units: list[records.FinishedUnit]) -> list[records.FinishedGood]:
    """Return the goods, the packages, and a bare good for each unit that has no good of its own.

    A unit's own good is one made of that unit alone. A unit that is only in mixed boxes gets a bare good too, or it could
    not be handed out alone.
    """
    named = [
        *export.each("finished_goods", lambda row: _good(export, row)),
        *export.each("packages", lambda row: _package(export, row)),
    ]
    parts: Parts = {}
    export.each("compositions", lambda row: _composition(export, row, parts))
    export.each("package_finished_goods", lambda row: _package_good(export, row, parts))
    named += [_of_folder(there) for number, there in export.folder.records["finished_goods"].items() if number in parts]
    made = [_made(export, good, parts) for good in named]
    filled = [good for good in made if good is not None]
    _note_empty(export, filled)
    return [*filled, *_bare_goods(export, units, filled)]


def _of_folder(there: records.FinishedGood) -> _Good:
    """Return a good that is not in the file, although its contents are."""
    return _Good("finished_goods", there.id, there.name, there.slug, there.notes, records.AssemblyType.BUNDLE)


def _note_empty(export: ExportReader, made: list[records.FinishedGood]) -> None:
    empty = [
        shown(good.name)
        for good in made
        if not good.components and not getattr(export.folder.by_slug("finished_goods", good.slug), "components", ())
    ]
    if empty:
        has = "this good has" if len(empty) == 1 else "these goods have"
        export.note(f"finished_goods: {has} nothing in {'it' if len(empty) == 1 else 'them'}: {listed(empty)}")


def _good(export: ExportReader, row: Fields) -> _Good:
    given, name = row.text("slug"), row.name("display_name", "name", "slug")
    kind = row.text("assembly_type")
    if kind not in _ORDINARY:
        export.note(f"finished_goods: {kind!r} is no longer a kind of good; read as bundle")
    bare = kind == records.AssemblyType.BARE.value
    return _named(export, row, "finished_goods", given, name, bare=bare)


def _package(export: ExportReader, row: Fields) -> _Good:
    given, name = row.text("slug"), row.name("name", "display_name")
    return _named(export, row, "packages", given, name, bare=False)


def _named(export: ExportReader, row: Fields, table: str, given: str, name: str, *, bare: bool) -> _Good:
    # A package and a good may have the same name, and both become goods: their slugs share one namespace.
    slug, number = export.slug("finished_goods", given, name), export.new_number()
    notes = "\n".join(text for text in (row.text("description"), row.text("notes")) if text)
    export.know(table, number, name, slug, given)
    kind = records.AssemblyType.BARE if bare else records.AssemblyType.BUNDLE
    return _Good(table, number, name, slug, notes, kind)


def _composition(export: ExportReader, row: Fields, parts: Parts) -> None:
    good = row.reference_or_none("finished_goods", "finished_good_slug", "finished_good_name", "assembly_slug")
    whole = good or row.reference("packages", "package_name")
    row.text("package_name")
    unit = row.reference_or_none("finished_units", "finished_unit_slug", "finished_unit_name")
    inner = row.reference_or_none("finished_goods", "finished_good_component_slug")
    order = row.amount("sort_order", Decimal(0))
    part = unit or inner
    if part is None:
        export.skip("compositions", whole.text, "a good cannot contain packaging or materials")
        return
    component = _part(export, part, row.amount("component_quantity", Decimal(1)), row.text("notes"))
    parts.setdefault(export.number_of(whole), []).append((order, component))


def _package_good(export: ExportReader, row: Fields, parts: Parts) -> None:
    whole = export.number_of(row.reference("packages", "package_name", "package_slug"))
    part = row.reference("finished_goods", "finished_good_slug", "finished_good_name")
    component = _part(export, part, row.amount("quantity", Decimal(1)), row.text("notes"))
    parts.setdefault(whole, []).append((Decimal(0), component))


def _part(export: ExportReader, reference: NameReference, quantity: Number, notes: str) -> records.Component:
    number = export.number_of(reference)
    if reference.kind == "finished_units":
        return records.Component(finished_unit_id=number, quantity=quantity, notes=notes)
    return records.Component(finished_good_id=number, quantity=quantity, notes=notes)


def _made(export: ExportReader, good: _Good, parts: Parts) -> records.FinishedGood | None:
    components = sorted(parts.get(good.number, ()), key=lambda part: part[0])
    there: records.FinishedGood | None = export.folder.by_slug("finished_goods", good.slug)
    if not components and there is not None:
        # Only the folder has its contents; they stay.
        return attrs.evolve(there, name=good.name, notes=good.notes, id=good.number)
    try:
        return records.FinishedGood(
            name=good.name,
            components=tuple(component for _, component in components),
            assembly_type=good.assembly_type,
            notes=good.notes,
            slug=good.slug,
            id=good.number,
        )
    except ValidationError as error:
        export.failed.add(good.table, good.name, str(error).replace("\n", "; "))
        return None


def _bare_goods(
    export: ExportReader, units: list[records.FinishedUnit], made: list[records.FinishedGood]
) -> list[records.FinishedGood]:
    with_own = {next(iter(inside)) for inside in map(_units_in, made) if len(inside) == 1}
    goods = [_bare_good(export, unit) for unit in units if unit.id not in with_own]
    return [good for good in goods if good is not None]


def _bare_good(export: ExportReader, unit: records.FinishedUnit) -> records.FinishedGood | None:
    """Return the good of a unit; None where the folder has one by another short name."""
    unit_there = export.folder.by_slug("finished_units", unit.slug)
    goods_there = export.folder.records["finished_goods"].values()
    own = {good.slug for good in goods_there if unit_there is not None and _units_in(good) == {unit_there.id}}
    # A good of the folder that happens to have this short name must not become another one.
    others = {good.slug for good in goods_there} - own
    slug = export.slug("finished_goods", "", unit.slug, avoided=others)
    if own and slug not in own:
        return None
    component = records.Component(finished_unit_id=unit.id)
    bare = records.AssemblyType.BARE
    return records.FinishedGood(unit.name, (component,), bare, slug=slug, id=export.new_number())


def _units_in(good: records.FinishedGood) -> set[int | None]:
    return {part.finished_unit_id for part in good.components}
