"""The names in a data folder that complete arguments: slugs of events, recipes and so on, and runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from plandoc import store, units
from plandoc.cli.data_folder import Folder, as_place
from plandoc.cli.lookup import event_id
from plandoc.cli.messages import format_run
from plandoc.cli.printing import clean
from plandoc.engine.session import Session
from plandoc.records import (
    AssemblyRun,
    Event,
    FinishedGood,
    FinishedUnit,
    Ingredient,
    ProductionRun,
    Recipe,
    RunKind,
    VoidedRun,
)

Names = Iterable[tuple[str, str]]

_RECORDS: Mapping[str, type[Event | Recipe | FinishedGood | FinishedUnit | Ingredient]] = MappingProxyType(
    {"EVENT": Event, "RECIPE": Recipe, "GOOD": FinishedGood, "UNIT": FinishedUnit, "INGREDIENT": Ingredient}
)


def of(words: str, placed: Sequence[str], data: str | None) -> list[tuple[str, str]]:
    """Return the names that an argument can have, each with a description.

    Args:
        words: What the argument takes, such as "EVENT"; an unknown word has no names.
        placed: The arguments before it; the first names the event of a run.
        data: The data folder; None means the one that commands use.

    Raises:
        PlandocError: when the folder cannot be read.
    """
    if words == "MEASURE":
        return [(unit.name, unit.dimension.value) for unit in (*units.MEASURES, *units.CONTAINERS)]
    if words in _RECORDS:
        return _read(lambda session: _records(words, session), data)
    if words == "RUN" and placed:
        return _read(lambda session: _runs(placed[0], session), data)
    return []


def _read(function: Callable[[Session], Names], data: str | None) -> list[tuple[str, str]]:
    with store.open_store(Folder(as_place(data) if data else None).place, timeout_seconds=0) as opened:
        return [(clean(word), clean(what)) for word, what in opened.read(lambda session: list(function(session)))]


def _records(words: str, session: Session) -> Names:
    return [(one.slug, one.name) for one in session.find(_RECORDS[words])]


def _runs(event: str, session: Session) -> Names:
    found = event_id(event, session)
    voided = {(one.kind, one.run_id) for one in session.find(VoidedRun, event_id=found)}
    baked = [(RunKind.PRODUCTION, run.id, "baked") for run in session.find(ProductionRun, event_id=found)]
    packed = [(RunKind.ASSEMBLY, run.id, "packed") for run in session.find(AssemblyRun, event_id=found)]
    return [(format_run(kind, run), what) for kind, run, what in (*baked, *packed) if (kind, run) not in voided]
