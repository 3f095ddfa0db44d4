"""Restoring single documents from a backup."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import attrs

from plandoc.domain.local_time import format_timestamp
from plandoc.engine.document import DocumentSession
from plandoc.errors import PlandocError, Problem, ValidationError
from plandoc.errors.hints import Hint, wording
from plandoc.frozen import frozen
from plandoc.maintenance.backups.backup_reader import Backup, open_backup
from plandoc.storage import documents, recovery
from plandoc.storage.migrations import origin, parts
from plandoc.tables import BY_TYPE, MARKER, tables_of


@frozen
class RestoreSource:
    """A backup to restore documents from.

    Attributes:
        backup: The backup.
        store_id: The identity of the folder that is repaired.
    """

    backup: Backup
    store_id: str

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, store_id: str, allow_other_folder: bool) -> RestoreSource:
        """Read a backup.

        Raises:
            ValidationError: when it is of another folder, without `allow_other_folder`.
            DamagedError: when it cannot be trusted.
        """
        backup = open_backup(path)
        found = backup.manifest.store_id
        if found != store_id and not allow_other_folder:
            message = f"the backup was made of another folder ({found}), not of this one ({store_id})"
            hint = wording(
                "use a backup of this folder; or repair with {option}, and its documents become part of this one",
                option=Hint.ALLOW_OTHER_FOLDER(),
            )
            raise ValidationError([Problem(message, file=str(backup.path), hint=hint)])
        return cls(backup, store_id)

    def has_sound(self, name: str) -> bool:
        """Whether it has a document of this name without problems."""
        return self._sound(name) is not None

    def content(self, name: str, referred: Mapping[str, int]) -> bytes:
        """Return the content that a document gets: that of the backup, with next ids above those in use.

        Args:
            name: The document.
            referred: The highest id of each table that other documents refer to.
        """
        document = self._sound(name)
        if document is None:
            raise ValidationError([Problem("the backup has no intact document of this name", file=name)])
        document.advance_counters()
        for table_name, table in tables_of(name).items():
            if document.next_id(table) <= referred.get(table_name, 0):
                document.reserve_ids(table, referred[table_name] + 1)
        # A document that was divided since is rendered anew; any other is migrated when it is read.
        is_as_it_was = not document.changed and self.backup.manifest.store_id == self.store_id
        return (
            self.backup.documents[name] if is_as_it_was and len(self._parts(name)) == 1 else document.render().content
        )

    def lost_since(self, state: recovery.State | None) -> str:
        """Return what is lost by restoring from the backup."""
        then, now = self.backup.manifest.serial, 0 if state is None else state.serial
        when = f"{format_timestamp(self.backup.manifest.created_at)} (transaction {then})"
        if self.backup.manifest.store_id != self.store_id:
            return f"the version of another folder, of {when}"
        if now <= then:
            return f"the version of {when}; nothing was saved since"
        since = f"transaction {now}" if now == then + 1 else f"transactions {then + 1} to {now}"
        return f"the version of {when}; changes by {since} are lost"

    def _parts(self, name: str) -> tuple[str, ...]:
        number = self.backup.marker.format
        return parts(origin(name, number), number)

    def _sound(self, name: str) -> DocumentSession | None:
        file = self._parts(name)[0]
        content = self.backup.documents.get(file)
        if content is None or name == MARKER:
            return None
        try:
            document = documents.parse(file, content)
            opened = DocumentSession(attrs.evolve(document, store_id=self.store_id), name)
        except PlandocError:
            return None
        belongs = document.store_id == self.backup.manifest.store_id
        return opened if belongs and not opened.problems() else None


def highest_referred(contents: Iterable[tuple[str, bytes | None]]) -> dict[str, int]:
    """Return the highest id of each table of the catalog that the documents of events refer to.

    Events can still refer to a lost row of the catalog; a new row must not get its id.
    """
    highest: dict[str, int] = {}
    for name, content in contents:
        try:
            document = DocumentSession(documents.parse(name, content or b""))
            ids = list(_referred(document))
        except PlandocError:
            continue
        for table, row_id in ids:
            highest[table] = max(highest.get(table, 0), row_id)
    return highest


def _referred(document: DocumentSession) -> Iterable[tuple[str, int]]:
    for table in tables_of(document.name).values():
        for record in document.find(table) if table.references else ():
            for reference in table.references:
                for row_id in reference.ids(record):
                    yield BY_TYPE[reference.target].name, row_id
