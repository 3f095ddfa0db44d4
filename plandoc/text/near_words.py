"""What was probably meant by a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """Return the known word that is most like another; None when none is near.

    Args:
        word: What was found.
        known: What it can mean.
        likeness: How near is near: 1 for the same.

    >>> nearest("Suger", ["Flour", "Sugar"]), nearest("Rye", ["Flour"])
    ('Sugar', None)
    """
    import difflib  # noqa: PLC0415  (1.5 ms, which only mistakes need)

    near = difflib.get_close_matches(word, list(known), n=1, cutoff=likeness)
    return near[0] if near else None
