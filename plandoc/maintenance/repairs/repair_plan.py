"""What a repair does about the issues of a check, planned before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from plandoc.errors import Problem
from plandoc.errors.hints import TAKE_FILE_BACK, joined, wording
from plandoc.maintenance.checks import Fix, Inspection, Issue
from plandoc.maintenance.repairs.lost_found import LostFound
from plandoc.maintenance.repairs.repair_report import RepairAction
from plandoc.maintenance.repairs.restore_document import RestoreSource
from plandoc.storage.document_files import DocumentFiles
from plandoc.tables import MARKER, ROOT_DOCUMENTS, event_of_document

_ORDER = tuple(Fix)
_REPLACING = frozenset({Fix.QUARANTINE, Fix.RESTORE})


def plan_repair(
    inspection: Inspection, issues: Sequence[Issue], folder: DocumentFiles, source: RestoreSource | None
) -> list[RepairAction]:
    """Return what a repair does, in order; nothing when journal and marker are not consistent.

    Args:
        inspection: What the check saw of the folder.
        issues: What it found.
        folder: The files.
        source: The backup to restore documents from; None when there is none.
    """
    if inspection.state is None:
        return []
    by_file: dict[str, list[Issue]] = {}
    for issue in issues:
        by_file.setdefault(issue.file, []).append(issue)
    actions = [
        action for name, found in by_file.items() for action in _of_file(name, found, inspection, folder, source)
    ]
    if source is not None:
        actions.extend(_quarantined_before(source, inspection, folder))
    actions.extend(_marker(actions, inspection))
    return sorted(actions, key=lambda action: _ORDER.index(action.fix))


def _of_file(
    name: str, issues: Sequence[Issue], inspection: Inspection, folder: DocumentFiles, source: RestoreSource | None
) -> Iterator[RepairAction]:
    fixes = {issue.fix: issue for issue in reversed(issues) if issue.fix is not None}
    if Fix.RECOVER in fixes:
        # Recovery comes first: the journal may hold the very content that is missing here.
        yield RepairAction(Fix.RECOVER, name, fixes[Fix.RECOVER].problem.message)
        return
    damage = next((issue for issue in issues if issue.is_damage), None)
    wrong = damage or next(iter(issues))
    if damage is not None and name != MARKER and source is not None and source.has_sound(name):
        content = folder.read(name)
        kept = None if content is None else LostFound.name_of(name, content, is_replaced=True)
        yield RepairAction(
            Fix.RESTORE, name, f"{_describe(wrong.problem)}; {source.lost_since(inspection.state)}", kept
        )
    elif Fix.QUARANTINE in fixes:
        kept = LostFound.name_of(name, folder.read(name) or b"")
        yield RepairAction(Fix.QUARANTINE, name, _describe(fixes[Fix.QUARANTINE].problem), kept)
    elif Fix.REMOVE_TEMPORARY in fixes:
        yield RepairAction(Fix.REMOVE_TEMPORARY, name, _describe(wrong.problem))
    elif Fix.FIX_COUNTER in fixes and name != MARKER and damage is None:
        yield RepairAction(Fix.FIX_COUNTER, name, "; ".join(_describe(one.problem) for one in issues if one.fix))


def _quarantined_before(source: RestoreSource, inspection: Inspection, folder: DocumentFiles) -> Iterator[RepairAction]:
    """Yield the events that an earlier repair moved to lost-found, and that the backup has."""
    for name in LostFound(folder).quarantined():
        if folder.read(name) is None and source.has_sound(name):
            reason = f"an earlier repair moved it to lost-found; {source.lost_since(inspection.state)}"
            yield RepairAction(Fix.RESTORE, name, reason)


def _marker(actions: Sequence[RepairAction], inspection: Inspection) -> Iterator[RepairAction]:
    restored = [event_of_document(one.file) or 0 for one in actions if one.fix is Fix.RESTORE]
    highest = max([inspection.highest_event, *restored])
    if inspection.marker is not None and inspection.marker.next_event_id <= highest:
        reason = f"wanted a next event id above {highest}, found {inspection.marker.next_event_id}"
        yield RepairAction(Fix.FIX_COUNTER, MARKER, reason)


def remaining(issues: Sequence[Issue], actions: Sequence[RepairAction]) -> tuple[Problem, ...]:
    """Return the problems that these actions leave, each with the reason and the way out."""
    done = {(action.file, action.fix) for action in actions}
    gone = {file for file, kind in done if kind in _REPLACING}
    return tuple(
        _explained(issue)
        for issue in issues
        if not issue.is_note and issue.file not in gone and not (issue.fix and (issue.file, issue.fix) in done)
    )


def _explained(issue: Issue) -> Problem:
    problem = issue.problem
    if problem.file in ROOT_DOCUMENTS and problem.row is None:
        why = "only a backup has the right rows"
    elif issue.is_damage:
        why = "the file does not show what was meant"
    elif issue.fix is not None:
        why = "another problem has to be fixed first"
    else:
        why = "needs a decision"
    hint = problem.hint or joined("", ["fix it with an editor, or ", TAKE_FILE_BACK])
    return attrs.evolve(problem, hint=wording("not repaired ({why}): {hint}", why=why, hint=hint))


def _describe(problem: Problem) -> str:
    place = ", ".join(part for part in (problem.table, problem.row, problem.field) if part)
    return f"{place}: {problem.message}" if place else problem.message
