"""JSON of other programs: read exactly as to numbers, and leniently as to line ends in texts."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from plandoc.exchange.input_file import exact_number
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
        return json.loads(text, parse_float=exact_number, parse_constant=_refused, strict=False)
    except json.JSONDecodeError as error:
        raise NotJson(in_plain_words(error), error.lineno) from None
    except RecursionError:
        raise NotJson("it is nested too deeply") from None
    except ValueError as error:
        raise NotJson(str(error)) from None


def _refused(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number")
