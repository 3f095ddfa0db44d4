"""Negative controls: with any one sync or rename of plandoc left out, the proof finds a folder that lost something."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest import mock

import attrs
import pytest
from every_workload import WORKLOADS
from going_on import NEXT, after_a_kill, kill_points
from lives import Life, Log
from proofs import Proof
from recorder import RENAMES, SYNCS

from plandoc.errors import DamagedError
from plandoc.storage.journal_file import JournalFile, Position

_LIMIT = 12

# For each sync and rename the workload in which leaving it out loses something. One that is not here must be there
# for another reason, or go.
NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "_checkpoint > _renew_documents > renew: replace an event": "creation",
        "_checkpoint > _renew_documents > renew: replace catalog.json": "creation",
        "_checkpoint > _renew_documents > renew: replace stock.json": "edited",
        "_checkpoint > _renew_documents > renew: sync_file an event": "creation",
        "_checkpoint > _renew_documents > renew: sync_file catalog.json": "creation",
        "_checkpoint > _renew_documents > renew: sync_file stock.json": "edited",
        "_checkpoint > _renew_documents > renew: sync_folder data": "edited",
        "_checkpoint > _renew_documents > renew: sync_folder events": "creation",
        "_checkpoint_unless_held > _checkpoint > put_durably: replace plandoc.json": "creation",
        "_checkpoint_unless_held > _checkpoint > put_durably: sync_file plandoc.json": "creation",
        "_checkpoint_unless_held > _checkpoint > put_durably: sync_folder data": "creation",
        "write > write_to_target > _write_archive: sync_file a backup": "backup_archive",
        "write > write_to_target > _write_folder: publish the parent": "backup_folder",
        "keep > keep > put_durably: replace a kept version": "repaired_copy",
        "keep > keep > put_durably: sync_file a kept version": "repaired_copy",
        "keep > keep > put_durably: sync_folder data": "repaired_copy",
        "keep > keep > put_durably: sync_folder lost-found": "repaired_copy",
        "recover > _reapply > put: replace an event": "restored_over",
        "recover > _reapply > put: replace catalog.json": "killed_at_10",
        "recover > _reapply > put: replace plandoc.json": "restored_over",
        "recover > _reapply > put: replace stock.json": "killed_at_10",
        "_under_the_lock > _perform > _remove: sync_folder events": "repaired_copy",
        "append > settle > sync: sync_folder data": "journal_made_by_another",
        "commit > _append > append: sync_data the journal": "creation",
        "commit > commit > _apply: replace an event": "several_documents",
        "commit > commit > _apply: replace catalog.json": "one_document",
        "commit > commit > _apply: replace stock.json": "several_documents",
        "create > make_folders > make_folders: sync_folder the parent": "creation",
        "fill > _fill > put_durably: replace catalog.json": "creation",
        "fill > _fill > put_durably: replace plandoc.json": "creation",
        "fill > _fill > put_durably: replace stock.json": "creation",
        "fill > _fill > put_durably: sync_file catalog.json": "creation",
        "fill > _fill > put_durably: sync_file plandoc.json": "creation",
        "fill > _fill > put_durably: sync_file stock.json": "creation",
        "fill > _fill > put_durably: sync_folder data": "creation",
        "keep_copy > keep > put_durably: replace a kept version": "edited",
        "keep_copy > keep > put_durably: sync_file a kept version": "edited",
        "keep_copy > keep > put_durably: sync_folder data": "edited",
        "keep_copy > keep > put_durably: sync_folder lost-found": "edited",
        "over > _commit > put_durably: replace journal.jsonl": "restored_over",
        "over > _commit > put_durably: sync_file journal.jsonl": "restored_over",
        "over > _commit > sync: sync_file an event": "restored_over_a_writer",
        "over > _commit > sync: sync_file catalog.json": "restored_over_a_writer",
        "over > _commit > sync: sync_file plandoc.json": "restored_over_a_writer",
        "over > _commit > sync: sync_file stock.json": "restored_over_a_writer",
        "commit > commit > _apply: replace plandoc.json": "upgraded_with_its_stock",
        "prepare_upgrade > keep > put_durably: replace a backup": "upgraded",
        "prepare_upgrade > keep > put_durably: sync_file a backup": "upgraded",
        "prepare_upgrade > keep > put_durably: sync_folder .plandoc": "upgraded",
        "recover > rewrite > put_durably: replace journal.jsonl": "edited",
        "recover > rewrite > put_durably: sync_file journal.jsonl": "edited",
        "restore > put_in_place > _make: sync_file an event": "restored_anew",
        "restore > put_in_place > _make: sync_file catalog.json": "restored_anew",
        "restore > put_in_place > _make: sync_file plandoc.json": "restored_anew",
        "restore > put_in_place > _make: sync_file stock.json": "restored_anew",
        "restore > put_in_place > _make: sync_folder a backup": "restored_anew",
        "restore > put_in_place > _make: sync_folder events": "restored_anew",
        "put_in_place > _make > sync_parent: sync_folder the parent": "restored_anew",
        "restore > put_in_place > _make: publish data": "restored_anew",
        "write > write_to_target > _write_archive: publish a backup": "backup_archive",
        "write_to_target > _write_archive > sync_parent: sync_folder the parent": "backup_archive",
        "write > write_to_target > _write_folder: sync_file an event": "backup_folder",
        "write > write_to_target > _write_folder: sync_file catalog.json": "backup_folder",
        "write > write_to_target > _write_folder: sync_file plandoc.json": "backup_folder",
        "write > write_to_target > _write_folder: sync_file stock.json": "backup_folder",
        "write > write_to_target > _write_folder: sync_file the parent": "backup_folder",
        "write > write_to_target > _write_folder: sync_folder a backup": "backup_folder",
        "write > write_to_target > _write_folder: sync_folder events": "backup_folder",
        "write_to_target > _write_folder > sync_parent: sync_folder the parent": "backup_folder",
    }
)

# The same where only a kill, and the next process, bring it to light.
NEEDED_AFTER_A_KILL: Mapping[str, str] = MappingProxyType(
    {
        "__init__ > look: sync_file journal.jsonl": "one_document, killed, then reads",
        "__init__ > look: sync_folder data": "restored_over, killed, then reads",
        "append > settle > sync: sync_folder the parent": "restored_anew, killed, then commits_and_closes",
        "make_folders > make_folders > _settle_empty: sync_folder the parent": "creation, killed, then commits_and_closes",
    }
)

# What the crash states alone do not ask for, and why it is there.
NOT_NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "recover > _truncate_or_sync > sync: sync_folder the parent": "the first line syncs it; one rule for whoever opens the journal",
        "recover > rewrite > sync: sync_folder the parent": "the first line syncs it; one rule for whoever opens the journal",
        "over > _commit > sync: sync_folder data": "the look before it has synced the folder, unless another one wrote in between",
        "contents_of > __init__ > look: sync_folder data": "the line is read by who makes no change, and in these lives its journal was there by name already; one rule for all readers",
        "_finish > __init__ > look: sync_folder data": "the line is read by who makes no change, and in these lives its journal was there by name already; one rule for all readers",
        "_keep > __init__ > look: sync_folder data": "the line is read by who makes no change, and in these lives its journal was there by name already; one rule for all readers",
        "_checkpoint > cut > sync: sync_data the journal": "lines that come back are not above the marker's number, and "
        "are dropped",
        "prepare_upgrade > keep > put_durably: sync_folder data": "the folder is synced once more before the first line is written",
        "create > make_folders > _settle_empty: sync_folder the parent": "filling the folder syncs its parent once more; "
        "one rule for all folders on the way",
        "_refresh > _read_on > sync: sync_data the journal": "the other writer synced the line, unless it was killed within its commit",
        "contents_of > __init__ > look: sync_file journal.jsonl": "the line is read by who makes no change, and in these lives it was synced by who wrote it; one rule for all readers",
        "_finish > __init__ > look: sync_file journal.jsonl": "the line is read by who makes no change, and in these lives it was synced by who wrote it; one rule for all readers",
        "_keep > __init__ > look: sync_file journal.jsonl": "the line is read by who makes no change, and in these lives it was synced by who wrote it; one rule for all readers",
        "append > settle > sync: sync_data the journal": "what was found was synced by who wrote it, unless that was killed within its commit",
        "create > make_folders: sync_folder the parent": "filling the folder syncs its parent once more, for whoever made the folder may have been stopped before",
        "fill > _fill > put_durably: replace journal.jsonl": "the file is empty and cannot be half; one way in",
        "fill > _fill > put_durably: sync_file journal.jsonl": "the file is empty and cannot be half; one way in",
        "locked > fill > _fill: sync_folder the parent": "where plandoc made the folder, its name is durable before anything is in it; this one is for a folder that somebody else has just made and put something into",
        "over > _commit > put_durably: sync_folder data": "the recovery that follows at once makes the same journal durable; should it fail, the restore is",
        "over > _commit > sync: sync_folder events": "a document whose name is lost is put in place again, not taken for an edit by hand; one rule for all documents",
        "recover > _truncate_or_sync > sync: sync_data the journal": "documents are replaced after the journal's sync, so where all are current it was synced; unless other hands replaced them",
        "recover > _truncate_or_sync > sync: sync_folder data": "as the line before",
        "recover > rewrite > put_durably: sync_folder data": "the checkpoint that follows syncs the folder before the marker counts; until then the old journal has the same lines",
        "recover > rewrite > sync: sync_data the journal": "the lines are written anew right after, as a fresh file that is synced",
        "recover > rewrite > sync: sync_folder data": "the file that is put in the journal's place is followed by a sync of the same folder",
        "restore > put_in_place > _make: sync_file journal.jsonl": "the file is empty and cannot be half; one way in",
    }
)

# Each is done before the other one; a store that does it only after that loses something in the workload.
_CHECKPOINT = "_checkpoint_unless_held > _checkpoint"
ORDERS: tuple[tuple[str, str, str], ...] = (
    (
        "commit > _append > append: sync_data the journal",
        "commit > commit > _apply: replace catalog.json",
        "one_document",
    ),
    (
        "_checkpoint > _renew_documents > renew: sync_file catalog.json",
        f"{_CHECKPOINT} > put_durably: sync_folder data",
        "creation",
    ),
    (
        f"{_CHECKPOINT} > put_durably: sync_folder data",
        f"{_CHECKPOINT} > cut: truncate the journal",
        "closed_and_opened",
    ),
    (
        "fill > _fill > put_durably: sync_file plandoc.json",
        "fill > _fill > put_durably: replace plandoc.json",
        "creation",
    ),
    (
        "fill > _fill > put_durably: replace catalog.json",
        "fill > _fill > put_durably: replace plandoc.json",
        "creation",
    ),
    (
        "keep_copy > keep > put_durably: sync_file a kept version",
        "recover > _reapply > put: replace catalog.json",
        "edited",
    ),
    (
        "keep_copy > keep > put_durably: replace a kept version",
        "recover > _reapply > put: replace catalog.json",
        "edited",
    ),
    (
        "recover > rewrite > put_durably: sync_file journal.jsonl",
        "recover > rewrite > put_durably: replace journal.jsonl",
        "edited",
    ),
    (
        "over > _commit > put_durably: sync_file journal.jsonl",
        "over > _commit > put_durably: replace journal.jsonl",
        "restored_over",
    ),
    (
        "restore > put_in_place > _make: sync_file catalog.json",
        "restore > put_in_place > _make: publish data",
        "restored_anew",
    ),
    (
        "prepare_upgrade > keep > put_durably: sync_file a backup",
        "commit > _append > append: sync_data the journal",
        "upgraded",
    ),
    (
        "write > write_to_target > _write_archive: sync_file a backup",
        "write > write_to_target > _write_archive: publish a backup",
        "backup_archive",
    ),
)

Change = Callable[[Life], tuple[Log, int | None]]


class Lives:
    """All workloads, recorded once, and the proof that remembers what it has looked at."""

    def __init__(self, scratch: Path) -> None:
        self.proof = Proof(scratch)
        self.lives: Mapping[str, Life] = {name: work(scratch / name) for name, work in WORKLOADS.items()}
        self._heirs: dict[str, list[Life]] = {}

    def sites(self) -> set[str]:
        return {site for life in self.lives.values() for site in life.files.sites if is_of_interest(site)}

    def violations_without(self, site: str, workloads: Iterable[str]) -> list[str]:
        """Return what goes wrong when one call is left out everywhere."""
        return self.violations(workloads, functools.partial(without, site=site))

    def violations(self, workloads: Iterable[str], change: Change) -> list[str]:
        """Return what goes wrong first when the operations of some lives are changed."""
        for life in (life for name in workloads for life in self.named(name)):
            log, first = change(life)
            wrong = [] if first is None else self.proof.violations(life, log, limit=_LIMIT, first=first, enough=1)
            if wrong:
                return wrong
        return []

    def named(self, name: str) -> list[Life]:
        """Return the life of a workload; of "a workload, killed, then reads" those of all who go on after a kill in it."""
        workload, _, then = name.partition(", killed, then ")
        life = self.lives[workload]
        if not then:
            return [life]
        if name not in self._heirs:
            heirs = [after_a_kill(life, at, NEXT[then], half=half) for at, half in kill_points(life)]
            self._heirs[name] = [heir for heir in heirs if heir is not None]
        return self._heirs[name]


def is_of_interest(site: str) -> bool:
    return any(f": {name} " in site for name in (*SYNCS, *RENAMES))


def without(life: Life, site: str) -> tuple[Log, int | None]:
    """Return a log as of a store that leaves a sync out, or writes over a file instead of renaming.

    Returns:
        The operations, and the first that is not as it was; None when all are.
    """
    log: list[tuple[Any, ...]] = []
    first: int | None = None
    start = life.first
    for at, (operation, its_site) in enumerate(zip(life.files.log, life.files.sites, strict=True)):
        start = len(log) if at == life.first else start
        if its_site != site:
            log.append(operation)
            continue
        first = len(log) if first is None else first
        if operation[0] in RENAMES:
            log.append(("overwrite", *operation[1:]))
    return log, None if first is None else max(first, start)


def delayed(life: Life, site: str, until: str) -> tuple[Log, int | None]:
    """Return a log as of a store that does one thing only after another one that should come later."""
    log: list[tuple[Any, ...]] = []
    first: int | None = None
    held_back: list[tuple[Any, ...]] = []
    for operation, its_site in zip(life.files.log, life.files.sites, strict=True):
        if its_site == site:
            held_back.append(operation)
            first = len(log) if first is None else first
            continue
        log.append(operation)
        if its_site == until:
            log += held_back
            held_back = []
    return [*log, *held_back], None if first is None else max(first, life.first)


@pytest.fixture(scope="module")
def lives(module_scratch: Path) -> Iterator[Lives]:
    return Lives(module_scratch)


@pytest.mark.proof
def test_every_sync_and_rename_of_the_storage_is_known_here(lives: Lives) -> None:
    assert lives.sites() == {*NEEDED, *NEEDED_AFTER_A_KILL, *NOT_NEEDED}


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("site", NEEDED)
def test_a_store_that_leaves_out_a_sync_or_a_rename_is_found_out(site: str, lives: Lives) -> None:
    assert lives.violations_without(site, [NEEDED[site]]) != []


@pytest.mark.slow
@pytest.mark.parametrize("site", NEEDED_AFTER_A_KILL)
def test_a_store_that_leaves_out_what_matters_after_a_kill_alone_is_found_out(site: str, lives: Lives) -> None:
    assert lives.violations_without(site, [NEEDED_AFTER_A_KILL[site]]) != []


@pytest.mark.costly
@pytest.mark.sample(2)
@pytest.mark.parametrize(("site", "until", "workload"), ORDERS)
def test_a_store_that_does_one_thing_after_what_must_come_behind_it_is_found_out(
    site: str, until: str, workload: str, lives: Lives
) -> None:
    change = functools.partial(delayed, site=site, until=until)

    assert lives.violations([workload], change) != []


@pytest.mark.proof
def test_a_store_that_leaves_a_torn_line_and_writes_behind_it_is_found_out(scratch: Path) -> None:
    life = WORKLOADS["one_document"](scratch / "life")
    torn = [at for at, half in kill_points(life) if half and life.files.log[at][0] == "write_at"]

    with torn_lines_are_left(), pytest.raises(DamagedError, match="good ones follow"):
        for at in torn:
            after_a_kill(life, at, NEXT["commits_and_closes"], half=True)


@contextmanager
def torn_lines_are_left() -> Iterator[None]:
    """Let the next line be written at the end of the file, whatever is there."""
    cut, append = JournalFile.cut, JournalFile.append

    def cut_all_or_nothing(file: JournalFile, size: int) -> None:
        if not size:
            cut(file, size)

    def append_behind_all(file: JournalFile, content: bytes, *, after: Position) -> Position:
        return append(file, content, after=attrs.evolve(after, size=file._files.size(file._handle)))

    with (
        mock.patch.object(JournalFile, "cut", cut_all_or_nothing),
        mock.patch.object(JournalFile, "append", append_behind_all),
    ):
        yield


@pytest.mark.slow
@pytest.mark.parametrize("site", NOT_NEEDED)
def test_a_sync_that_stands_here_as_not_needed_is_not(site: str, lives: Lives) -> None:
    assert lives.violations_without(site, WORKLOADS) == []
