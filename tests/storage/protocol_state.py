"""Everything there is in the protocol's model at one moment, and what must never be so."""

from __future__ import annotations

from typing import NamedTuple

from protocol_disk import MISSING, NOTHING_THERE, TORN, Disk
from protocol_process import DOCUMENTS, FRESH, Meaning, Process, interpret
from protocol_steps import Protocol

# What the making of a folder leaves of each document: the catalog is there, no event is.
_AT_FIRST = {"catalog": 0, "event": MISSING}


class Bound(NamedTuple):
    """How much may still happen."""

    transactions: int = 2
    kills: int = 1
    power_cuts: int = 1
    failed_syncs: int = 0
    readings: int = 0


class State(NamedTuple):
    """Everything there is.

    Attributes:
        disk: The folder.
        processes: All of them.
        left: How much may still happen.
        parents: For each transaction, counted from 1, the one before it.
        must: The last transaction that was acknowledged or that a reader believed.
        is_initialized: Whether the making of the folder was acknowledged.
    """

    disk: Disk
    processes: tuple[Process, ...]
    left: Bound
    parents: tuple[int, ...] = ()
    must: int = 0
    is_initialized: bool = False

    def with_process(self, number: int, process: Process, disk: Disk | None = None) -> State:
        processes = (*self.processes[:number], process, *self.processes[number + 1 :])
        return State(self.disk if disk is None else disk, processes, *self[2:])

    def spent(self, what: str) -> State:
        """Return it with one thing less that may happen."""
        return self._replace(left=self.left._replace(**{what: getattr(self.left, what) - 1}))

    def chain(self, transaction: int) -> list[int]:
        """Return a transaction and all before it."""
        chain = [transaction]
        while chain[-1] > 0:
            chain.append(self.parents[chain[-1] - 1])
        return chain


def first_state(start: Disk, bound: Bound, processes: int = 2) -> State:
    """Return the state in which nobody has done anything yet."""
    return State(start, (FRESH,) * processes, bound, is_initialized=start != NOTHING_THERE)


def wrong(state: State, protocol: Protocol) -> str:
    """Return what must not be so, seen by whoever looks now; blank when all is well."""
    meaning = interpret(state.disk, protocol)
    if meaning.damage:
        return f"does not open: {meaning.damage}"
    if not meaning.is_initialized:
        return "a folder that was made is gone" if state.is_initialized or state.must else ""
    contents = {held(state.disk, name, meaning) for name in DOCUMENTS}
    if len(contents) > 1:
        return f"a transaction is half there: {sorted(contents)}"
    return _wrong_with(state, contents.pop(), meaning)


def held(disk: Disk, name: str, meaning: Meaning) -> int:
    """Return the transaction whose content a document has; what no transaction wrote is negative."""
    content = disk.content(name)
    if not meaning.lines:
        return 0 if content == _AT_FIRST[name] else content
    known = {line.transaction for line in meaning.lines} | {meaning.lines[0].replaces, MISSING, TORN}
    return meaning.lines[-1].transaction if content in known else -3 - content


def _wrong_with(state: State, transaction: int, meaning: Meaning) -> str:
    if transaction < 0:
        return "a document is lost, or is taken for an edit"
    chain = state.chain(transaction)
    if state.must not in chain:
        return f"transaction {state.must} was acknowledged or believed, and is lost"
    if meaning.serial != len(chain) - 1:
        return f"a serial is given twice: {len(chain) - 1} transactions, but the last serial is {meaning.serial}"
    return ""
