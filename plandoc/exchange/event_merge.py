"""Merging the events of a file: a plan that is frozen never changes, whatever `on_conflict` says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from plandoc.domain.definitions import Definitions
from plandoc.domain.effective_definitions import effective_definitions
from plandoc.domain.fingerprints import recipe_fingerprint
from plandoc.domain.snapshot_ids import (
    changed_since,
    is_same_but_for_provenance,
    original,
    renumbered_amendment,
    renumbered_snapshot,
)
from plandoc.engine.session import Session
from plandoc.exchange.drafts import EventDraft
from plandoc.exchange.event_content import STARTED, EventContent, content_of
from plandoc.exchange.import_report import RowOutcome
from plandoc.exchange.merge import CatalogMerge, OnConflict, differing
from plandoc.exchange.plan_completion import completed
from plandoc.exchange.references import references_of
from plandoc.frozen import frozen
from plandoc.records import BatchDecision, Event, PlanSnapshot, PlanState
from plandoc.tables import table_of

Changed = Mapping[str, Mapping[int, int]]


@frozen
class PutEvent:
    """An event to be stored with all its records, under the ids of the folder.

    Attributes:
        content: A started event without a snapshot gets one of the plan as it is stored.
        before: The existing event; None for a new one.
        former_id: The id that it had where it comes from; 0 when that is unknown.
    """

    content: EventContent
    before: Event | None
    former_id: int


class EventMerge:
    """One merge of the events of a file, after its catalog.

    Attributes:
        puts: The events to be stored.
    """

    def __init__(self, catalog: CatalogMerge, session: Session) -> None:
        self.puts: list[PutEvent] = []
        self._catalog = catalog
        self._log = catalog.log
        self._session = session
        self._definitions = catalog.definitions()

    def run(self, drafts: tuple[EventDraft, ...]) -> None:
        """Merge all events."""
        present = {event.slug: event for event in self._session.find(Event)}
        for draft in drafts:
            self._merge(draft, present.get(draft.content.event.slug))

    def _merge(self, draft: EventDraft, before: Event | None) -> None:
        there = None if before is None else content_of(self._session, before)
        wanted = self._wanted(draft, there)
        if before is None or there is None:
            self._log.add("events", draft.name, RowOutcome.CREATED)
        elif wanted == there:
            self._log.add("events", draft.name, RowOutcome.SKIPPED)
            self._report_parts(draft, wanted, there)
            return
        elif not self._may_change(draft, differing(wanted, there), there):
            return
        stored, reason = self._to_be_stored(draft, wanted)
        self._report_parts(draft, stored, there, reason)
        self._note_shortfalls(draft, stored)
        self.puts.append(PutEvent(stored, before, draft.former_id))

    def _may_change(self, draft: EventDraft, parts: str, there: EventContent) -> bool:
        state = there.event.plan_state
        # An export of bake-tracker has no history of a plan, so a plan that was locked here has more than the file.
        is_frozen = state in STARTED or there.snapshot is not None
        is_closed = is_frozen if draft.batches is None else state is not PlanState.DRAFT
        if is_closed and self._log.on_conflict is OnConflict.UPDATE:
            plan = "frozen" if is_frozen else state.name
            reason = f"already there and differs in {parts}; its plan is {plan}, which an import never changes"
            self._log.add("events", draft.name, RowOutcome.SKIPPED, reason)
            return False
        return self._log.differs("events", draft.name, parts)

    def _wanted(self, draft: EventDraft, there: EventContent | None) -> EventContent:
        """Return an event of the file as it would be in the folder under the existing event's ids."""
        if draft.batches is None:
            return self._as_known(draft.content, None if there is None else there.snapshot)
        content = self._numbered(draft.content, {})
        batches = {self._catalog.ids.id_of("finished_units", unit): n for unit, n in draft.batches.items()}
        return completed(content, batches, there, self._definitions)

    def _as_known(self, content: EventContent, known: PlanSnapshot | None) -> EventContent:
        """Return an event under the ids of the existing snapshot, if that has the same origin."""
        changed: Changed | None = None
        if content.snapshot is not None and known is not None:
            changed = changed_since(known, content.snapshot)
        numbered = self._numbered(content, changed or {})
        if changed is None or known is None or numbered.snapshot is None:
            return numbered
        # Imports of earlier versions took more steps to the same ids.
        same = is_same_but_for_provenance(numbered.snapshot, known)
        return attrs.evolve(numbered, snapshot=known) if same else numbered

    def _to_be_stored(self, draft: EventDraft, wanted: EventContent) -> tuple[EventContent, str]:
        """Return an event under the ids that it is stored with, and the note about its snapshot."""
        reason = ""
        if draft.batches is None:
            changed = self._catalog.ids.changes_for(draft.content)
            wanted = self._numbered(draft.content, changed)
            after = wanted.snapshot
            if changed and after is not None:
                reason = (
                    "its ids belong to other records here, so it was renumbered; it keeps the digest that it was "
                    f"written with, {original(after).digest[:12]}..., and now has {after.digest[:12]}..."
                )
        return _with_fingerprints(wanted, self._definitions), reason

    def _numbered(self, content: EventContent, changed: Changed) -> EventContent:
        def snapshot_id(table: str, number: int) -> int:
            return changed.get(table, {}).get(number, number)

        number, with_ids = self._catalog.ids.id_of, self._catalog.with_ids
        return attrs.evolve(
            content,
            recipes=frozenset(number("recipes", recipe) for recipe in content.recipes),
            goods={number("finished_goods", good): quantity for good, quantity in content.goods.items()},
            decisions={number("finished_units", unit): with_ids(row) for unit, row in content.decisions.items()},
            current=frozenset(number("finished_units", unit) for unit in content.current),
            snapshot=None if content.snapshot is None else renumbered_snapshot(content.snapshot, changed),
            amendments=tuple(renumbered_amendment(one, snapshot_id) for one in content.amendments),
            production_runs=tuple(map(with_ids, content.production_runs)),
            assembly_runs=tuple(map(with_ids, content.assembly_runs)),
        )

    # The report.

    def _report_parts(
        self, draft: EventDraft, after: EventContent, before: EventContent | None, about_snapshot: str = ""
    ) -> None:
        """Report what becomes of each part of a plan."""
        there = {} if before is None else dict(_by_key(before))
        for (table, key), row in _by_key(after):
            changed = RowOutcome.UPDATED if (table, key) in there else RowOutcome.CREATED
            outcome = RowOutcome.SKIPPED if there.get((table, key)) == row else changed
            reason = about_snapshot if table == "plan_snapshots" else ""
            self._log.add(table, self._name_of(draft, row), outcome, reason)
        if after.snapshot is None and after.event.plan_state in STARTED:
            self._log.add("plan_snapshots", draft.name, RowOutcome.CREATED)

    def _name_of(self, draft: EventDraft, row: Any) -> str:
        """Return what a person calls a part of a plan: by the event, and by what the part is about."""
        about = next(references_of(row), None)
        return draft.name if about is None else f"{draft.name}: {self._catalog.name_of(*about)}"

    def _note_shortfalls(self, draft: EventDraft, content: EventContent) -> None:
        if draft.batches is not None:
            for unit, decision in sorted(content.decisions.items()):
                if decision.shortfall_accepted:
                    unit_name = self._catalog.name_of("finished_units", unit)
                    self._log.notes.append(
                        f"batch_decisions: {draft.name} bakes too little of {unit_name}; taken as accepted"
                    )


def _by_key(content: EventContent) -> Iterator[tuple[tuple[str, object], Any]]:
    """Yield the rows of a plan, each by its table and by what distinguishes it from the others there."""
    positions: Counter[str] = Counter()
    for row in content.rows():
        table = table_of(type(row))
        positions[table.name] += 1
        # The fingerprint of a recipe follows from it, and is not known yet for what the file says.
        bare = attrs.evolve(row, recipe_fingerprint="") if type(row) is BatchDecision else row
        key = [getattr(row, field) for fields in table.unique for field in fields]
        yield (table.name, tuple(key) or positions[table.name]), bare


def _with_fingerprints(content: EventContent, current: Definitions) -> EventContent:
    """Return an event whose decisions have the fingerprints of the recipes by its own definitions."""
    effective = effective_definitions(content.snapshot, content.amendments, current)
    decisions = {
        unit: attrs.evolve(row, recipe_fingerprint=recipe_fingerprint(row.recipe_id, effective))
        if unit in content.current
        else row
        for unit, row in content.decisions.items()
    }
    return attrs.evolve(content, decisions=decisions)
