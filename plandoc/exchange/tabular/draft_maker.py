"""Making the drafts of a table: only once every cell is sound, because refused cells hold placeholders until then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

import attrs

from plandoc.domain.snapshot_ids import TABLES
from plandoc.engine.session import Session, unit_of_work
from plandoc.errors import ValidationError
from plandoc.exchange.drafts import Draft
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.name_lookup import CellNames, Once
from plandoc.frozen import frozen
from plandoc.tables import table_of


class _NamedText(Protocol):
    @property
    def name(self) -> Cell: ...


TextT = TypeVar("TextT", bound=_NamedText)


@frozen
class Newcomer:
    """Something that the file adds, and others can refer to.

    Attributes:
        id: A number that nothing in the folder has.
        name: What a person calls it.
    """

    id: int
    name: str


class DraftMaker:
    """Collects the drafts made from the rows of one file.

    Args:
        cells: Keeps what is wrong.
        session: Knows which ids come next.
    """

    def __init__(self, cells: CellReader, session: Session) -> None:
        self._cells = cells
        self._session = session
        self._waiting: list[tuple[Draft, Callable[[], Any]]] = []
        self._new: Counter[type] = Counter()

    def thing(self, record_type: type, name: str, present: Any | None) -> Any:
        """Return what a row is about: the record of the folder, or something new.

        Its number is the id that it will probably get, so that in thousands of lines nothing has to be renumbered.
        """
        if present is not None:
            return present
        self._new[record_type] += 1
        return Newcomer(unit_of_work(self._session).next_id(record_type) + self._new[record_type] - 1, name)

    def things(
        self, record_type: type, texts: Iterable[TextT], names: CellNames[Any]
    ) -> list[tuple[TextT, Any, Any | None]]:
        """Return what each of these texts is about, with the record of the folder; new ones are added to the names.

        All are named before any is filled: one may hold another that comes later.
        """
        once = Once(self._cells)
        started = []
        for text in texts:
            name, present = names.named(self._cells, text.name)
            once.refuse_second(text.name, present)
            started.append((text, self.thing(record_type, name, present), present))
        for text, thing, present in started:
            if present is None and text.name:
                names.add(thing, thing.name)
        return started

    def add(
        self,
        thing: Any,
        line: int,
        make: Callable[[], Any],
        *,
        present: Any | None,
        absorbed: tuple[Any, ...] = (),
    ) -> None:
        """Keep what is to be made.

        Args:
            thing: What the row is about; its name is that of the draft.
            line: Where it begins in the file.
            make: Makes the record, once every cell is known to be sound.
            present: The record of the folder that it changes; None for a new one.
            absorbed: Further records of the folder whose place it takes.
        """
        self._waiting.append((Draft(None, thing.name, present=present, absorbed=absorbed, line=line), make))

    def drafts(self) -> list[Draft]:
        """Return everything, in the order in which it was added.

        Raises:
            ValidationError: with everything that is wrong in the file.
        """
        self._cells.check()
        drafts = [self._made(*one) for one in self._waiting]
        self._cells.check()
        return [draft for draft in drafts if draft is not None]

    def catalog(self) -> dict[str, dict[int, Draft]]:
        """Return the drafts of a catalog, by table and number; raises as `drafts`."""
        catalog: dict[str, dict[int, Draft]] = {table: {} for table in TABLES}
        for draft in self.drafts():
            catalog[table_of(type(draft.record)).name][draft.record.id] = draft
        return catalog

    def _made(self, draft: Draft, make: Callable[[], Any]) -> Draft | None:
        try:
            return attrs.evolve(draft, record=make())
        except ValidationError as error:
            # Only what no single cell shows can still be wrong, such as too many lines.
            for problem in error.problems:
                self._cells.refuse(problem.message, draft.line or 1, problem.field, problem.hint)
            return None
