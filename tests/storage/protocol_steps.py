"""The steps of the protocol and their order: the tables that the model explores and the code's calls are held against."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import attrs


class Step(StrEnum):
    """One call that changes what is there, or what of it is durable; and the looks of a reader."""

    OPEN_JOURNAL = "open the journal, make it where it is missing"
    SYNC_NAME = "sync the folder of a newly opened journal"
    SYNC_FOUND_EMPTY = "sync a journal that was found empty"
    WRITE_LINE = "write the line into the journal"
    SYNC_JOURNAL = "sync the journal"
    CUT_JOURNAL = "cut the journal"
    NEW_JOURNAL = "write a new journal beside the old one"
    SYNC_NEW_JOURNAL = "sync the new journal"
    RENAME_JOURNAL = "rename the new journal into place"
    OPEN_NEW_JOURNAL = "open the new journal"
    NEW_MARKER = "write a new marker beside the old one"
    SYNC_NEW_MARKER = "sync the new marker"
    RENAME_MARKER = "rename the new marker into place"
    NEW_CATALOG = "write a new catalog beside the old one"
    SYNC_NEW_CATALOG = "sync the new catalog"
    RENAME_CATALOG = "rename the new catalog into place"
    NEW_EVENT = "write a new event beside the old one"
    SYNC_NEW_EVENT = "sync the new event"
    RENAME_EVENT = "rename the new event into place"
    SYNC_CATALOG = "sync the catalog"
    SYNC_EVENT = "sync the event"
    SYNC_FOLDER = "sync the folder"
    SYNC_EVENTS = "sync the folder of the events"
    # What a store does that leaves a rename out.
    OVERWRITE_MARKER = "write over the marker"
    OVERWRITE_JOURNAL = "write over the journal"
    # A reader's.
    LOOK = "look at the journal"
    LOOK_AT_DOCUMENTS = "look whether a document is in place"
    SYNC_SEEN = "sync the journal that was looked at"
    SYNC_SEEN_NAME = "sync the folder of the journal that was looked at"
    LOOK_AGAIN = "look at the journal again"


Steps = tuple[Step, ...]

_SYNC_DOCUMENTS = (Step.SYNC_CATALOG, Step.SYNC_EVENT, Step.SYNC_FOLDER, Step.SYNC_EVENTS)
PUT = MappingProxyType(
    {"catalog": (Step.NEW_CATALOG, Step.RENAME_CATALOG), "event": (Step.NEW_EVENT, Step.RENAME_EVENT)}
)
_PUT_DOCUMENTS = (*PUT["catalog"], *PUT["event"])


@attrs.frozen
class Protocol:
    """The order of all steps.

    Attributes:
        making: Of a new folder.
        folded: What a recovery does where the journal's lines are folded in already.
        torn: Where the last line is torn; nothing is to be finished, or it is done behind this.
        current: Where every document is as the journal says.
        unfinished: Where a document is not, before it is put in place; a checkpoint follows.
        commit: Of one transaction over two documents.
        checkpoint: Folding the journal in.
        taking_back: What follows a sync of a line that has failed.
        after_lost_documents: What follows a sync of a document that has failed.
        reading: Of a reader that holds no lock.
        syncs_name: When the folder of a newly opened journal is synced: "before" its first write, cut or sync by this
            process, "after" its first sync, or "never".
        syncs_found_empty: Whether a journal that was found empty is synced before a line is written into it.
        drops_folded: Whether lines at or below the marker's serial count for nothing, also before others; else all lines
            must be above it, or none.
        appends_behind_torn: Whether a line is written behind what is left of a torn one.
    """

    making: Steps
    folded: Steps
    torn: Steps
    current: Steps
    unfinished: Steps
    commit: Steps
    checkpoint: Steps
    taking_back: Steps = (Step.CUT_JOURNAL,)
    after_lost_documents: Steps = _PUT_DOCUMENTS
    reading: Steps = (Step.LOOK,)
    syncs_name: str = "after"
    syncs_found_empty: bool = False
    drops_folded: bool = False
    appends_behind_torn: bool = False

    def without(self, table: str, step: Step, *, number: int = 0) -> Protocol:
        """Return the protocol of a store that leaves a step out of a table: the first of its kind, or a later one."""
        steps: Steps = getattr(self, table)
        at = [place for place, present in enumerate(steps) if present is step][number]
        return attrs.evolve(self, **{table: (*steps[:at], *steps[at + 1 :])})

    def with_instead(self, table: str, step: Step, other: Step) -> Protocol:
        """Return the protocol of a store that does another step in the place of one."""
        steps = tuple(other if present is step else present for present in getattr(self, table))
        return attrs.evolve(self, **{table: steps})

    def with_earlier(self, table: str, steps: Steps, *, before: Step) -> Protocol:
        """Return the protocol of a store that does steps of a table, which follow one another there, earlier."""
        present: Steps = getattr(self, table)
        start = next(at for at in range(len(present)) if present[at : at + len(steps)] == steps)
        rest = (*present[:start], *present[start + len(steps) :])
        at = rest.index(before)
        return attrs.evolve(self, **{table: (*rest[:at], *steps, *rest[at:])})


PUT_MARKER = (Step.NEW_MARKER, Step.SYNC_NEW_MARKER, Step.RENAME_MARKER, Step.SYNC_FOLDER)
PUT_JOURNAL = (Step.NEW_JOURNAL, Step.SYNC_NEW_JOURNAL, Step.RENAME_JOURNAL, Step.SYNC_FOLDER)
EMPTY_JOURNAL = (Step.CUT_JOURNAL, Step.SYNC_JOURNAL)
RENAME_DOCUMENTS = (Step.RENAME_CATALOG, Step.RENAME_EVENT)

OF_0_1_0 = Protocol(
    making=(
        *(Step.NEW_CATALOG, Step.SYNC_NEW_CATALOG, Step.RENAME_CATALOG, Step.SYNC_FOLDER),
        *PUT_JOURNAL,
        *PUT_MARKER,
    ),
    folded=EMPTY_JOURNAL,
    torn=EMPTY_JOURNAL,
    current=(Step.SYNC_JOURNAL,),
    unfinished=(*PUT_JOURNAL, Step.OPEN_NEW_JOURNAL),
    commit=(Step.WRITE_LINE, Step.SYNC_JOURNAL, *_PUT_DOCUMENTS),
    checkpoint=(*_SYNC_DOCUMENTS, *PUT_MARKER, *EMPTY_JOURNAL),
)

# Each difference was found by the model to be needed; `test_protocol_model` takes them back one by one.
PRESENT = attrs.evolve(
    OF_0_1_0,
    making=(
        *(Step.NEW_CATALOG, Step.SYNC_NEW_CATALOG, Step.RENAME_CATALOG, Step.SYNC_FOLDER),
        # The stock, a document like the catalog; no transaction of the model changes it.
        Step.SYNC_FOLDER,
        *PUT_JOURNAL,
        *PUT_MARKER,
    ),
    folded=(*PUT_MARKER, *EMPTY_JOURNAL),
    unfinished=(Step.SYNC_JOURNAL, *OF_0_1_0.unfinished),
    commit=(
        *(Step.NEW_CATALOG, Step.NEW_EVENT),
        *(Step.WRITE_LINE, Step.SYNC_JOURNAL),
        *RENAME_DOCUMENTS,
    ),
    checkpoint=(
        *(Step.NEW_CATALOG, Step.NEW_EVENT),
        *(Step.SYNC_NEW_CATALOG, Step.SYNC_NEW_EVENT),
        *RENAME_DOCUMENTS,
        *(Step.SYNC_FOLDER, Step.SYNC_EVENTS),
        *PUT_MARKER,
        *EMPTY_JOURNAL,
    ),
    after_lost_documents=(),
    reading=(Step.LOOK, Step.SYNC_SEEN, Step.SYNC_SEEN_NAME, Step.LOOK_AGAIN),
    syncs_name="before",
    syncs_found_empty=True,
    drops_folded=True,
)

PROTOCOLS: Mapping[str, Protocol] = MappingProxyType({"0.1.0": OF_0_1_0, "present": PRESENT})
