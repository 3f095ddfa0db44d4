"""Nothing from data leads out of the folder, nothing is run or unpickled, and files keep the rights they had."""

from __future__ import annotations

import ast
import os
import stat
from pathlib import Path

import pytest

import plandoc
from tests.builders import EVENT_DATE, a_bakery, a_plan
from tests.trust.processes import ROOT, ran

NEVER_IMPORTED = {"pickle", "marshal", "shelve", "subprocess", "dill", "yaml", "ctypes", "runpy", "code", "pty", "imp"}
NEVER_CALLED = {"eval", "exec", "compile", "__import__", "system", "popen", "startfile", "execv", "spawnv", "mktemp"}
SOURCES = sorted((ROOT / "plandoc").rglob("*.py"))


def imported_by(tree: ast.AST) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names}


def called_by(tree: ast.AST) -> set[str]:
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    plain = {call.id for call in calls if isinstance(call, ast.Name)}
    of_system = {
        call.attr for call in calls if isinstance(call, ast.Attribute) and ast.unparse(call.value) in {"os", "builtins"}
    }
    return plain | of_system


@pytest.mark.sample(41)
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_runs_or_unpickles_anything(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))

    # The editor is run that the environment of this person names.
    allowed = {"subprocess"} if path.name == "editor.py" else set()

    assert imported_by(tree) & NEVER_IMPORTED == allowed
    assert called_by(tree) & NEVER_CALLED == set()


def test_templates_are_named_by_the_program_and_escape_by_default() -> None:
    page = (ROOT / "plandoc/report/templating.py").read_text("utf-8")
    template = "".join(path.read_text("utf-8") for path in (ROOT / "plandoc/report/templates").glob("*.j2"))

    assert "autoescape=True" in page
    assert "from_string" not in page
    assert "| safe" not in template.replace("|safe", "| safe") or "safe" in page


def modes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): oct(stat.S_IMODE(path.stat().st_mode))
        for path in [folder, *folder.rglob("*")]
    }


MAKE = """
import datetime, os, sys
os.umask(int(sys.argv[2], 8))
with plandoc.open_store(sys.argv[1], create=True) as store, store.session() as session:
    session.add(plandoc.Event("Tea", datetime.date(2027, 1, 1)))
"""


@pytest.mark.sample(1)
@pytest.mark.skipif(os.name != "posix", reason="files have modes only there")
@pytest.mark.parametrize(
    ("umask", "file", "folder"), [("022", "0o644", "0o755"), ("077", "0o600", "0o700"), ("002", "0o664", "0o775")]
)
def test_new_files_have_the_rights_that_the_umask_leaves(tmp_path: Path, umask: str, file: str, folder: str) -> None:
    ended = ran(MAKE, tmp_path / "data", umask)
    found = modes(tmp_path / "data")

    assert ended.stderr == ""
    assert {found[name] for name in (".", "events", ".plandoc")} == {folder}
    assert {mode for name, mode in found.items() if name not in {".", "events", ".plandoc"}} == {file}


@pytest.mark.skipif(os.name != "posix", reason="files have modes only there")
def test_a_replaced_document_keeps_the_rights_it_had(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store)
    given = {"catalog.json": 0o640, "events/1.json": 0o600, "plandoc.json": 0o664, "journal.jsonl": 0o660}
    for name, mode in given.items():
        (folder / name).chmod(mode)
    with plandoc.open_store(folder) as store, store.session() as session:
        a_change(session)

    assert {name: stat.S_IMODE((folder / name).stat().st_mode) for name in given} == given


def a_change(session: plandoc.Session) -> None:
    session.add(plandoc.Ingredient("Rye"))
    session.add(plandoc.Event("Tea", EVENT_DATE))
    plandoc.set_event_recipes(1, [], session=session)


@pytest.mark.skipif(os.name != "posix", reason="files have modes only there")
def test_a_replaced_report_keeps_the_rights_it_had(tmp_path: Path) -> None:
    folder, report = tmp_path / "data", tmp_path / "report.html"
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store)
        plandoc.write_report(1, report)
        report.chmod(0o600)
        plandoc.write_report(1, report)

    assert stat.S_IMODE(report.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="links work otherwise there")
@pytest.mark.parametrize(
    "name", ["catalog.json", "events/1.json", "plandoc.json", "journal.jsonl", "events", ".plandoc"]
)
def test_nothing_is_written_through_a_link(tmp_path: Path, name: str) -> None:
    folder, outside = tmp_path / "data", tmp_path / "outside"
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store)
    (folder / name).rename(outside)
    (folder / name).symlink_to(outside)
    before = contents(outside)
    with pytest.raises(plandoc.PlandocError, match="symbolic link"), plandoc.open_store(folder) as store:
        with store.session() as session:
            a_change(session)

    assert contents(outside) == before
    assert (folder / name).is_symlink()


def contents(path: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in [path, *path.rglob("*")] if file.is_file()}


@pytest.mark.skipif(os.name != "posix", reason="links work otherwise there")
@pytest.mark.parametrize(
    "place",
    ["catalog.json.plandoc-tmp", "events/2.json.plandoc-tmp", "plandoc.json.plandoc-tmp", "journal.jsonl.plandoc-tmp"],
)
def test_a_link_that_waits_where_a_temporary_file_will_be_leads_nowhere(tmp_path: Path, place: str) -> None:
    folder, precious = tmp_path / "data", tmp_path / "precious"
    precious.write_bytes(b"precious")
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store)
    (folder / place).symlink_to(precious)
    with plandoc.open_store(folder) as store, store.session() as session:
        a_change(session)

    assert precious.read_bytes() == b"precious"
    assert not precious.is_symlink()
    assert plandoc.check(folder) == []


def test_whatever_a_catalog_is_called_the_names_of_the_files_are_numbers(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with plandoc.open_store(folder, create=True) as store:
        a_bakery(store)
        with store.session() as session:
            for name in ("../../x", "/etc/passwd", "con", "a\0b", "\x1b[2J", "x" * 200, ".", "~"):
                session.add(plandoc.Event(name, EVENT_DATE))
    made = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())

    assert made == sorted(
        [
            *(
                f"data/{name}"
                for name in (
                    "catalog.json",
                    "stock.json",
                    "plandoc.json",
                    "journal.jsonl",
                    ".plandoc/lock",
                    ".plandoc/lock.info.json",
                )
            )
        ]
        + [f"data/events/{number}.json" for number in range(1, 9)]
    )
