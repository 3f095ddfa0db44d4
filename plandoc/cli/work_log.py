"""What a command has done, so that a later error can report it."""

from __future__ import annotations

from typing import Any

_NOT_AGAIN = "do not run it again: that would do it twice"
_UNKNOWN = "it may or may not have been done; check before you run it again"


# A record as it was before and as it is now; None for none.
Change = tuple[Any | None, Any | None]


class WorkLog:
    """What one call of the command has done so far.

    Attributes:
        changes: The records that were added, changed or removed.
    """

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self._steps: list[str] = []
        self._counts_twice = False
        self._is_unknown = False

    def __bool__(self) -> bool:
        return bool(self._steps)

    def begin(self) -> None:
        """Record that a step has begun: until its end is recorded, its outcome is unknown."""
        self._is_unknown = True

    def end(self, step: str | None, *, counts_twice: bool = False) -> None:
        """Record that the step has ended.

        Args:
            step: What was done, such as "the change is saved"; None when nothing was changed.
            counts_twice: Whether the same command would do it a second time.
        """
        self._is_unknown = False
        if step is not None:
            self._steps.append(step)
            self._counts_twice |= counts_twice

    @property
    def lines(self) -> list[str]:
        """The lines to print below a later error; empty when nothing was done.

        >>> work_log = WorkLog()
        >>> work_log.lines
        []
        >>> work_log.end("the change is saved", counts_twice=True)
        >>> work_log.lines
        ['the change is saved; do not run it again: that would do it twice']
        """
        lines = [*self._steps, *([_UNKNOWN] if self._is_unknown else [])]
        if self._counts_twice and not self._is_unknown:
            lines.append(_NOT_AGAIN)
        return ["; ".join(lines)] if lines else []
