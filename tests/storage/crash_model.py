"""What a disk may hold after a power cut: every state that POSIX allows for a recorded list of operations.

A file's content is durable after a sync of the file, a name after a sync of its folder, and nothing before. Until
then each may be lost, kept or (content) torn, independently of all others.
"""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from recorder import is_of_lock

Tree = dict[str, bytes | None]
Choice = Sequence[int]


class FileNode:
    """One inode: its durable content and what was done to it since."""

    def __init__(self, durable: bytes = b"") -> None:
        self.durable = durable
        self.pending: list[tuple[int, bytes | None]] = []
        self._known: tuple[tuple[int, int], list[bytes]] | None = None

    def current(self) -> bytes:
        return _apply(self.durable, self.pending)

    def sync(self) -> None:
        self.durable, self.pending, self._known = self.current(), [], None

    def variants(self, cuts: int) -> list[bytes]:
        """Everything the content may be, what it was first, what it should be last; each write torn at `cuts` bytes."""
        key = (len(self.pending), cuts)
        if self._known is None or self._known[0] != key:
            self._known = (key, self._variants(cuts))
        return self._known[1]

    def _variants(self, cuts: int) -> list[bytes]:
        found = [self.durable]
        for number in range(1, len(self.pending) + 1):
            done = self.pending[: number - 1]
            for base in {_apply(self.durable, done): None, self.durable: None}:
                found.extend(_torn(base, *self.pending[number - 1], cuts))
            found.append(_apply(self.durable, self.pending[:number]))
        if len(self.pending) <= 3:
            subsets = itertools.product((False, True), repeat=len(self.pending))
            found.extend(_apply(self.durable, list(itertools.compress(self.pending, kept))) for kept in subsets)
        return [*dict.fromkeys(content for content in found if content != self.current()), self.current()]


def _apply(content: bytes, operations: Sequence[tuple[int, bytes | None]]) -> bytes:
    for offset, written in operations:
        if written is None:
            content = content[:offset].ljust(offset, b"\0")
        else:
            content = content[:offset].ljust(offset, b"\0") + written + content[offset + len(written) :]
    return content


def _torn(content: bytes, offset: int, written: bytes | None, cuts: int) -> list[bytes]:
    """Return what a write may have become that was not finished: cut off, or with NUL bytes where nothing arrived."""
    if not written:
        return []
    size = len(written)
    step = max(1, size // (cuts + 1))
    places = {1, size - 2, size - 1, *range(step, size, step)}
    parts = [bytes(size)]
    for cut in sorted(place for place in places if 0 < place < size):
        parts += [written[:cut], written[:cut] + bytes(size - cut), bytes(cut) + written[cut:]]
    return [_apply(content, [(offset, part)]) for part in parts]


class FolderNode:
    """One folder: for each name what it stood for, from the last sync on."""

    def __init__(self) -> None:
        self.names: dict[str, list[FileNode | FolderNode | None]] = {}

    def current(self, name: str) -> FileNode | FolderNode | None:
        return self.names.get(name, [None])[-1]

    def set(self, name: str, node: FileNode | FolderNode | None) -> None:
        self.names.setdefault(name, [None]).append(node)

    def sync(self) -> None:
        self.names = {name: [history[-1]] for name, history in self.names.items()}

    def copy(self) -> FolderNode:
        """Return what is durable of it, with all that is in it, as nodes of its own."""
        copied = FolderNode()
        for name, history in self.names.items():
            node = history[-1]
            copied.names[name] = [node.copy() if isinstance(node, FolderNode) else node and FileNode(node.durable)]
        return copied


class Disk:
    """A folder tree that operations are done to.

    Args:
        top: Where it really stands; the folder itself is durable.
        cuts: At how many bytes each write may be torn.
    """

    def __init__(self, top: Path, cuts: int = 3) -> None:
        self.top = top
        self.cuts = cuts
        self.root = FolderNode()
        self.handles: dict[int, FileNode] = {}

    def load(self) -> None:
        """Take over what really stands in the folder, as durable."""
        for path in sorted(self.top.rglob("*")):
            if not is_of_lock(path):
                parent, name = self._at(path)
                parent.names[name] = [FolderNode() if path.is_dir() else FileNode(path.read_bytes())]

    def do(self, operation: tuple[Any, ...]) -> None:
        """Do one recorded operation."""
        getattr(self, f"_{operation[0]}")(*operation[1:])

    def _folder(self, path: Path) -> FolderNode:
        node: Any = self.root
        for part in path.relative_to(self.top).parts:
            node = node.current(part)
        return node

    def _at(self, path: Path) -> tuple[FolderNode, str]:
        return self._folder(path.parent), path.name

    def _file(self, path: Path) -> FileNode:
        folder, name = self._at(path)
        node = folder.current(name)
        if node is None:
            node = FileNode()
            folder.set(name, node)
        assert isinstance(node, FileNode)
        return node

    def _open(self, handle: int, path: Path) -> None:
        self.handles[handle] = self._file(path)

    def _create(self, path: Path, content: bytes, mode: int | None) -> None:
        self._remove(path)
        self._file(path).pending.append((0, content))

    def _write_at(self, handle: int, offset: int, content: bytes) -> None:
        self.handles[handle].pending.append((offset, content))

    def _truncate(self, handle: int, size: int) -> None:
        self.handles[handle].pending.append((size, None))

    def _sync_data(self, handle: int) -> None:
        if handle in self.handles:
            self.handles[handle].sync()

    def _sync_file(self, path: Path) -> None:
        folder, name = self._at(path)
        node = folder.current(name)
        if isinstance(node, FileNode):
            node.sync()

    def _sync_folder(self, path: Path) -> None:
        # What the whole tree is in is durable anyway.
        if path.is_relative_to(self.top):
            self._folder(path).sync()

    def _replace(self, source: Path, target: Path) -> None:
        folder, name = self._at(source)
        node = folder.current(name)
        folder.set(name, None)
        self._folder(target.parent).set(target.name, node)

    def _publish(self, source: Path, target: Path) -> None:
        self._replace(source, target)

    def _overwrite(self, source: Path, target: Path) -> None:
        """What a careless store does in the place of a rename: write over the file, or copy the folder."""
        folder, name = self._at(source)
        node = folder.current(name)
        if isinstance(node, FileNode):
            self._remove(source)
            over = self._file(target)
            over.pending += [(0, None), (0, node.current())]
        elif isinstance(node, FolderNode):
            self._make_folder(target)
            for inside in node.names:
                self._overwrite(source / inside, target / inside)

    def _remove(self, path: Path) -> None:
        folder, name = self._at(path)
        if folder.current(name) is not None:
            folder.set(name, None)

    def _make_folder(self, path: Path) -> None:
        folder, name = self._at(path)
        folder.set(name, FolderNode())

    def present(self) -> Tree:
        """Return what a living system shows."""
        return dict(self._tree(self.root, "", {}))

    def crash_states(self, *, limit: int, luck: random.Random) -> Iterator[Tree]:
        """Yield what may stand on the disk if the power goes now; at most about `limit` states."""
        slots = list(self._unsure(self.root))
        for choice in _choices([size for _, size in slots], limit, luck):
            chosen = {key: number for (key, _), number in zip(slots, choice, strict=True)}
            yield dict(self._tree(self.root, "", chosen))

    def _unsure(self, folder: FolderNode) -> Iterator[tuple[Any, int]]:
        for name, history in folder.names.items():
            if len(history) > 1:
                yield (folder, name), len(history)
            for node in history:
                if isinstance(node, FileNode) and node.pending:
                    yield node, len(node.variants(self.cuts))
                elif isinstance(node, FolderNode):
                    yield from self._unsure(node)

    def _tree(self, folder: FolderNode, at: str, chosen: dict[Any, int]) -> Iterator[tuple[str, bytes | None]]:
        for name, history in folder.names.items():
            node = history[chosen.get((folder, name), -1)]
            if isinstance(node, FolderNode):
                yield f"{at}{name}", None
                yield from self._tree(node, f"{at}{name}/", chosen)
            elif node is not None:
                yield f"{at}{name}", node.variants(self.cuts)[chosen[node]] if node in chosen else node.current()


def _choices(sizes: list[int], limit: int, luck: random.Random) -> Iterator[Choice]:
    total = 1
    for size in sizes:
        total *= size
    if total <= limit:
        yield from itertools.product(*map(range, sizes))
        return
    lost, kept = [0] * len(sizes), [size - 1 for size in sizes]
    singles = [
        [*base[:at], number, *base[at + 1 :]]
        for base in (kept, lost)
        for at, size in enumerate(sizes)
        for number in range(size)
    ]
    yield kept
    yield lost
    yield from singles if len(singles) <= limit // 2 else luck.sample(singles, limit // 2)
    for _ in range(max(limit // 2, 1)):
        # Half of all slots at an end of their range: what is near "all lost" or "all kept" is likeliest to be wrong.
        yield [luck.choice((0, size - 1, luck.randrange(size))) for size in sizes]


class Crash(NamedTuple):
    """One state to look at: the tree, and which transactions it may hold."""

    tree: Tree
    acknowledged: int
    started: int
    at: int


def crashes(
    disk: Disk, log: Sequence[tuple[Any, ...]], *, limit: int, seed: int = 0, first: int = 0
) -> Iterator[Crash]:
    """Yield the distinct states that a power cut after each operation from the `first` on may leave.

    The log's marks ("started", n) and ("acknowledged", n) say which transactions a state may and must hold; ("begun", n)
    says both.
    """
    luck = random.Random(seed)
    seen: set[tuple[bytes, int, int]] = set()
    acknowledged = started = -1
    for at, operation in enumerate(log):
        if operation[0] == "started":
            started = operation[1]
        elif operation[0] == "acknowledged":
            acknowledged = operation[1]
        elif operation[0] == "begun":
            started = acknowledged = operation[1]
        else:
            disk.do(operation)
        if at < first:
            continue
        for tree in disk.crash_states(limit=limit, luck=luck):
            key = (hash_of(tree), acknowledged, started)
            if key not in seen:
                seen.add(key)
                yield Crash(tree, acknowledged, started, at)


def hash_of(tree: Tree) -> bytes:
    """Return what tells one tree from another."""
    return hashlib.sha256(repr(sorted(tree.items())).encode()).digest()


def materialise(tree: Tree, top: Path) -> None:
    """Put a state into a fresh folder."""
    top.mkdir(parents=True)
    for name, content in sorted(tree.items()):
        path = top / name
        if content is None:
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(content)
