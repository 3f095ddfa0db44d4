"""Every error a caller can meet, as one tree, and the one warning.

A class represents a decision that the caller can take, never an entity. All facts are
attributes, so that nobody has to parse a message.

    PlandocError
        ValidationError (ValueError)
            NotFoundError (LookupError)
        PlanStateError
        StillUsedError
        ImportRefusedError
        StoreError
            StoreNotFoundError (FileNotFoundError)
            DamagedError
            NewerFormatError
            ConflictError
            LockTimeout (TimeoutError)
            SessionError
            StorageError (OSError)
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

from plandoc.errors.hints import Hint, Wording, joined, wording
from plandoc.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable


@frozen
class Problem:
    """One thing that is wrong, where it is, and how to fix it.

    Attributes:
        message: What was found and what was wanted, in one sentence.
        file: Path of the file inside the data folder; None when the value never was in a file.
        line: Line of the row in the file, counted from 1; None when unknown.
        table: Table of the row; None when the problem is not in a row.
        row: Id of the row, or which of the rows that were given; None when the problem is not in a row.
        field: Dotted path of the field in the row; None when the whole row is meant.
        hint: The way out; None when the message already says it.
    """

    message: str
    file: str | None = None
    line: int | None = None
    table: str | None = None
    row: str | None = None
    field: str | None = None
    hint: str | None = None

    @property
    def where(self) -> str:
        """The place as a person reads it, from the file down to the field."""
        file = f"{self.file}:{self.line}" if self.file and self.line else self.file
        row = " ".join(part for part in (self.table, self.row) if part)
        where = ", ".join(part for part in (file, row, self.field) if part)
        # The names of fields come from the file too, and must not write to the terminal.
        return where if where.isprintable() else ascii(where)[1:-1]

    @property
    def text(self) -> Wording:
        """The place, the message and the hint in one text."""
        place = f"{self.where}: " if self.where else ""
        if self.hint is None:
            return wording("{place}{message}", place=place, message=self.message)
        return wording("{place}{message} ({hint})", place=place, message=self.message, hint=self.hint)

    def __str__(self) -> str:
        return str(self.text)


def _rebuild(kind: type[PlandocError], args: tuple[Any, ...], facts: dict[str, Any]) -> PlandocError:
    error = kind.__new__(kind)
    error.args = args
    for name, fact in facts.items():
        setattr(error, name, fact)
    return error


class PlandocError(Exception):
    """The base of every error that plandoc raises on purpose."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""

    def __reduce__(self) -> tuple[Any, ...]:
        # The default calls the class with args alone, which loses the facts of a subclass that takes more.
        facts = dict(self.__dict__)
        if isinstance(self, OSError):
            facts["errno"] = self.errno
        return _rebuild, (type(self), self.args, facts)


class ValidationError(PlandocError, ValueError):
    """A value breaks a rule; nothing was changed.

    Attributes:
        problems: Every problem found, not only the first.
    """

    def __init__(self, problems: str | Iterable[Problem]) -> None:
        found = (Problem(problems),) if isinstance(problems, str) else tuple(problems)
        self.problems = found
        super().__init__(joined("\n", (problem.text for problem in found)))


def refuse(problems: Iterable[Problem]) -> None:
    """Raise all problems together as one error, if there are any.

    Raises:
        ValidationError: with each problem once, in their order.
    """
    collected = tuple(dict.fromkeys(problems))
    if collected:
        raise ValidationError(collected)


class NotFoundError(ValidationError, LookupError):
    """A record that was asked for does not exist.

    Attributes:
        kind: What was looked for, as a person says it ("Event").
        key: The id or the slug that was looked for.
    """

    def __init__(self, kind: str, key: object, hint: str | None = None) -> None:
        self.kind = kind
        self.key = key
        shown = key if isinstance(key, str) and key.isprintable() and len(key) <= 60 else shorten(key)
        super().__init__([Problem(f"{kind} {shown} not found", hint=hint)])


class PlanStateError(PlandocError):
    """The plan's state does not allow this step; nothing was changed.

    Attributes:
        event_id: The event whose plan was to be changed.
        current_state: The state it is in.
        attempted_action: What was tried, as a person says it ("start production").
        hint: What can be done instead.
        event_name: What the event is called; blank when unknown.
    """

    def __init__(
        self, event_id: int, current_state: enum.Enum, attempted_action: str, hint: str, event_name: str = ""
    ) -> None:
        self.event_id = event_id
        self.current_state = current_state
        self.attempted_action = attempted_action
        self.hint = hint
        self.event_name = event_name
        event = f"{shorten(event_name)} (event {event_id})" if event_name else f"event {event_id}"
        before = f"cannot {attempted_action}: the plan of {event} is {current_state.name}; "
        super().__init__(joined(before, ["", hint]))


class StillUsedError(PlandocError):
    """A record cannot be removed while others refer to it.

    Attributes:
        kind: What was to be removed.
        key: Its id.
        users: The records that refer to it, as a person says them.
        name: What it is called; blank when it has no name.
    """

    def __init__(self, kind: str, key: object, users: Iterable[str], name: str = "") -> None:
        self.kind = kind
        self.key = key
        self.users = tuple(users)
        self.name = name
        shown = ", ".join(self.users[:5]) + (f" and {len(self.users) - 5} more" if len(self.users) > 5 else "")
        called = f" {shorten(name)}" if name else ""
        super().__init__(f"{kind} {key}{called} is still used by {shown}; remove or change those first")


class ImportRefusedError(PlandocError):
    """A file was not imported, because something in it cannot be resolved; nothing was changed.

    Attributes:
        report: What the import would have done, with every failed row and its reason.
        heading: The message without the rows.
        hint: The way out; blank where the rows say it.
    """

    def __init__(self, message: str, report: object, heading: str = "", hint: str = "") -> None:
        self.report = report
        self.heading = heading or message
        self.hint = hint
        super().__init__(message)


class StoreError(PlandocError):
    """Something about the store, not about a value, is in the way."""


class StoreNotFoundError(StoreError, FileNotFoundError):
    """There is no store at this place.

    Attributes:
        path: The path that was looked at, or the address without its password.
    """

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        super().__init__(message)


class DamagedError(StoreError):
    """A file cannot be fully understood; it was left byte for byte as it is.

    Attributes:
        path: The file.
        problems: Every problem found in it.
    """

    def __init__(self, path: str, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__(joined("\n", (problem.text for problem in self.problems)))


class NewerFormatError(StoreError):
    """The store was written by a newer plandoc; it was not touched.

    Attributes:
        path: The file.
        found: The format number found.
        supported: The newest format number that this plandoc can read.
        needs: The first version of plandoc that reads it, as the file says; None when it does not say.
    """

    def __init__(self, path: str, found: int, supported: int, needs: str | None = None) -> None:
        self.path = path
        self.found = found
        self.supported = supported
        self.needs = needs
        by = f"plandoc >= {needs}" if needs else "a newer plandoc"
        super().__init__(
            f"{path} has format {found}, but this plandoc reads formats up to {supported}; "
            f"it was written by {by}: upgrade with 'pip install --upgrade plandoc'"
        )


class ConflictError(StoreError):
    """Somebody else changed a document between reading and writing; nothing was saved, and it can be run again.

    Attributes:
        path: The document, or the store.
    """

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        super().__init__(message)


class LockTimeout(StoreError, TimeoutError):  # noqa: N818  (TimeoutError's own naming, and the contract's)
    """Somebody else has been writing to the store for longer than the caller would wait; nothing was written.

    Attributes:
        path: The store, or the file of a database.
        waited_seconds: How long this caller waited.
        holder: The recorded facts about the holder (pid, host, since, action, command); empty when unknown.
            A hint for a person, never proof.
    """

    def __init__(self, path: str, waited_seconds: float, holder: dict[str, Any], described: str) -> None:
        self.path = path
        self.waited_seconds = waited_seconds
        self.holder = holder
        super().__init__(
            wording(
                "{path} is being written to by {described}; waited {seconds} seconds; try again when it has finished, or "
                "{longer}; if it hangs, end that process, which releases the lock at once",
                path=path,
                described=described,
                seconds=f"{waited_seconds:g}",
                longer=Hint.WAIT_LONGER(),
            )
        )


class SessionError(StoreError):
    """A store or session is used in a way that could lose a write."""


class Outcome(enum.Enum):
    """What is in the store after an operation failed."""

    NOT_SAVED = "not saved; nothing was changed"
    SAVED = "saved; the remaining files are updated by the next writer"
    UNKNOWN = "may or may not have been saved; open the store again to see"


class StorageError(StoreError, OSError):
    """The operating system, or the server, refused to read or write.

    Attributes:
        path: The file, the folder or the server it happened to.
        reason: What the system said, and what was being done.
        errno: The system's error number; None when there was none.
        outcome: What is in the store now.
    """

    def __init__(self, path: str, reason: str, outcome: Outcome, errno: int | None = None) -> None:
        self.path = path
        self.reason = reason
        self.outcome = outcome
        super().__init__(f"{path}: {reason}: {outcome.value}")
        self.errno = errno


class RecoveryWarning(UserWarning):
    """A recovery from a crash did something that the folder's owner should know about."""


def shorten(value: object) -> str:
    """Show a refused value in a message: short, with its beginning and its end, and never raw control characters.

    >>> shorten("abc"), shorten(3.5), shorten("x" * 90 + ".html")
    ("'abc'", '3.5', "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...xxxxxxxxxxxxx.html'")
    """
    if type(value) is int and abs(value) >= 10**50:
        # Python refuses to write out a number of more than 4300 digits.
        return f"a number of about {int(value.bit_length() * 0.30103) + 1} digits"
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= 60 else f"{text[:38]}...{text[-19:]}"
