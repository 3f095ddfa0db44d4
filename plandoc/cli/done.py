"""What a command has done for good, so that whatever fails afterwards can say it."""

from __future__ import annotations

_NOT_AGAIN = "do not run it again: that would do it twice"
_NOBODY_KNOWS = "it may or may not be done; look before you run it again"


class Done:
    """What one call of the command has done so far."""

    def __init__(self) -> None:
        self._steps: list[str] = []
        self._counts_twice = False
        self._is_unknown = False

    def __bool__(self) -> bool:
        return bool(self._steps)

    def begin(self) -> None:
        """Note that something is being done: until its end is noted, it is not known whether it was."""
        self._is_unknown = True

    def end(self, step: str | None, *, counts_twice: bool = False) -> None:
        """Note that what was begun has ended.

        Args:
            step: What is there now, such as "the change is saved"; None when nothing was changed.
            counts_twice: Whether the same command would do it a second time.
        """
        self._is_unknown = False
        if step is not None:
            self._steps.append(step)
            self._counts_twice |= counts_twice

    @property
    def lines(self) -> list[str]:
        """What is said below the error of something else; nothing when nothing was done.

        >>> done = Done()
        >>> done.lines
        []
        >>> done.end("the change is saved", counts_twice=True)
        >>> done.lines
        ['the change is saved; do not run it again: that would do it twice']
        """
        said = [*self._steps, *([_NOBODY_KNOWS] if self._is_unknown else [])]
        if self._counts_twice and not self._is_unknown:
            said.append(_NOT_AGAIN)
        return ["; ".join(said)] if said else []
