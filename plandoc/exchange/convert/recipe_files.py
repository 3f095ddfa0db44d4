"""Files with recipes, whatever their kind; an archive is read member by member, up to its limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import attrs

from plandoc.errors import PlandocError, Problem, ValidationError
from plandoc.errors.hints import Hint, wording
from plandoc.exchange.convert import cooklang, mealie, recipe_sheets, schema_org, tandoor
from plandoc.exchange.convert.loose_json import NotJson, parsed
from plandoc.exchange.convert.recipe_drafts import RecipeDraft
from plandoc.exchange.file_kinds import are_recipes_of_others, import_of, is_export, table_in
from plandoc.exchange.input_file import read_content, text_in
from plandoc.storage.archive import is_too_compressed

# A page saved with its pictures in it; and an export of some thousand recipes, whose pictures are not read.
LARGEST_FILE = 50_000_000
LARGEST_ARCHIVE = 2_000_000_000
_MOST_MEMBERS = 50_000
_MOST_UNPACKED = 200_000_000
# Tandoor puts an archive for each recipe into an archive.
_DEEPEST_ARCHIVE = 2
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".svg", ".heic", ".pdf", ".txt", ".md"})
_KINDS = "a saved web page, JSON-LD, Cooklang (.cook), an export of Mealie or Tandoor, or CSV with a recipe in each row"
_NO_READER_OF_PAGES = "reading web pages needs two more packages; install them with: pip install 'plandoc[recipes]'"
_WAY_OUT = f"wanted {_KINDS}"
_SHEETS = frozenset({".csv", ".tsv", ".tab"})
_PROGRAMS = (mealie, tandoor)
_ENCRYPTED = 0x1
_OF_A_BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)


class _NotConvertible(Exception):  # noqa: N818  (a signal inside this module)
    """A file, or a member of an archive, is not what it should be."""

    def __init__(self, message: str, hint: str | None = _WAY_OUT, line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.hint, self.line = message, hint, line


@attrs.define
class _Reading:
    """What is read of one file.

    Attributes:
        unpacked: Bytes unpacked from its archives so far.
    """

    drafts: list[RecipeDraft] = attrs.Factory(list)
    notes: list[str] = attrs.Factory(list)
    problems: list[Problem] = attrs.Factory(list)
    unpacked: int = 0


def read_recipes(path: Path) -> tuple[list[RecipeDraft], list[str]]:
    """Return the drafts of all recipes of a file, and notes on what was left out.

    Raises:
        StorageError: when there is no such file, or it cannot be read.
        ValidationError: with everything that is wrong in it.
        PlandocError: when it is a web page, and the libraries for those are not installed.
    """
    file = str(path)

    def refused(message: str, hint: str) -> ValidationError:
        return ValidationError([Problem(message, file=file, hint=hint)])

    content = read_content(path, refused, largest=LARGEST_ARCHIVE)
    reading = _Reading()
    _read(reading, file, path.name, content, 0)
    if not (reading.drafts or reading.notes or reading.problems):
        reading.problems.append(Problem("no recipe was found in it", file=file, hint=_WAY_OUT))
    if reading.problems:
        raise ValidationError(reading.problems)
    return reading.drafts, reading.notes


def _read(reading: _Reading, place: str, name: str, content: bytes, depth: int) -> None:
    """Read a file, or a member of an archive, which may be an archive itself."""
    try:
        if content.startswith(b"PK\x03\x04"):
            _read_archive(reading, place, content, depth)
        else:
            _keep(reading, place, _drafts(reading, place, name, content))
    except _NotConvertible as refused:
        reading.problems.append(Problem(refused.message, file=place, line=refused.line, hint=refused.hint))


def _keep(reading: _Reading, place: str, drafts: list[RecipeDraft]) -> None:
    for draft in drafts:
        if draft.lines and draft.name:
            reading.drafts.append(draft)
        else:
            what = f"{draft.name} has no ingredients" if draft.name else "a recipe has no name"
            reading.notes.append(f"{place}: left out, because {what}")


def _drafts(reading: _Reading, place: str, name: str, content: bytes) -> list[RecipeDraft]:
    if len(content) > LARGEST_FILE:
        raise _NotConvertible(f"wanted at most {LARGEST_FILE // 1_000_000} MB, found {len(content) / 1_000_000:.1f} MB")
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    ending = PurePosixPath(name).suffix.casefold()
    if not start:
        raise _NotConvertible("the file is empty")
    if ending == ".cook":
        return [cooklang.draft_of(_decoded(content), PurePosixPath(name).stem)]
    if start in {b"{", b"["}:
        return _of_json(_decoded(content))
    if start == b"<":
        return _of_page(content)
    if ending in _SHEETS:
        return _of_sheet(reading, place, _decoded(content))
    hint = "save the page as 'Webpage, HTML only'" if ending in {".mht", ".mhtml", ".webarchive"} else _WAY_OUT
    raise _NotConvertible("cannot tell what kind of file this is", hint)


def _of_page(content: bytes) -> list[RecipeDraft]:
    try:
        from plandoc.exchange.convert.web_pages import drafts_in  # noqa: PLC0415  (an extra, and 0.3 s)
    except ImportError as error:
        raise PlandocError(_NO_READER_OF_PAGES) from error
    try:
        drafts = drafts_in(content)
    except RecursionError:
        raise _NotConvertible("the page is nested too deeply", "save it again, as 'Webpage, HTML only'") from None
    if not drafts:
        raise _NotConvertible(
            "no recipe was found on the page", "not every page has one that a program can read: type it in"
        )
    return drafts


def _of_sheet(reading: _Reading, place: str, text: str) -> list[RecipeDraft]:
    _refuse_own_table(text)
    try:
        drafts, notes = recipe_sheets.drafts_in(text)
    except recipe_sheets.NotASheet as error:
        raise _NotConvertible(str(error), error.hint, error.line) from None
    reading.notes += [f"{place}: {note}" for note in notes]
    return drafts


def _refuse_own_table(text: str) -> None:
    """Refuse a table that an import reads as it is."""
    table = table_in(text)
    # Those of ingredients have no columns of their own: others begin with the names of recipes.
    if table is not None and table != "ingredients" and not are_recipes_of_others("", text):
        raise _NotConvertible(f"this is a table of {table} already", import_of(table))


def _of_json(text: str) -> list[RecipeDraft]:
    if text.lstrip()[:1] == "[":
        _refuse_own_table(text)
    if is_export(text):
        raise _NotConvertible("this is an export already", wording("import it with {step}", step=Hint.EXPORT()))
    try:
        value = parsed(text)
    except NotJson as error:
        raise _NotConvertible(f"this is not JSON: {error}", "export it again", error.line) from None
    drafts = list(_in_json(value))
    if not drafts:
        raise _NotConvertible("the JSON holds no recipe that plandoc can read")
    return drafts


def _in_json(value: Any) -> Iterator[RecipeDraft]:
    """Yield the recipes of a value: of one program or another, alone or in a list."""
    for one in value if isinstance(value, list) else [value]:
        program = next((program for program in _PROGRAMS if isinstance(one, dict) and program.is_recipe(one)), None)
        if program:
            yield program.draft_of(one)
        else:
            yield from map(schema_org.draft_of, schema_org.recipe_objects(one))


def _decoded(content: bytes) -> str:
    return text_in(content, lambda message, line: _NotConvertible(message, "save it as UTF-8", line))


def _read_archive(reading: _Reading, place: str, content: bytes, depth: int) -> None:
    if depth == _DEEPEST_ARCHIVE:
        raise _NotConvertible("an archive in an archive in an archive", "unpack it, and name the files")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > _MOST_MEMBERS:
                raise _NotConvertible(f"wanted at most {_MOST_MEMBERS} files in an archive, found {len(members)}")
            wanted = [member for member in members if _suffix(member) not in _PICTURES]
            for member in wanted:
                _read(
                    reading,
                    f"{place}/{member.filename}",
                    member.filename,
                    _unpacked(reading, archive, member),
                    depth + 1,
                )
    except _OF_A_BROKEN_ARCHIVE as error:
        if isinstance(error, PlandocError):
            raise
        raise _NotConvertible(f"the archive cannot be read: {error}", "export it again") from error


def _suffix(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).suffix.casefold()


def _unpacked(reading: _Reading, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return what a member holds, unpacking no more than the limits allow, whatever the archive claims."""
    if member.flag_bits & _ENCRYPTED:
        raise _NotConvertible(f"{member.filename} is encrypted", "export it again, without a password")
    left = _MOST_UNPACKED - reading.unpacked
    if is_too_compressed(member.file_size, member.compress_size) or member.file_size > left:
        message = f"{member.filename} expands from {member.compress_size} to {member.file_size} bytes"
        raise _NotConvertible(f"{message}; refused as a possible zip bomb", "unpack it, and name the files")
    with archive.open(member) as opened:
        content = opened.read(member.file_size + 1)
    reading.unpacked += len(content)
    return content
