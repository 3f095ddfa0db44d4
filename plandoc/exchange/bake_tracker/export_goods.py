"""Finished goods, compositions and packages of a bake-tracker export; all become goods."""

from __future__ import annotations

from decimal import Decimal

from plandoc import records
from plandoc.exchange.bake_tracker.reader import Export
from plandoc.exchange.drafts import Draft, IdOf
from plandoc.exchange.fields import Fields, Reference
from plandoc.exchange.import_report import Outcome, Row

_ORDINARY = frozenset({"", "bare", "bundle"})

Part = tuple[Reference, Decimal, str]
Parts = dict[Reference, list[tuple[Decimal, Part]]]


def goods(export: Export, units: list[Draft]) -> list[Draft]:
    """Return the goods, the packages, and a bare good for each unit that has no good of its own.

    A good of a unit's own is one made of nothing but that unit. What stands in mixed boxes only gets a bare good too,
    for else nobody could hand it out alone.
    """
    parts: Parts = {}
    for table, parse in (("compositions", _composition), ("package_finished_goods", _package_good)):
        for whole, order, part in export.each(table, lambda row, parse=parse: parse(export, row)):  # type: ignore[misc]
            export.link(table, whole.text, whole)
            parts.setdefault(whole, []).append((order, part))
    drafts = [
        *export.each("finished_goods", lambda row: _good(export, row, parts)),
        *export.each("packages", lambda row: _package(export, row, parts)),
    ]
    return [*drafts, *_bare_goods(export, units, drafts)]


def _composition(export: Export, row: Fields) -> tuple[Reference, Decimal, Part] | None:
    good = row.reference_or_none("finished_goods", "finished_good_slug", "finished_good_name", "assembly_slug")
    whole = good or row.reference("packages", "package_name")
    row.text("package_name")
    unit = row.reference_or_none("finished_units", "finished_unit_slug", "finished_unit_name")
    inner = row.reference_or_none("finished_goods", "finished_good_component_slug")
    order = row.amount("sort_order", Decimal(0))
    part = unit or inner
    if part is None:
        reason = "packaging and materials have no place in a good"
        export.skipped.append(Row("compositions", whole.text, Outcome.SKIPPED, reason))
        return None
    return whole, order, (part, row.amount("component_quantity", Decimal(1)), row.text("notes"))


def _package_good(export: Export, row: Fields) -> tuple[Reference, Decimal, Part]:  # noqa: ARG001
    whole = row.reference("packages", "package_name", "package_slug")
    part = row.reference("finished_goods", "finished_good_slug", "finished_good_name")
    return whole, Decimal(0), (part, row.amount("quantity", Decimal(1)), row.text("notes"))


def _good(export: Export, row: Fields, parts: Parts) -> Draft:
    given, name = row.text("slug"), row.name("display_name", "name", "slug")
    kind = row.text("assembly_type")
    if kind not in _ORDINARY:
        export.note(f"finished_goods: {kind!r} is no longer a kind of good; read as bundle")
    bare = kind == records.AssemblyType.BARE.value
    return _draft(export, "finished_goods", row, (given, name), parts, bare=bare)


def _package(export: Export, row: Fields, parts: Parts) -> Draft:
    given, name = row.text("slug"), row.name("name", "display_name")
    return _draft(export, "packages", row, (given, name), parts, bare=False)


def _draft(export: Export, kind: str, row: Fields, called: tuple[str, str], parts: Parts, *, bare: bool) -> Draft:
    given, name = called
    aliases = (given, name) if given else (name,)
    # A package and a good may be called alike, and both become goods: their slugs share one namespace.
    slug = export.slug("finished_goods", given, name)
    mine = sorted(
        (part for alias in dict.fromkeys(aliases) for part in parts.get(Reference(kind, alias), ())),
        key=lambda part: part[0],
    )
    notes = "\n".join(text for text in (row.text("description"), row.text("notes")) if text)
    return _made(kind, name, slug, aliases, tuple(part for _, part in mine), notes, bare=bare)


def _bare_goods(export: Export, units: list[Draft], drafts: list[Draft]) -> list[Draft]:
    with_own = {
        draft.references[0].text
        for draft in drafts
        if len(set(draft.references)) == 1 and draft.references[0].kind == "finished_units"
    }
    bare = []
    for unit in units:
        if not with_own.intersection(unit.aliases):
            slug = export.slug("finished_goods", "", unit.slug)
            part = (unit.reference, Decimal(1), "")
            bare.append(_made("bare goods", unit.name, slug, (unit.slug,), (part,), "", bare=True))
    return bare


def _made(
    kind: str, name: str, slug: str, aliases: tuple[str, ...], parts: tuple[Part, ...], notes: str, *, bare: bool
) -> Draft:
    def make(id_of: IdOf) -> records.FinishedGood:
        return records.FinishedGood(
            name=name,
            components=tuple(_component(part, id_of) for part in parts),
            assembly_type=records.AssemblyType.BARE if bare else records.AssemblyType.BUNDLE,
            notes=notes,
            slug=slug,
        )

    make(lambda _: 1)
    references = tuple(part[0] for part in parts)
    return Draft(kind, records.FinishedGood, name, slug, aliases, references, make)


def _component(part: Part, id_of: IdOf) -> records.Component:
    reference, quantity, notes = part
    if reference.kind == "finished_units":
        return records.Component(finished_unit_id=id_of(reference), quantity=quantity, notes=notes)
    return records.Component(finished_good_id=id_of(reference), quantity=quantity, notes=notes)
