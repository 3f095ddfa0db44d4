"""Text that a program has read in the wrong encoding: UTF-8, taken for the encoding of Windows in Western Europe."""

from __future__ import annotations

import re

# The letters that such a program shows for the bytes of one letter in UTF-8.
_LEADING = re.compile("[\u00c2-\u00f4]")
# A single pair can be intended if it would give a letter that such a text hardly has.
_LATIN = re.compile("[\u00a0-\u024f\u2000-\u20cf]")
_LIKELY_WHEN_REPEATED = 2
# The letter à, after its second half, a no-break space, has become a plain blank or has been taken off.
_CUT_OFF = re.compile("\u00c3(?: |$)")


def misread(text: str) -> str | None:
    r"""Return what a text was before it was read in the wrong encoding; None for one that looks as it should.

    >>> misread("Cr\u00c3\u00a8me"), misread("Cr\u00e8me"), misread("MEN\u00dc\u201c")
    ('Crème', None, None)
    """
    if text.isascii() or not _LEADING.search(text):
        return None
    if text != text.upper():
        text = _CUT_OFF.sub("\u00c3\u00a0", text)
    try:
        meant = b"".join(map(_byte, text)).decode("utf-8")
    except UnicodeError:
        return None
    letters = [letter for letter in meant if not letter.isascii()]
    likely = all(map(_LATIN.match, letters)) or len(letters) >= _LIKELY_WHEN_REPEATED
    return meant if likely else None


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        # Five bytes mean nothing there, and are shown as control characters.
        return letter.encode("latin-1")
