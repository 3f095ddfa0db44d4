"""Arguments as they were typed, also where the locale knows only ASCII: there Python hands over bytes in disguise."""

from __future__ import annotations

import os
from pathlib import Path

from plandoc import escaping
from plandoc.cli.messages import UsageError


def as_text(argument: str) -> str:
    r"""Return an argument as the text that was typed.

    >>> as_text("F\udcc3\udcaate"), as_text("F\u00eate")
    ('Fête', 'Fête')
    """
    return escaping.decoded(argument)


def as_path(text: str) -> Path:
    """Return the path that a text names; in the disguise again where the system knows no other form of it.

    Raises:
        UsageError: for no text: an unset variable of a script must not mean the present folder.
    """
    if not text:
        raise UsageError("wanted a path, found nothing")
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return Path(os.fsdecode(text.encode("utf-8", "surrogateescape")))
    return Path(text)
