"""What a row of the table of bad inputs is: how a good folder is spoiled, what is called, and what is to come of it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import attrs

import plandoc
from plandoc.cli import main
from plandoc.errors import PlandocError
from tests.builders import folder_bytes
from tests.records.folders import Spoil, everything_in


@attrs.frozen
class Ended:
    """How a call ended.

    Attributes:
        status: 0 done, 1 refused, 2 wrong usage; that of the command, or the same for the library.
        said: All that was printed, or the message of the error.
    """

    status: int
    said: str


Call = Callable[[Path], Ended]


def every_file(folder: Path) -> object:
    """Everything in a folder: bytes, modes, times, links."""
    return everything_in(folder)


def every_document(folder: Path) -> object:
    """The bytes of the documents and the journal; a writer may leave its name beside them."""
    return folder_bytes(folder)


def nothing(_: Path) -> object:
    """For what is accepted and written."""
    return None


@attrs.frozen
class Row:
    """One bad input.

    Attributes:
        number: In the list of bad inputs; 0 for what is not in it.
        name: What it is.
        call: What is called.
        says: Parts of the message: file, table, row, field, found, wanted, way out.
        status: How it ends.
        spoil: What is done to a good folder before.
        keeps: What of the folder must be the same afterwards.
    """

    number: int
    name: str
    call: Call
    says: tuple[str, ...]
    status: int = 1
    spoil: Spoil = lambda _: None
    keeps: Callable[[Path], object] = every_file

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


def command(*arguments: str) -> Call:
    """Call the command on the folder."""

    def call(folder: Path) -> Ended:
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = main(["--data", str(folder), *arguments])
        return Ended(status, said.getvalue())

    return call


def library(work: Callable[[Path], object]) -> Call:
    """Call the library; an error of plandoc is a refusal, any other fails the test."""

    def call(folder: Path) -> Ended:
        try:
            return Ended(0, str(work(folder)))
        except PlandocError as error:
            return Ended(1, str(error))

    return call


def in_session(work: Callable[[plandoc.Session], object]) -> Call:
    """Call the library in a session that is committed."""

    def written(folder: Path) -> object:
        with plandoc.open_store(folder, timeout_seconds=0) as store, store.session() as session:
            return work(session)

    return library(written)
