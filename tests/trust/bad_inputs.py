"""What a row of the table of bad inputs is: how a good folder is spoiled, what is called, and what is to come of it."""

from __future__ import annotations

import contextlib
import enum
import io
import shlex
from collections.abc import Callable
from pathlib import Path

import attrs

import plandoc
from plandoc.cli import main
from plandoc.errors import PlandocError
from plandoc.store.open_stores import OPEN_STORES
from tests.builders import folder_bytes
from tests.records.folders import Spoil, everything_in
from tests.trust.fuzzing import within

# What steers a terminal, breaks lines or turns text round.
NEVER_SAID = frozenset("\x1b\r\0\u202e\u009b")


@attrs.frozen
class Ended:
    """How a call ended.

    Attributes:
        status: 0 done, 1 refused, 2 wrong usage; that of the command, or the same for the library.
        said: All that was printed, or the message of the error.
        kind: The class of the library's error; "" where there was none, and for the command.
    """

    status: int
    said: str
    kind: str = ""


class Way(enum.Enum):
    """How plandoc is called."""

    LIBRARY = "library"
    COMMAND = "command"


@attrs.frozen
class Call:
    """What is called, on the folder that was spoiled.

    Attributes:
        way: Through the library, or as the command.
        work: What is done.
    """

    way: Way
    work: Callable[[Path], Ended]

    def __call__(self, folder: Path) -> Ended:
        return self.work(folder)


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
        kind: The class of the library's error; "" where any will do.
        also: Other calls, made one after the other on the same folder, which end in the same way.
    """

    number: int
    name: str
    call: Call
    says: tuple[str, ...]
    status: int = 1
    spoil: Spoil = lambda _: None
    keeps: Callable[[Path], object] = every_file
    kind: str = ""
    also: tuple[Call, ...] = ()

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def calls(self) -> tuple[Call, ...]:
        """All that is called."""
        return (self.call, *self.also)


def command(*arguments: str) -> Call:
    """Call the command on the folder."""
    return by_command(lambda folder: called(folder, *arguments))


def called(folder: Path, *arguments: str) -> Ended:
    """Call the command on a folder, and return how it ended."""
    ended = called_as_typed("--data", str(folder), *arguments)
    # Hints name the folder as it was named; where the tests have it is not part of them.
    return attrs.evolve(ended, said=ended.said.replace(f"--data {shlex.quote(str(folder))} ", ""))


def called_as_typed(*arguments: str) -> Ended:
    """Call the command with these arguments and no others."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(list(arguments))
    return Ended(status, said.getvalue())


def by_command(work: Callable[[Path], Ended]) -> Call:
    """Call the command in a way of its own."""
    return Call(Way.COMMAND, work)


def by_library(work: Callable[[Path], Ended]) -> Call:
    """Call the library in a way of its own."""
    return Call(Way.LIBRARY, work)


def library(work: Callable[[Path], object]) -> Call:
    """Call the library; an error of plandoc is a refusal, any other fails the test."""

    def call(folder: Path) -> Ended:
        try:
            return Ended(0, str(work(folder)))
        except PlandocError as error:
            return Ended(1, str(error), type(error).__name__)

    return by_library(call)


def in_session(work: Callable[[plandoc.Session], object]) -> Call:
    """Call the library in a session that is committed."""

    def written(folder: Path) -> object:
        with plandoc.open_store(folder, timeout_seconds=0) as store, store.session() as session:
            return work(session)

    return library(written)


def problems_found(folder: Path) -> object:
    """Have the library check a folder; what it finds is a refusal."""
    found = plandoc.check(folder)
    if found:
        raise plandoc.errors.DamagedError(str(folder), found)
    return "nothing is wrong"


def assert_deserved(row: Row, folder: Path) -> None:
    """Spoil a folder, make the calls, and hold how each ends against the row."""
    stores = list(OPEN_STORES.open)
    row.spoil(folder)
    for call in row.calls:
        before = row.keeps(folder)
        with within(60):
            ended = call(folder)

        assert ended.status == row.status, ended.said
        assert row.kind in {"", ended.kind} or call.way is Way.COMMAND
        assert [words for words in row.says if words not in ended.said] == [], ended.said
        assert ended.status == 0 or ended.said.strip()
        assert "Traceback" not in ended.said
        assert not NEVER_SAID & set(ended.said)
        assert row.keeps(folder) == before
    assert list(OPEN_STORES.open) == stores, "a store that stays open changes what other tests mean by the only one"


CHECKED = library(problems_found)
CHECK = command("check")
