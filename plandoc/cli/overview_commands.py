"""`plandoc plan show`, `options`, `review` and `available`: views of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plandoc.cli import confirm, printing
from plandoc.cli.concerns import Concern, concerns_from
from plandoc.cli.data_folder import Folder
from plandoc.cli.lookup import event_id
from plandoc.cli.messages import difference_in_words, state_in_words
from plandoc.cli.progress_command import left_undone
from plandoc.cli.rows import as_json
from plandoc.domain.availability import Availability
from plandoc.domain.batches import UnitOptions, UnitPlan
from plandoc.domain.local_time import format_timestamp
from plandoc.domain.review import accepted_shortfall
from plandoc.engine.session import Session
from plandoc.records import Finding, FindingKind, PlanState
from plandoc.workflow.decisions import get_batch_options
from plandoc.workflow.overview import Plan, get_plan
from plandoc.workflow.production import get_progress
from plandoc.workflow.review import review_plan
from plandoc.workflow.selection import get_available_finished_goods

_NO_GOODS = "none needed yet; 'plandoc plan goods EVENT GOOD=QUANTITY' chooses goods"


def show(event: str, /, *, json: bool = False, folder: Folder) -> None:
    """Show the plan of an event: goods, what is needed and decided for them, and what to review.

    Args:
        json: Print the whole plan as JSON.

    Examples:
        plandoc plan show harbour-market
    """

    def read(session: Session) -> tuple[Plan, list[Concern], str]:
        plan = get_plan(event_id(event, session), session=session)
        return plan, concerns_from(plan.findings, plan.event.slug), _left_undone(plan, session)

    plan, concerns, left = folder.read(read)
    if json:
        printing.print_json(as_json(plan))
        return
    _print_event(plan)
    if left:
        printing.say(f"{'undone':<11}{left}")
    _print_goods(plan)
    _print_units(plan)
    confirm.show_concerns(confirm.review_title(len(concerns)), concerns, is_one_of_several=True)


def options(event: str, /, *, json: bool = False, folder: Folder) -> None:
    """Show how many batches of each unit can be decided, and what they make.

    Args:
        json: Print the options as JSON.

    Examples:
        plandoc plan options harbour-market
    """
    found = folder.read(lambda session: get_batch_options(event_id(event, session), session=session))
    if json:
        printing.print_json(as_json(found))
        return
    numbers = [printing.Column(heading, is_number=True) for heading in ("needed", "batches", "makes")]
    columns = [printing.Column("unit"), *numbers, printing.Column("over or short"), printing.Column("suggested")]
    printing.print_table("Batches", columns, _option_rows(found), when_empty=_NO_GOODS)


def review(event: str, /, *, json: bool = False, folder: Folder) -> int:
    """Show what to review before a plan is locked or started; exit status 1 when there is anything.

    Definitions that changed in the catalog after production started are shown too, but need no action: with nothing
    else to review, the exit status is 0.

    Args:
        json: Print the findings as JSON.

    Examples:
        plandoc plan review harbour-market
    """

    def read(session: Session) -> tuple[list[Finding], list[Concern]]:
        findings = review_plan(event_id(event, session), session=session)
        return findings, concerns_from(findings, event)

    findings, concerns = folder.read(read)
    if json:
        printing.print_json(as_json(findings))
    else:
        confirm.show_concerns(confirm.review_title(len(concerns)), concerns)
    return 1 if any(finding.kind is not FindingKind.CATALOG_CHANGED for finding in findings) else 0


def available(event: str, /, *, json: bool = False, folder: Folder) -> None:
    """Show for every good whether the chosen recipes suffice for it, or which are missing.

    Args:
        json: Print the goods as JSON.

    Examples:
        plandoc plan available harbour-market
    """
    found = folder.read(lambda session: get_available_finished_goods(event_id(event, session), session=session))
    if json:
        printing.print_json(as_json(found))
        return
    columns = [*map(printing.Column, ("good", "name", "available", "what is missing"))]
    rows = [(one.good.slug, one.good.name, "yes" if one.is_available else "no", _missing(one)) for one in found]
    printing.print_table("Goods", columns, rows, when_empty="none yet; 'plandoc import FILE' adds some")


def _left_undone(plan: Plan, session: Session) -> str:
    if plan.event.plan_state is not PlanState.COMPLETED:
        return ""
    return left_undone(get_progress(plan.event.id, session=session))


def _print_event(plan: Plan) -> None:
    event = plan.event
    printing.say(f"{event.name} (event {event.id}, {event.slug})")
    printing.say(f"date       {event.event_date}")
    printing.say(f"plan       {state_in_words(event.plan_state)}")
    if plan.snapshot is not None:
        printing.say(f"snapshot   taken {format_timestamp(plan.snapshot.created_at)}")
    for name, done in (("amended", plan.amendments), ("baked", plan.production_runs), ("packed", plan.assembly_runs)):
        if done:
            printing.say(f"{name:<11}{'once' if len(done) == 1 else f'{len(done)} times'}")


def _print_goods(plan: Plan) -> None:
    columns = [printing.Column("good"), printing.Column("quantity", is_number=True)]
    rows = [(good.name, quantity) for good, quantity in plan.goods]
    printing.print_table("Goods", columns, rows, when_empty="none chosen", is_one_of_several=True)


def _print_units(plan: Plan) -> None:
    numbers = [printing.Column(heading, is_number=True) for heading in ("needed", "batches", "makes")]
    columns = [printing.Column("unit"), printing.Column("recipe"), *numbers, printing.Column("over or short")]
    # What a broken good takes is unknown.
    unneeded = "not needed"
    if any(finding.kind is FindingKind.BROKEN for finding in plan.findings):
        unneeded = "need unknown"
    rows = [(one.unit.name, one.recipe.name, one.needed, *_decided(one, unneeded)) for one in plan.units]
    printing.print_table("Batches", columns, rows, when_empty="none needed", is_one_of_several=True)


def _decided(one: UnitPlan, unneeded: str) -> tuple[object, object, str]:
    if one.decision is None or one.difference is None:
        return "-", "-", "not decided"
    words = difference_in_words(one.difference, accepted=accepted_shortfall(one.decision))
    return one.decision.batches, one.made, words if one.needed else unneeded


def _option_rows(found: Sequence[UnitOptions]) -> Iterator[tuple[object, ...]]:
    for one in found:
        need = (one.requirement.unit.slug, one.requirement.units)
        for option in one.options:
            mark = "yes" if option == one.suggested else ""
            yield *need, option.batches, option.total_yield, difference_in_words(option.difference), mark


def _missing(one: Availability) -> str:
    return one.problem or ", ".join(recipe.name for recipe in one.missing_recipes)
