"""Lists and plans as small HTML tables, which notebooks show instead of text."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

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


def sections(title: str, tables: Iterable[tuple[str, Sequence[dict[str, Any]]]]) -> str:
    """Return tables below a title, each with its caption; those without rows are left out."""
    together = "".join(table_of_rows(shown, caption) for caption, shown in tables if shown)
    return f"<h4>{html.escape(title)}</h4>{together}"


def _row(values: Sequence[Any], tag: str) -> str:
    cells = ("" if value is None else html.escape(str(value)) for value in values)
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"
