"""What each crash of a life may leave: opened, checked and compared with what it should be."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
from crash_model import Crash, Tree, crashes, hash_of, materialise
from lives import Histories, Life, Log
from looking import Found, look
from recorder import RENAMES, contents

import plandoc
from plandoc.maintenance.backups.verification import verify_backup
from plandoc.storage.document_files import LOST_FOUND
from plandoc.storage.replacement import TEMPORARY


@attrs.frozen
class Sight:
    """What a crash state turned out to be.

    Attributes:
        found: What the folder holds; a text when it could not be opened.
        unclean: What the check finds, or None.
        lost: What should be in some file and is in none, or None.
        backups: Whether there is a backup and all are sound.
    """

    found: Found | str
    unclean: str | None
    lost: str | None
    backups: bool


@attrs.define
class Proof:
    """Looks at crash states; the same tree, and the same folder, is looked at only once.

    Attributes:
        scratch: Where the states are put.
        tried: How many states were judged.
        warned: In how many of them the recovery had something to say.
    """

    scratch: Path
    tried: int = 0
    warned: int = 0
    _seen: dict[tuple[bytes, bool, tuple[str, ...]], Sight] = attrs.field(factory=dict)
    _checked: dict[bytes, str | None] = attrs.field(factory=dict)

    def violations(
        self, life: Life, log: Log | None = None, *, limit: int, first: int | None = None, enough: int = 5
    ) -> list[str]:
        """Judge the crash states of a life; return what is wrong with the first bad ones."""
        wrong = []
        histories = histories_of(life)
        with life.world():
            start, operations = life.first if first is None else first, life.files.log if log is None else log
            for crash in crashes(life.fresh_disk(), operations, limit=limit, first=start):
                self.tried += 1
                found = self._violation(life, crash, histories)
                wrong += [f"after operation {crash.at}: {found}"] if found else []
                if len(wrong) >= enough:
                    break
        return wrong

    def _violation(self, life: Life, crash: Crash, histories: Histories) -> str | None:
        sight = self._look(life, crash)
        found = sight.found
        if isinstance(found, str):
            return found
        self.warned += found.has_warned
        wanted = range(max(crash.acknowledged, 0), crash.started + 1)
        numbers = [at for at in wanted if found.is_allowed(life.expected[at], crash.tree)]
        if not numbers:
            return f"wanted transaction {crash.acknowledged} to {crash.started}, found {found}"
        if sight.unclean and life.clean_from is not None and crash.acknowledged >= life.clean_from:
            return sight.unclean
        missing = [pattern for since, pattern in life.kept.items() if since <= numbers[0] and not sight.backups]
        if missing:
            return f"no backup {missing}"
        return sight.lost or _overwritten(life, crash.tree, found, histories)

    def _look(self, life: Life, crash: Crash) -> Sight:
        key = (hash_of(crash.tree), crash.acknowledged < 0, tuple(life.kept.values()))
        if key not in self._seen:
            top = self.scratch / "crash"
            materialise(crash.tree, top)
            root = top / life.root.relative_to(life.top)
            found = _opened(life, root, make=crash.acknowledged < 0)
            backups, lost = self._backups(life, top), _lost(life, top)
            self._seen[key] = Sight(found, self._unclean(root, edited=life.is_edited), lost, backups)
            shutil.rmtree(top)
        return self._seen[key]

    def _backups(self, life: Life, top: Path) -> bool:
        """Whether there is a backup; one that is there under its name must be whole."""
        present = [path for pattern in life.kept.values() for path in top.glob(pattern)]
        return bool(present) and all(verify_backup(path) == [] for path in present)

    def _unclean(self, root: Path, *, edited: bool) -> str | None:
        if not root.is_dir():
            return None
        key = hash_of(dict(contents(root)))
        if key not in self._checked:
            problems = [
                one for one in plandoc.check(root, strict=not edited) if not str(one.file).startswith(LOST_FOUND)
            ]
            self._checked[key] = f"not clean: {problems}" if problems else None
        return self._checked[key]


def _opened(life: Life, root: Path, *, make: bool) -> Found | str:
    try:
        return look(root, make=make, edited=life.is_edited, aside=life.clean_from == 0)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _lost(life: Life, top: Path) -> str | None:
    if not life.treasures:
        return None
    present = [path.read_bytes() for path in top.rglob("*") if path.is_file()]
    missing = [content for content in life.treasures if content not in present]
    return f"lost: {missing}" if missing else None


def histories_of(life: Life, until: int | None = None) -> Histories:
    """Return the versions that each document had in a life, or until one of its operations."""
    histories: Histories = {name: list(history) for name, history in life.past.items()}
    made: dict[Path, bytes] = {}
    for name, content in life.fresh_disk().present().items():
        if content is not None:
            histories.setdefault(name, [content])
    for operation in life.files.log[:until]:
        what, *arguments = operation
        if what == "create":
            made[arguments[0]] = arguments[1]
        elif what in RENAMES:
            # A file, or a folder with all that is in it.
            for path in [path for path in made if path.is_relative_to(arguments[0])]:
                _append(histories, life, arguments[1] / path.relative_to(arguments[0]), made[path])
        elif what == "remove" and not arguments[0].name.endswith(TEMPORARY):
            _append(histories, life, arguments[0], None)
    return histories


def _append(histories: Histories, life: Life, path: Path, content: bytes | None) -> None:
    history = histories.setdefault(str(path.relative_to(life.top)), [])
    if not history or history[-1] != content:
        history.append(content)


def _overwritten(life: Life, tree: Tree, found: Found, histories: Histories) -> str | None:
    """Return which content of a document was replaced without a copy, though a crash alone need not have left it."""
    prefix = f"{life.root.relative_to(life.top)}/"
    if life.clean_from != 0:
        return None
    for path, content in tree.items():
        name = path.removeprefix(prefix)
        is_document = name.endswith(".json") and name.split("/")[0] in {"catalog.json", "events"}
        if not content or not is_document or content.rstrip() == found.held.get(name):
            continue
        if not _is_silent(content, found.held.get(name), histories.get(path, [])) and not _is_kept(content, found):
            return f"{name} was replaced without a copy: {content!r}"
    return None


def _is_kept(content: bytes, found: Found) -> bool:
    return found.has_warned and content in found.copies.values()


def _is_silent(content: bytes, present: bytes | None, history: Sequence[bytes | None]) -> bool:
    """Whether a content is nothing but what the last write left: the version before, or the beginning of a written one."""
    versions = [None if version is None else version.rstrip() for version in history]
    if versions[-1:] != [present]:
        # So far it is in the journal alone, even if it is what was there earlier, as after a restore.
        versions.append(present)
    before = [one for one, other in zip(versions, versions[1:], strict=False) if other == present]
    whole = content.rstrip()
    if whole in versions:
        return whole in before
    return any(version and version.startswith(content.rstrip(b"\0")) for version in history)


def every_nth(life: Life, *, limit: int, every: int) -> Iterator[Crash]:
    """Yield every n-th crash state of a life that has a folder by then."""
    for number, crash in enumerate(crashes(life.fresh_disk(), life.files.log, limit=limit)):
        if number % every == 0 and crash.acknowledged >= 0:
            yield crash
