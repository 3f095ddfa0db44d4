"""Finished goods, compositions and packages of a bake-tracker export; all become goods."""

from __future__ import annotations

from decimal import Decimal

from plandoc import records
from plandoc.exchange.bake_tracker.entries import Entry, aliases_of
from plandoc.exchange.bake_tracker.fields import Fields, Reference
from plandoc.exchange.bake_tracker.reader import ExportReader

_ORDINARY = frozenset({"", "bare", "bundle"})

# What each good and package is made of, with the place of each component among the others.
Parts = dict[Reference, list[tuple[Decimal, records.Component]]]


def goods(export: ExportReader, units: list[Entry]) -> list[Entry]:
    """Return the goods, the packages, and a bare good for each unit that has no good of its own.

    A good of a unit's own is one made of nothing but that unit. What stands in mixed boxes only gets a bare good too,
    for else nobody could hand it out alone.
    """
    parts: Parts = {}
    for table, parse in (("compositions", _composition), ("package_finished_goods", _package_good)):
        for whole, order, part in export.each(table, lambda row, parse=parse: parse(export, row)):  # type: ignore[misc]
            export.link(table, whole.text, whole)
            parts.setdefault(whole, []).append((order, part))
    entries = [
        *export.each("finished_goods", lambda row: _good(export, row, parts)),
        *export.each("packages", lambda row: _package(export, row, parts)),
    ]
    return [*entries, *_bare_goods(export, units, entries)]


def _composition(export: ExportReader, row: Fields) -> tuple[Reference, Decimal, records.Component] | None:
    good = row.reference_or_none("finished_goods", "finished_good_slug", "finished_good_name", "assembly_slug")
    whole = good or row.reference("packages", "package_name")
    row.text("package_name")
    unit = row.reference_or_none("finished_units", "finished_unit_slug", "finished_unit_name")
    inner = row.reference_or_none("finished_goods", "finished_good_component_slug")
    order = row.amount("sort_order", Decimal(0))
    part = unit or inner
    if part is None:
        reason = "packaging and materials have no place in a good"
        export.skip("compositions", whole.text, reason)
        return None
    return whole, order, _part(export, part, row.amount("component_quantity", Decimal(1)), row.text("notes"))


def _package_good(export: ExportReader, row: Fields) -> tuple[Reference, Decimal, records.Component]:
    whole = row.reference("packages", "package_name", "package_slug")
    part = row.reference("finished_goods", "finished_good_slug", "finished_good_name")
    return whole, Decimal(0), _part(export, part, row.amount("quantity", Decimal(1)), row.text("notes"))


def _good(export: ExportReader, row: Fields, parts: Parts) -> Entry:
    given, name = row.text("slug"), row.name("display_name", "name", "slug")
    kind = row.text("assembly_type")
    if kind not in _ORDINARY:
        export.note(f"finished_goods: {kind!r} is no longer a kind of good; read as bundle")
    bare = kind == records.AssemblyType.BARE.value
    return _entry(export, "finished_goods", row, (given, name), parts, bare=bare)


def _package(export: ExportReader, row: Fields, parts: Parts) -> Entry:
    given, name = row.text("slug"), row.name("name", "display_name")
    return _entry(export, "packages", row, (given, name), parts, bare=False)


def _entry(export: ExportReader, kind: str, row: Fields, called: tuple[str, str], parts: Parts, *, bare: bool) -> Entry:
    given, name = called
    aliases = aliases_of(given, name)
    # A package and a good may be called alike, and both become goods: their slugs share one namespace.
    slug = export.slug("finished_goods", given, name)
    mine = sorted(
        (part for alias in dict.fromkeys(aliases) for part in parts.get(Reference(kind, alias), ())),
        key=lambda part: part[0],
    )
    notes = "\n".join(text for text in (row.text("description"), row.text("notes")) if text)
    record = records.FinishedGood(
        name=name,
        components=tuple(part for _, part in mine),
        assembly_type=records.AssemblyType.BARE if bare else records.AssemblyType.BUNDLE,
        notes=notes,
        slug=slug,
        id=export.number(),
    )
    return Entry(kind, record, aliases)


def _bare_goods(export: ExportReader, units: list[Entry], entries: list[Entry]) -> list[Entry]:
    held = [export.references_of(entry.record) for entry in entries]
    with_own = {parts[0].text for parts in held if len(parts) == 1 and parts[0].kind == "finished_units"}
    bare = []
    for unit in units:
        if not with_own.intersection(unit.aliases):
            record = records.FinishedGood(
                name=unit.record.name,
                components=(_part(export, unit.reference, Decimal(1), ""),),
                assembly_type=records.AssemblyType.BARE,
                slug=export.slug("finished_goods", "", unit.record.slug),
                id=export.number(),
            )
            bare.append(Entry("bare goods", record, (unit.record.slug,)))
    return bare


def _part(export: ExportReader, reference: Reference, quantity: Decimal, notes: str) -> records.Component:
    number = export.number(reference)
    if reference.kind == "finished_units":
        return records.Component(finished_unit_id=number, quantity=quantity, notes=notes)
    return records.Component(finished_good_id=number, quantity=quantity, notes=notes)
