"""The protocol as a model: every state that two processes, kills, power cuts and failed syncs can bring a folder to.

`python -m tests.storage.protocol_model` explores the protocol in its full bound and counts the states; `0.1.0` behind it
explores the order of that version instead, which loses folders. The steps and their order are in `protocol_steps`, what a power cut may leave
in `protocol_disk`. `docs/design.md` says which function of plandoc each step is, and what is left out.
"""

from __future__ import annotations

import functools
import gc
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import attrs

# The modules of the proofs find each other as they do under pytest.
sys.path.insert(0, str(Path(__file__).parent))

from protocol_disk import A_CLONE, A_CLOSED_FOLDER, NOTHING_THERE, Disk, Journal, Line
from protocol_process import (
    CAN_BE_TORN,
    DOCUMENTS,
    FRESH,
    SYNCS_FILE,
    SYNCS_NAMES,
    Phase,
    Process,
    done,
    fails_for,
    interpret,
    may_fail,
)
from protocol_state import Bound, State, first_state, held, wrong
from protocol_steps import PROTOCOLS, PUT, Protocol, Step, Steps


class Event(NamedTuple):
    """What happens: a step of a process that succeeds, or something else."""

    process: int
    what: str
    step: Step | None = None

    def __str__(self) -> str:
        return f"{self.process}: {self.what}" if self.process >= 0 else self.what


KILLED, KILLED_WITHIN, POWER_CUT = "is killed", "is killed in the middle of: ", "power cut"
FAILS = "fails to "
Transition = tuple[Event, State]


@attrs.frozen
class Model:
    """What can happen, by one protocol.

    Attributes:
        protocol: The order of the steps.
        names_stick: Whether a name whose folder's sync failed stays lost when a later sync of the folder passes.
        reads_all: Whether there are readers also of what everybody was told already. They bring up nothing new.
    """

    protocol: Protocol
    names_stick: bool = False
    reads_all: bool = False

    def transitions(self, state: State) -> Iterator[Transition]:
        """Yield whatever may happen next, and the state behind it."""
        if state.left.power_cuts:
            yield from _power_cuts(state)
        for number, process in enumerate(state.processes):
            if process.steps:
                yield from self._step(state, number, process)
            elif process.phase is Phase.READY:
                yield from self._choices(state, number, process)
            else:
                yield from self._beginnings(state, number, process)
            if state.left.kills and process != FRESH:
                yield from self._kills(state, number, process)

    def _kills(self, state: State, number: int, process: Process) -> Iterator[Transition]:
        killed = state.spent("kills")
        yield Event(number, KILLED), killed.with_process(number, FRESH)
        step = process.next_step(self.protocol)
        if step in CAN_BE_TORN:
            torn, _ = done(step, state.disk, process, self.protocol, is_torn=True)
            yield Event(number, f"{KILLED_WITHIN}{step}", step), killed.with_process(number, FRESH, torn)

    # Sessions.

    def _beginnings(self, state: State, number: int, process: Process) -> Iterator[Transition]:
        if process != FRESH:
            yield Event(number, "ends"), state.with_process(number, FRESH)
        if not any(other.has_lock for other in state.processes):
            yield Event(number, "takes the lock"), self._begun(state, number, process)
        if state.left.readings and (self.reads_all or self._shows_what_nobody_knows(state)):
            reading = process._replace(phase=Phase.READING, steps=self.protocol.reading)
            yield Event(number, "reads"), state.spent("readings").with_process(number, reading)

    def _shows_what_nobody_knows(self, state: State) -> bool:
        """Whether the last line is one that nobody was told of."""
        lines = interpret(state.disk, self.protocol).lines
        return bool(lines) and lines[-1].transaction != state.must

    def _begun(self, state: State, number: int, process: Process) -> State:
        if not interpret(state.disk, self.protocol).is_initialized:
            making = FRESH._replace(phase=Phase.MAKING, steps=self.protocol.making, known=())
            return state.with_process(number, making)
        journal = state.disk.journal.now
        is_open = isinstance(journal, Journal) and process.opened == journal.number
        steps = () if is_open else (Step.OPEN_JOURNAL,)
        return self._settled(state.with_process(number, process._replace(phase=Phase.OPENING, steps=steps)), number)

    def _choices(self, state: State, number: int, process: Process) -> Iterator[Transition]:
        known = process.known or ()
        yield Event(number, "releases the lock"), state.with_process(number, process.idle(known))
        if known:
            folding = process._replace(phase=Phase.FOLDING, steps=self.protocol.checkpoint, known=known)
            yield Event(number, "folds in"), state.with_process(number, folding)
        if state.left.transactions:
            yield Event(number, "commits"), self._committing(state, number, process, known)

    def _committing(self, state: State, number: int, process: Process, known: tuple[Line, ...]) -> State:
        replaced = held(state.disk, "catalog", interpret(state.disk, self.protocol))
        transaction = len(state.parents) + 1
        committing = process._replace(
            phase=Phase.COMMITTING,
            steps=self.protocol.commit,
            transaction=transaction,
            after=(*known, Line(process.serial + 1, transaction, replaced)),
            keeps=len(known),
        )
        state = state.spent("transactions")._replace(parents=(*state.parents, replaced))
        return state.with_process(number, committing)

    # Steps.

    def _step(self, state: State, number: int, process: Process) -> Iterator[Transition]:
        step = process.next_step(self.protocol)
        assert step is not None
        has_error = fails_for(step, process)
        if not has_error:
            yield Event(number, step, step), self._done(state, number, process, step)
        if has_error or (state.left.failed_syncs and may_fail(step, state.disk)):
            failed = self._failed(state, number, process, step, has_error=has_error)
            yield Event(number, f"{FAILS}{step}", step), failed

    def _done(self, state: State, number: int, process: Process, step: Step) -> State:
        rest = process.steps[1:] if process.steps[0] is step else process.steps
        if step is Step.SYNC_JOURNAL and process.name_is_unsynced and self.protocol.syncs_name == "after":
            rest = (Step.SYNC_NAME, *rest)
        disk, process = done(step, state.disk, process._replace(steps=rest), self.protocol)
        return self._settled(state.with_process(number, process, disk), number)

    def _settled(self, state: State, number: int) -> State:
        """Let a process whose steps are done go on to what follows of itself."""
        process = state.processes[number]
        if process.steps or process.phase in (Phase.IDLE, Phase.READY):
            return state
        if process.phase is Phase.OPENING:
            return self._settled(state.with_process(number, self._caught_up(state.disk, process)), number)
        if process.phase is Phase.READING:
            return _believing(state, process.seen).with_process(number, process.idle(process.known))
        if process.phase is Phase.MAKING:
            return state._replace(is_initialized=True).with_process(number, FRESH)
        if process.phase is Phase.FAILING:
            return state.with_process(number, FRESH)
        if process.phase is Phase.FOLDING:
            return state.with_process(number, process.idle(()))
        if process.phase is Phase.COMMITTING:
            process = process._replace(serial=process.serial + 1)
            state = state._replace(must=process.transaction)
        ready = process._replace(phase=Phase.READY, known=process.after, after=(), keeps=0, made=())
        return state.with_process(number, ready)

    def _caught_up(self, disk: Disk, process: Process) -> Process:
        """Return a process that knows what it has to do first: the model's `FolderBackend._refresh`."""
        if process.known and process.known == disk.lines:
            last = process.known[-1]
            return process._replace(phase=Phase.READY, serial=last.serial, transaction=last.transaction)
        meaning = interpret(disk, self.protocol)
        process = process._replace(phase=Phase.RECOVERING, serial=meaning.serial)
        if meaning.is_folded:
            return process._replace(steps=self.protocol.folded, known=(), after=(), keeps=0)
        process = process._replace(known=meaning.sound, after=meaning.sound, keeps=len(meaning.sound))
        if not meaning.lines:
            return process._replace(steps=self.protocol.torn if meaning.is_torn else (), found_it_empty=True)
        process = process._replace(transaction=meaning.lines[-1].transaction)
        stale = [name for name in DOCUMENTS if disk.content(name) != process.transaction]
        if stale:
            finishing = (step for name in stale for step in PUT[name])
            steps = (*self.protocol.unfinished, *finishing, *self.protocol.checkpoint)
            return process._replace(steps=steps, keeps=0, after=())
        return process._replace(steps=self.protocol.torn if meaning.is_torn else self.protocol.current)

    # Failed syncs.

    def _failed(self, state: State, number: int, process: Process, step: Step, *, has_error: bool) -> State:
        if has_error:
            # What is written is written down; the call tells of what went wrong before.
            disk, _ = done(step, state.disk, process, self.protocol)
        else:
            disk = self._not_synced(state.disk, step)
            state = state.spent("failed_syncs")
            if SYNCS_FILE.get(step) == "journal":
                state = _with_error_for_all(state)
        if process.phase is Phase.COMMITTING and state.must == process.transaction:
            # Who was shown the line was shown what nobody knows; see `_is_unknown`.
            state = state._replace(must=state.parents[process.transaction - 1])
        failed = self._after_failure(state.processes[number], step)
        return self._settled(state.with_process(number, failed, disk), number)

    def _not_synced(self, disk: Disk, step: Step) -> Disk:
        if step in SYNCS_FILE:
            return disk.with_file_synced(SYNCS_FILE[step], fails=True)
        return disk.with_names_not_synced(SYNCS_NAMES.get(step, ()), sticks=self.names_stick)

    def _after_failure(self, process: Process, step: Step) -> Process:
        if process.phase is Phase.READING:
            return process.idle(process.known)
        if process.phase is Phase.COMMITTING and process.steps[0] is not Step.WRITE_LINE:
            return process._replace(phase=Phase.FAILING, steps=self.protocol.taking_back)
        if step in (Step.SYNC_CATALOG, Step.SYNC_EVENT, Step.SYNC_EVENTS) or _is_of_documents(process.steps):
            return process._replace(phase=Phase.FAILING, steps=self.protocol.after_lost_documents)
        if step in (Step.SYNC_NEW_MARKER, Step.SYNC_FOLDER) and process.opened:
            # The store goes on, and looks anew.
            return process.idle()
        return FRESH


def _power_cuts(state: State) -> Iterator[Transition]:
    left = state.left._replace(power_cuts=state.left.power_cuts - 1)
    fresh = (FRESH,) * len(state.processes)
    for disk in _after_power_cut(state.disk):
        yield Event(-1, POWER_CUT), State(disk, fresh, left, *state[3:])


@functools.lru_cache(100_000)
def _after_power_cut(disk: Disk) -> tuple[Disk, ...]:
    return tuple(disk.after_power_cut())


def _is_of_documents(steps: Steps) -> bool:
    return steps[:2] == (Step.SYNC_FOLDER, Step.SYNC_EVENTS)


def _with_error_for_all(state: State) -> State:
    """A system tells of a failed sync everybody who has the file open, once."""
    number = state.disk.the_journal.number
    return state._replace(
        processes=tuple(
            process._replace(has_error=process.has_error or process.opened == number) for process in state.processes
        )
    )


def _believing(state: State, believed: int) -> State:
    if believed and not _is_unknown(state, believed) and state.must in state.chain(believed):
        return state._replace(must=believed)
    return state


def _is_unknown(state: State, transaction: int) -> bool:
    """Whether the sync of a line has failed in its writer, which no reader can tell until it is cut off."""
    name = state.disk.journal
    is_stuck = any(isinstance(file, Journal) and file.is_stuck(transaction) for file in (name.now, *name.before))
    return is_stuck or any(
        process.phase is Phase.FAILING and process.transaction == transaction for process in state.processes
    )


@attrs.frozen
class Finding:
    """A state that must not be, and the shortest way there."""

    what: str
    way: Sequence[str]


@attrs.frozen
class Exploration:
    """What an exploration came to: the number of states that it looked at, and the first bad one."""

    states: int
    finding: Finding | None = None


def explore(model: Model, bound: Bound, *, start: Disk = A_CLOSED_FOLDER, processes: int = 2) -> Exploration:
    """Look at every state that can be reached, or at all up to the first bad one."""
    with _no_collection():
        return _explored(model, first_state(start, bound, processes))


def _explored(model: Model, first: State) -> Exploration:
    came_from: dict[State, tuple[State, Event] | None] = {first: None}
    queue = deque([first])
    while queue:
        state = queue.popleft()
        for event, following in model.transitions(state):
            key = _ordered(following)
            if key in came_from:
                continue
            came_from[key] = (_ordered(state), event)
            if bad := wrong(following, model.protocol):
                return Exploration(len(came_from), Finding(bad, _way(came_from, key)))
            queue.append(following)
    return Exploration(len(came_from))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hold garbage collection off: states hold no cycles, and looking for some among a million takes most of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _ordered(state: State) -> State:
    """Two states that differ only in which process is which are one."""
    return State(state.disk, tuple(sorted(state.processes, key=hash)), *state[2:])


def _way(came_from: dict[State, tuple[State, Event] | None], state: State) -> list[str]:
    way: list[str] = []
    while (before := came_from[state]) is not None:
        state, event = before
        way.append(str(event))
    return way[::-1]


# Together the full bound: each goes further in one direction.
FULL: Sequence[tuple[Disk, Bound]] = (
    (NOTHING_THERE, Bound(transactions=1, kills=1, power_cuts=2, failed_syncs=2)),
    (A_CLONE, Bound(transactions=2, kills=1, power_cuts=1, failed_syncs=1)),
    (A_CLOSED_FOLDER, Bound(transactions=3, kills=1, power_cuts=1, failed_syncs=1)),
    (A_CLOSED_FOLDER, Bound(transactions=2, kills=2, power_cuts=1, failed_syncs=0, readings=1)),
    (A_CLOSED_FOLDER, Bound(transactions=2, kills=1, power_cuts=1, failed_syncs=1, readings=1)),
)


def main(arguments: list[str]) -> int:
    """Explore, and print the number of states and what is wrong."""
    protocol = PROTOCOLS[arguments[0] if arguments else "present"]
    findings = [_told(protocol, start, bound) for start, bound in FULL]
    return min(sum(findings), 1)


def _told(protocol: Protocol, start: Disk, bound: Bound) -> bool:
    started = time.monotonic()
    found = explore(Model(protocol), bound, start=start)
    print(f"{found.states:9} states {time.monotonic() - started:7.1f} s  {bound}", flush=True)
    if found.finding is not None:
        print(found.finding.what, *found.finding.way, sep="\n    ")
    return found.finding is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
