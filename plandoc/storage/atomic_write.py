"""The one way to put a file in place: written under another name, made durable, renamed, and the name made durable.

The order matters. If the disk kept the rename but lost the content, an empty file would be left under the name; and a name
whose folder was not synced may be gone after a power cut.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from plandoc.errors import Outcome
from plandoc.storage.files import Files, StrPath
from plandoc.storage.os_errors import storage_error


class AtomicWrite:
    """A file, or a folder of files, that appears as a whole or not at all.

    Each step raises the system's error; only the caller knows what it means for the user.

    Args:
        path: The name that it gets.
        temporary: Its name until then, in the same folder, because only then is renaming atomic.
        files: The calls to the operating system.
        folder: The open folder that both names are in; None looks the whole paths up.
    """

    __slots__ = ("_files", "folder", "path", "temporary")

    def __init__(self, path: StrPath, temporary: StrPath, files: Files, folder: int | None = None) -> None:
        self.path = path
        self.temporary = temporary
        self.folder = folder
        self._files = files

    def stage(
        self,
        content: bytes,
        mode: int | None = None,
        *,
        is_durable: bool = True,
        starts_writing: bool = False,
        owner: os.stat_result | None = None,
    ) -> None:
        """Write the content under the temporary name; when that fails, nothing is left there.

        Args:
            content: All of it.
            mode: The permission bits of the file that it replaces; None leaves them to the umask.
            is_durable: Return when the content is on the disk; False where something else protects it, as the journal
                does a document, or a sync of its own follows.
            starts_writing: Have the system begin to bring the content to the disk, because that sync is next.
            owner: Whose owner and group the file gets, as far as this process may give them; None leaves them to the system.
        """
        try:
            self._files.create(self.temporary, content, mode, folder=self.folder, starts_writing=starts_writing)
            if owner is not None:
                self._files.give_to(self.temporary, owner)
            if is_durable:
                self._files.sync_file(self.temporary)
        except OSError:
            self.discard()
            raise

    def stage_folder(self, contents: Mapping[str, bytes], inside: Sequence[str]) -> None:
        """Write a folder of files under the temporary name; everything but that name is durable.

        Args:
            contents: All of each file, by its path inside the folder.
            inside: The folders in it, which are made whether or not a file is in them.
        """
        temporary = Path(self.temporary)
        folders = [temporary, *(temporary / name for name in inside)]
        for folder in folders:
            self._files.make_folder(folder)
        for name, content in contents.items():
            self._files.create(temporary / name, content, None)
            self._files.sync_file(temporary / name)
        for folder in reversed(folders):
            self._files.sync_folder(folder)

    def replace(self) -> None:
        """Give it its name in one step, replacing whatever had that name."""
        self._files.replace(self.temporary, self.path, folder=self.folder)

    def publish(self) -> None:
        """Give a file or a folder its name in one step; nothing may have that name yet.

        Raises:
            FileExistsError: when something has it; then nothing was overwritten.
            StorageError: when the system refuses to show whether the name was given.
        """
        try:
            self._files.publish(self.temporary, self.path)
        except OSError as error:
            if not self.has_its_name(error):
                raise

    def has_its_name(self, error: OSError) -> bool:
        """Whether the name was given although the system reported an error, as a network file system can.

        Raises:
            StorageError: when the system refuses to show that.
        """
        if isinstance(error, FileNotFoundError):
            return False
        try:
            there, staged = self._files.status(self.path), self._files.status(self.temporary)
        except OSError:
            raise storage_error(error, self.path, Outcome.UNKNOWN, "the name could not be given") from error
        return there is not None and (staged is None or os.path.samestat(there, staged))

    def sync_name(self) -> None:
        """Return when the name is on the disk."""
        self._files.sync_folder(Path(self.path).parent)

    def discard(self) -> None:
        """Remove a file that was staged and is not to get its name; what the system refuses here is not an error."""
        with suppress(OSError):
            self._files.remove(self.temporary, folder=self.folder)
