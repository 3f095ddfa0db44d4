"""Bad inputs that come from around the folder: paths, rights, links, full disks, locks, other programs, clocks."""

from __future__ import annotations

import contextlib
import datetime
import errno
import os
import resource
import shutil
import tempfile
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

import plandoc
from plandoc.errors import PlandocError
from plandoc.storage.files import Files
from plandoc.storage.folder import FolderBackend
from plandoc.store import Store
from tests.builders import folder_bytes
from tests.records.folders import everything_in
from tests.trust.bad_documents import CATALOG, EVENT
from tests.trust.bad_inputs import (
    CHECK,
    Call,
    Ended,
    Row,
    by_command,
    by_library,
    command,
    every_document,
    library,
    nothing,
)
from tests.trust.processes import a_holder, needs_other_rights, ran

ADD = ("event", "add", "Tea", "--date", "2027-01-01")
WRITE = command(*ADD)
SHOW = command("event", "show", "1")
START = datetime.datetime(2026, 1, 28, tzinfo=datetime.UTC)


def write(folder: Path, name: str = "Rye", **options: Any) -> str:
    with plandoc.open_store(folder, **{"timeout_seconds": 0, **options}) as store, store.session("write") as session:
        return session.add(plandoc.Ingredient(name)).name


class FailingFiles(Files):
    """Files on which one operation fails from a moment on, on all of them or on the one of a name."""

    def __init__(self, operation: str, number: int, only: str = "") -> None:
        self.broken = False
        really = getattr(self, operation)

        def fail(*arguments: Any, **options: Any) -> Any:
            if self.broken and str(arguments[0]).endswith(only):
                raise OSError(
                    number, os.strerror(number), next((str(a) for a in arguments if isinstance(a, Path)), None)
                )
            return really(*arguments, **options)

        setattr(self, operation, fail)


def elsewhere(name: str, call: Call) -> Call:
    """Call on something beside or below the folder."""
    return Call(call.way, lambda folder: call(folder / name))


def on_failing_files(operation: str, number: int) -> Call:
    """Write where an operation fails; then it works again, and the next write is taken."""

    def call(folder: Path) -> Ended:
        files = FailingFiles(operation, number)
        with Store(FolderBackend(folder, files=files)) as store:
            before = folder_bytes(folder)
            files.broken = True
            with pytest.raises(PlandocError) as refused, store.session() as session:
                session.add(plandoc.Ingredient("Rye"))
            files.broken = False
            assert folder_bytes(folder) == before
            assert not list(folder.rglob("*.plandoc-tmp"))
            with store.session() as session:
                session.add(plandoc.Ingredient("Spelt"))
        assert plandoc.check(folder) == []
        return Ended(1, str(refused.value), type(refused.value).__name__)

    return by_library(call)


def unreadable_catalog(folder: Path) -> str:
    files = FailingFiles("read", errno.EIO, CATALOG)
    with contextlib.closing(Store(FolderBackend(folder, files=files))) as store:
        files.broken = True
        return str(store.read(lambda session: session.find(plandoc.Recipe)))


def held_to_a_size(folder: Path) -> Ended:
    ended = ran(
        "import resource, sys\nfolder = sys.argv[1]\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))\n"
        "sys.exit(main(['--data', folder, 'event', 'add', 'Tea', '--date', '2027-01-01', '--notes', 'x' * 50_000]))",
        folder,
    )
    assert WRITE(folder).status == 0
    return Ended(ended.returncode, ended.stdout + ended.stderr)


def out_of_descriptors(folder: Path) -> str:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with plandoc.open_store(folder) as store:
        lowest = os.dup(0)
        os.close(lowest)
        try:
            with store.session() as session:
                session.add(plandoc.Ingredient("Rye"))
                resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, before[1]))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
    return "taken"


def with_descriptors_back(folder: Path) -> Ended:
    ended = library(out_of_descriptors)(folder)
    write(folder, "Spelt")
    assert plandoc.check(folder) == []
    return ended


def while_it_is_held(folder: Path) -> Ended:
    with a_holder(folder):
        return library(write)(folder)


def after_its_holder_died(folder: Path) -> str:
    with a_holder(folder) as holder:
        holder.kill()
        holder.wait()
        return write(folder)


def through_a_link(folder: Path) -> str:
    link = folder.with_name("link")
    link.symlink_to(folder)
    with plandoc.open_store(folder) as store, store.session():
        assert library(write)(link).status == 1
    return write(link)


def through_a_link_by_command(folder: Path) -> Ended:
    link = folder.with_name("link")
    link.symlink_to(folder)
    assert WRITE(link).status == 0
    return command("event", "list")(folder)


def with_a_second_name(folder: Path) -> str:
    other = folder.with_name("second-name")
    os.link(folder / CATALOG, other)
    before = other.read_bytes()
    write(folder)
    return "kept" if other.read_bytes() == before != (folder / CATALOG).read_bytes() else "changed"


def during_a_session(meanwhile: Callable[[Path], object]) -> Call:
    """Do something to the folder while a session is open."""

    def work(folder: Path) -> str:
        with plandoc.open_store(folder) as store, store.session() as session:
            session.add(plandoc.Ingredient("Rye"))
            meanwhile(folder)
        return "taken"

    return library(work)


def edited_meanwhile(folder: Path) -> Ended:
    content = (folder / CATALOG).read_bytes()
    ended = during_a_session(lambda _: (folder / CATALOG).write_bytes(content + b"\n"))(folder)
    assert (folder / CATALOG).read_bytes() == content + b"\n"
    (folder / CATALOG).write_bytes(content)
    return ended


def moved_meanwhile(folder: Path) -> Ended:
    away = folder.with_name("away")
    ended = during_a_session(lambda _: folder.rename(away))(folder)
    assert not folder.exists()
    away.rename(folder)
    return ended


def lock_file_as(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / ".plandoc").mkdir(exist_ok=True)
        (folder / ".plandoc/lock").unlink(missing_ok=True)
        make(folder / ".plandoc/lock")

    return spoil


BY_COMMAND = "import sys\nsys.exit(main(['--data', sys.argv[1], *{arguments!r}]))"
BY_LIBRARY = """
import sys
try:
    with plandoc.open_store(sys.argv[1]) as store:
        {work}
except plandoc.PlandocError as error:
    sys.exit(f"{{type(error).__name__}}: {{error}}")
"""
READING = BY_LIBRARY.format(work="print(store.read(lambda session: session.find(plandoc.Event)))")
WRITING = BY_LIBRARY.format(work="with store.session() as session: session.add(plandoc.Ingredient('Rye'))")


def without_rights(mode_of_folders: int, mode_of_files: int, script: str) -> Callable[[Path], Ended]:
    """Run a script as somebody who is not the superuser."""

    def call(folder: Path) -> Ended:
        needs_other_rights()
        # Not below the folder of the tests, which every new run of them closes to others again.
        with tempfile.TemporaryDirectory() as place:
            Path(place).chmod(0o755)
            copy = Path(shutil.copytree(folder, Path(place) / "data"))
            for path in [*copy.rglob("*"), copy]:
                path.chmod(mode_of_folders if path.is_dir() else mode_of_files)
            before = everything_in(copy)
            ended = ran(script, copy, without_rights=True)
            assert everything_in(copy) == before, "nothing is changed or left behind"
        return Ended(ended.returncode, ended.stdout + ended.stderr)

    return call


def put(**files: bytes) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        for name, content in files.items():
            (folder / name).write_bytes(content)

    return spoil


LEFT = put(**{"events/1.json.plandoc-tmp": b"half", "catalog.json.plandoc-tmp": b"h"})
STRANGE = put(**{".DS_Store": b"\0", "Thumbs.db": b"\0", "notes.txt": b"buy flour", "events/.DS_Store": b"\0"})
COPY = put(**{"events/1 (conflicted copy).json": b"{}"})


def swept_at_the_next_write(folder: Path) -> str:
    (folder / "mine.tmp").write_bytes(b"mine")
    write(folder)
    return f"{len(list(folder.rglob('*.plandoc-tmp')))} left, {(folder / 'mine.tmp').read_bytes().decode()} kept"


def a_clock_that_goes_backwards(folder: Path) -> str:
    moments = iter([START - datetime.timedelta(days=n) for n in range(99)] + [START.replace(year=1970)] * 99)
    with plandoc.open_store(folder, clock=lambda: next(moments)) as store:
        for _ in range(3):
            with store.session() as session:
                session.add(plandoc.Ingredient("Rye"))
        slugs = store.read(lambda session: [one.slug for one in session.find(plandoc.Ingredient)])
    assert plandoc.check(folder) == []
    return " ".join(slugs[-3:])


def two_commits_of_one_moment(folder: Path) -> str:
    with plandoc.open_store(folder, clock=lambda: START) as one, plandoc.open_store(folder, clock=lambda: START) as two:
        for store, name in ((one, "Rye"), (two, "Spelt"), (one, "Barley")):
            with store.session() as session:
                session.add(plandoc.Ingredient(name))
            os.utime(folder / CATALOG, (1, 1))
        return " ".join(made.name for made in two.read(lambda session: session.find(plandoc.Ingredient))[-3:])


def within_another_session(folder: Path) -> Ended:
    with plandoc.open_store(folder) as store, store.session():
        ended = library(lambda _: store.session().__enter__())(folder)
        refused = []
        thread = threading.Thread(target=lambda: refused.append(library(write)(folder)))
        thread.start()
        thread.join()
    assert refused[0].status == 1
    return ended


def interrupted(folder: Path) -> str:
    with plandoc.open_store(folder) as store:
        with contextlib.suppress(KeyboardInterrupt), store.session() as session:
            session.add(plandoc.Ingredient("Rye"))
            raise KeyboardInterrupt
        with store.session(timeout_seconds=0) as session:
            return f"{len(session.find(plandoc.Ingredient))} ingredients"


def a_hundred_megabytes(folder: Path) -> str:
    text = (folder / EVENT).read_text("utf-8")
    for number in range(2, 20_001):
        again = text.replace('"document":"events/1.json"', f'"document":"events/{number}.json"')
        again = again.replace('"event_id":1,', f'"event_id":{number},').replace(
            '  "1": {"name"', f'  "{number}": {{"name"'
        )
        again = again.replace('"slug":"christmas-2026"', f'"slug":"christmas-{number}"')
        (folder / f"events/{number}.json").write_text(again.replace('"events":2', f'"events":{number + 1}'), "utf-8")
    with plandoc.open_store(folder) as store, store.session() as session:
        return f"{len(session.find(plandoc.Event))} events, {len(session.find(plandoc.Ingredient))} ingredients"


def in_a_narrow_locale(folder: Path) -> str:
    contents = []
    for variables in ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONUTF8": "1"}):
        copy = Path(shutil.copytree(folder, folder.with_name(f"copy{len(contents)}")))
        script = "import sys\nwith plandoc.open_store(sys.argv[1]) as store, store.session() as s:\n    s.add(plandoc.Ingredient('Br\\u00f6tchen \\u65e5'))"
        assert ran(script, copy, **variables).stderr == ""
        contents.append((copy / CATALOG).read_bytes())
    return "the same bytes" if contents[0] == contents[1] and "Brötchen 日".encode() in contents[0] else "other bytes"


def on_a_file_system_that(written: Call, **calls: tuple[str, int]) -> Call:
    """Write where calls of the system fail."""

    def call(folder: Path) -> Ended:
        with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            for name, number in calls.values():

                def fail(*_: object, number: int = number, **__: object) -> Any:
                    raise OSError(number, os.strerror(number))

                patch.setattr(name, fail)
            ended = written(folder)
        if ended.status:
            return ended
        return attrs.evolve(ended, said=" ".join([ended.said, *(str(warning.message) for warning in warned)]))

    return Call(written.way, call)


SURROUNDINGS: tuple[Row, ...] = (
    Row(37, "no folder", elsewhere("no", SHOW), ("create one with 'plandoc init'",)),
    Row(37, "a file", elsewhere(CATALOG, SHOW), ("catalog.json is a file; wanted the path of a data folder",)),
    Row(37, "a file, to be made a folder", elsewhere(CATALOG, command("init")), ("is a file; wanted the path of a",)),
    Row(40, "the folder through a link", library(through_a_link), ("Rye",), 0, keeps=nothing),
    Row(40, "the folder through a link, by the command", by_command(through_a_link_by_command), ("\ttea\t",), 0, keeps=nothing),
    Row(41, "a document with a second name", library(with_a_second_name), ("kept",), 0, keeps=nothing),
    Row(42, "a folder that may only be read, read", by_command(without_rights(0o555, 0o444, BY_COMMAND.format(arguments=("event", "show", "1")))), ("Christmas 2026",), 0),
    Row(42, "a folder that may only be read, written", by_command(without_rights(0o555, 0o444, BY_COMMAND.format(arguments=ADD))), ("cannot lock the folder for writing: Permission denied: not saved",)),
    Row(43, "a document that may only be read", library(write), ("catalog.json: the file is read-only; give it write permission", "not saved"), 1, lambda folder: (folder / CATALOG).chmod(0o444), every_document),
    Row(44, "a folder whose names may not be read", by_command(without_rights(0o311, 0o644, BY_COMMAND.format(arguments=("event", "list")))), ("data/events: permission denied",)),
    Row(44, "a folder that may not be entered", by_command(without_rights(0o644, 0o644, BY_COMMAND.format(arguments=("event", "list")))), ("permission denied", "data")),
    Row(45, "a full disk, in the journal", on_failing_files("write", errno.ENOSPC), ("no space left on device: not saved; nothing was changed",), keeps=nothing),
    Row(45, "a full disk, in the lock's folder", on_failing_files("open_to_write", errno.ENOSPC), ("No space left on device: not saved",), keeps=nothing),
    Row(46, "a limit of the size of files", by_command(held_to_a_size), ("file too large: not saved; nothing was changed",), keeps=nothing),
    Row(47, "a document that cannot be read", library(unreadable_catalog), ("catalog.json: input/output error",)),
    Row(48, "no more open files", by_library(with_descriptors_back), ("too many open files", "not saved"), keeps=nothing),
    Row(49, "a lock that is held", by_library(while_it_is_held), ("is being written to by process ", "plan Christmas", "waited 0 seconds"), keeps=every_document),
    Row(50, "a lock of a process that died", library(after_its_holder_died), ("Rye",), 0, keeps=nothing),
    Row(51, "a lock file taken away while held", during_a_session(lambda folder: (folder / ".plandoc/lock").unlink()), ("its lock file was removed", "nothing was saved"), keeps=every_document),
    Row(52, "a lock that is a folder", WRITE, ("lock: cannot lock the folder for writing: wanted a plain file, found a folder: not saved",), 1, lock_file_as(Path.mkdir), every_document),
    Row(52, "a lock that is a link", WRITE, ("lock: cannot lock the folder for writing: wanted a plain file, found a symbolic link",), 1, lock_file_as(lambda path: path.symlink_to("../catalog.json")), every_document),
    Row(52, "a lock that is a pipe", WRITE, ("wanted a plain file, found a pipe",), 1, lock_file_as(os.mkfifo), every_document),
    Row(53, "a session within a session", by_library(within_another_session), ("this thread already has an open session; pass it with session=",), keeps=every_document),
    Row(54, "unfinished files of a crash, read", SHOW, ("Christmas 2026",), 0, LEFT),
    Row(54, "unfinished files of a crash, swept", library(swept_at_the_next_write), ("0 left, mine kept",), 0, LEFT, nothing),
    Row(55, "files of other programs", CHECK, ("nothing is wrong",), 0, STRANGE),
    Row(55, "a copy that a sync service left", CHECK, ("events/1 (conflicted copy).json", "second version of events/1.json"), 1, COPY),
    Row(56, "a document edited during a session", by_library(edited_meanwhile), ("catalog.json was changed by another program during this change; nothing was saved",), keeps=every_document),
    Row(57, "a folder moved while it is open", by_library(moved_meanwhile), ("data",), keeps=every_document),
    Row(60, "a clock that goes backwards", library(a_clock_that_goes_backwards), ("rye rye-2 rye-3",), 0, keeps=nothing),
    Row(61, "two commits of one moment", library(two_commits_of_one_moment), ("Rye Spelt Barley",), 0, keeps=nothing),
    Row(64, "an interruption in a session", library(interrupted), ("3 ingredients",), 0, keeps=every_document),
    Row(65, "a folder of a hundred megabytes", library(a_hundred_megabytes), ("20000 events, 3 ingredients",), 0, keeps=nothing),
    Row(66, "a locale without umlauts", library(in_a_narrow_locale), ("the same bytes",), 0),
    Row(67, "a file system without locks", on_a_file_system_that(library(write), lock=("filelock.lock_descriptor", errno.ENOLCK)), ("this file system does not support file locks", "use a local disk", "not saved"), keeps=every_document),
    Row(68, "folders that cannot be synced", on_a_file_system_that(library(write), sync=("os.fsync", errno.EINVAL)), ("Rye", "cannot sync folders; new files may not survive a power cut"), 0, keeps=nothing),
    Row(0, "files that cannot be given space", on_a_file_system_that(library(write), space=("os.posix_fallocate", errno.EOPNOTSUPP)), ("Rye",), 0, keeps=nothing),
    Row(45, "a disk that is full before a file is written", on_a_file_system_that(library(write), space=("os.posix_fallocate", errno.ENOSPC)), ("no space left on device",), keeps=nothing),
    Row(68, "folders that fail to be synced", on_a_file_system_that(library(write), sync=("os.fsync", errno.EIO)), ("input/output error",), keeps=nothing),
    # Not in that list.
    Row(0, "a folder for the lock that is a file", WRITE, ("cannot lock the folder for writing",), 1, lambda folder: (shutil.rmtree(folder / ".plandoc"), (folder / ".plandoc").touch()) and None, every_document),
    Row(0, "a folder for the lock that is a link", WRITE, ("found a symbolic link that leads elsewhere",), 1, lambda folder: (shutil.rmtree(folder / ".plandoc"), (folder / ".plandoc").symlink_to("/tmp")) and None, every_document),
    Row(0, "a wish to make a folder in a file", elsewhere(f"{CATALOG}/x", command("init")), ("catalog.json",)),
    Row(0, "a folder named by control characters", elsewhere("\x1b[31m\n", SHOW), (r"\x1b[31m",)),
    Row(0, "a folder with a NUL in its name", library(lambda folder: plandoc.open_store(folder / "a\0b")), ("a path cannot contain a NUL character", "not saved")),
    Row(0, "a folder with a name too long", elsewhere("x" * 300, SHOW), ("name too long",)),
)  # fmt: skip
