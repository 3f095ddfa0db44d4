"""What notebooks show of lists and plans instead of text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plandoc.domain.ingredient_needs import IngredientNeeds
    from plandoc.domain.shopping import ShoppingList


def tables_in_html(title: str, tables: Iterable[tuple[str, Iterable[Any]]]) -> str:
    """Return tables as HTML, as `html_tables.tables_in_html` does."""
    from plandoc.domain import html_tables  # noqa: PLC0415  (2 ms, for notebooks alone)

    return html_tables.tables_in_html(title, tables)


def needs_in_html(title: str, needs: IngredientNeeds | ShoppingList, items: Iterable[Any], missing: str) -> str:
    """Return what events need as tables.

    Args:
        title: What it is; the names of the events follow.
        needs: What they need.
        items: What is in the rows of the first table.
        missing: What is said of needs that are not in it.
    """
    tables: list[tuple[str, Iterable[Any]]] = [
        ("", items),
        ("Without an amount", [{"ingredient": one.ingredient.name} for one in needs.without_amount]),
        ("Made ahead", needs.made_ahead),
        (missing, [{"finding": finding.message} for finding in needs.undecided]),
    ]
    return tables_in_html(f"{title} {', '.join(event.name for event in needs.events)}", tables)
