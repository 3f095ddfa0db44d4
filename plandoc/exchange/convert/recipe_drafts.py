"""A recipe of another program on its way into plandoc's own table: what was read, and what is uncertain."""

from __future__ import annotations

import attrs

from plandoc.frozen import frozen


@frozen
class LineDraft:
    """What one line of a recipe takes.

    Attributes:
        ingredient: Its name.
        quantity: A number as the table has it; blank where none is given, or where it could not be read.
        unit: A unit that plandoc knows; blank where there is no quantity.
        notes: What else is in the line.
        remarks: What a person should look at.
        is_recipe: Whether it names another recipe; the quantity is then in batches.
    """

    ingredient: str
    quantity: str = ""
    unit: str = ""
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    is_recipe: bool = False


@frozen
class YieldDraft:
    """What a batch makes.

    Attributes:
        count: How many; None where it is not given as a whole number.
        item_unit: What one of them is called; blank where that is not given.
        remarks: What a person should look at.
    """

    count: int | None = None
    item_unit: str = ""
    remarks: tuple[str, ...] = ()


@frozen
class RecipeDraft:
    """One recipe.

    Attributes:
        name: Its name.
        made: What a batch makes.
        lines: What it takes, in the order of the recipe.
        category: Its category; blank where it has none.
        notes: What else is known of it.
        method: How it is made, a step a line.
        remarks: What a person should look at.
    """

    name: str
    made: YieldDraft
    lines: tuple[LineDraft, ...]
    category: str = ""
    notes: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def with_remark(lines: tuple[LineDraft, ...], remark: str) -> tuple[LineDraft, ...]:
    """Return lines, each with one more thing that a person should look at."""
    return tuple(attrs.evolve(line, remarks=(*line.remarks, remark)) for line in lines)


def in_section(lines: tuple[LineDraft, ...], section: str) -> tuple[LineDraft, ...]:
    """Return lines with the part of the recipe that they belong to as their first note.

    >>> in_section((LineDraft("butter", notes=("soft",)),), "Icing")[0].notes
    ('Icing', 'soft')
    """
    name = section.strip().rstrip(":").strip()
    return tuple(attrs.evolve(line, notes=(name, *line.notes)) for line in lines) if name else lines
