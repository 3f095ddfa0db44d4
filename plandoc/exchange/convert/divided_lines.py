"""Lines of recipes that another program has divided already into amount, unit and ingredient."""

from __future__ import annotations

from collections.abc import Iterable

from plandoc import units
from plandoc.exchange.convert import kitchen_words as words
from plandoc.exchange.convert.line_reading import PartlyReadLine
from plandoc.exchange.convert.plain_text import one_line
from plandoc.exchange.convert.recipe_drafts import LineDraft
from plandoc.exchange.convert.text_beginnings import quantity_at, unit_at
from plandoc.units.quantity_text import Number, Quantity, written


def measured(
    amount: Number | str, unit: str, name: str, notes: Iterable[str] = (), *, is_recipe: bool = False
) -> tuple[LineDraft, ...]:
    """Return the draft of a line that another program has divided.

    Args:
        amount: How much, as a number or as a person typed it; blank or 0 when none is given.
        unit: As the program has it; blank for pieces.
        name: The ingredient.
        notes: What else is in it.
        is_recipe: Whether the ingredient is a recipe itself.

    >>> measured("0.5", "tsp", "salt")[0].quantity
    '0.5'
    >>> measured("2", "blobs", "jam")[0].notes
    ('2 blobs',)
    """
    said = one_line(amount) if isinstance(amount, str) else written(amount)
    line = PartlyReadLine(f"{said} {one_line(unit)}".strip(), [one_line(note) for note in notes], [])
    draft = LineDraft(one_line(name), is_recipe=is_recipe)
    original = f"{line.left} {draft.ingredient}".strip()
    if set(said) - {"0", ".", ","}:
        draft = _measure(
            draft, line, quantity_at(line.left) if isinstance(amount, str) else Quantity(amount, one_line(unit))
        )
    return (line.finished(draft, original),)


def _measure(draft: LineDraft, line: PartlyReadLine, quantity: Quantity | None) -> LineDraft:
    if quantity is None:
        line.notes.insert(0, line.left)
        line.remarks.append("the amount cannot be read")
        return draft
    unit, others = unit_at(quantity.unit)
    if draft.is_recipe and (unit or others) in {"", "batch", "batches"}:
        return line.with_amount(draft, quantity, "")
    if others and others.casefold() not in words.SIZES:
        line.notes.insert(0, line.left)
        line.remarks.append(f"plandoc does not know the unit {others}")
        return draft
    line.notes += [others] if others else []
    return line.with_amount(draft, quantity, unit or units.PIECES)
