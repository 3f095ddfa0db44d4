"""The errors that programs written for TinyDB also catch under another name."""

from __future__ import annotations

import json
from collections.abc import Iterable

from plandoc.errors import DamagedError, Outcome, Problem, StorageError
from plandoc.errors.hints import joined


class DatabaseNotFoundError(StorageError, FileNotFoundError):
    """There is no file at this path, or no longer one; or there is no folder for it."""

    def __init__(self, path: str, reason: str, errno: int) -> None:
        super().__init__(path, reason, Outcome.NOT_SAVED, errno)


class DamagedDatabaseError(DamagedError, json.JSONDecodeError):
    """A file does not hold JSON that can be understood; it was left byte for byte as it is."""

    def __init__(self, path: str, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        text = joined("\n", (problem.text for problem in self.problems))
        json.JSONDecodeError.__init__(self, text, "", 0)
        # Without the position in the text, which this error does not carry.
        self.args = (text,)
        self.lineno = next((problem.line for problem in self.problems if problem.line), 1)
