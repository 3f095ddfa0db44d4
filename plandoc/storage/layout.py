"""What a data folder holds: which files belong to it, and which store their content belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from plandoc.frozen import frozen
from plandoc.storage import documents, marker

CATALOG = "catalog.json"
STOCK = "stock.json"
EVENTS_FOLDER = "events"


@frozen
class Layout:
    """A kind of folder.

    Attributes:
        holds: Its name in the marker; blank for plans, whose markers name nothing.
        names: The documents that belong to it. Whatever a journal says, no other file and no other folder is written.
        can_be_removed: How the names of documents that can be removed begin.
        folders: Those that the documents are in, beside the folder itself.
        first_documents: What a new folder of an identity holds, by name.
        store_id_of: Returns the identity that a document carries, from its name and content, or None; refuses a document that
            cannot be understood.
    """

    holds: str
    names: re.Pattern[str]
    can_be_removed: tuple[str, ...]
    folders: tuple[str, ...]
    first_documents: Callable[[str], Mapping[str, bytes]]
    store_id_of: Callable[[str, bytes], str | None]


def _first_documents(store_id: str) -> Mapping[str, bytes]:
    return {name: documents.render(name, store_id, {}, {}) for name in (CATALOG, STOCK)}


def _store_id_of(name: str, content: bytes) -> str:
    return marker.parse(content).store_id if name == marker.NAME else documents.parse(name, content).store_id


PLANS = Layout(
    holds="",
    names=re.compile(r"plandoc\.json|catalog\.json|stock\.json|events/[1-9][0-9]{0,14}\.json", re.ASCII),
    # The stock of a folder of format 1, which a restore may bring back, has no document of its own.
    can_be_removed=(f"{EVENTS_FOLDER}/", STOCK),
    folders=(EVENTS_FOLDER,),
    first_documents=_first_documents,
    store_id_of=_store_id_of,
)
