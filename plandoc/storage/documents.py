"""Documents as bytes and back: one record a line, read strictly.

A document that has the digest that it states, or that gives the same bytes when it is written again, was written by plandoc
and needs no further check. Everything else takes the careful path, which knows the line of every row and refuses what a
lenient parser would guess at: duplicate keys, NaN, numbers that no reader can represent, text that is not UTF-8.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import attrs
import orjson

from plandoc.errors import DamagedError, NewerFormatError, Problem, ValidationError
from plandoc.errors.hints import TAKE_FILE_BACK
from plandoc.frozen import frozen
from plandoc.storage import row_lines, strict_json
from plandoc.storage.row_splice import line_of, spliced, table_of
from plandoc.storage.version import __version__

FORMAT = 2
# The first plandoc that reads this format; each document says it, because an older plandoc cannot know it.
NEEDS = "0.2.0"

# A table of its own, because plain TinyDB reads a document as tables and nothing else.
ABOUT_TABLE = "_plandoc"
ABOUT_ROW = "1"
# The key of a store's identity in every file; the key is older than the term store id.
STORE_ID_KEY = "lineage"
LONGEST_ID = row_lines.LONGEST_ID
_VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}", re.ASCII)

# What a document says of itself, and what it says since format 2.
_FACTS = frozenset({"format", "document", STORE_ID_KEY, "next_ids"})
_TEXTS_OF_FORMAT_2 = frozenset({"needs", "written_by", "digest"})

# Around and between the tables of a file. In plandoc's own form the middle one is nowhere else: rows begin with two blanks,
# and no text holds a newline.
_BEFORE, _BETWEEN, _BEHIND = b'{\n "', b',\n "', b"\n}\n"
_INNER = slice(len(_BEFORE), -len(_BEHIND))
# A table of which fewer rows than one in so many changed is not written as a whole.
MANY = 16
# Between the id of a row and the row.
_BEFORE_ROW = b'": '
_NOTHING: Mapping[Any, Any] = MappingProxyType({})
# What the row of `_plandoc` and its table end with; the digest goes in before it.
_END_OF_ABOUT = b"}\n }"

Row = row_lines.Row
Tables = dict[str, Mapping[str, Row]]


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
        is_judged: Whether this very version of plandoc judged every row when it wrote the file, and nobody has changed a
            byte since.
        blocks: The bytes of each table in `content`, where this process wrote it; empty where it was read.
    """

    name: str
    format: int
    store_id: str
    next_ids: Mapping[str, int]
    tables: Tables
    content: bytes = b""
    lines: Mapping[tuple[str, str], int] = _NOTHING
    about: Mapping[str, Any] = _NOTHING
    is_judged: bool = False
    blocks: Mapping[str, bytes] = attrs.field(default=_NOTHING, eq=False, repr=False)

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
    changed: Mapping[str, Collection[str]],
    judged: bool,
) -> Document:
    """Return a document with other rows: its bytes, and the tables that a reader of them gets.

    What did not change keeps the bytes that it was read from: tables, and the other rows of a table where few of many
    changed. All else is read back and compared.

    Args:
        before: The document as it was.
        next_ids: The id that the next new row of each table gets.
        tables: Its rows from now on.
        changed: The ids of the rows that are not as they were, by table.
        judged: Whether every row is one that this version would write. Only then the document says who wrote it, and is
            believed by the next reader.

    Raises:
        ValidationError: when a reader would not get the same rows.
    """
    about = _about(before.name, before.store_id, next_ids)
    if not judged:
        del about["written_by"]
    blocks, head = _blocks_of(before), _render_table(ABOUT_TABLE, {ABOUT_ROW: about})
    written = {}
    for name, rows in tables.items():
        if rows and (name in changed or name not in blocks):
            written[name] = _written(name, rows, changed.get(name, ()), before, blocks.get(name))
    read_back = _read_back(before.name, head, written)
    rows_of = {name: rows for name, rows in tables.items() if rows}
    for name, part in written.items():
        blocks[name] = part.block
        rows_of[name] = read_back[name] if part.rows is rows_of[name] else {**rows_of[name], **read_back[name]}
    present = {name: blocks[name] for name in rows_of}
    content, about["digest"] = _sealed(_join((head, *present.values())))
    present[ABOUT_TABLE] = head
    return Document(
        before.name,
        FORMAT,
        before.store_id,
        dict(next_ids),
        rows_of,
        content,
        about=about,
        is_judged=judged,
        blocks=present,
    )


def _read_back(name: str, head: bytes, written: Mapping[str, _Written]) -> Tables:
    """Return what a reader gets of what is written; refuse it where that is anything else."""
    found: Tables = orjson.loads(_join((head, *[part.text for part in written.values()])))
    del found[ABOUT_TABLE]
    if found != {table: part.rows for table, part in written.items()}:
        raise ValidationError([Problem("would not read back from the file as it is", file=name)])
    return found


class _Written(NamedTuple):
    """What is written of a table: all of it, or only the rows that changed.

    Attributes:
        rows: Those rows.
        text: Their bytes, as a table.
        block: The bytes of the whole table.
    """

    rows: Mapping[str, Row]
    text: bytes
    block: bytes


def _written(
    name: str, rows: Mapping[str, Row], changed: Collection[str], before: Document, block: bytes | None
) -> _Written:
    """Return what is written of a table: the rows that changed where they are few among many, else all.

    Args:
        name: The table.
        rows: Its rows from now on.
        changed: The ids of those that changed.
        before: The document as it was.
        block: The bytes of the table as it was; None where they cannot be kept.
    """
    if block is not None and len(changed) * MANY < len(rows):
        part = {row_id: rows[row_id] for row_id in changed if row_id in rows}
        lines = {row_id: line_of(row_id, rows[row_id]) if row_id in rows else None for row_id in changed}
        table = spliced(block, before.tables[name], lines) if part else None
        if table is not None:
            return _Written(part, table_of(name, filter(None, lines.values())), table)
    text = _render_table(name, rows)
    return _Written(rows, text, text)


def is_as_written(document: Document) -> bool:
    """Whether everything in a document is what plandoc wrote last; white space does not count.

    A document of format 1 carries no digest, so it counts as unchanged.
    """
    about = {field: value for field, value in document.about.items() if field != "digest"}
    unsealed = _join(_blocks({ABOUT_TABLE: {ABOUT_ROW: about}, **document.tables}))
    return document.format == 1 or document.about.get("digest") == hashlib.sha256(unsealed).hexdigest()


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


def _blocks(tables: Mapping[str, Mapping[str, Row]]) -> list[bytes]:
    return [_render_table(name, rows) for name, rows in tables.items() if rows]


def _join(blocks: Iterable[bytes]) -> bytes:
    return _BEFORE + _BETWEEN.join(blocks) + _BEHIND


def _blocks_of(document: Document) -> dict[str, bytes]:
    """Return the bytes of each table of a document in the present form; nothing for a document in another form."""
    if document.lines or not document.content or document.format != FORMAT:
        return {}
    if document.blocks:
        return dict(document.blocks)
    try:
        return dict(zip((ABOUT_TABLE, *document.tables), document.content[_INNER].split(_BETWEEN), strict=True))
    except ValueError:
        # Somebody can have renewed the digest of a file of another form.
        return {}


def _render_table(name: str, rows: Mapping[str, Row]) -> bytes:
    keys = sorted(rows, key=int)
    if keys != [*rows]:
        rows = {key: rows[key] for key in keys}
    lines = map(_BEFORE_ROW.join, zip(map(str.encode, rows), map(orjson.dumps, rows.values()), strict=False))
    return table_of(name, lines)


def parse(name: str, content: bytes) -> Document:
    """Return the document that these bytes hold.

    Raises:
        DamagedError: when they hold none, with every problem and its line.
        NewerFormatError: when a newer plandoc wrote it.
    """
    large = _large_and_judged(name, content)
    if large is not None:
        return _document(name, large, content, is_judged=True)
    fast = _parse_fast(content)
    if fast is not None:
        return _document(name, fast[0], content, is_judged=fast[1])
    tables, lines = strict_json.parse_tables(name, content)
    return _document(name, dict(tables), content, lines=lines)


def lines_of(document: Document) -> Mapping[tuple[str, str], int]:
    """Return the line of each (table, row) in the file that a document was read from."""
    if document.lines or not document.content:
        return document.lines
    return strict_json.parse_tables(document.name, document.content)[1]


def _large_and_judged(name: str, content: bytes) -> Tables | None:
    """Return the tables of a large document that this version judged, with rows that are parsed when they are asked for."""
    if len(content) < row_lines.LARGE:
        return None
    tables = row_lines.tables_in(name, content)
    if tables is None or [*tables][:1] != [ABOUT_TABLE] or not _is_judged(tables, content):
        return None
    return tables


def _parse_fast(content: bytes) -> tuple[Tables, bool] | None:
    """Return the tables that plandoc wrote, and whether this version judged them; None where others wrote the file."""
    try:
        tables: Tables = orjson.loads(content)
        if [*tables][:1] != [ABOUT_TABLE] or not row_lines.are_sound(tables.values()):
            return None
        is_judged = _is_judged(tables, content)
        is_ours = is_judged or _join(_blocks(tables)) == content
    except (orjson.JSONDecodeError, TypeError, AttributeError):
        return None
    return (tables, is_judged) if is_ours else None


def _is_judged(tables: Tables, content: bytes) -> bool:
    about = tables[ABOUT_TABLE].get(ABOUT_ROW, _NOTHING)
    seal = about.get("digest")
    if type(seal) is not str or about.get("written_by") != __version__:
        return False
    field = b',"digest":"%b"' % seal.encode()
    start = content.find(field)
    if start < 0:
        return False
    # In two parts, because a copy of a large document takes a while to make.
    unsealed = hashlib.sha256(content[:start])
    unsealed.update(memoryview(content)[start + len(field) :])
    return seal == unsealed.hexdigest()


def _document(
    name: str,
    tables: Tables,
    content: bytes,
    *,
    lines: Mapping[tuple[str, str], int] = _NOTHING,
    is_judged: bool = False,
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
    store_id, next_ids = about[STORE_ID_KEY], about["next_ids"]
    return Document(name, about["format"], store_id, next_ids, tables, content, lines, about, is_judged)


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
    if type(numbers) is not dict:
        return False
    given = numbers.values()
    return {*map(type, given)} <= {int} and (not given or (min(given) >= 1 and max(given) < 10**LONGEST_ID))


def problems_of_about(name: str, about: Row) -> list[Problem]:
    """Return what is wrong with what a document says about itself, apart from its format number."""
    wrong: list[tuple[str, str, str | None]] = []
    if about.get("document") != name:
        hint = "the file was renamed or copied; restore its original name"
        wrong.append(("document", f"wanted {name!r}, found {about.get('document')!r}", hint))
    if type(about.get(STORE_ID_KEY)) is not str:
        wrong.append((STORE_ID_KEY, f"wanted the identity of the folder, found {about.get(STORE_ID_KEY)!r}", None))
    next_ids = about.get("next_ids")
    if not _are_next_ids(next_ids):
        wrong.append(("next_ids", f"wanted the next id of each table, found {next_ids!r}", None))
    for field in sorted(about):
        if field in _TEXTS_OF_FORMAT_2 and about["format"] > 1:
            if type(about[field]) is not str:
                wrong.append((field, f"wanted text, found {about[field]!r}", None))
        elif field not in _FACTS:
            wrong.append((field, "unknown field", None))
    return [
        Problem(message, file=name, table=ABOUT_TABLE, row=ABOUT_ROW, field=field, hint=hint)
        for field, message, hint in wrong
    ]
