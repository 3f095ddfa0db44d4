"""Documents as bytes and back: one record a line, read strictly.

What was read and gives the same bytes when it is written again was written by plandoc and needs no further
look. Everything else takes the careful path, which knows the line of every row and refuses what a lenient
parser would guess at: duplicate keys, NaN, numbers that no reader can carry, text that is not UTF-8.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any

import attrs
import orjson

from plandoc.errors import DamagedError, NewerFormatError, Problem, ValidationError
from plandoc.frozen import frozen
from plandoc.hints import TAKE_FILE_BACK
from plandoc.storage import strict_json
from plandoc.storage.version import __version__

FORMAT = 2
# The first plandoc that reads this format: each document says it, because an older plandoc cannot know.
NEEDS = "0.2.0"

# A table of its own, because plain TinyDB reads a document as tables and nothing else.
ABOUT_TABLE = "_plandoc"
ABOUT_ROW = "1"
# What the identity of a store is called in every file; the name is older than the word.
STORE_ID_KEY = "lineage"
LONGEST_ID = 16
_IDS = re.compile(rf"[1-9][0-9]{{0,{LONGEST_ID - 1}}}(?: [1-9][0-9]{{0,{LONGEST_ID - 1}}})*", re.ASCII)
_VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}", re.ASCII)

# Around and between the tables of a file. In plandoc's own form the middle one is nowhere else: rows begin with two blanks,
# and no text holds a newline.
_BEFORE, _BETWEEN, _BEHIND = b'{\n "', b',\n "', b"\n}\n"
# Between the id of a row and the row.
_BEFORE_ROW = b'": '
_NOTHING: Mapping[Any, Any] = MappingProxyType({})
# What the row of `_plandoc` and its table end with; the digest goes in before it.
_END_OF_ABOUT = b"}\n }"

Row = dict[str, Any]
Tables = dict[str, dict[str, Row]]


@frozen
class Document:
    """The tables of one file, and what the file says of itself.

    Attributes:
        name: Its path inside the data folder, with forward slashes.
        format: The format number it was written in.
        store_id: The folder's identity, the same in every file of it.
        next_ids: The id that the next new row of each table gets.
        tables: Rows by table and id; nobody changes them in place.
        content: The bytes it was read from.
        lines: Line of each (table, row); empty when the file was written by plandoc.
        about: What the file says of itself, as it is there.
    """

    name: str
    format: int
    store_id: str
    next_ids: Mapping[str, int]
    tables: Tables
    content: bytes = b""
    lines: Mapping[tuple[str, str], int] = attrs.field(factory=dict)
    about: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def written_by(self) -> str | None:
        """The version of plandoc that wrote it last; None where the file does not say."""
        return self.about.get("written_by")


def digest(content: bytes) -> str:
    """Return the SHA-256 of a document's content, in hexadecimal.

    White space at the end does not count: an editor that takes the last newline away has changed nothing.

    >>> digest(b"{}") == digest(b"{} ")
    True
    """
    return hashlib.sha256(content.rstrip()).hexdigest()


def render(name: str, store_id: str, next_ids: Mapping[str, int], tables: Mapping[str, Mapping[str, Row]]) -> bytes:
    """Return the bytes of a document: tables in the order given, rows by id, one on a line, empty tables left out."""
    return _sealed(_join(_blocks({ABOUT_TABLE: {ABOUT_ROW: _about(name, store_id, next_ids)}, **tables})))[0]


def rewritten(
    before: Document,
    next_ids: Mapping[str, int],
    tables: Mapping[str, Mapping[str, Row]],
    *,
    changed: Collection[str],
    judged: bool,
) -> Document:
    """Return a document with other rows: its bytes, and the tables that a reader of them gets.

    Tables that are not `changed` keep the bytes that they were read from. All others are read back and compared.

    Args:
        before: The document as it was.
        next_ids: The id that the next new row of each table gets.
        tables: Its rows from now on.
        changed: The names of the tables that are not as they were.
        judged: Whether every row is one that this version would write. Only then the document says who wrote it, and is
            believed by the next reader; see `is_judged`.

    Raises:
        ValidationError: when a reader would not get the same rows.
    """
    kept = {name: block for name, block in _blocks_of(before).items() if name in tables and name not in changed}
    written = {name: rows for name, rows in tables.items() if rows and name not in kept}
    about = _about(before.name, before.store_id, next_ids)
    if not judged:
        del about["written_by"]
    fresh = _blocks({ABOUT_TABLE: {ABOUT_ROW: about}, **written})
    unsealed = _join(fresh)
    read_back: Tables = orjson.loads(unsealed)
    del read_back[ABOUT_TABLE]
    if read_back != written:
        raise ValidationError([Problem("would not read back from the file as it is", file=before.name)])
    if kept:
        present = {**kept, **fresh}
        unsealed = _join({name: present[name] for name in (ABOUT_TABLE, *tables) if name in present})
    content, seal = _sealed(unsealed)
    return Document(
        before.name,
        FORMAT,
        before.store_id,
        dict(next_ids),
        {name: read_back[name] if name in read_back else dict(rows) for name, rows in tables.items() if rows},
        content,
        about={**about, "digest": seal},
    )


def is_as_written(document: Document) -> bool:
    """Whether all that a document says is what plandoc wrote last; white space does not count.

    A document of format 1 carries no digest, so that nothing speaks against it.
    """
    about = {field: value for field, value in document.about.items() if field != "digest"}
    unsealed = _join(_blocks({ABOUT_TABLE: {ABOUT_ROW: about}, **document.tables}))
    return document.format == 1 or document.about.get("digest") == hashlib.sha256(unsealed).hexdigest()


def is_judged(document: Document) -> bool:
    """Whether this very version of plandoc judged every row when it wrote a document, and nobody has changed a byte since."""
    seal: str = document.about.get("digest", "")
    if document.lines or document.about.get("written_by") != __version__:
        return False
    unsealed = document.content.replace(b',"digest":"%b"' % seal.encode(), b"", 1)
    return seal == hashlib.sha256(unsealed).hexdigest()


def _about(name: str, store_id: str, next_ids: Mapping[str, int]) -> Row:
    return {
        "format": FORMAT,
        "needs": NEEDS,
        "document": name,
        STORE_ID_KEY: store_id,
        "next_ids": dict(sorted(next_ids.items())),
        "written_by": __version__,
    }


def _sealed(unsealed: bytes) -> tuple[bytes, str]:
    """Return a document's bytes with the digest of all of them in its `_plandoc`, and that digest."""
    seal = hashlib.sha256(unsealed).hexdigest()
    # Its table is the first.
    return unsealed.replace(_END_OF_ABOUT, b',"digest":"%b"%b' % (seal.encode(), _END_OF_ABOUT), 1), seal


def _blocks(tables: Mapping[str, Mapping[str, Row]]) -> dict[str, bytes]:
    return {name: _render_table(name, rows) for name, rows in tables.items() if rows}


def _join(blocks: Mapping[str, bytes]) -> bytes:
    return _BEFORE + _BETWEEN.join(blocks.values()) + _BEHIND


def _blocks_of(document: Document) -> dict[str, bytes]:
    """Return the bytes of each table of a document in the present form; none of one that is not in that."""
    if document.lines or not document.content or document.format != FORMAT:
        return {}
    blocks = document.content[len(_BEFORE) : -len(_BEHIND)].split(_BETWEEN)
    return dict(zip((ABOUT_TABLE, *document.tables), blocks, strict=True))


def _render_table(name: str, rows: Mapping[str, Row]) -> bytes:
    keys = sorted(rows, key=int)
    if keys != [*rows]:
        rows = {key: rows[key] for key in keys}
    lines = map(_BEFORE_ROW.join, zip(map(str.encode, rows), map(orjson.dumps, rows.values()), strict=False))
    return b'%b": {\n  "%b\n }' % (name.encode(), b',\n  "'.join(lines))


def parse(name: str, content: bytes) -> Document:
    """Return the document that these bytes hold.

    Raises:
        DamagedError: when they hold none, with every problem and its line.
        NewerFormatError: when a newer plandoc wrote it.
    """
    untouched = _parse_fast(content)
    if untouched is not None:
        return _document(name, untouched, content)
    tables, lines = strict_json.parse_tables(name, content)
    return _document(name, tables, content, lines=lines)


def lines_of(document: Document) -> Mapping[tuple[str, str], int]:
    """Return the line of each (table, row) in the file that a document was read from."""
    if document.lines or not document.content:
        return document.lines
    return strict_json.parse_tables(document.name, document.content)[1]


def _parse_fast(content: bytes) -> Tables | None:
    try:
        tables: Tables = orjson.loads(content)
        is_ours = _are_sound(tables) and _join(_blocks(tables)) == content
    except (orjson.JSONDecodeError, TypeError, AttributeError):
        return None
    return tables if is_ours else None


def _are_sound(tables: Tables) -> bool:
    """Whether these are tables of rows by id, and what a document says of itself is the first of them."""
    if [*tables][:1] != [ABOUT_TABLE] or {*map(type, tables.values())} != {dict}:
        return False
    # All at once: checking each would take half as long as reading the whole file.
    ids = " ".join(chain.from_iterable(tables.values()))
    rows = chain.from_iterable(map(dict.values, tables.values()))
    return _IDS.fullmatch(ids) is not None and {*map(type, rows)} == {dict}


def _document(
    name: str,
    tables: Tables,
    content: bytes,
    *,
    lines: Mapping[tuple[str, str], int] = _NOTHING,
) -> Document:
    about_rows = tables.pop(ABOUT_TABLE, {})
    about = about_rows.get(ABOUT_ROW)
    if about is None:
        message = f'wanted a table "{ABOUT_TABLE}" that says which format the document has, found none'
        raise DamagedError(name, [Problem(message, file=name, hint=TAKE_FILE_BACK)])
    check_format(name, about.get("format"), about.get("needs"))
    problems = problems_of_about(name, about)
    problems.extend(
        Problem("unknown row", file=name, line=lines.get((ABOUT_TABLE, row)), table=ABOUT_TABLE, row=row)
        for row in about_rows
        if row != ABOUT_ROW
    )
    if problems:
        raise DamagedError(name, problems)
    return Document(name, about["format"], about[STORE_ID_KEY], about["next_ids"], tables, content, lines, about)


def check_format(name: str, number: Any, needs: Any = None) -> None:
    """Refuse a format number that is not a whole number above 0, or is newer than this plandoc.

    Args:
        name: The file, for messages.
        number: What the document gives as its format.
        needs: What is given there as the first plandoc that reads it. Every format above 1 writes this, so that an older
            plandoc, which cannot know, can say it.
    """
    if type(number) is not int or number < 1:
        message = f"wanted a format number, found {number!r}"
        raise DamagedError(name, [Problem(message, file=name, table=ABOUT_TABLE, field="format")])
    if number > FORMAT:
        raise NewerFormatError(name, number, FORMAT, needs if _is_version(needs) else None)


def _is_version(text: Any) -> bool:
    return type(text) is str and _VERSION.fullmatch(text) is not None


def _are_next_ids(numbers: Any) -> bool:
    if type(numbers) is not dict or not {*map(type, numbers.values())} <= {int}:
        return False
    return not numbers or (min(numbers.values()) >= 1 and max(numbers.values()) < 10**LONGEST_ID)


def problems_of_about(name: str, about: Row) -> list[Problem]:
    """Return what is wrong with what a document says of itself, apart from its format number."""
    wrong: list[tuple[str, str, str | None]] = []
    if about.get("document") != name:
        hint = "the file was renamed or copied; restore its original name"
        wrong.append(("document", f"wanted {name!r}, found {about.get('document')!r}", hint))
    if type(about.get(STORE_ID_KEY)) is not str:
        wrong.append((STORE_ID_KEY, f"wanted the identity of the folder, found {about.get(STORE_ID_KEY)!r}", None))
    next_ids = about.get("next_ids")
    if not _are_next_ids(next_ids):
        wrong.append(("next_ids", f"wanted the next id of each table, found {next_ids!r}", None))
    of_format_2 = {"needs", "written_by", "digest"} if about["format"] > 1 else set()
    wrong.extend(
        (field, f"wanted text, found {about[field]!r}", None)
        for field in sorted(of_format_2 & set(about))
        if type(about[field]) is not str
    )
    unknown = sorted(set(about) - {"format", "document", STORE_ID_KEY, "next_ids"} - of_format_2)
    wrong.extend((field, "unknown field", None) for field in unknown)
    return [
        Problem(message, file=name, table=ABOUT_TABLE, row=ABOUT_ROW, field=field, hint=hint)
        for field, message, hint in wrong
    ]
