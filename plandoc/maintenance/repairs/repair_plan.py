"""What a repair does about the findings of a check, worked out before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from plandoc.errors import Problem
from plandoc.maintenance.checks import Cure, Finding, Look
from plandoc.maintenance.repairs.lost_found import LostFound
from plandoc.maintenance.repairs.repair_report import RepairAction, RepairKind
from plandoc.maintenance.repairs.restore_document import Source
from plandoc.storage.document_files import DocumentFiles
from plandoc.tables import MARKER, ROOT_DOCUMENTS, event_of_document

_BY_CURE: Mapping[Cure, RepairKind] = {
    Cure.RECOVER: RepairKind.RECOVER,
    Cure.CLEAR_AWAY: RepairKind.CLEAR_AWAY,
    Cure.COUNT_UP: RepairKind.COUNT_UP,
    Cure.SET_ASIDE: RepairKind.SET_ASIDE,
}
_REPLACING = frozenset({RepairKind.SET_ASIDE, RepairKind.TAKE_BACK})


def planned(
    look: Look, findings: Sequence[Finding], folder: DocumentFiles, source: Source | None
) -> list[RepairAction]:
    """Return what a repair does, in order; nothing where journal and marker cannot be understood.

    Args:
        look: The look that found something.
        findings: What it found.
        folder: The files.
        source: The backup to take documents back from; None when there is none.
    """
    if look.state is None:
        return []
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(finding.file, []).append(finding)
    actions = [action for name, found in by_file.items() for action in _of_file(name, found, look, folder, source)]
    if source is not None:
        actions.extend(_taken_out_before(source, look, folder))
    actions.extend(_marker(actions, look))
    return sorted(actions, key=lambda action: list(RepairKind).index(action.kind))


def _of_file(
    name: str, findings: Sequence[Finding], look: Look, folder: DocumentFiles, source: Source | None
) -> Iterator[RepairAction]:
    cures = {finding.cure: finding for finding in reversed(findings) if finding.cure is not None}
    if Cure.RECOVER in cures:
        # First of all: what stands in the journal may be the very content that is missing here.
        yield RepairAction(RepairKind.RECOVER, name, cures[Cure.RECOVER].problem.message)
        return
    damage = next((finding for finding in findings if finding.is_damage), None)
    wrong = damage or next(iter(findings))
    if damage is not None and name != MARKER and source is not None and source.has_sound(name):
        content = folder.read(name)
        kept = None if content is None else LostFound.name_of(name, content, is_replaced=True)
        yield RepairAction(RepairKind.TAKE_BACK, name, f"{_said(wrong.problem)}; {source.lost_since(look.state)}", kept)
    elif Cure.SET_ASIDE in cures:
        kept = LostFound.name_of(name, folder.read(name) or b"")
        yield RepairAction(RepairKind.SET_ASIDE, name, _said(cures[Cure.SET_ASIDE].problem), kept)
    elif Cure.CLEAR_AWAY in cures:
        yield RepairAction(RepairKind.CLEAR_AWAY, name, _said(wrong.problem))
    elif Cure.COUNT_UP in cures and name != MARKER and damage is None:
        yield RepairAction(RepairKind.COUNT_UP, name, "; ".join(_said(one.problem) for one in findings if one.cure))


def _taken_out_before(source: Source, look: Look, folder: DocumentFiles) -> Iterator[RepairAction]:
    """Yield the events that an earlier repair took out for damage, and that the backup has."""
    for name in LostFound(folder).taken_out():
        if folder.read(name) is None and source.has_sound(name):
            reason = f"an earlier repair took it out; {source.lost_since(look.state)}"
            yield RepairAction(RepairKind.TAKE_BACK, name, reason)


def _marker(actions: Sequence[RepairAction], look: Look) -> Iterator[RepairAction]:
    taken_back = [event_of_document(one.file) or 0 for one in actions if one.kind is RepairKind.TAKE_BACK]
    highest = max([look.highest_event, *taken_back])
    if look.marker is not None and look.marker.next_event_id <= highest:
        reason = f"wanted a next event id above {highest}, found {look.marker.next_event_id}"
        yield RepairAction(RepairKind.COUNT_UP, MARKER, reason)


def remaining(findings: Sequence[Finding], actions: Sequence[RepairAction]) -> tuple[Problem, ...]:
    """Return the problems that these actions leave, each with why and the way out."""
    done = {(action.file, action.kind) for action in actions}
    gone = {file for file, kind in done if kind in _REPLACING}
    return tuple(
        _explained(finding)
        for finding in findings
        if not finding.is_note
        and finding.file not in gone
        and not (finding.cure and (finding.file, _BY_CURE[finding.cure]) in done)
    )


def _explained(finding: Finding) -> Problem:
    problem = finding.problem
    if problem.file in ROOT_DOCUMENTS and problem.row is None:
        why = "only a backup has the rows that were meant"
    elif finding.is_damage:
        why = "what was meant cannot be told from the file"
    elif finding.cure is not None:
        why = "something else has to be put right first"
    else:
        why = "it is not for plandoc to decide"
    way_out = problem.hint or "put it right with an editor, or take the file from a backup with --from BACKUP"
    return attrs.evolve(problem, hint=f"not repaired, for {why}: {way_out}")


def _said(problem: Problem) -> str:
    place = ", ".join(part for part in (problem.table, problem.row, problem.field) if part)
    return f"{place}: {problem.message}" if place else problem.message
