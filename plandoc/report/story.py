"""What happened since production started: changes with their reasons, and runs."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from plandoc.domain.definition_changes import abbreviate
from plandoc.domain.mapping_diff import Status
from plandoc.domain.plan_diff import Difference
from plandoc.frozen import frozen
from plandoc.records import PlanAmendment, RunKind
from plandoc.report.charts import Lane
from plandoc.report.labels import STATUSES, counted, difference_in_words, grouped
from plandoc.report.report_contents import Contents
from plandoc.workflow.comparison import PlanComparison

_NONE = "\u2013"


@frozen
class Entry:
    """An amendment as it is shown.

    Attributes:
        number: Its place in the order of the amendments.
        timestamp: When it was made.
        what: What was changed.
        reason: Why.
        recipes: Names of the recipes that came into the plan with it.
    """

    number: int
    timestamp: datetime.datetime
    what: str
    reason: str
    recipes: tuple[str, ...]


@frozen
class ChangedRow:
    """Something that changed since the start.

    Attributes:
        name: What it is.
        before: How much was planned; a dash when nothing was.
        after: How much is planned now; a dash when nothing is.
        became: The change.
        numbers: The numbers of the amendments behind it.
    """

    name: str
    before: str
    after: str
    became: str
    numbers: tuple[int, ...]


@frozen
class ChangedTable:
    """The changes of one part of the plan.

    Attributes:
        title: Which part.
        heading: The heading above the names.
        rows: What changed.
        as_planned: How many did not change, with their noun.
    """

    title: str
    heading: str
    rows: tuple[ChangedRow, ...]
    as_planned: str


@frozen
class RunRow:
    """A run as it is shown.

    Attributes:
        timestamp: When.
        name: What was baked or packed.
        numbers: The numbers, one for each column.
        losses: What was lost and why, one for each reason.
        notes: The notes recorded with it; blank when none.
        voided: Why it no longer counts; blank when it counts.
    """

    timestamp: datetime.datetime
    name: str
    numbers: tuple[str, ...]
    losses: tuple[str, ...]
    notes: str
    voided: str


def entries(contents: Contents) -> tuple[Entry, ...]:
    """Return the amendments in their order."""
    return tuple(_entry(amendment, contents) for amendment in contents.plan.amendments)


def lanes(contents: Contents) -> tuple[Lane, ...]:
    """Return when the plan was changed and when goods were baked and packed; empty kinds are left out."""
    plan = contents.plan
    baked = [run.produced_at for run in plan.production_runs if (RunKind.PRODUCTION, run.id) not in contents.voided]
    packed = [run.assembled_at for run in plan.assembly_runs if (RunKind.ASSEMBLY, run.id) not in contents.voided]
    changed = [amendment.created_at for amendment in plan.amendments]
    started = [] if plan.snapshot is None else [plan.snapshot.created_at]
    named = (("Started", started), ("Changed", changed), ("Baked", baked), ("Packed", packed))
    return tuple(Lane(name, tuple(timestamps)) for name, timestamps in named if timestamps)


def changed_tables(comparison: PlanComparison) -> tuple[ChangedTable, ...]:
    """Return what changed since the start, part by part."""
    parts = (
        ("Goods", "good", comparison.goods),
        ("Batches", "unit", comparison.batches),
        ("Recipes", "recipe", comparison.recipes),
    )
    numbers = (_table(title, noun, differences) for title, noun, differences in parts)
    return (*numbers, ChangedTable("Definitions", "Definition", tuple(_revised(comparison)), ""))


def _revised(comparison: PlanComparison) -> Iterator[ChangedRow]:
    for one in comparison.definitions:
        numbers = tuple(amendment.sequence for amendment in one.amendments)
        for change in one.changes:
            name = f"{one.name}: {change.what}"
            before, after = (abbreviate(value) if value else _NONE for value in (change.before, change.after))
            yield ChangedRow(name, before, after, STATUSES[change.status], numbers)


def baked(contents: Contents) -> tuple[RunRow, ...]:
    """Return the production runs, the latest first."""
    rows = (
        RunRow(
            run.produced_at,
            contents.unit_names[run.finished_unit_id],
            (grouped(run.batches), f"{grouped(run.units_made)} of {grouped(run.units_expected)}"),
            tuple(f"{grouped(loss.units)} lost: {loss.reason}" for loss in run.losses),
            run.notes,
            contents.voided.get((RunKind.PRODUCTION, run.id), ""),
        )
        for run in reversed(contents.plan.production_runs)
    )
    return _latest_first(rows)


def packed(contents: Contents) -> tuple[RunRow, ...]:
    """Return the assembly runs, the latest first."""
    rows = (
        RunRow(
            run.assembled_at,
            contents.good_names[run.finished_good_id],
            (grouped(run.quantity),),
            (),
            run.notes,
            contents.voided.get((RunKind.ASSEMBLY, run.id), ""),
        )
        for run in reversed(contents.plan.assembly_runs)
    )
    return _latest_first(rows)


def _latest_first(rows: Iterable[RunRow]) -> tuple[RunRow, ...]:
    return tuple(sorted(rows, key=lambda row: row.timestamp, reverse=True))


def _entry(amendment: PlanAmendment, contents: Contents) -> Entry:
    recipes = tuple(contents.recipe_names[recipe_id] for recipe_id in amendment.added_recipe_ids)
    what = amendment.change.describe(contents.unit_names.get)
    return Entry(amendment.sequence, amendment.created_at, what, amendment.reason, recipes)


def _table(title: str, noun: str, differences: tuple[Difference, ...]) -> ChangedTable:
    rows = tuple(map(_row, (one for one in differences if one.status is not Status.UNCHANGED)))
    same = len(differences) - len(rows)
    return ChangedTable(title, noun.capitalize(), rows, counted(same, noun) if same else "")


def _row(one: Difference) -> ChangedRow:
    became = STATUSES[one.status]
    if one.status is Status.MODIFIED:
        became = difference_in_words(one.difference)
    numbers = tuple(amendment.sequence for amendment in one.amendments)
    return ChangedRow(one.name, _format(one.before), _format(one.after), became, numbers)


def _format(number: int | None) -> str:
    return _NONE if number is None else grouped(number)
