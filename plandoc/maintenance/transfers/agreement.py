"""What a folder and a store on a server last agreed on, so that a change on both sides is noticed.

A transfer replaces everything in its target. Nothing is lost by that only where the target still holds what both held after
the last transfer. The folder keeps the digest of that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import orjson

from plandoc.errors import Outcome, PlandocError, Problem, ValidationError
from plandoc.errors.hints import Hint, wording
from plandoc.frozen import frozen
from plandoc.storage import address, documents, initialize, marker
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.lock_file import FOLDER
from plandoc.storage.os_errors import translate_os_errors

NOTE = f"{FOLDER}/agreed.json"

Contents = Mapping[str, bytes]


@frozen
class TransferReport:
    """A transfer that was done.

    Attributes:
        source: Where the documents came from, as a person writes it.
        target: Where they went.
        documents: How many the target holds now, `plandoc.json` among them.
        changed: How many of them were made, replaced or removed there; 0 when both held the same.
        kept: Where the previous content of a folder is, which had changes of its own; None when nothing had to be kept.
    """

    source: str
    target: str
    documents: int
    changed: int
    kept: Path | None = None


def checked_address(place: str) -> str:
    """Return a place that must be the address of a store on a server.

    Raises:
        ValidationError: when it is not.
    """
    found = address.address_of(place)
    if found is None:
        # Also what was mistyped may hold a password.
        shown = address.without_password(str(place))
        raise ValidationError([Problem(f"{address.WANTED}, found {shown!r}", field="address")])
    return found


def digest_of(contents: Contents) -> str:
    """Return what is equal where all documents are, whatever their transactions were numbered."""
    present = marker.parse(contents[marker.NAME])
    facts = [present.store_id, present.format, present.next_event_id]
    digests = {name: documents.digest(content) for name, content in contents.items() if name != marker.NAME}
    return hashlib.sha256(orjson.dumps([facts, digests], option=orjson.OPT_SORT_KEYS)).hexdigest()


def differing(before: Contents, after: Contents) -> list[str]:
    """Return the documents that a transfer makes, replaces or removes."""
    names = (before.keys() | after.keys()) - {marker.NAME}
    changed = [name for name in sorted(names) if before.get(name) != after.get(name)]
    return [marker.NAME, *changed] if digest_of(before) != digest_of(after) else []


def refuse_to_lose(
    source: str, target: str, before: Contents, after: Contents, agreed: str, *, other: bool, newer: bool
) -> None:
    """Refuse a transfer that would lose changes, or another store.

    Args:
        source: Where the documents come from.
        target: Where they go.
        before: What the target holds.
        after: What it would hold.
        agreed: The digest that both last agreed on; blank when there was no transfer yet.
        other: Whether the target may be another store.
        newer: Whether the target may have changes that the source does not have.

    Raises:
        ValidationError: when it would.
    """
    held, offered = marker.parse(before[marker.NAME]), marker.parse(after[marker.NAME])
    if held.store_id != offered.store_id and not other:
        message = f"{target} is another store ({held.store_id}) than {source} ({offered.store_id})"
        hint = wording("choose another target, or replace all of it with {option}", option=Hint.ALLOW_OTHER_STORE())
        raise ValidationError([Problem(message, hint=hint)])
    if (
        newer
        or held.store_id != offered.store_id
        or digest_of(before) in {agreed, digest_of(after)}
        or _is_empty(before)
    ):
        return
    names = [name for name in differing(before, after) if name != marker.NAME]
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    message = (
        f"{target} was changed since the last transfer, and those changes are not in {source}; different are {shown}"
    )
    back = Hint.PUSH if address.address_of(target) is None else Hint.PULL
    hint = wording(
        "to keep them, take the other way first: {back}; to overwrite them: {option}",
        back=back(source=target, target=source),
        option=Hint.ALLOW_NEWER(),
    )
    raise ValidationError([Problem(message, hint=hint)])


def read_agreed(root: Path, layer: Files) -> str:
    """Return the digest that a folder last agreed on; blank when there is none."""
    try:
        note = orjson.loads(DocumentFiles(root, layer).read(NOTE) or b"{}")
    except (PlandocError, orjson.JSONDecodeError):
        return ""
    return str(note.get("digest", "")) if isinstance(note, dict) else ""


def keep_agreed(root: Path, layer: Files, contents: Contents) -> None:
    """Keep in a folder what it and a server agree on from now on.

    Raises:
        StorageError: when the system refuses; the transfer itself is done.
    """
    with translate_os_errors(root, Outcome.SAVED):
        if layer.status(root / FOLDER) is None:
            layer.make_folder(root / FOLDER)
        DocumentFiles(root, layer).put_durably(NOTE, orjson.dumps({"digest": digest_of(contents)}) + b"\n")


def refuse_what_is_no_text(root: Path, contents: Contents) -> None:
    """Refuse documents that a server cannot hold byte for byte.

    Raises:
        ValidationError: with each of them.
    """
    wrong = [
        Problem(
            "cannot be kept on a server: it is not UTF-8, or has a NUL character",
            file=name,
            hint=wording("{check} says where", check=Hint.CHECK()),
        )
        for name, content in contents.items()
        if b"\0" in content or not _is_utf8(content)
    ]
    if wrong:
        raise ValidationError([Problem(f"nothing of {root} was pushed"), *wrong])


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_empty(contents: Contents) -> bool:
    return all(
        name in initialize.DOCUMENTS and initialize.is_empty(name, content)
        for name, content in contents.items()
        if name != marker.NAME
    )
