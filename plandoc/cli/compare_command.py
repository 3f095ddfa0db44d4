"""`plandoc compare`: the plan at the start of production and now, and why they differ.

Differences are coloured on a terminal and always marked: not everyone sees colours, and a pipe has none.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from plandoc.cli import printing
from plandoc.cli.data_folder import Folder
from plandoc.cli.lookup import event_id
from plandoc.cli.rows import as_json
from plandoc.domain.definition_changes import DefinitionDifference, abbreviate
from plandoc.domain.mapping_diff import Status
from plandoc.domain.plan_diff import Difference
from plandoc.records import PlanAmendment
from plandoc.workflow.comparison import PlanComparison, get_plan_comparison

_MARKS: Mapping[Status, str] = MappingProxyType(
    {Status.UNCHANGED: "", Status.ADDED: "+", Status.DROPPED: "-", Status.MODIFIED: "~"}
)
_STYLES: Mapping[Status, str] = MappingProxyType(
    {Status.UNCHANGED: "", Status.ADDED: "green", Status.DROPPED: "red", Status.MODIFIED: "yellow"}
)
_LEGEND = "+ added, - dropped, ~ changed; before each reason, the number of the amendment"


def compare(event: str, /, *, json: bool = False, folder: Folder) -> None:
    """Compare the current plan with the original one, with the reasons for each difference.

    Args:
        json: Print the comparison as JSON.

    Examples:
        plandoc compare harbour-market
    """
    found = folder.read(lambda session: get_plan_comparison(event_id(event, session), session=session))
    if json:
        printing.print_json(as_json(found))
        return
    printing.say(_summary_line(found, event))
    if found.has_changes:
        _print_differences("Goods", "good", found.goods)
        _print_differences("Batches", "unit", found.batches)
        _print_recipes(found.recipes)
        _print_definitions(found.definitions)
        if sys.stdout.isatty():
            printing.say()
            printing.say(_LEGEND)


def _summary_line(found: PlanComparison, event: str) -> str:
    name = found.event.name
    if not found.has_snapshot:
        return f"{name}: no snapshot to compare with yet; 'plandoc start {event}' takes one"
    made = "1 amendment" if len(found.amendments) == 1 else f"{len(found.amendments)} amendments"
    if found.has_changes:
        changes = "1 difference" if found.total_changes == 1 else f"{found.total_changes} differences"
        return f"{name}: {changes} from the original plan, {made}"
    if found.amendments:
        return f"{name}: the plan is identical to the original again, after {made}"
    return f"{name}: nothing has changed since production started"


def _print_differences(title: str, what: str, found: Sequence[Difference]) -> None:
    columns = [
        *map(printing.Column, ("", what)),
        *(printing.Column(heading, is_number=True) for heading in ("original", "current", "difference")),
        printing.Column("why"),
    ]
    rows = [
        (_MARKS[one.status], _name(one), _number(one.before), _number(one.after), _with_sign(one), _reasons(one))
        for one in found
    ]
    styles = [_STYLES[one.status] for one in found]
    printing.print_table(title, columns, rows, when_empty="none", is_one_of_several=True, styles=styles)


def _print_recipes(found: Sequence[Difference]) -> None:
    columns = [printing.Column(heading) for heading in ("", "recipe", "original", "current", "why")]
    # Recipes have no numbers, so unchanged ones would only be a list of names.
    differing = [one for one in found if one.status is not Status.UNCHANGED]
    rows = [
        (_MARKS[one.status], _name(one), _chosen(one.before), _chosen(one.after), _reasons(one)) for one in differing
    ]
    styles = [_STYLES[one.status] for one in differing]
    when_empty = "the same"
    printing.print_table("Recipes", columns, rows, when_empty=when_empty, is_one_of_several=True, styles=styles)


def _print_definitions(found: Sequence[DefinitionDifference]) -> None:
    columns = [printing.Column(heading) for heading in ("", "definition", "what", "was", "is", "why")]
    rows = [
        (
            _MARKS[change.status],
            f"{one.kind} {_name(one)}",
            change.what,
            _format(change.before),
            _format(change.after),
            why,
        )
        for one in found
        for change in one.changes
        for why in [_reasons(one)]
    ]
    styles = [_STYLES[change.status] for one in found for change in one.changes]
    when_empty = "unchanged since production started"
    printing.print_table("Definitions", columns, rows, when_empty=when_empty, is_one_of_several=True, styles=styles)


def _format(value: str | None) -> str:
    return "-" if value is None else abbreviate(value)


def _name(one: Difference | DefinitionDifference) -> str:
    if one.original_name in {None, one.name}:
        return one.name
    return f"{one.name} (then {one.original_name})"


def _number(planned: int | None) -> str:
    return "-" if planned is None else str(planned)


def _with_sign(one: Difference) -> str:
    return f"{one.difference:+}" if one.difference else ""


def _chosen(planned: int | None) -> str:
    return "-" if planned is None else "chosen"


def _reasons(one: Difference | DefinitionDifference) -> str:
    return "; ".join(_reason(amendment) for amendment in one.amendments)


def _reason(amendment: PlanAmendment) -> str:
    return f"{amendment.sequence}: {amendment.reason}"
