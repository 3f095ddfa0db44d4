"""A line of a recipe that is being read: what is left of it, and what is known already."""

from __future__ import annotations

import re

import attrs

from plandoc.exchange.convert import kitchen_words as words
from plandoc.exchange.convert.recipe_drafts import LineDraft
from plandoc.exchange.convert.text_beginnings import DIGITS
from plandoc.exchange.tabular.cells import spreadsheet_number
from plandoc.fields import constraints
from plandoc.units.quantity_text import Quantity

_DASH = r"(?:-|\u2013|\u2014|\bto\b|\bor\b)"
_ALTERNATIVE = re.compile(r"\s+(?:or|oder|ou|o|eller)\s+", re.IGNORECASE)
_BETWEEN = re.compile(rf"[{DIGITS}][{DIGITS} ./]*{_DASH}\s*[{DIGITS}][{DIGITS}./]*(?: \d+/\d+)?")
_END = re.compile(r"\s*[,;:]\s|\s+[\u2013\u2014-]\s+|\s+(?=(?:plus|for|für|zum|zur|pour|per|till|til)\b)")


@attrs.define
class PartlyReadLine:
    """A line that is being read.

    Attributes:
        left: What is not understood yet.
        notes: What is kept as text.
        remarks: What a person should look at.
    """

    left: str
    notes: list[str]
    remarks: list[str]

    def take_name(self, text: str) -> str:
        """Return the name of an ingredient; what follows it becomes notes."""
        text = words.OF.sub("", text.strip())
        each = words.EACH.match(text)
        if each:
            self.remarks.append("several ingredients: give each a line")
            return text[each.end() :]
        taste = words.TASTE.search(text)
        cut = _END.search(text)
        ends = [match.start() for match in (taste, cut) if match and match.start()]
        if ends:
            self.notes.append(text[min(ends) :].strip(" ,;:-\u2013\u2014"))
            text = text[: min(ends)]
            if re.match(r"plus\b.*\d", self.notes[-1]):
                self.remarks.append("more is needed than the amount")
        choice = _ALTERNATIVE.search(text)
        if choice and choice.start():
            self.notes.append(text[choice.start() :].strip())
            self.remarks.append("there is a choice")
            text = text[: choice.start()]
        return text.strip(" .,;:*\u2020")

    def with_amount(self, draft: LineDraft, quantity: Quantity, unit: str) -> LineDraft:
        """Return a draft with an amount; of a range it is the upper end."""
        if quantity.number <= 0:
            self.remarks.append("the amount is 0")
            return draft
        if quantity.is_range:
            between = _BETWEEN.search(self.left)
            self.notes.insert(0, between[0] if between else self.left)
            self.remarks.append("the larger number is taken")
        return attrs.evolve(draft, quantity=spreadsheet_number(quantity.number), unit=unit)

    def finished(self, draft: LineDraft, original: str) -> LineDraft:
        """Return a draft with the notes, and with the remarks beside the line as it is written."""
        name, notes = draft.ingredient, [note for note in self.notes if note]
        if draft.quantity and has_number(name):
            self.remarks.append("there is another number in the name")
        if not name or len(name) > constraints.LONGEST_NAME:
            self.remarks.append("the name of the ingredient is not clear")
            notes, name = [*notes, original], (name or original)[: constraints.LONGEST_NAME].strip() or "?"
        remarks = (f"{', '.join(dict.fromkeys(self.remarks))}: {original}",) if self.remarks else ()
        return attrs.evolve(draft, ingredient=name, notes=tuple(dict.fromkeys(notes)), remarks=remarks)


def has_number(text: str) -> bool:
    """Whether a text has a number in it."""
    return re.search(f"[{DIGITS}]", text) is not None
