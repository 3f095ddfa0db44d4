"""`plandoc export` and `export-csv`: the data of the folder as files for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from plandoc.cli import printing
from plandoc.cli.arguments import as_path
from plandoc.cli.data_folder import Folder
from plandoc.engine.session import Session
from plandoc.errors import PlandocError, StorageError, hints
from plandoc.exchange import csv_export
from plandoc.exchange.native.export_native import RenderedExport, render_export, write_export
from plandoc.records import Event
from plandoc.workflow.catalog import find_by_key

Table = Literal["ingredients", "recipes", "goods", "stock", "events", "plans", "batches"]


# The file name that means the standard output.
_STANDARD_OUTPUT = "-"


def export(
    file: str,
    /,
    *events: str,
    replace: bool = False,
    folder: Folder,
) -> None:
    """Export everything, or some events with what they need, as one JSON file that plandoc can import.

    An earlier export in that file is replaced; any other file is refused.

    Args:
        file: The file; - means the standard output.
        events: The events, by their short names or numbers; omit them to export everything.
        replace: Replace the file even if it is not an export.

    Examples:
        plandoc export everything.json
        plandoc export - harbour-market
    """
    target = Path(file) if file == _STANDARD_OUTPUT else as_path(file, "FILE")

    def render(session: Session) -> RenderedExport:
        ids = tuple(find_by_key(Event, event, session=session).id for event in events) if events else None
        return render_export(ids, session=session)

    rendered = folder.read(render)
    if file == _STANDARD_OUTPUT:
        printing.print_json_as_it_is(rendered.content)
        return
    folder.work_log.begin()
    try:
        report = write_export(rendered, target, replace=replace)
    except StorageError:
        raise
    except PlandocError as error:
        message = hints.for_command(error.args[0])
        raise PlandocError(message.replace("name a file", "name a file, or -")) from error
    folder.work_log.end(f"the export is in {report.path}")
    columns = [printing.Column("table"), printing.Column("rows", is_number=True)]
    printing.print_table("Export", columns, list(report.tables.items()), when_empty="there is nothing to export yet")
    printing.say(f"{report.path}: {report.size_bytes} bytes")


def export_csv(
    place: Path,
    /,
    *,
    table: list[Table] | None = None,
    replace: bool = False,
    folder: Folder,
) -> None:
    """Write tables for a spreadsheet into a folder, one CSV file for each.

    An apostrophe is put before text that a spreadsheet would take for a formula.

    Args:
        place: The folder for the files; created if missing.
        table: One of the tables; repeat it for several. By default all are written.
        replace: Replace existing files.

    Examples:
        plandoc export-csv tables --table recipes --table stock
    """
    rendered = folder.read(lambda session: csv_export.render_csv(table, session=session))
    folder.work_log.begin()
    written = csv_export.write_csv(rendered, place, replace=replace)
    folder.work_log.end(f"the tables are in {place}")
    for file in written:
        printing.say(str(file))
