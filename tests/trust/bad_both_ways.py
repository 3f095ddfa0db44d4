"""What the list of bad inputs names, on the way that the other tables leave out: the library, or the command."""

from __future__ import annotations

import datetime
import errno
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import plandoc
from plandoc import clock, records
from plandoc.storage import documents
from plandoc.storage.files import Files
from plandoc.tables import STOCK
from tests.builders import folder_bytes
from tests.records.folders import look_at_everything
from tests.trust.bad_documents import CATALOG, EVENT, MARKER, edited, written
from tests.trust.bad_inputs import (
    CHECK,
    CHECKED,
    Call,
    Ended,
    Row,
    by_command,
    by_library,
    called,
    command,
    every_document,
    in_session,
    library,
    nothing,
)
from tests.trust.bad_surroundings import (
    ADD,
    COPY,
    READING,
    START,
    WRITE,
    WRITING,
    a_hundred_megabytes,
    on_a_file_system_that,
    without_rights,
    write,
)
from tests.trust.bad_values import a_second_snapshot, cycle, in_every_document, without_goods, without_snapshot
from tests.trust.processes import ROOT, a_holder, ran

FORMATS = ROOT / "tests/formats"
BOM = b"\xef\xbb\xbf"


def written_without(mark: bytes) -> Callable[[Path], str]:
    """Read a folder that other hands wrote, and write to it; what they put there is gone from what was written."""

    def work(folder: Path) -> str:
        look_at_everything(folder)
        assert mark in (folder / CATALOG).read_bytes()
        name = write(folder)
        assert mark not in (folder / CATALOG).read_bytes()
        return name

    return work


def an_exact_amount(folder: Path) -> Ended:
    assert called(folder, "stock", "set", "sugar", "0.3", "kg").status == 0
    return called(folder, "stock", "list")


def an_old_folder(folder: Path) -> Path:
    old = folder.with_name("old")
    shutil.copytree(FORMATS / "1", old)
    return old


def _says_what_was_kept(old: Path, before: dict[str, bytes]) -> str:
    kept = list((old / ".plandoc").glob("before-format-*.zip"))
    assert len(kept) == (1 if documents.FORMAT > 1 else 0)
    assert folder_bytes(old) != before
    return f"written as format {json.loads((old / MARKER).read_bytes())['format']}"


def an_old_folder_by_library(folder: Path) -> str:
    old = an_old_folder(folder)
    before = folder_bytes(old)
    look_at_everything(old)
    assert folder_bytes(old) == before
    write(old)
    return _says_what_was_kept(old, before)


def an_old_folder_by_command(folder: Path) -> Ended:
    old = an_old_folder(folder)
    before = folder_bytes(old)
    assert called(old, "event", "list").status == 0
    assert folder_bytes(old) == before
    assert WRITE(old).status == 0
    return Ended(0, _says_what_was_kept(old, before))


def with_a_second_name_by_command(folder: Path) -> Ended:
    other = folder.with_name("second-name")
    os.link(folder / STOCK, other)
    before = other.read_bytes()
    ended = called(folder, "stock", "set", "flour", "1", "kg")
    assert other.read_bytes() == before != (folder / STOCK).read_bytes()
    return ended


def with_files_that(operation: str, fail: Callable[..., Any], work: Call) -> Call:
    """Call where an operation on files fails; afterwards it works again."""

    def call(folder: Path) -> Ended:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Files, operation, fail)
            ended = work(folder)
        assert WRITE(folder).status == 0
        assert plandoc.check(folder) == []
        return ended

    return Call(work.way, call)


def full(_: Files, *__: Any, **___: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def broken(name: str) -> Callable[..., Any]:
    """Reading one file fails."""
    really = Files.read

    def read(files: Files, path: Path, *arguments: Any) -> bytes:
        if Path(path).name == name:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return really(files, path, *arguments)

    return read


OF_A_SIZE = """
import sys, resource
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
try:
    with plandoc.open_store(sys.argv[1]) as store, store.session() as session:
        session.add(plandoc.Ingredient("Rye", notes="x" * 50_000))
except plandoc.StorageError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""
OF_FEW_FILES = """
import sys, os, resource
for arguments in (["init"], ["event", "add", "Tea", "--date", "2027-01-01"]):
    main(["--data", sys.argv[1] + "-of-before", *arguments])
lowest = os.dup(0)
resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + LEFT, lowest + LEFT))
sys.exit(main(["--data", sys.argv[1], "event", "add", "Tea", "--date", "2027-01-01"]))
"""


def in_a_process(script: str) -> Callable[[Path], Ended]:
    """Run a script; afterwards the folder is sound, and a write is taken."""

    def call(folder: Path) -> Ended:
        ended = ran(script, folder)
        assert WRITE(folder).status == 0
        assert plandoc.check(folder) == []
        return Ended(ended.returncode, ended.stdout + ended.stderr)

    return call


def while_it_is_held(folder: Path) -> Ended:
    patient = functools.partial(plandoc.store.open_store, timeout_seconds=0)
    with a_holder(folder), pytest.MonkeyPatch.context() as patch:
        patch.setattr(plandoc.store, "open_store", patient)
        return WRITE(folder)


def after_its_holder_died(folder: Path) -> Ended:
    with a_holder(folder) as holder:
        holder.kill()
        holder.wait()
        return WRITE(folder)


def during_a_command(meanwhile: Callable[[Path], object]) -> Call:
    """Do something to the folder while the command has changed its records and not saved them yet."""

    def call(folder: Path) -> Ended:
        really = plandoc.Session.add

        def add(session: plandoc.Session, record: Any) -> Any:
            added = really(session, record)
            meanwhile(folder)
            return added

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(plandoc.Session, "add", add)
            return WRITE(folder)

    return by_command(call)


def edited_meanwhile(folder: Path) -> Ended:
    content = (folder / EVENT).read_bytes()
    marker = (folder / MARKER).read_bytes()
    ended = during_a_command(lambda _: (folder / MARKER).write_bytes(marker + b"\n\n"))(folder)
    assert (folder / MARKER).read_bytes() == marker + b"\n\n"
    (folder / MARKER).write_bytes(marker)
    assert (folder / EVENT).read_bytes() == content
    return ended


def moved_meanwhile(folder: Path) -> Ended:
    away = folder.with_name("away")
    ended = during_a_command(lambda _: folder.rename(away))(folder)
    assert not folder.exists()
    away.rename(folder)
    return ended


def interrupt(_: Path) -> None:
    raise KeyboardInterrupt


INTERRUPTED = """
import os, signal, sys
add = plandoc.Session.add
def interrupted(session, record):
    added = add(session, record)
    os.kill(os.getpid(), signal.SIGTERM)
    return added
plandoc.Session.add = interrupted
sys.exit(main(["--data", sys.argv[1], "event", "add", "Tea", "--date", "2027-01-01"]))
"""


def ended_by_a_signal(folder: Path) -> Ended:
    before = folder_bytes(folder)
    ended = ran(INTERRUPTED, folder)
    assert ended.returncode == -signal.SIGTERM
    assert folder_bytes(folder) == before
    return WRITE(folder)


def two_at_once(folder: Path) -> Ended:
    line = [sys.executable, "-m", "plandoc", "--data", str(folder), "event", "add"]
    both = [
        subprocess.Popen(
            [*line, name, "--date", "2027-01-01"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for name in ("Tea", "Coffee")
    ]
    said = [each.communicate(timeout=60)[0].decode() for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    return called(folder, "event", "list")


def of_one_lock(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / ".plandoc").mkdir(exist_ok=True)
        (folder / ".plandoc/lock").unlink(missing_ok=True)
        make(folder / ".plandoc/lock")

    return spoil


def swept_by_command(folder: Path) -> Ended:
    (folder / "events/1.json.plandoc-tmp").write_bytes(b"half")
    (folder / "mine.tmp").write_bytes(b"mine")
    ended = WRITE(folder)
    assert not list(folder.rglob("*.plandoc-tmp"))
    assert (folder / "mine.tmp").read_bytes() == b"mine"
    return ended


def names_that_differ(folder: Path) -> Ended:
    folder.with_name("names.csv").write_text("name\n\u00c9clair\nE\u0301clair!\neclair.\n", "utf-8")
    assert called(folder, "ingredient", "import", "names.csv").status == 0
    return called(folder, "ingredient", "list")


def at(moment: datetime.datetime, *work: Call) -> Call:
    """Call several times at one and the same moment, whatever the clock of the machine says."""

    def call(folder: Path) -> Ended:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(clock, "system_clock", lambda: moment)
            patch.setattr(plandoc.store, "system_clock", lambda: moment, raising=False)
            ended = [each(folder) for each in work]
        for path in folder.rglob("*.json"):
            os.utime(path, (1, 1))
        assert [each.status for each in ended] == [0] * len(work), ended
        assert plandoc.check(folder) == []
        return called(folder, "event", "list")

    return by_command(call)


def in_a_narrow_locale(folder: Path) -> Ended:
    contents = []
    for variables in ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONUTF8": "1"}):
        copy = Path(shutil.copytree(folder, folder.with_name(f"copy{len(contents)}")))
        folder.with_name("rolls.csv").write_text("name\nBr\u00f6tchen \u65e5\n", "utf-8")
        script = "import sys\nsys.exit(main(['--data', sys.argv[1], 'ingredient', 'import', sys.argv[2]]))"
        assert ran(script, copy, folder.with_name("rolls.csv"), **variables).returncode == 0
        contents.append((copy / CATALOG).read_bytes())
    assert contents[0] == contents[1]
    return Ended(0, "the same bytes" if "Br\u00f6tchen \u65e5".encode() in contents[0] else "other bytes")


def a_hundred_megabytes_listed(folder: Path) -> Ended:
    a_hundred_megabytes(folder)
    return called(folder, "event", "list")


# What needs the snapshot of a started plan.
OF_A_STARTED_PLAN = (
    ("compare", "1"),
    ("snapshot", "1"),
    ("event", "show", "1"),
    ("report", "1", "-o", "report.html"),
    ("export", "export.json"),
    ("amend", "quantity", "1", "hamper", "3", "--reason", "more"),
)
LOOPING = b"recipe,sub_recipe,quantity\nFrosting,Sponge Cake,1\n"
NO_LOCKS = ("filelock.lock_descriptor", errno.ENOLCK)
THAT_THE_LIBRARY_READS = library(lambda folder: look_at_everything(folder) or "all of it")
BOTH_WAYS: tuple[Row, ...] = (
    Row(10, "byte order mark, read and written by the library", library(written_without(BOM)), ("Rye",), 0, in_every_document(lambda found: BOM + found), nothing),
    Row(11, "CR LF, read and written by the library", library(written_without(b"\r\n")), ("Rye",), 0, in_every_document(lambda found: found.replace(b"\n", b"\r\n")), nothing),
    Row(14, "half a surrogate pair, given to the command", command("event", "add", "\ud800", "--date", "2027-01-01"), ("name: Event: holds half a surrogate pair",), keeps=every_document),
    Row(15, "control character in a name, read by the library", in_session(lambda session: ascii(session.get(plandoc.Ingredient, 1).name)), (r"Fl\x00o\x1bur",), 0, edited(CATALOG, lambda tables: tables["ingredients"]["1"].update(name="Fl\0o\x1bur")), every_document),
    Row(24, "0.3, set and listed by the command", by_command(an_exact_amount), ("sugar\tSugar\t0.3\tkg",), 0, keeps=nothing),
    Row(24, "0.30000000000000004, given to the command", command("stock", "set", "flour", "0.30000000000000004", "kg"), ("AMOUNT: wanted at most 12 digits before and after the point",), keeps=every_document),
    Row(25, "30 February, given to the command", command("event", "add", "Tea", "--date", "2025-02-30"), ("--date: wanted a date such as 2026-12-25", "there is no such day as '2025-02-30'"), 2),
    Row(29, "started without a snapshot, read by the library", THAT_THE_LIBRARY_READS, ("all of it",), 0, edited(EVENT, without_snapshot)),
    Row(29, "started without a snapshot, started by the library", in_session(lambda session: plandoc.start_production(1, session=session)), ("cannot start production", "IN_PRODUCTION"), 1, edited(EVENT, without_snapshot), every_document, "PlanStateError"),
    Row(29, "started without a snapshot, checked by the library", CHECKED, (EVENT, "plan_snapshots", "IN_PRODUCTION but has no snapshot"), 1, edited(EVENT, without_snapshot)),
    Row(30, "two snapshots, checked by the library", CHECKED, (EVENT, "plan_snapshots 2, event_id: wanted one snapshot of the event, found rows 1 and 2", "only you can say which one is right"), 1, edited(EVENT, a_second_snapshot)),
    *(Row(30, f"two snapshots, {' '.join(line)}", command(*line), ("found rows 1 and 2",), 1, edited(EVENT, a_second_snapshot), every_document) for line in OF_A_STARTED_PLAN),
    Row(31, "recipes in a circle, checked by the library", CHECKED, (CATALOG, "recipes", "'Frosting' -> 'Sponge Cake' -> 'Frosting'"), 1, edited(CATALOG, cycle)),
    Row(31, "recipes in a circle, imported", command("recipe", "import", "circle.csv"), ("circle.csv:2: 'Frosting' contains itself: 'Frosting' -> 'Sponge Cake' -> 'Frosting'",), 1, lambda folder: written("../circle.csv", LOOPING)(folder), every_document),
    Row(33, "a folder of an older format, by the library", library(an_old_folder_by_library), (f"written as format {documents.FORMAT}",), 0),
    Row(33, "a folder of an older format, by the command", by_command(an_old_folder_by_command), (f"written as format {documents.FORMAT}",), 0),
    Row(36, "a catalog of an earlier time, checked by the library", CHECKED, (EVENT, "event_finished_goods", "Finished good 3 not found"), 1, edited(CATALOG, without_goods)),
    Row(36, "a marker of an earlier time, checked by the library", CHECKED, ("plandoc.json, next_event_id: wanted a next event id above 1, found 1",), 1, edited(MARKER, lambda marker: marker.update(next_event_id=1))),
    Row(41, "a document with a second name, by the command", by_command(with_a_second_name_by_command), ("in stock now: 1 kg of Flour",), 0, keeps=nothing),
    Row(42, "a folder that may only be read, read by the library", by_library(without_rights(0o555, 0o444, READING)), ("Christmas 2026",), 0),
    Row(42, "a folder that may only be read, written by the library", by_library(without_rights(0o555, 0o444, WRITING)), ("StorageError: ", "cannot lock the folder for writing: Permission denied: not saved")),
    Row(43, "a document that may only be read, by the command", command("stock", "set", "flour", "1", "kg"), ("stock.json: the file is read-only; give it write permission", "not saved"), 1, lambda folder: (folder / STOCK).chmod(0o444), every_document),
    Row(44, "a folder whose names may not be read, by the library", by_library(without_rights(0o311, 0o644, READING)), ("StorageError: ", "data/events: permission denied")),
    Row(45, "a full disk, by the command", with_files_that("write", full, WRITE), ("no space left on device: not saved; nothing was changed",), keeps=nothing),
    Row(45, "a disk that is full before a file is written, by the command", on_a_file_system_that(WRITE, space=("os.posix_fallocate", errno.ENOSPC)), ("no space left on device",), keeps=nothing),
    Row(46, "a limit of the size of files, by the library", by_library(in_a_process(OF_A_SIZE)), ("StorageError: ", "file too large: not saved; nothing was changed"), keeps=nothing),
    Row(47, "a document that cannot be read, by the command", with_files_that("read", broken(CATALOG), command("recipe", "list")), ("catalog.json: input/output error",), keeps=nothing),
    Row(48, "no open file is left, by the command", by_command(in_a_process(OF_FEW_FILES.replace("LEFT", "0"))), ("too many open files",), keeps=nothing),
    Row(48, "one open file is left, by the command", by_command(in_a_process(OF_FEW_FILES.replace("LEFT", "1"))), ("too many open files",), keeps=nothing),
    Row(49, "a lock that is held, by the command", by_command(while_it_is_held), ("is being written to by process ", "plan Christmas"), keeps=every_document),
    Row(50, "a lock of a process that died, by the command", by_command(after_its_holder_died), ("added 'Tea'",), 0, keeps=nothing),
    Row(51, "a lock file taken away while the command runs", during_a_command(lambda folder: (folder / ".plandoc/lock").unlink()), ("its lock file was removed", "nothing was saved"), keeps=every_document),
    Row(52, "a lock that is a link, by the library", library(write), ("wanted a plain file, found a symbolic link",), 1, of_one_lock(lambda path: path.symlink_to("../catalog.json")), every_document, "StorageError"),
    Row(52, "a lock that is a folder, by the library", library(write), ("wanted a plain file, found a folder: not saved",), 1, of_one_lock(Path.mkdir), every_document, "StorageError"),
    Row(53, "two commands at once", by_command(two_at_once), ("\ttea\t", "\tcoffee\t"), 0, keeps=nothing),
    Row(54, "unfinished files of a crash, swept by the command", by_command(swept_by_command), ("added 'Tea'",), 0, keeps=nothing),
    Row(55, "a copy that a sync service left, checked by the library", CHECKED, ("events/1 (conflicted copy).json", "second version of events/1.json"), 1, COPY),
    Row(56, "a document edited while the command runs", by_command(edited_meanwhile), ("plandoc.json was changed by another program during this change; nothing was saved",), keeps=every_document),
    Row(57, "a folder moved while the command runs", by_command(moved_meanwhile), ("data",), keeps=every_document),
    Row(59, "names that differ by case or form, imported", by_command(names_that_differ), ("\teclair\t", "\teclair-2\t", "\teclair-3\t"), 0, keeps=nothing),
    Row(60, "a clock at its beginning, by the command", at(START.replace(year=1970), WRITE, command("event", "add", "Coffee", "--date", "2027-01-01")), ("\ttea\t", "\tcoffee\t"), 0, keeps=nothing),
    Row(60, "a clock at its end, by the command", at(START.replace(year=9999), WRITE), ("\ttea\t",), 0, keeps=nothing),
    Row(61, "two commands of one moment", at(START, WRITE, command("event", "add", "Coffee", "--date", "2027-01-01")), ("\ttea\t", "\tcoffee\t"), 0, keeps=nothing),
    Row(62, "started twice, by the library", in_session(lambda session: plandoc.start_production(1, session=session)), ("cannot start production: the plan of 'Christmas 2026' (event 1) is IN_PRODUCTION",), keeps=every_document, kind="PlanStateError"),
    Row(63, "what no argument can hold", command("event", "add", "Te\0a", "--date", "2027-01-01"), ("no argument can hold a NUL character",), 2),
    Row(64, "an interruption of the command", during_a_command(interrupt), ("interrupted",), 130, keeps=every_document),
    Row(64, "a command that is ended by SIGTERM, and the next", by_command(ended_by_a_signal), ("added 'Tea'",), 0, keeps=nothing),
    Row(65, "a folder of a hundred megabytes, listed by the command", by_command(a_hundred_megabytes_listed), ("\n20000\t",), 0, keeps=nothing),
    Row(66, "a locale without umlauts, by the command", by_command(in_a_narrow_locale), ("the same bytes",), 0),
    Row(67, "a file system without locks, by the command", on_a_file_system_that(WRITE, lock=NO_LOCKS), ("this file system does not support file locks", "use a local disk", "not saved"), keeps=every_document),
    Row(68, "folders that cannot be synced, by the command", on_a_file_system_that(WRITE, sync=("os.fsync", errno.EINVAL)), ("added 'Tea'",), 0, keeps=nothing),
    Row(68, "folders that fail to be synced, by the command", on_a_file_system_that(WRITE, sync=("os.fsync", errno.EIO)), ("input/output error",), keeps=nothing),
    Row(26, "two events of one slug, by the command", CHECK, ("same slug as in events/1.json events 1",), 1, lambda folder: (called(folder, *ADD), edited("events/2.json", lambda tables: tables["events"]["2"].update(slug="christmas-2026"))(folder)) and None),
    Row(23, "10^18 portions, written by the library", in_session(lambda session: session.replace(records.EventFinishedGood(1, 3, 10**18, id=1))), ("quantity: EventFinishedGood: wanted a whole number of at most 1000000000000",), keeps=every_document, kind="ValidationError"),
)  # fmt: skip
