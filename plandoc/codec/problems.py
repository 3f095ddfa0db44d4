"""Everything that keeps a row from being a record, in words for the person who wrote it; cattrs' errors end here.

Nothing is coerced: a row that needed a guess to become a record is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import cattrs

from plandoc.codec.cattrs_hooks import ItemIndex, converter_of_rows
from plandoc.codec.values import stored_name
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.text.near_words import nearest


def problems_of_row(record_type: type, row_id: int, row: Any) -> list[Problem]:
    """Return everything that keeps a row from being a record; an empty list when nothing does."""
    if not isinstance(row, dict):
        return [Problem(f"wanted an object, found {shorten(row)}")]
    if "id" in row:
        return [Problem("the id of a row is its key; take the field out", field="id")]
    try:
        converter_of_rows(detailed=True).structure({"id": row_id, **row}, record_type)
    except Exception as error:  # noqa: BLE001  (whatever cattrs raises becomes problems here, at its one boundary)
        return list(_problems(error, ""))
    return []


def _problems(error: BaseException, path: str) -> Iterator[Problem]:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, ItemIndex):
            path += note
        elif name := getattr(note, "name", None):
            path = f"{path}.{name}" if path else str(name)
    if isinstance(error, ValidationError):
        for problem in error.problems:
            yield attrs.evolve(problem, field=".".join(part for part in (path, problem.field) if part))
    elif isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _problems(inner, path)
    else:
        yield from _problems_of_cattrs(error, path)


def _problems_of_cattrs(error: BaseException, path: str) -> Iterator[Problem]:
    if isinstance(error, cattrs.ForbiddenExtraKeysError):
        for name in sorted(error.extra_fields):
            yield Problem("unknown field", field=f"{path}.{name}" if path else name, hint=_nearest(name, error.cl))
    elif isinstance(error, KeyError):
        # The path ends with the name of the attribute; the key that was looked for is the one in the file.
        before = path.rpartition(".")[0]
        field = f"{before}.{error.args[0]}" if before else str(error.args[0])
        yield Problem("wanted a value, found nothing: the field is missing", field=field)
    else:
        yield Problem(str(error), field=path or None)


def _nearest(name: str, kind: type) -> str:
    known = [stored_name(attribute, kind) for attribute in attrs.fields(kind) if attribute.name != "id"]
    near = nearest(name, known)
    return f"known are {', '.join(known)}" if near is None else f"did you mean {near}?"
