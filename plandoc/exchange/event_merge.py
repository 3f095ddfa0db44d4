"""Merging the events of a file: a plan that is frozen never changes, whatever was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from plandoc.domain.batches import batches_in_words
from plandoc.domain.definitions import Definitions
from plandoc.domain.effective_definitions import effective_definitions
from plandoc.domain.fingerprints import recipe_fingerprint
from plandoc.domain.snapshot_ids import changed_since, renumbered_amendment, renumbered_snapshot
from plandoc.engine.session import Session
from plandoc.exchange.drafts import EventDraft
from plandoc.exchange.event_content import STARTED, EventContent, content_of
from plandoc.exchange.import_report import Outcome
from plandoc.exchange.merge import CatalogMerge, OnConflict, differing
from plandoc.exchange.plan_completion import completed
from plandoc.frozen import frozen
from plandoc.records import BatchDecision, Event, PlanState

Changed = Mapping[str, Mapping[int, int]]


@frozen
class PutEvent:
    """An event to be stored with all its records, under the ids of the folder.

    Attributes:
        content: A started event without a snapshot gets one of the plan as it is stored.
        before: What is there; None for a new one.
        former_id: The id that it had where it comes from; 0 when that is unknown.
    """

    content: EventContent
    before: Event | None
    former_id: int


@frozen
class _Part:
    """A part of a plan, for the report.

    Attributes:
        key: Tells it from the others of its table.
        name: What a person calls it, beside the name of the event.
        value: What it is.
    """

    table: str
    key: object
    name: str
    value: object


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
            self._log.say("events", draft.name, Outcome.CREATED)
        elif wanted == there:
            self._log.say("events", draft.name, Outcome.SKIPPED)
            self._say_parts(draft, wanted, there)
            return
        elif not self._may_change(draft, differing(wanted, there), there):
            return
        stored, reason = self._to_be_stored(draft, wanted)
        self._say_parts(draft, stored, there, reason)
        self._note_shortfalls(draft, stored)
        self.puts.append(PutEvent(stored, before, draft.former_id))

    def _may_change(self, draft: EventDraft, parts: str, there: EventContent) -> bool:
        state = there.event.plan_state
        # What only numbers are known of has no history that could go on from a plan that somebody locked.
        is_frozen = state in STARTED or there.snapshot is not None
        is_closed = is_frozen if draft.batches is None else state is not PlanState.DRAFT
        if is_closed and self._log.on_conflict is OnConflict.UPDATE:
            plan = "frozen" if is_frozen else state.name
            reason = f"there already, and differs in {parts}; its plan is {plan}, and an import never changes that"
            self._log.say("events", draft.name, Outcome.SKIPPED, reason)
            return False
        return self._log.differs("events", draft.name, parts)

    def _wanted(self, draft: EventDraft, there: EventContent | None) -> EventContent:
        """Return an event of the file as it would be in the folder if it were the one that is there."""
        changed: Changed | None = None
        if draft.content.snapshot is not None and there is not None and there.snapshot is not None:
            changed = changed_since(there.snapshot, draft.content.snapshot.digest)
        content = self._numbered(draft.content, changed or {})
        if draft.batches is None:
            return content
        batches = {self._catalog.ids.id_of("finished_units", unit): n for unit, n in draft.batches.items()}
        return completed(content, batches, there, self._definitions)

    def _to_be_stored(self, draft: EventDraft, wanted: EventContent) -> tuple[EventContent, str]:
        """Return an event under the ids that it is stored with, and what is to be said about its snapshot."""
        reason = ""
        if draft.batches is None:
            changed = self._catalog.ids.changes_for(draft.content)
            wanted = self._numbered(draft.content, changed)
            before, after = draft.content.snapshot, wanted.snapshot
            if changed and before is not None and after is not None:
                reason = (
                    "its numbers stand for other records here, so that it was renumbered; it keeps the digest it came "
                    f"with, {before.digest[:12]}..., and has {after.digest[:12]}... now"
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

    def _say_parts(
        self, draft: EventDraft, after: EventContent, before: EventContent | None, about_snapshot: str = ""
    ) -> None:
        """Say what becomes of each part of a plan."""
        there = {} if before is None else {(part.table, part.key): part.value for part in self._parts(before)}
        for part in self._parts(after):
            key = part.table, part.key
            changed = Outcome.UPDATED if key in there else Outcome.CREATED
            outcome = Outcome.SKIPPED if key in there and there[key] == part.value else changed
            name = f"{draft.name}: {part.name}" if part.name else draft.name
            reason = about_snapshot if part.table == "plan_snapshots" else ""
            self._log.say(part.table, name, outcome, reason)

    def _parts(self, content: EventContent) -> Iterator[_Part]:
        name = self._catalog.name_of
        for recipe in sorted(content.recipes):
            yield _Part("event_recipes", recipe, name("recipes", recipe), None)
        for good, quantity in sorted(content.goods.items()):
            yield _Part("event_finished_goods", good, name("finished_goods", good), quantity)
        for unit, decision in sorted(content.decisions.items()):
            yield _Part("batch_decisions", unit, name("finished_units", unit), _bare(decision))
        if content.snapshot is not None or content.event.plan_state in STARTED:
            yield _Part("plan_snapshots", None, "", content.snapshot)
        for amendment in content.amendments:
            yield _Part("plan_amendments", amendment.sequence, f"amendment {amendment.sequence}", amendment)
        for at, run in enumerate(content.production_runs, start=1):
            made = f"{batches_in_words(run.batches)} of {name('finished_units', run.finished_unit_id)}"
            yield _Part("production_runs", at, made, run)
        for at, packed in enumerate(content.assembly_runs, start=1):
            pieces = f"{packed.quantity} of {name('finished_goods', packed.finished_good_id)}"
            yield _Part("assembly_runs", at, pieces, packed)
        for void in sorted(content.voided, key=lambda row: (row.kind.value, row.run_id)):
            yield _Part("voided_runs", (void.kind, void.run_id), f"{void.kind.value} run {void.run_id}", void)

    def _note_shortfalls(self, draft: EventDraft, content: EventContent) -> None:
        if draft.batches is not None:
            for unit, decision in sorted(content.decisions.items()):
                if decision.shortfall_accepted:
                    unit_name = self._catalog.name_of("finished_units", unit)
                    self._log.notes.append(
                        f"batch_decisions: {draft.name} bakes too little of {unit_name}; taken as accepted"
                    )


def _bare(decision: BatchDecision) -> BatchDecision:
    return attrs.evolve(decision, recipe_fingerprint="")


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
