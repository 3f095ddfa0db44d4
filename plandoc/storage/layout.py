"""What a data folder holds: which files belong to it, and who may own their content."""

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
    """What kind of folder one is.

    Attributes:
        holds: As its marker says it; blank for plans, whose markers say nothing.
        names: The documents that belong to it. Whatever a journal says, nothing else is written: no other folder, no other
            file.
        can_be_removed: How the names of documents that can be removed begin.
        folders: Those that the documents are in, beside the folder itself.
        first_documents: What a new folder of an identity holds, by name.
        store_id_of: The identity that a document carries, by name and content, which it refuses when it cannot be understood;
            None for a document that carries none.
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
