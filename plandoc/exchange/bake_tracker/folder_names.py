"""What rows of an export can mean that is only in the folder, so that a part of a catalog can be imported."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from plandoc.engine.session import Session
from plandoc.exchange.names import Names
from plandoc.records import Event, FinishedUnit
from plandoc.tables import CATALOG_TABLES, table_of

# Tables of an export whose rows become records of another table.
_TABLES: Mapping[str, str] = MappingProxyType({"packages": "finished_goods"})


class FolderNames:
    """The records of the folder, by the names that rows of a file use.

    Attributes:
        records: By table and id.
    """

    def __init__(self, session: Session) -> None:
        kinds = (*(table.record_type for table in CATALOG_TABLES), Event)
        self.records: dict[str, dict[int, Any]] = {}
        for kind in kinds:
            found: list[Any] = session.find(kind)
            self.records[table_of(kind).name] = {record.id: record for record in found}
        self._names: dict[str, Names[int]] = {}
        self._by_slug: dict[str, dict[str, Any]] = {}

    def all_of(self, kind: str, text: str) -> list[int]:
        """Return the ids of what a text can mean.

        Args:
            kind: What rows call it, a table of the file.
            text: The slug or name, as it is written.
        """
        return self._of(kind).all_of(text)

    def nearest(self, kind: str, text: str) -> str | None:
        """Return a question with the nearest name, or None when nothing is near."""
        return self._of(kind).nearest(text)

    def by_slug(self, table: str, slug: str) -> Any | None:
        """Return the record with a slug; None when there is none."""
        if table not in self._by_slug:
            self._by_slug[table] = {one.slug: one for one in self.records[table].values()}
        return self._by_slug[table].get(slug)

    def units_of(self, recipe_slug: str) -> dict[str, FinishedUnit]:
        """Return what a recipe yields, by slug; nothing if the folder has no such recipe."""
        recipe = self.by_slug("recipes", recipe_slug)
        units = self.records["finished_units"].values()
        return {unit.slug: unit for unit in units if recipe is not None and unit.recipe_id == recipe.id}

    def _of(self, kind: str) -> Names[int]:
        if kind not in self._names:
            names = self._names[kind] = Names[int](kind)
            for number, record in self.records[_TABLES.get(kind, kind)].items():
                names.add(number, record.name, record.slug)
        return self._names[kind]
