"""`plandoc bake`, `pack`, `runs` and `void`: what was baked and packed.

Runs have the labels that the list shows: `b3` is the third baking run recorded, `p2` the second packing run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import attrs

from plandoc.cli import excess, printing
from plandoc.cli.arguments import Parameter, Text
from plandoc.cli.concerns import Concern
from plandoc.cli.confirm import ConfirmedAction, run_if_confirmed
from plandoc.cli.data_folder import Folder
from plandoc.cli.lookup import event_id
from plandoc.cli.messages import UsageError, format_run, parse_run, parse_timestamp
from plandoc.cli.program import quoted
from plandoc.cli.rows import as_row
from plandoc.cli.taken_words import say_taken, taken_in_words
from plandoc.domain.batches import batches_for, batches_in_words
from plandoc.domain.local_time import format_timestamp
from plandoc.domain.progress import GoodProgress, Progress, UnitProgress
from plandoc.domain.states import Edit
from plandoc.engine.named_records import in_plan
from plandoc.engine.plan_definitions import plan_definitions
from plandoc.engine.session import Session, event_to_edit
from plandoc.errors import NotFoundError
from plandoc.frozen import frozen
from plandoc.records import (
    AssemblyRun,
    FinishedGood,
    FinishedUnit,
    ProductionRun,
    RunKind,
    VoidedRun,
)
from plandoc.workflow import production


@frozen
class _Run:
    """A run with its description.

    Attributes:
        run: As it is stored.
        name: The name of the unit that was baked, or of the good that was packed.
        voided: Why it was voided; None when it counts.
        took: What it took from the stock, in words; blank when nothing.
    """

    run: ProductionRun | AssemblyRun
    name: str
    voided: VoidedRun | None = None
    took: str = ""

    @property
    def kind(self) -> RunKind:
        return RunKind.PRODUCTION if isinstance(self.run, ProductionRun) else RunKind.ASSEMBLY

    @property
    def made_id(self) -> int:
        return self.run.finished_unit_id if isinstance(self.run, ProductionRun) else self.run.finished_good_id

    @property
    def label(self) -> str:
        return format_run(self.kind, self.run.id)

    @property
    def position(self) -> tuple[Any, ...]:
        run = self.run
        timestamp = run.produced_at if isinstance(run, ProductionRun) else run.assembled_at
        return timestamp, self.kind is RunKind.ASSEMBLY, run.id


def bake(
    event: str,
    unit: str,
    batches: int,
    /,
    *,
    made: int | None = None,
    lost: list[int] | None = None,
    why: Annotated[list[str] | None, Parameter(words="REASON")] = None,
    at: Annotated[str | None, Parameter(words="TIME")] = None,
    no_stock: bool = False,
    notes: Text = None,
    yes: bool = False,
    folder: Folder,
) -> int:
    """Record that batches were baked, and what came out of them; what they use is taken from the stock.

    Asks for confirmation when that is more than planned.

    Args:
        unit: What was baked, by its short name or number.
        batches: How many batches.
        made: How many units came out; by default what the batches yield, less those lost.
        lost: How many units were lost, with --why; repeat both for several reasons: --lost 3 --why burnt --lost 1 --why fell.
        why: Why they were lost.
        at: When, such as '2026-12-24 22:00'; by default now.
        no_stock: Do not take anything from the stock.

    Examples:
        plandoc bake harbour-market rye-loaf 3
        plandoc bake harbour-market rye-loaf 3 --lost 1 --why burnt
    """
    losses, timestamp = _losses(lost or (), why or ()), None if at is None else parse_timestamp(at, "--at")

    def find_concerns(session: Session) -> list[Concern]:
        found = event_to_edit(event_id(event, session), Edit.RUNS, session).id
        return list(excess.over_plan(found, in_plan(FinishedUnit, unit, found, session), batches, session))

    def record(session: Session) -> tuple[_Run, Progress]:
        found = event_id(event, session)
        baked = in_plan(FinishedUnit, unit, found, session)
        run = production.record_production(
            found, baked.id, batches, made, losses, notes or "", timestamp, not no_stock, session=session
        )
        took = taken_in_words(run.taken, session)
        return _Run(run, baked.name, took=took), production.get_progress(found, session=session)

    action = ConfirmedAction("record production", find_concerns, record, excess.title, "Record it anyway?")
    return _say_baked(run_if_confirmed(action, folder, yes=yes, is_silent=True), event)


def pack(event: str, good: str, quantity: int, /, *, notes: Text = None, folder: Folder) -> None:
    """Record that goods were packed.

    Args:
        good: The good, by its short name or number.
        quantity: How many were packed.

    Examples:
        plandoc pack harbour-market single-rye-loaf 5
    """

    def record(session: Session) -> tuple[_Run, Progress]:
        found = event_id(event, session)
        packed = in_plan(FinishedGood, good, found, session)
        run = production.record_assembly(found, packed.id, quantity, notes or "", session=session)
        return _Run(run, packed.name), production.get_progress(found, session=session)

    run, progress = folder.change("record assembly", record)
    printing.say(f"{run.label}: {_done(run)}")
    _show_progress(run, progress, event)


def runs(event: str, /, *, json: bool = False, folder: Folder) -> None:
    """List what was baked and packed, in chronological order; voided runs stay in the list, with the reason.

    Args:
        json: Print the runs as JSON.

    Examples:
        plandoc runs harbour-market
    """
    found = folder.read(lambda session: _runs(event_id(event, session), session))
    if json:
        printing.print_json([_as_json(run) for run in found])
        return
    columns = [*map(printing.Column, ("run", "when", "done", "result"))]
    rows = [(one.label, format_timestamp(one.position[0]), _done(one), _outcome(one)) for one in found]
    styles = ["" if one.voided is None else "dim" for one in found]
    when_empty = "none yet; 'plandoc bake EVENT UNIT BATCHES' records the first"
    printing.print_table("Runs", columns, rows, when_empty=when_empty, styles=styles)


def void(event: str, run: str, /, *, reason: str, folder: Folder) -> None:
    """Void a run that was recorded by mistake: it stays in the list but no longer counts.

    Args:
        run: The run as 'plandoc runs EVENT' shows it, such as b3 or p2.
        reason: Why.

    Examples:
        plandoc void harbour-market b1 --reason 'it was the other oven'
    """
    kind, run_id = parse_run(run)

    def make_void(session: Session) -> tuple[_Run, Progress]:
        found = event_id(event, session)
        try:
            taken = production.void_run(found, kind, run_id, reason, session=session)
        except NotFoundError as error:
            raise NotFoundError("run", format_run(kind, run_id)) from error
        voided = next(one for one in _runs(found, session) if one.voided == taken)
        if isinstance(voided.run, ProductionRun):
            voided = attrs.evolve(voided, took=taken_in_words(voided.run.taken, session))
        return voided, production.get_progress(found, session=session)

    voided, progress = folder.change("void a run", make_void)
    why = "" if voided.voided is None else f" ({voided.voided.reason})"
    printing.say(f"{voided.label} no longer counts: {_done(voided)}{why}")
    if voided.took:
        printing.say(f"returned to the stock: {voided.took}")
    _show_progress(voided, progress, event)


def _losses(lost: Sequence[int], why: Sequence[str]) -> Mapping[str, int]:
    """Return the units lost by reason; the first number belongs to the first reason, and so on."""
    if len(lost) != len(why):
        pairs = f"found {len(lost)} --lost and {len(why)} --why"
        raise UsageError(f"each '--lost N' needs a '--why REASON', {pairs}; for example --lost 3 --why burnt")
    losses: dict[str, int] = {}
    for units, reason in zip(lost, why, strict=True):
        trimmed = reason.strip()
        losses[trimmed] = losses.get(trimmed, 0) + units
    return losses


def _runs(found: int, session: Session) -> list[_Run]:
    voided = {(one.kind, one.run_id): one for one in session.find(VoidedRun, event_id=found)}
    definitions = plan_definitions(found, session)
    baked = [
        _Run(run, _name(run.finished_unit_id, definitions.units), voided.get((RunKind.PRODUCTION, run.id)))
        for run in session.find(ProductionRun, event_id=found)
    ]
    packed = [
        _Run(run, _name(run.finished_good_id, definitions.goods), voided.get((RunKind.ASSEMBLY, run.id)))
        for run in session.find(AssemblyRun, event_id=found)
    ]
    return sorted((*baked, *packed), key=lambda run: run.position)


def _name(record_id: int, lookup: Callable[[int], FinishedGood | FinishedUnit | None]) -> str:
    record = lookup(record_id)
    return f"number {record_id}, which is not in the catalog" if record is None else record.name


def _done(one: _Run) -> str:
    if isinstance(one.run, ProductionRun):
        return f"{batches_in_words(one.run.batches)} of {one.name} baked"
    return f"{one.run.quantity} x {one.name} packed"


def _result(one: _Run) -> str:
    if not isinstance(one.run, ProductionRun):
        return ""
    made = f"{one.run.units_made} made"
    return ", ".join([made, *(f"{loss.units} lost ({loss.reason})" for loss in one.run.losses)])


def _outcome(one: _Run) -> str:
    voided = "" if one.voided is None else f"VOID: {one.voided.reason}"
    return "; ".join(part for part in (voided, _result(one), one.run.notes) if part)


def _as_json(one: _Run) -> dict[str, Any]:
    return {
        "run": one.label,
        "kind": one.kind.value,
        "name": one.name,
        **as_row(one.run),
        "voided": None if one.voided is None else as_row(one.voided),
    }


def _say_baked(recorded: tuple[_Run, Progress] | None, event: str) -> int:
    """Say what was baked, if it was; return the exit status."""
    if recorded is None:
        return 1
    run, progress = recorded
    printing.say(f"{run.label}: {_done(run)}, {_result(run)}")
    say_taken(run.took, run.run.not_taken if isinstance(run.run, ProductionRun) else ())
    _show_progress(run, progress, event)
    return 0


def _show_progress(run: _Run, progress: Progress, event: str) -> None:
    """Show the progress of what was baked or packed."""
    if run.kind is RunKind.ASSEMBLY:
        for good in progress.goods:
            if good.good.id == run.made_id:
                _show_good(good)
        return
    for unit in progress.units:
        if unit.unit.id == run.made_id:
            _show_unit(unit, event)


def _show_unit(one: UnitProgress, event: str) -> None:
    decided = f"{one.batches_done} of {batches_in_words(one.batches_decided)} baked now"
    printing.say(f"{one.unit.name}: {decided}, {one.made} made of {one.needed} needed")
    if one.short_after_remaining:
        enough = max(one.batches_decided, one.batches_done)
        enough += batches_for(one.short_after_remaining, one.unit.yield_per_batch)
        rest = f" even after the {batches_in_words(one.batches_remaining)} still to bake"
        printing.say(
            f"{one.short_after_remaining} will be missing{rest if one.batches_remaining else ''}; "
            f"'plandoc amend batches {quoted(event)} {one.unit.slug} {enough} --reason TEXT' bakes more"
        )


def _show_good(one: GoodProgress) -> None:
    more = f", {one.can_assemble_now} more can be packed now" if one.still_wanted else ""
    printing.say(f"{one.good.name}: {one.assembled} of {one.wanted} packed{more}")
