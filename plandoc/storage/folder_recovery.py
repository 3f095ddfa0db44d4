"""Finishing under the lock what a crash left: first the journal is made safe, then the documents are put right.

It may be cut off anywhere: from the state that each step leaves, the same steps lead to the same end.
"""

from __future__ import annotations

import errno
import warnings
from collections.abc import Mapping

from plandoc.errors import DamagedError, RecoveryWarning
from plandoc.frozen import frozen
from plandoc.storage import journal, marker, recovery
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.journal_file import JournalFile
from plandoc.storage.layout import PLANS, Layout
from plandoc.storage.recovery import FileStatus

# Errors where this process has no permission; waiting or trying again changes nothing.
NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@frozen
class Held:
    """A document whose file cannot be replaced, so that only the journal has what it should hold.

    Attributes:
        content: What it should hold; None when it should be removed.
        reason: Why it cannot be.
    """

    content: bytes | None
    reason: str


@frozen
class Recovered:
    """What a recovery did.

    Attributes:
        size: Bytes of the journal now, up to the end of its last line.
        unfinished: Whether a document had to be put right.
        held: The documents that could not be put right.
    """

    size: int
    unfinished: bool
    held: Mapping[str, Held]


def recover(
    documents: DocumentFiles, journal_file: JournalFile, state: recovery.State, content: bytes, layout: Layout = PLANS
) -> Recovered:
    """Make the journal safe to append to, and put in place what it holds.

    Args:
        documents: The folder.
        journal_file: Its journal, open.
        state: What journal and marker mean together.
        content: The journal.
        layout: What the folder holds.

    Raises:
        DamagedError: when the journal holds a version of a document that cannot be understood.
    """
    counting = _counting(state, content)
    if state.dropped:
        _tell_of_dropped(documents, state, content)
        # The marker may not be on the disk yet: its writer may have been killed, or its sync may have failed.
        documents.put_durably(marker.NAME, marker.render(state.marker))
    unfinished, held = _unfinished(documents, state, layout)
    if unfinished or (state.dropped and state.lines) or journal_file.is_shared:
        journal_file.rewrite(counting)
    else:
        _truncate_or_sync(journal_file, state)
    for name, status in unfinished.items():
        reason = _reapply(documents, name, status, state)
        if reason is not None:
            held[name] = _held(name, state, reason)
    return Recovered(len(counting), bool(unfinished), held)


def _counting(state: recovery.State, content: bytes) -> bytes:
    """Return those lines of the journal that are not checkpointed yet."""
    lines = content[: state.valid_size].splitlines(keepends=True)
    return b"".join(lines[len(state.dropped) :])


def _unfinished(
    documents: DocumentFiles, state: recovery.State, layout: Layout
) -> tuple[dict[str, FileStatus], dict[str, Held]]:
    """Return the documents whose files are not what the journal says, and those whose files are not files."""
    found: dict[str, FileStatus] = {}
    held: dict[str, Held] = {}
    for name, changes in state.changes.items():
        wanted = changes[-1].content
        try:
            status = recovery.classify(documents.read(name), changes)
        except DamagedError as error:
            held[name] = _held(name, state, error.problems[0].message)
            continue
        if status is not FileStatus.UP_TO_DATE:
            found[name] = status
            if wanted is not None:
                recovery.check_understood(name, wanted, state.marker.store_id, layout)
    return found, held


def _truncate_or_sync(journal_file: JournalFile, state: recovery.State) -> None:
    if state.dropped or state.torn_size:
        journal_file.cut(state.valid_size)
    elif state.lines:
        # A killed writer may not have reached its sync.
        journal_file.sync()


def _tell_of_dropped(documents: DocumentFiles, state: recovery.State, content: bytes) -> None:
    """Keep a copy of a journal whose first lines are already checkpointed, where the documents do not show that."""
    lacking = sorted(_lacking(documents, state))
    if lacking:
        kept = documents.keep_copy(journal.NAME, content, state.serial)
        _warn(
            f"{journal.NAME} has transactions that {marker.NAME} counts as done, but {', '.join(lacking)} does not "
            f"hold what they wrote; the journal is kept as {kept}"
        )


def _lacking(documents: DocumentFiles, state: recovery.State) -> list[str]:
    """Return the documents that do not hold what the dropped lines wrote last."""
    later = {marker.NAME, *state.changes}
    return [
        name
        for name, changes in journal.versions(state.dropped).items()
        if name not in later and recovery.classify(documents.read(name), changes) is not FileStatus.UP_TO_DATE
    ]


def _reapply(documents: DocumentFiles, name: str, status: FileStatus, state: recovery.State) -> str | None:
    """Put a document's last content in place, and keep what another program may have written; return why it cannot be done."""
    try:
        if status in {FileStatus.DOUBTFUL, FileStatus.DIVERGED}:
            _keep_aside(documents, name, state.serial)
        documents.put(name, state.changes[name][-1].content)
    except OSError as error:
        if error.errno not in NOT_ALLOWED:
            raise
        return (error.strerror or str(error)).lower()
    return None


def _keep_aside(documents: DocumentFiles, name: str, serial: int) -> None:
    kept = documents.keep_aside(name, serial)
    what = f"was changed after a crash; that version is kept as {kept}" if kept else "was removed after a crash"
    _warn(f"{name} {what}; the saved version is back in place")


def _held(name: str, state: recovery.State, reason: str) -> Held:
    """Leave a document to the journal, because its file cannot be replaced; the others go on without it."""
    _warn(f"{name} cannot be replaced ({reason}); until it can, only the journal has its saved content")
    return Held(state.changes[name][-1].content, reason)


def _warn(message: str) -> None:
    warnings.warn(message, RecoveryWarning, stacklevel=2)
