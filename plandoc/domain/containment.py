"""Things that contain things of their kind: recipes in recipes, goods in goods."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from plandoc.errors import Problem, ValidationError

MAX_DEPTH = 10
# Deep enough to distinguish a long cycle from mere depth, far from the end of Python's stack.
_MAX_SEARCH_DEPTH = 100


def check_nesting(
    start: int, children: Callable[[int], Iterable[int]], name_of: Callable[[int], str], field: str
) -> None:
    """Refuse a thing that contains itself, or that nests more than 10 levels deep.

    The same part in two places is neither.

    Args:
        start: Id of the outermost thing.
        children: Ids of the things directly in one.
        name_of: What a person calls one.
        field: Where the parts are, for the message.

    Raises:
        ValidationError: when it is one of those; its message shows the path.

    >>> check_nesting(1, {1: [2, 3], 2: [3], 3: []}.__getitem__, str, "components")
    """
    heights: dict[int, int] = {}
    _height(start, children, name_of, field, heights, [])


def check_bases(start: int, base_of: Callable[[int], int | None], name_of: Callable[[int], str], field: str) -> None:
    """Refuse a variant that is, directly or through any number of others, a variant of itself.

    Args:
        start: Id of the variant.
        base_of: Id of what a thing is a variant of; None when it is not a variant.
        name_of: What a person calls one.
        field: Where the base is, for the message.

    Raises:
        ValidationError: when it is one of those; its message shows the path.

    >>> check_bases(1, {1: 2, 2: 3, 3: None}.__getitem__, str, "base_recipe_id")
    """
    # Ordered, and quick to search.
    path: dict[int, None] = {}
    present: int | None = start
    while present is not None and present not in path:
        path[present] = None
        present = base_of(present)
    # A cycle among others further on is not the fault of this one; each of those is refused itself.
    if present == start:
        _refuse("is a variant of itself", [*path, start], name_of, field)


def _height(
    thing: int,
    children: Callable[[int], Iterable[int]],
    name_of: Callable[[int], str],
    field: str,
    heights: dict[int, int],
    path: list[int],
) -> int:
    if thing in path:
        _refuse("contains itself", [*path[path.index(thing) :], thing], name_of, field)
    if len(path) > _MAX_SEARCH_DEPTH:
        _refuse(f"is nested more than {MAX_DEPTH} levels deep", path[: MAX_DEPTH + 1], name_of, field)
    if thing not in heights:
        path.append(thing)
        below = [_height(child, children, name_of, field, heights, path) for child in children(thing)]
        path.pop()
        heights[thing] = 1 + max(below, default=0)
    if len(path) + heights[thing] > MAX_DEPTH:
        _refuse(f"is nested more than {MAX_DEPTH} levels deep", [*path, thing], name_of, field)
    return heights[thing]


def _refuse(what: str, path: list[int], name_of: Callable[[int], str], field: str) -> None:
    shown = " -> ".join(map(name_of, path))
    raise ValidationError([Problem(f"{name_of(path[0])} {what}: {shown}", field=field)])
