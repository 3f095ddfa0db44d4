"""Names that a person can type and a file can carry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from plandoc.fields.constraints import LONGEST_SLUG, valid_slug

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
# Letters that do not come apart into a plain one and an accent.
_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l"})


def slugify(name: str, taken: Container[str] = ()) -> str:
    """Return a slug made from a name, with `-2`, `-3`, ... when it is taken.

    A name without a single letter of a-z or digit gives "item".

    >>> slugify("Toasted Almond Sablés"), slugify("Cookie Box", {"cookie-box"})
    ('toasted-almond-sables', 'cookie-box-2')
    """
    plain = unicodedata.normalize("NFKD", name.lower().translate(_FOLDED)).encode("ascii", "ignore").decode()
    stem = _NOT_SLUG.sub("-", plain).strip("-")[: LONGEST_SLUG - 8].strip("-") or "item"
    if valid_slug(stem) is not None:
        # A device name such as "con".
        stem = f"{stem}-item"
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"
