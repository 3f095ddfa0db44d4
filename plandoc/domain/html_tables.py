"""Lists and plans as small HTML tables, which notebooks show instead of text."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

from plandoc.domain.flat_rows import rows

# Thousands of rows would make a notebook slow and hard to read.
_MOST_ROWS = 60


def table_of_rows(shown: Sequence[dict[str, Any]], caption: str = "") -> str:
    """Return flat rows as a table; if there are very many, the first ones and the number of those left out.

    >>> table_of_rows([{"name": "<Rye>", "id": 1}])
    '<table><tr><th>name</th><th>id</th></tr><tr><td>&lt;Rye&gt;</td><td>1</td></tr></table>'
    """
    columns = list(dict.fromkeys(name for row in shown for name in row))
    head = [f"<caption>{html.escape(caption)}</caption>"] if caption else []
    body = [_row(columns, "th")] if columns else []
    body += [_row([row.get(name) for name in columns], "td") for row in shown[:_MOST_ROWS]]
    if len(shown) > _MOST_ROWS:
        body.append(f'<tr><td colspan="{len(columns)}">and {len(shown) - _MOST_ROWS} more</td></tr>')
    return f"<table>{''.join([*head, *body])}</table>"


def tables_in_html(title: str, tables: Iterable[tuple[str, Iterable[Any]]]) -> str:
    """Return tables below a title, each with its caption; those without rows are left out.

    Args:
        title: What is above them; blank for nothing.
        tables: The caption and what is in the rows: records, results, or flat rows.
    """
    head = f"<h4>{html.escape(title)}</h4>" if title else ""
    flat = [(caption, _flat(things)) for caption, things in tables]
    return head + "".join(table_of_rows(shown, caption) for caption, shown in flat if shown)


def _flat(things: Iterable[Any]) -> list[dict[str, Any]]:
    return [row for thing in things for row in ([thing] if isinstance(thing, dict) else rows([thing]))]


def _row(values: Sequence[Any], tag: str) -> str:
    cells = ("" if value is None else html.escape(str(value)) for value in values)
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"
