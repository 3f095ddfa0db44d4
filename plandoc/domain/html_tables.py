"""Lists and plans as small HTML tables, which notebooks show instead of text."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from plandoc.domain.flat_rows import rows

if TYPE_CHECKING:
    from plandoc.domain.ingredient_needs import IngredientNeeds
    from plandoc.domain.shopping import ShoppingList

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


def table_of(things: Iterable[Any]) -> str:
    """Return records or results as a table."""
    return table_of_rows(rows(things))


def sections(title: str, tables: Iterable[tuple[str, Sequence[dict[str, Any]]]]) -> str:
    """Return tables below a title, each with its caption; those without rows are left out."""
    together = "".join(table_of_rows(shown, caption) for caption, shown in tables if shown)
    return f"<h4>{html.escape(title)}</h4>{together}"


def needs_of_events(title: str, needs: IngredientNeeds | ShoppingList, items: Iterable[Any], missing: str) -> str:
    """Return what events need as tables.

    Args:
        title: What it is; the names of the events follow.
        needs: What they need.
        items: The rows of the first table.
        missing: What is said of needs that are not in it.
    """
    tables = [
        ("", rows(items)),
        ("Without an amount", [{"ingredient": one.ingredient.name} for one in needs.without_amount]),
        ("Made ahead", rows(needs.made_ahead)),
        (missing, [{"finding": finding.message} for finding in needs.undecided]),
    ]
    return sections(f"{title} {', '.join(event.name for event in needs.events)}", tables)


def _row(values: Sequence[Any], tag: str) -> str:
    cells = ("" if value is None else html.escape(str(value)) for value in values)
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"
