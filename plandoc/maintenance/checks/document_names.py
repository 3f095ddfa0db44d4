"""What a file in a data folder is, judging by its name alone."""

from __future__ import annotations

import enum
import re

from plandoc.storage import archive, journal
from plandoc.storage.replacement import TEMPORARY
from plandoc.tables import EVENTS_FOLDER, MARKER, ROOT_DOCUMENTS, event_of_document

# Between the name of a document and what a sync service, a browser or an editor adds to it.
_SEPARATORS = r"[ ._()\-~#,+]"
_IN_ROOT = re.compile(rf"(?:catalog|stock|plandoc|journal){_SEPARATORS}.*", re.IGNORECASE | re.DOTALL)
_IN_EVENTS = re.compile(rf"[1-9][0-9]{{0,14}}{_SEPARATORS}.*", re.DOTALL)
_JSON = re.compile(r"\.jsonl?(?![a-z0-9])", re.IGNORECASE)
# What services, browsers and editors of several languages put there.
_ADDED = re.compile(
    r"conflict|conflit|konflikt|copy|kopie|copia|copie|case conflict|\([0-9]+\)|~$|#$|\.(?:bak|orig|old|save)$| [0-9]+\.jsonl?$",
    re.IGNORECASE,
)
# What a service or an editor has not finished yet does not concern plandoc.
_HIDDEN = (".", "~$")


class FileKind(enum.Enum):
    """What a file is."""

    OWN = "a file of plandoc"
    TEMPORARY = "left over from an unfinished write"
    COPY = "a second version of a document"
    NAMED_LIKE_COPY = "a JSON file with the name of a document and something more"
    UNKNOWN = "a JSON file that plandoc does not know"
    OTHERS = "a file that does not concern plandoc"


def kind_of(name: str) -> FileKind:
    """Return what a file is.

    Args:
        name: Its path inside the data folder, with forward slashes.

    >>> kind_of("events/7.json").name, kind_of("events/7 (conflicted copy).json").name
    ('OWN', 'COPY')
    >>> kind_of("events/7-DESKTOP-ABC.json").name, kind_of("events/notes.txt").name, kind_of("export.json").name
    ('NAMED_LIKE_COPY', 'OTHERS', 'UNKNOWN')
    """
    folder, _, last = name.rpartition("/")
    if last.endswith(TEMPORARY):
        return FileKind.TEMPORARY
    if name in {MARKER, *ROOT_DOCUMENTS, journal.NAME, archive.MANIFEST} or event_of_document(name) is not None:
        return FileKind.OWN
    if last.startswith(_HIDDEN) or not _JSON.search(last):
        return FileKind.OTHERS
    pattern = _IN_EVENTS if folder == EVENTS_FOLDER else _IN_ROOT
    if not pattern.fullmatch(last):
        return FileKind.UNKNOWN
    return FileKind.COPY if _ADDED.search(last) else FileKind.NAMED_LIKE_COPY


def document_of_copy(name: str) -> str:
    """Return the document that a copy is a second version of.

    >>> document_of_copy("events/7 (1).json"), document_of_copy("catalog.json.orig")
    ('events/7.json', 'catalog.json')
    """
    folder, _, last = name.rpartition("/")
    stem = re.split(_SEPARATORS, last, maxsplit=1)[0]
    if folder == EVENTS_FOLDER:
        return f"{EVENTS_FOLDER}/{stem}.json"
    own = {name.partition(".")[0]: name for name in (MARKER, *ROOT_DOCUMENTS, journal.NAME)}
    return own.get(stem.lower(), last)
