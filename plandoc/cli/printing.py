"""What is shown: tables on a terminal, plain lines in a pipe, JSON on request.

No text from a data folder reaches the terminal as it is: an imported name could carry control characters.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import Any

import attrs

from plandoc.cli import streams
from plandoc.cli.messages import UsageError
from plandoc.cli.program import as_called
from plandoc.cli.wrapping import width, wrapped
from plandoc.frozen import frozen
from plandoc.text import escaping

clean = escaping.escape_control_characters
# The width of the "plandoc: " before a message.
_MARGIN = 9


@attrs.define
class Collected:
    """What a command would have printed, kept for JSON.

    Attributes:
        lines: The sentences.
        tables: The tables: each with its title, and its rows by the headings.
    """

    lines: list[str] = attrs.Factory(list)
    tables: list[dict[str, Any]] = attrs.Factory(list)


_collected: ContextVar[Collected | None] = ContextVar("collected", default=None)


@contextmanager
def collecting() -> Iterator[Collected]:
    """Keep what would be printed instead of printing it."""
    collected = Collected()
    token = _collected.set(collected)
    try:
        yield collected
    finally:
        _collected.reset(token)


def is_collecting() -> bool:
    """Return whether what would be printed is kept, so that nobody sees a question."""
    return _collected.get() is not None


@frozen
class Column:
    """A column of a table.

    Attributes:
        heading: The text above it.
        is_number: Whether it is aligned to the right, and its cells stay in one line.
    """

    heading: str
    is_number: bool = False


def refuse_beside_json() -> None:
    """Refuse to print the contents of a file where JSON shows what was done.

    Raises:
        UsageError: when it is so.
    """
    if is_collecting():
        raise UsageError("--json and - would both write to the standard output; leave one of them out")


def say(text: str = "", *, wraps: bool = True) -> None:
    """Print one sentence; on a terminal in lines that fit, unless it is a command line that a person may paste."""
    collected = _collected.get()
    if collected is None:
        shown = as_called(clean(text))
        print(wrapped(shown, width()) if wraps and sys.stdout.isatty() else shown)
    elif text:
        collected.lines.append(text)


def complain(text: str) -> None:
    """Print one message to the error stream, in lines that fit a terminal; the further ones are indented below the first."""
    lines = [as_called(clean(line)) for line in text.split("\n")]
    if sys.stderr.isatty():
        inside = width() - _MARGIN
        lines = "\n".join(wrapped(line, inside) for line in lines).split("\n")
    streams.complain("plandoc: " + f"\n{' ' * _MARGIN}".join(lines))


def print_json(value: Any) -> None:
    """Print one JSON document; control characters are written as escapes, which mean the same in JSON."""
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    print(escaping.json_text(json.dumps(value, indent=2, ensure_ascii=encoding != "utf8")))


def print_json_as_it_is(content: bytes) -> None:
    """Print JSON with its own line ends and the same escapes, as UTF-8 whatever the encoding of the terminal."""
    refuse_beside_json()
    streams.write_bytes(escaping.json_text(content.decode()).encode())


def print_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as CSV, for a spreadsheet; a file that the output goes to begins with a byte order mark."""
    if streams.begins_a_file():
        streams.write_bytes(f"{escaping.BYTE_ORDER_MARK}{escaping.csv_text(headings, rows)}".encode())
        return
    # The lines end in CR LF already; Windows would add one more CR.
    streams.keep_line_ends()
    sys.stdout.write(escaping.csv_text(headings, rows))


def print_table(
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    when_empty: str,
    is_one_of_several: bool = False,
    styles: Sequence[str] = (),
) -> None:
    """Print a table on a terminal, and lines with tabs between the cells elsewhere.

    Args:
        title: Printed above the table on a terminal.
        columns: The columns.
        rows: The cells.
        when_empty: Printed instead of the table on a terminal when there are no rows.
        is_one_of_several: Whether more tables are shown; each then follows a blank line and has its title in a pipe too.
        styles: The style of each row on a colour terminal ("green", or "" for none); empty leaves all rows plain.
    """
    collected = _collected.get()
    if collected is not None:
        headings = [column.heading for column in columns]
        as_dicts = [dict(zip(headings, map(str, row), strict=True)) for row in rows]
        collected.tables.append({"title": title, "rows": as_dicts})
        return
    cells = [[as_called(clean(cell)) for cell in row] for row in rows]
    if is_one_of_several:
        print()
    if sys.stdout.isatty():
        _print_on_terminal(title, columns, cells, when_empty, styles or [""] * len(cells))
        return
    if is_one_of_several:
        print(clean(title))
    for line in ([column.heading for column in columns], *cells):
        print("\t".join(line))


def print_numbered(title: str, points: Iterable[Sequence[str]]) -> None:
    """Print points below each other on a terminal, numbered, each with its hint below it."""
    collected = _collected.get()
    if collected is not None:
        collected.lines.extend([title, *(" - ".join(point) for point in points)])
        return
    cells = [[as_called(clean(part)) for part in point] for point in points]
    _terminal_tables().print_numbered(clean(title), cells)


def _print_on_terminal(
    title: str, columns: Sequence[Column], cells: list[list[str]], when_empty: str, styles: Sequence[str]
) -> None:
    if not cells:
        print(wrapped(as_called(f"{clean(title)}: {clean(when_empty)}"), width()))
        return
    headings = [(column.heading, column.is_number) for column in columns]
    _terminal_tables().print_table(clean(title), headings, cells, styles)


def _terminal_tables() -> ModuleType:
    from plandoc.cli import terminal_tables  # noqa: PLC0415  (20 ms of rich, which a pipe does not need)

    return terminal_tables
