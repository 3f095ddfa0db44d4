"""`plandoc push`, `plandoc pull` and `plandoc sql-views`: a store on a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import UsageError
from plandoc.exchange.sql_views import sql_views
from plandoc.maintenance.transfers import pull as pulling
from plandoc.maintenance.transfers import push as pushing
from plandoc.maintenance.transfers.agreement import TransferReport
from plandoc.storage import address


def push(
    source: Annotated[Path, Parameter("FOLDER")],
    target: Annotated[str, Parameter("URL")],
    /,
    *,
    allow_newer: bool = False,
    allow_other_store: bool = False,
    folder: Folder,
) -> None:
    """Make a store on a server hold what a data folder holds, completely or not at all.

    The store is made if there is none. Changes that were made there since the last push or pull are not overwritten.

    Args:
        source: The data folder.
        target: The address of the store, such as postgresql://anna@server/bakery.
        allow_newer: Overwrite changes on the server that the folder does not have, which are then lost.
        allow_other_store: Replace another store, which is then lost.

    Examples:
        plandoc push data postgresql://anna@server/bakery
        plandoc push data "postgresql://anna@server/bakery?schema=shop"
    """
    _transfer(
        partial(pushing.push, source, target, allow_newer=allow_newer, allow_other_store=allow_other_store), folder
    )


def pull(
    source: Annotated[str, Parameter("URL")],
    target: Annotated[Path, Parameter("FOLDER")],
    /,
    *,
    allow_newer: bool = False,
    allow_other_store: bool = False,
    folder: Folder,
) -> None:
    """Make a data folder hold what a store on a server holds, completely or not at all.

    The folder is made if there is none. Changes that were made there since the last push or pull are not overwritten.

    Args:
        source: The address of the store, such as postgresql://anna@server/bakery.
        target: The data folder.
        allow_newer: Overwrite changes in the folder that the server does not have; what it held is kept beside it.
        allow_other_store: Replace a folder of another store; what it held is kept beside it.

    Examples:
        plandoc pull postgresql://anna@server/bakery data
    """
    _transfer(
        partial(pulling.pull, source, target, allow_newer=allow_newer, allow_other_store=allow_other_store), folder
    )


def print_sql_views(*, folder: Folder) -> None:
    """Print the SQL that makes a view of each table of a store on a server, for psql.

    Examples:
        plandoc sql-views
        plandoc --data "postgresql://anna@server/bakery?schema=shop" sql-views
    """
    on_server = address.address_of(folder.place)
    schema = address.DEFAULT_SCHEMA if on_server is None else address.divided(on_server)[1]
    for line in sql_views(schema).splitlines():
        printing.say(line, wraps=False)


def _transfer(transfer: Callable[[], TransferReport], folder: Folder) -> None:
    if folder.given is not None:
        raise UsageError("this command names its folder itself; leave --data out")
    folder.work_log.begin()
    report = transfer()
    folder.work_log.end(f"{report.target} was written" if report.changed else None)
    if report.kept is not None:
        printing.say(f"{report.kept}: the previous contents of the folder")
    if not report.changed:
        printing.say(f"{report.target}: already as in {report.source}, nothing was changed")
        return
    printing.say(f"{report.target}: {report.changed} of {report.documents} documents written, from {report.source}")
