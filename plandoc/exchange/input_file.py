"""Reading the file that is to be imported: one strict JSON object, every number exactly as it is written."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from plandoc.errors import DamagedError, Outcome, Problem
from plandoc.storage.files import Files
from plandoc.storage.os_errors import translate_os_errors
from plandoc.storage.paths import resolved
from plandoc.storage.strict_json import parse_object

_WAY_OUT = "export it once more, or repair it with an editor"


def read_object(path: Path) -> dict[str, Any]:
    """Return the one JSON object that a file holds; its fractions are `Decimal`.

    Raises:
        StorageError: when there is no such file, or it cannot be read.
        DamagedError: when it is not one JSON object without doubled keys and without NaN.
    """
    return parse_object(str(path), _content(path), parse_float=_exact, way_out=_WAY_OUT)


def _content(path: Path) -> bytes:
    with translate_os_errors(path, Outcome.NOT_SAVED):
        # Resolved, for a link to an export is as good as the export: nothing is ever written to it.
        real = resolved(path)
        if real.is_dir():
            problem = Problem("wanted a file, found a folder", file=str(path), hint="name the exported .json file")
            raise DamagedError(str(path), [problem])
        return Files().read(real)


def _exact(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"the number {text[:30]} is out of range") from None
    if value and not -400 <= value.adjusted() <= 400:
        raise ValueError(f"the number {text[:30]} is out of range")
    return value
