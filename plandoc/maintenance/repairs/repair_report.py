"""What a repair does, or would do, and what it leaves."""

from __future__ import annotations

from plandoc.errors import Problem
from plandoc.frozen import frozen
from plandoc.maintenance.checks import Fix


@frozen
class RepairAction:
    """One thing that a repair does.

    Attributes:
        fix: What is done.
        file: The file that it is done to.
        reason: Why, and what follows from it.
        kept_as: Where the previous content is kept, as a path inside the folder; None when there was none, or when it
            stays where it is.
    """

    fix: Fix
    file: str
    reason: str
    kept_as: str | None = None

    def sentence(self, *, is_done: bool) -> str:
        """Return a sentence about it, before or after it is done."""
        kept = f" (kept as {self.kept_as})" if self.kept_as else ""
        verb = self.fix.value[is_done]
        return f"{verb}: {self.file}{kept}: {self.reason}"


@frozen
class RepairReport:
    """What a repair did, or would do.

    Attributes:
        actions: What was done, in order.
        remaining: What is still wrong; each says why it was not repaired, and the way out.
        dry_run: Whether nothing was done yet.
    """

    actions: tuple[RepairAction, ...]
    remaining: tuple[Problem, ...]
    dry_run: bool
