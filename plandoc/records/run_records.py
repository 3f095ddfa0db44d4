"""What was baked and packed: the runs, what they took of the stock, and those that were voided."""

from __future__ import annotations

import datetime
import enum

import attrs

from plandoc.fields import refusal, validator
from plandoc.fields.constraints import (
    aware_datetime,
    non_negative_int,
    one_of,
    or_none,
    positive_int,
    stated_reason,
    storable_text,
    tuple_of,
)
from plandoc.frozen import frozen
from plandoc.records.ids import EventId, FinishedGoodId, FinishedUnitId
from plandoc.records.stock_records import NotTaken, Taken


class RunKind(enum.Enum):
    """What was done in a run: baking batches, or packing goods."""

    PRODUCTION = "production"
    ASSEMBLY = "assembly"


@frozen
class Loss:
    """Units that a production run did not give, and why."""

    reason: str = attrs.field(validator=validator(stated_reason))
    units: int = attrs.field(validator=validator(positive_int))


@frozen
class ProductionRun:
    """Batches that were baked.

    Attributes:
        units_expected: What the batches should have given; made and lost add up to it.
        produced_at: When.
        amendments_before: How many amendments the plan had, and so by which definitions it was baked; None for a
            run that plandoc 0.1 recorded, by whatever the catalog said then.
        taken: What it took of the stock, exactly; nothing where the stock was to be left alone.
        not_taken: What it needed beyond that.
    """

    event_id: EventId = attrs.field(validator=validator(positive_int))
    finished_unit_id: FinishedUnitId = attrs.field(validator=validator(positive_int))
    batches: int = attrs.field(validator=validator(positive_int))
    units_expected: int = attrs.field(validator=validator(non_negative_int))
    units_made: int = attrs.field(validator=validator(non_negative_int))
    produced_at: datetime.datetime = attrs.field(validator=validator(aware_datetime))
    losses: tuple[Loss, ...] = attrs.field(default=(), validator=validator(tuple_of(Loss)))
    notes: str = attrs.field(default="", validator=validator(storable_text))
    amendments_before: int | None = attrs.field(default=None, validator=validator(or_none(non_negative_int)))
    taken: tuple[Taken, ...] = attrs.field(default=(), validator=validator(tuple_of(Taken)))
    not_taken: tuple[NotTaken, ...] = attrs.field(default=(), validator=validator(tuple_of(NotTaken)))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(non_negative_int))

    def __attrs_post_init__(self) -> None:
        lost = sum(loss.units for loss in self.losses)
        if self.units_made + lost != self.units_expected:
            raise refusal(
                self,
                "units_made",
                f"wanted made and lost to add up to the {self.units_expected} expected, "
                f"found {self.units_made} made and {lost} lost",
            )


@frozen
class AssemblyRun:
    """Goods that were packed.

    Attributes:
        assembled_at: When.
        amendments_before: How many amendments the plan had, as for a production run: the pieces are made of what
            the good was defined as then.
    """

    event_id: EventId = attrs.field(validator=validator(positive_int))
    finished_good_id: FinishedGoodId = attrs.field(validator=validator(positive_int))
    quantity: int = attrs.field(validator=validator(positive_int))
    assembled_at: datetime.datetime = attrs.field(validator=validator(aware_datetime))
    notes: str = attrs.field(default="", validator=validator(storable_text))
    amendments_before: int | None = attrs.field(default=None, validator=validator(or_none(non_negative_int)))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(non_negative_int))


@frozen
class VoidedRun:
    """A production or assembly run that was recorded by mistake; the run itself stays where it is.

    Attributes:
        kind: Of which kind the run is; the two kinds are numbered apart.
        run_id: The id of the run within its event.
        reason: Why; never blank.
    """

    event_id: EventId = attrs.field(validator=validator(positive_int))
    kind: RunKind = attrs.field(validator=validator(one_of(RunKind)))
    run_id: int = attrs.field(validator=validator(positive_int))
    reason: str = attrs.field(validator=validator(stated_reason))
    voided_at: datetime.datetime = attrs.field(validator=validator(aware_datetime))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(non_negative_int))
