"""JSON of other programs: read exactly as to numbers, and leniently as to line ends in texts."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from plandoc.storage.strict_json import in_plain_words


class NotJson(ValueError):  # noqa: N818  (what is wrong with a text; the caller makes the error of it)
    """A text is not JSON.

    Attributes:
        line: Where it is wrong, counted from 1; None where that is not known.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def parsed(text: str) -> Any:
    """Return the value of a text; numbers with a point are `Decimal`.

    Raises:
        NotJson: when it is not JSON.
    """
    try:
        return json.loads(text, parse_float=_exact, parse_constant=_refused, strict=False)
    except json.JSONDecodeError as error:
        raise NotJson(in_plain_words(error), error.lineno) from None
    except RecursionError:
        raise NotJson("it is nested too deeply") from None
    except ValueError as error:
        raise NotJson(str(error)) from None


def _exact(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return _refused(text)
    return value if -30 < value.adjusted() < 30 else _refused(text)


def _refused(text: str) -> NoReturn:
    raise ValueError(f"the number {text[:30]} is out of range")
