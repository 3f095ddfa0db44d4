"""A backup as bytes: its manifest, and the archive that holds it. Pure functions; nothing here reads or writes a file.

Both carry a digest of themselves, so that any changed byte is found, even one that would do no harm.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import attrs
import orjson

from plandoc.errors import DamagedError, NewerFormatError, Problem
from plandoc.frozen import frozen
from plandoc.storage import initialize, layout, marker, strict_json
from plandoc.storage.documents import STORE_ID_KEY
from plandoc.storage.version import __version__

MANIFEST = "backup.json"
# The format of the manifest; the documents carry a format of their own, which may be older.
MANIFEST_FORMAT = 1

_NAME = re.compile(r"events/[1-9][0-9]{0,14}\.json", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SEAL = b"plandoc backup, sha256 of all before this line: "
_SEAL_SIZE = len(_SEAL) + 64
_FIRST_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
_LAST_TIMESTAMP = (2107, 12, 31, 23, 59, 58)
# A document that would compress better than this is stored uncompressed, so that readers can refuse such ratios.
MOST_COMPRESSION = 100
_NOT_COMPRESSED_BELOW = 100_000


@frozen
class Manifest:
    """What a backup says about itself.

    Attributes:
        store_id: The identity of the folder that it is a backup of.
        serial: Number of the last transaction that is in it.
        created_at: When it was made.
        plandoc: The version that made it.
        files: SHA-256, in hexadecimal, of the content of each file, by the path inside the data folder.
        size: Bytes of all those files together.
    """

    store_id: str
    serial: int
    created_at: datetime.datetime
    plandoc: str
    files: Mapping[str, str]
    size: int


def is_document_name(name: str) -> bool:
    """Whether a backup may hold a file of this name; no other name is allowed, so none can lead outside."""
    return name in {marker.NAME, *initialize.DOCUMENTS} or _NAME.fullmatch(name) is not None


def describe(files: Mapping[str, bytes], *, timestamp: datetime.datetime) -> Manifest:
    """Return the manifest of a backup that holds these files, the marker among them."""
    present = marker.parse(files[marker.NAME])
    return Manifest(
        store_id=present.store_id,
        serial=present.serial,
        created_at=timestamp,
        plandoc=__version__,
        files={name: sha256(files[name]) for name in sorted(files, key=_place)},
        size=sum(map(len, files.values())),
    )


def sha256(content: bytes) -> str:
    """Return the digest of a file as the manifest records it."""
    return hashlib.sha256(content).hexdigest()


def _place(name: str) -> tuple[int, str]:
    return (len(name), name) if name.startswith("events/") else (0, name)


def render_manifest(manifest: Manifest) -> bytes:
    """Return the bytes of a manifest."""
    named = {STORE_ID_KEY if name == "store_id" else name: value for name, value in attrs.asdict(manifest).items()}
    fields = {"format": MANIFEST_FORMAT, **named, "created_at": manifest.created_at.isoformat()}
    fields["files"] = dict(manifest.files)
    seal = sha256(orjson.dumps(fields))
    return orjson.dumps({**fields, "sha256": seal}, option=orjson.OPT_INDENT_2) + b"\n"


def parse_manifest(content: bytes) -> Manifest:
    """Return the manifest that these bytes hold.

    Raises:
        DamagedError: when they hold none, or are not as plandoc wrote them.
        NewerFormatError: when a newer plandoc wrote them.
    """
    fields = strict_json.parse_object(MANIFEST, content)
    number = fields.pop("format", None)
    if type(number) is int and number > MANIFEST_FORMAT:
        raise NewerFormatError(MANIFEST, number, MANIFEST_FORMAT)
    wrong = [] if number == MANIFEST_FORMAT else [f"wanted the format number {MANIFEST_FORMAT}, found {number!r}"]
    wrong += _problems_of_manifest(fields)
    if not wrong:
        fields.pop("sha256")
        created_at = datetime.datetime.fromisoformat(fields.pop("created_at"))
        manifest = Manifest(store_id=fields.pop(STORE_ID_KEY), created_at=created_at, **fields)
        if render_manifest(manifest) == content:
            return manifest
        wrong = ["it does not match its own digest: it was changed after it was written"]
    raise damaged(MANIFEST, *wrong)


def _problems_of_manifest(fields: dict[str, Any]) -> list[str]:
    wanted = {STORE_ID_KEY: str, "serial": int, "created_at": str, "plandoc": str, "files": dict, "size": int}
    wanted["sha256"] = str
    wrong = [f"unknown field {name!r}" for name in sorted(set(fields) - set(wanted))]
    wrong += [
        f"{name}: wanted {kind.__name__}, found {str(fields.get(name))[:60]!r}"
        for name, kind in wanted.items()
        if type(fields.get(name)) is not kind
    ]
    if wrong:
        return wrong
    wrong += [f"{name!r} is not a document of a data folder" for name in fields["files"] if not is_document_name(name)]
    digests = fields["files"].values()
    if not all(type(digest) is str and _DIGEST.fullmatch(digest) for digest in digests):
        wrong.append("files: wanted a SHA-256 for each file")
    wrong += [f"files: {name} is missing" for name in (marker.NAME, layout.CATALOG) if name not in fields["files"]]
    if fields["size"] < 0 or fields["serial"] < 0:
        wrong.append("wanted a size and a serial of at least 0")
    return wrong + _problems_of_timestamp(fields["created_at"])


def _problems_of_timestamp(text: str) -> list[str]:
    try:
        timestamp = datetime.datetime.fromisoformat(text)
    except ValueError:
        return [f"created_at: wanted a timestamp, found {text[:60]!r}"]
    return [] if timestamp.tzinfo is not None else [f"created_at: wanted a timestamp with its offset, found {text!r}"]


def damaged(name: str, *messages: str, hint: str | None = "use another backup") -> DamagedError:
    """Return the error for a backup that has problems."""
    return DamagedError(name, [Problem(message, file=name, hint=hint) for message in messages])


def render_archive(manifest: Manifest, files: Mapping[str, bytes]) -> bytes:
    """Return the bytes of a ZIP file that holds a backup, the manifest first."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in {MANIFEST: render_manifest(manifest), **files}.items():
            member = zipfile.ZipInfo(name, _timestamp_of_member(manifest.created_at))
            member.external_attr = 0o100644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED if _may_be_compressed(content) else zipfile.ZIP_STORED
            archive.writestr(member, content)
        # Its length is part of the digested bytes, so a placeholder is needed before the digest is known.
        archive.comment = _SEAL + b"0" * 64
    return seal(target.getvalue()[:-_SEAL_SIZE])


def _timestamp_of_member(timestamp: datetime.datetime) -> tuple[int, int, int, int, int, int]:
    """Return the nearest timestamp that a ZIP file can hold; the manifest has the exact one."""
    return min(max(timestamp.timetuple()[:6], _FIRST_TIMESTAMP), _LAST_TIMESTAMP)


def seal(archive: bytes) -> bytes:
    """Return an archive with a comment added that holds the digest of everything before it."""
    return archive + _SEAL + sha256(archive).encode()


def is_sealed(archive: bytes) -> bool:
    """Whether an archive ends with the digest of everything before it."""
    return archive == seal(archive[:-_SEAL_SIZE])


def is_too_compressed(size: int, compressed_size: int) -> bool:
    """Whether a document's compression ratio is higher than in any backup of plandoc."""
    return size > _NOT_COMPRESSED_BELOW and size > MOST_COMPRESSION * max(compressed_size, 1)


def _may_be_compressed(content: bytes) -> bool:
    if len(content) <= _NOT_COMPRESSED_BELOW:
        return True
    return not is_too_compressed(len(content), len(zlib.compress(content)) - 20)
