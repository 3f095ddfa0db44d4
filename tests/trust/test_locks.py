"""Locks as they are met in life: holders that die, hang or fork, folders that may only be read, and what is said then."""

from __future__ import annotations

import ast
import datetime
import errno
import json
import os
import re
import signal
import threading
from pathlib import Path

import pytest

import plandoc
from plandoc.errors import LockTimeout, Outcome, SessionError, StorageError
from plandoc.storage.holder import Holder
from tests.builders import a_bakery, folder_bytes
from tests.records.folders import everything_in
from tests.trust.processes import ROOT, a_holder, let_everybody_reach, needs_other_rights, ran

MOMENT = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=datetime.UTC)
WRITE = """
with plandoc.open_store(sys.argv[1], timeout_seconds=5) as store, store.session("write") as session:
    session.add(plandoc.Ingredient("Rye"))
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with plandoc.open_store(tmp_path / "data", create=True) as store:
        a_bakery(store)
    return tmp_path / "data"


def written_to(folder: Path, timeout_seconds: float = 0) -> None:
    with plandoc.open_store(folder, timeout_seconds=timeout_seconds) as store, store.session("write") as session:
        session.add(plandoc.Ingredient("Rye"))


def test_the_lock_of_a_holder_that_was_killed_is_free_at_once(data: Path) -> None:
    with a_holder(data) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        written_to(data)

    assert plandoc.check(data) == []


def test_a_holder_that_hangs_is_told_with_process_host_command_and_age_and_can_be_ended(data: Path) -> None:
    with a_holder(data) as holder:
        holder.send_signal(signal.SIGSTOP)
        before = folder_bytes(data)
        with pytest.raises(LockTimeout) as refused:
            written_to(data)
        told = str(refused.value)

        assert folder_bytes(data) == before
        holder.kill()
        holder.wait()
        written_to(data)

    assert refused.value.holder["pid"] == holder.pid
    assert f"process {holder.pid} on {os.uname().nodename}, since " in told
    assert re.search(r"\(\d+:\d\d:\d\d ago\): plan Christmas \(-c ", told)
    assert "if it hangs, end that process" in told


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"since": "2026-11-24T10:30:00+00:00"}, "since 2026-11-24T10:30:00+00:00 (1:30:00 ago): bake (plandoc)"),
        ({"since": "2026-11-24T12:00:01+00:00"}, "since 2026-11-24T12:00:01+00:00: bake"),
        ({"since": "yesterday"}, "since yesterday: bake"),
        ({"since": "2026-11-24T10:30:00"}, "since 2026-11-24T10:30:00: bake"),
        ({"since": None}, "since None: bake"),
        ({"command": None}, "12:00:00+00:00 (0:00:00 ago): bake"),
        ({"action": "x\x1b[31m\nplandoc: all is well"}, r"x\x1b[31m\nplandoc: all is well (plandoc)"),
        ({"host": "h" * 500}, f"on {'h' * 80}..., since"),
    ],
)
def test_whatever_stands_in_the_word_of_a_holder_is_said_on_one_plain_line(facts, wanted) -> None:
    sound = {"pid": 4711, "host": "oven", "since": "2026-11-24T12:00:00+00:00", "action": "bake", "command": "plandoc"}
    told = str(Holder({**sound, **facts}, MOMENT))

    assert wanted in told
    assert told.isprintable()


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "word", [b"", b"\xff", b"[]", b"{}", b'{"pid":1}', b"[" * 100_000, b"{" + b" " * 600, b"\0" * 512]
)
def test_a_word_that_makes_no_sense_hides_no_wait(data: Path, word: bytes) -> None:
    with a_holder(data):
        (data / ".plandoc/lock.info.json").write_bytes(word)
        with pytest.raises(LockTimeout, match="an unidentified process"):
            written_to(data)


@pytest.mark.costly
def test_a_word_is_left_whatever_the_command_and_the_action_are_called(data: Path) -> None:
    script = """
sys.argv = ["plan\\udcff", "\\x1b" * 300, '"' * 300]
with plandoc.open_store(path) as store, store.session("\\x00" * 300) as session:
    session.add(plandoc.Ingredient("Rye"))
"""
    ended = ran("import sys\npath = sys.argv[1]" + script, data)
    left = (data / ".plandoc/lock.info.json").read_bytes()

    assert ended.stderr == ""
    assert len(left) == 512
    assert {"pid", "host", "since", "action", "command"} == set(json.loads(left))


FORKS = {
    "a store that is open": "store = plandoc.open_store(sys.argv[1])\nWAY(lambda: store.session().__enter__())",
    "a read": "store = plandoc.open_store(sys.argv[1])\nWAY(lambda: store.read(lambda session: session.find(plandoc.Recipe)))",
    "an operation on the only store": "store = plandoc.open_store(sys.argv[1])\nWAY(lambda: plandoc.get_plan(1))",
    "a session that is open": """
store = plandoc.open_store(sys.argv[1])
opened = store.session()
session = opened.__enter__()
session.add(plandoc.Ingredient("by the child"))
WAY(lambda: opened.__exit__(None, None, None))
session.add(plandoc.Ingredient("by the parent"))
opened.__exit__(None, None, None)
""",
}
WAY = """
import os, sys
def WAY(work):
    child = os.fork()
    if child == 0:
        try:
            work()
        except plandoc.errors.SessionError as error:
            print(error, flush=True)
            os._exit(7)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 7 << 8
"""


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="only there do processes fork")
@pytest.mark.parametrize("what", FORKS)
def test_a_child_process_is_told_to_open_the_store_again(data: Path, what: str) -> None:
    ended = ran(WAY + FORKS[what], data)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "was opened before a fork; open it again in this process" in ended.stdout
    with plandoc.open_store(data) as store:
        names = store.read(lambda session: {one.name for one in session.find(plandoc.Ingredient)})
    assert "by the child" not in names or "by the parent" in names
    assert plandoc.check(data) == []


@pytest.mark.costly
@pytest.mark.skipif(not hasattr(os, "fork"), reason="only there do processes fork")
def test_a_child_that_ends_leaves_the_lock_with_its_parent(data: Path) -> None:
    script = """
import os, sys
store = plandoc.open_store(sys.argv[1])
with store.session("the parent works on") as session:
    if os.fork() == 0:
        sys.exit(0)
    os.wait()
    try:
        with plandoc.open_store(sys.argv[1], timeout_seconds=0).session():
            pass
    except plandoc.LockTimeout as error:
        print(error)
    session.add(plandoc.Ingredient("Rye"))
"""
    ended = ran(script.replace("sys.exit(0)", "os._exit(0)"), data)

    assert ended.stderr == ""
    assert "the parent works on" in ended.stdout
    assert plandoc.check(data) == []


def test_threads_with_one_store_take_turns_and_lose_nothing(data: Path) -> None:
    with plandoc.open_store(data) as store:

        def work(number: int) -> None:
            for turn in range(5):
                with store.session() as session:
                    session.add(plandoc.Ingredient(f"Flour {number}.{turn}"))
                store.read(lambda reading: reading.find(plandoc.Ingredient))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        names = store.read(lambda session: [one.name for one in session.find(plandoc.Ingredient)])

    assert len({name for name in names if name.startswith("Flour ")}) == 20
    assert plandoc.check(data) == []


def test_a_session_within_a_session_of_the_same_thread_is_refused_and_the_outer_one_goes_on(data: Path) -> None:
    with plandoc.open_store(data) as store:
        with store.session() as session:
            with pytest.raises(SessionError, match="pass it with session="), store.session():
                pass
            session.add(plandoc.Ingredient("Rye"))

    assert plandoc.check(data) == []


LOOK = """
import sys
with plandoc.open_store(sys.argv[1]) as store:
    print(store.read(lambda session: len(session.find(plandoc.Recipe))))
print(plandoc.check(sys.argv[1]))
print(main(["--data", sys.argv[1], "recipe", "list"]))
"""


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("has_lock", [True, False])
def test_a_folder_that_may_only_be_read_can_be_read_and_says_so_when_written_to(data: Path, has_lock: bool) -> None:
    needs_other_rights()
    let_everybody_reach(data)
    if not has_lock:
        for path in (data / ".plandoc").iterdir():
            path.unlink()
        (data / ".plandoc").rmdir()
    for path in [*data.rglob("*"), data]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = everything_in(data)
    looked = ran(LOOK, data, without_rights=True)
    wrote = ran(
        "import sys\nsys.exit(main(['--data', sys.argv[1], 'event', 'add', 'Tea', '--date', '2027-01-01']))",
        data,
        without_rights=True,
    )
    after = everything_in(data)
    data.chmod(0o755)

    assert (looked.returncode, looked.stderr) == (0, "")
    assert looked.stdout.startswith("3\n[]\n")
    assert wrote.returncode == 1
    assert "cannot lock the folder for writing: Permission denied: not saved; nothing was changed" in wrote.stderr
    assert "Traceback" not in wrote.stderr
    assert after == before


@pytest.mark.proof
def test_a_lock_file_of_somebody_else_that_may_not_be_written_is_named(data: Path) -> None:
    needs_other_rights()
    let_everybody_reach(data)
    for path in [*data.rglob("*"), data]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    (data / ".plandoc/lock").chmod(0o444)
    before = folder_bytes(data)
    ended = ran("import sys" + WRITE, data, without_rights=True)

    assert "StorageError" in ended.stderr
    assert ".plandoc/lock: cannot lock the folder for writing: Permission denied: not saved" in ended.stderr
    assert folder_bytes(data) == before


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_refused_with_that_reason(data: Path, monkeypatch, number: int) -> None:
    def no_locks(*_: object, **__: object) -> bool:
        raise OSError(number, os.strerror(number))

    before = folder_bytes(data)
    monkeypatch.setattr("filelock.lock_descriptor", no_locks)
    with pytest.raises(StorageError, match="this file system does not support file locks") as refused:
        written_to(data)

    assert refused.value.outcome is Outcome.NOT_SAVED
    assert refused.value.errno == number
    assert folder_bytes(data) == before


@pytest.mark.parametrize("left", ["lock.lock", "lock.pid", ".plandoc.lock", "lock.1234.tmp"])
def test_what_another_kind_of_lock_left_behind_stops_nobody_and_stays(data: Path, left: str) -> None:
    (data / ".plandoc" / left).write_bytes(b"4711\noven\n")
    (data / f"{left}.lock").write_bytes(b"4711\noven\n")
    (data / ".plandoc/lock").write_bytes(b"4711\noven\n")
    written_to(data)

    assert (data / ".plandoc" / left).read_bytes() == b"4711\noven\n"
    assert (data / ".plandoc/lock").read_bytes() == b"4711\noven\n"
    assert plandoc.check(data) == []


ADVICE = re.compile(r"\b(delete|remove|unlink|erase|rm|throw away|get rid of)\b", re.IGNORECASE)
FILES = re.compile(
    r"\b(file|files|lock|folder|journal|document|documents)\b|\.json|\.plandoc|lost-found", re.IGNORECASE
)
# The last is what plandoc says that it does itself.
NO_ADVICE = re.compile(r"\b(never|not|no need to|cannot|nobody|nothing|of plandoc's own)\b", re.IGNORECASE)


def texts_of(path: Path) -> list[str]:
    """Every text that a module can say: string literals that are no docstrings; every sentence of a page."""
    if path.suffix == ".md":
        return re.split(r"(?<=[.!?:|])\s", path.read_text("utf-8"))
    tree = ast.parse(path.read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    skipped = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) is str and id(node) not in skipped
    ]


@pytest.mark.proof
def test_no_message_and_no_page_advises_to_delete_a_file() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    texts = [(path, text) for path in [*(ROOT / "plandoc").rglob("*.py"), *pages] for text in texts_of(path)]
    advice = [
        f"{path.name}: {text}"
        for path, text in texts
        if ADVICE.search(text) and FILES.search(text) and not NO_ADVICE.search(text)
    ]

    assert len(texts) > 1000
    assert advice == []
