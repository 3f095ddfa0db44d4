"""Words of recipes that are not numbers, units or ingredients. A short table: a missing word only costs a remark."""

from __future__ import annotations

import re

# Before a number or a unit, without changing the amount by more than a cook's hand does.
HARMLESS = frozenset(
    {"about", "approx", "approximately", "ca", "circa", "around", "env", "environ", "etwa", "roughly", "level"}
)
# Before a number or a unit, changing it.
BEFORE = HARMLESS | {
    "scant", "generous", "heaped", "heaping", "rounded", "good", "packed", "gehäufte", "gehäufter", "gestrichene", "gestrichener",
}  # fmt: skip
# Behind a unit.
PACKED = frozenset({"packed", "firmly", "lightly", "loosely", "tightly", "heaped", "heaping", "level"})
# Between a number and what is counted.
SIZES = frozenset({
    "large", "medium", "small", "big", "extra-large", "jumbo", "medium-sized", "grosse", "große", "großes", "kleine", "mittelgroße",
    "gros", "grandes", "grande",
})  # fmt: skip
ARTICLES = frozenset({"a", "an", "ein", "eine", "einen", "un", "une", "una", "en", "et"})
# Words for numbers, longer ones first.
NUMBERS = (
    ("half a", "0.5"), ("half an", "0.5"), ("a half", "0.5"), ("one and a half", "1.5"), ("one", "1"), ("two", "2"), ("three", "3"),
    ("four", "4"), ("five", "5"), ("six", "6"), ("eight", "8"), ("ten", "10"), ("twelve", "12"), ("half", "0.5"),
    *((article, "1") for article in sorted(ARTICLES)),
)  # fmt: skip
# Behind an article, no number.
VAGUE = frozenset({"little", "few", "bit", "touch", "wenig", "peu", "poco", "lite"})
VAGUE_BEGINNINGS = frozenset({
    "a little", "a few", "a bit of", "a touch of", "little", "some", "few", "plenty of", "etwas", "ein wenig", "un peu de", "lite",
})  # fmt: skip
# At the end of a line without an amount: it needs none.
TASTE = re.compile(
    r",?\s*\b(?:to taste|as needed|if needed|optional|as required|(?:plus )?(?:extra )?(?:for|to) "
    r"(?:dust|roll|greas|serv|sprinkl|decorat|finish|the t[ia]n|brush|garnish|fry)\w*.*"
    r"|pour (?:saupoudrer|servir|décorer|la déco\w*|le moule).*|nach geschmack|nach belieben|zum \w+|au goût|facultatif|q\.?\s?b\.?|al gusto|efter smag|efter smak)",
    re.IGNORECASE,
)
# Between a unit and an ingredient.
OF = re.compile(r"^(?:(?:of|de la|de|du|des|di|af|av) (?:the )?|(?:de l|d)['\u2019] ?)", re.IGNORECASE)
# One amount for several ingredients.
EACH = re.compile(r"(?:each|jeweils|je)\b[ :]*(?:of )?", re.IGNORECASE)
# Behind "plus", more of the same.
MORE = frozenset({"extra", "more", "additional", "for"})
# Parts of a fruit.
PART = re.compile(
    r"(?:(?:the|finely|grated|freshly|squeezed) )*(?:zest|juice|rind|peel)(?: (?:and|&) (?:zest|juice))? of (?=[\w½])",
    re.IGNORECASE,
)
