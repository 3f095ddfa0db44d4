"""Making a new data folder so that a crash at any point leaves none, a complete one, or one that can be finished."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from plandoc.clock import Clock
from plandoc.errors import DamagedError, Outcome, PlandocError, Problem, StoreNotFoundError, shorten
from plandoc.errors.hints import TAKE_BACK, joined
from plandoc.storage import documents, journal, marker
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.layout import CATALOG, EVENTS_FOLDER, PLANS, STOCK, Layout
from plandoc.storage.lock import FolderLock, while_locked
from plandoc.storage.os_errors import translate_os_errors

# Those that every folder of plans has, beside its marker.
DOCUMENTS = (CATALOG, STOCK)


def is_initialized(root: Path, files: Files) -> bool:
    """Whether a folder holds a marker or a journal, from which a marker lost in a crash can be made again.

    Raises:
        StoreNotFoundError: when there is a file at the path, or it cannot be a path.
    """
    if "\0" in str(root):
        raise StoreNotFoundError(str(root), f"a path cannot contain a NUL character, found {shorten(str(root))}")
    with translate_os_errors(root, Outcome.NOT_SAVED):
        if files.status(root / marker.NAME) is not None:
            return True
        if root.exists() and not root.is_dir():
            raise StoreNotFoundError(str(root), f"{root} is a file; wanted the path of a data folder")
        return files.status(root / journal.NAME) is not None and bool(files.read(root / journal.NAME))


def create(
    root: Path, *, store_id: str, files: Files, clock: Clock, timeout_seconds: float, layout: Layout = PLANS
) -> None:
    """Make a data folder, or finish one whose creation was cut off; leave a complete one as it is."""
    with translate_os_errors(root, Outcome.NOT_SAVED):
        make_folders(root, files)

    def fill(_: FolderLock) -> None:
        with translate_os_errors(root, Outcome.NOT_SAVED):
            if not is_initialized(root, files):
                _fill(root, store_id, files, layout)

    while_locked(root, files, fill, action="create the folder", timestamp=clock(), timeout_seconds=timeout_seconds)


def contents(store_id: str) -> dict[str, bytes]:
    """Return the documents of a new store, with its marker last: it says that everything else is there."""
    return {**PLANS.first_documents(store_id), marker.NAME: marker.render(marker.Marker(store_id))}


def make_folders(root: Path, files: Files) -> None:
    """Make a folder and its missing parents, and make their names durable."""
    if root.is_dir():
        _settle_empty(root, files)
        return
    make_folders(root.parent, files)
    try:
        files.make_folder(root)
    except FileExistsError:
        # Another process was faster; it may not have reached its sync.
        if not root.is_dir():
            raise
    files.sync_folder(root.parent)


def _settle_empty(folder: Path, files: Files) -> None:
    """Make the name of an empty folder durable: the process that made it may have been killed before that."""
    # A process that may not read the parent folder did not make the folder there.
    with suppress(PermissionError):
        if not files.names(folder):
            files.sync_folder(folder.parent)


def _fill(root: Path, store_id: str, files: Files, layout: Layout) -> None:
    folder = DocumentFiles(root, files)
    if layout is PLANS:
        _refuse_documents(folder)
    # Even if it existed already, because its maker may have been stopped before its name was on the disk.
    files.sync_folder(root.parent)
    for name in layout.folders:
        if files.status(root / name) is None:
            files.make_folder(root / name)
    for name, content in layout.first_documents(store_id).items():
        folder.put_durably(name, content)
    folder.put_durably(journal.NAME, b"")
    # Last: the marker says that everything else is there.
    folder.put_durably(marker.NAME, marker.render(marker.Marker(store_id, holds=layout.holds)))


def refuse_lost_marker(root: Path, files: Files) -> None:
    """Refuse a folder that holds documents but no marker: it is not new, it has lost something.

    Raises:
        DamagedError: when it does.
    """
    if root.is_dir():
        _refuse_documents(DocumentFiles(root, files))


def _refuse_documents(folder: DocumentFiles) -> None:
    present = [name for name in folder.names(EVENTS_FOLDER) if name.endswith(".json")]
    found = {name: folder.read(name) for name in DOCUMENTS}
    present += [name for name, content in found.items() if content is not None and not is_empty(name, content)]
    if present:
        message = f"there are documents ({', '.join(present[:3])}) but no {marker.NAME}, so the folder is not new"
        hint = joined("; ", [TAKE_BACK, "or use an empty folder"])
        raise DamagedError(marker.NAME, [Problem(message, file=marker.NAME, hint=hint)])


def is_empty(name: str, content: bytes) -> bool:
    """Whether a document holds nothing."""
    try:
        return not any(documents.parse(name, content).tables.values())
    except PlandocError:
        # A power cut during the very first write leaves this; a document with content was synced long before.
        return not content.strip(b"\0").strip()


def is_of_a_data_folder(file: Path) -> bool:
    """Return whether a path is that of a file that a data folder depends on; no report or export belongs there."""
    if file.name in {marker.NAME, *DOCUMENTS, journal.NAME}:
        return (file.parent / marker.NAME).exists()
    return file.parent.name in {EVENTS_FOLDER, ".plandoc"} and (file.parent.parent / marker.NAME).exists()
