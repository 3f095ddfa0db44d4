"""What the pages say is there, is there: names, commands, files, links."""

from __future__ import annotations

import ast
import inspect
import re
import typing
from pathlib import Path

import attrs
import pytest

import plandoc
from plandoc.tables import TABLES
from tests.docs.examples import REPOSITORY, all_pages, blocks, run_plandoc

_REFERENCE = REPOSITORY / "docs" / "reference.md"
_LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
_FILE = re.compile(r"`((?:plandoc|docs|tests)/[\w/.-]+\.\w+)`")


@pytest.mark.parametrize("name", [*plandoc.__all__, *plandoc.results.__all__])
def test_the_reference_has_every_public_name(name):
    assert re.search(rf"`{name}\b", _REFERENCE.read_text("utf-8"))


def test_every_public_name_can_be_had():
    assert len(plandoc.__all__) <= 105
    for name in plandoc.__all__:
        assert getattr(plandoc, name) is not None


def test_type_checkers_see_the_public_names_where_they_are_at_run_time():
    stub = ast.parse((REPOSITORY / "plandoc" / "__init__.pyi").read_text("utf-8"))
    imported = {
        (alias.name, alias.asname): node.module
        for node in ast.walk(stub)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    modules = {(name, name): "plandoc" for name in ("errors", "records", "results")}

    assert imported == modules | {(name, name): module for name, module in plandoc._MODULES.items()}


def test_no_name_is_both_a_result_and_in_plandoc_itself():
    assert not set(plandoc.results.__all__) & set(plandoc.__all__)


def test_every_public_class_that_an_operation_returns_is_in_plandoc_or_in_its_results():
    public = {getattr(plandoc, name) for name in plandoc.__all__} | {
        getattr(plandoc.results, name) for name in plandoc.results.__all__
    }
    returned = {
        found
        for name in plandoc.__all__
        if inspect.isfunction(operation := getattr(plandoc, name))
        for found in _classes_of(typing.get_type_hints(operation)["return"])
    }

    assert {one for one in returned if one.__module__.startswith("plandoc.")} <= public | {plandoc.errors.Problem}


def _classes_of(annotation: object) -> set[type]:
    inner = {found for part in typing.get_args(annotation) for found in _classes_of(part)}
    return inner | ({annotation} if isinstance(annotation, type) else set())


def test_the_reference_names_nothing_that_is_not_there():
    calls = re.findall(r"^\| `(\w+)\(([^`]*)\)`", _REFERENCE.read_text("utf-8"), re.MULTILINE)
    wrong = [name for name, arguments in calls if _parameters(arguments) != _parameters_of(name)]

    assert len(calls) > 20
    assert wrong == []


def _parameters(arguments: str) -> list[str]:
    names = [part.split("=")[0].strip().replace("**", "") for part in arguments.split(",")]
    return [name for name in names if name != "*"]


def _parameters_of(name: str) -> list[str]:
    owner = next(owner for owner in (plandoc, plandoc.Store, plandoc.Session) if hasattr(owner, name))
    parameters = inspect.signature(getattr(owner, name)).parameters
    # The clock and the file layer are for tests.
    return [parameter for parameter in parameters if parameter not in {"self", "clock", "files"}] or [""]


def test_the_reference_names_every_field_of_a_record():
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)$", _REFERENCE.read_text("utf-8"), re.MULTILINE))
    lacking = {
        f"{kind.__name__}.{field.name}"
        for table in TABLES
        for kind in [table.record_type]
        for field in attrs.fields(kind)
        if field.name not in {"id", "slug"} and not re.search(rf"\b{field.alias}\b", rows[kind.__name__])
    }

    assert lacking == set()


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "words",
    sorted(
        {
            line.split("  ")[0]
            for line in re.findall(r"^\| `plandoc ([a-z-]+(?: [a-z]+)?)", _REFERENCE.read_text("utf-8"), re.M)
        }
    ),
)
def test_every_command_of_the_reference_explains_itself(words, tmp_path):
    done = run_plandoc([*words.split(), "--help"], tmp_path)

    assert done.returncode == 0, done.stdout
    assert f"plandoc {words}" in " ".join(done.stdout.split())


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page):
    broken = [
        f"{target}#{anchor}"
        for target, anchor in _LINK.findall(page.read_text("utf-8"))
        if not target.startswith("http") and not _leads_somewhere(page, target, anchor)
    ]

    assert broken == []


def _leads_somewhere(page: Path, target: str, anchor: str) -> bool:
    file = page.parent / target if target else page
    return file.exists() and (not anchor or anchor in _anchors(file))


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page):
    named = set(_FILE.findall(page.read_text("utf-8")))

    assert [name for name in sorted(named) if not (REPOSITORY / name).exists()] == []


def test_the_architecture_names_every_module_of_the_top_and_of_the_storage():
    text = (REPOSITORY / "ARCHITECTURE.md").read_text("utf-8")
    modules = {
        path.stem for path in (REPOSITORY / "plandoc").rglob("*.py") if path.parent.name in {"plandoc", "storage"}
    }

    assert sorted(name for name in modules - {"__init__"} if f"`{name}`" not in text) == []


def test_the_readme_has_exactly_two_set_up_commands():
    shell = [block.text.strip() for block in blocks(REPOSITORY / "README.md") if block.language == "sh"]

    assert [line.rsplit("/", 1)[1] for line in shell] == ["plandoc demo", "python -m pytest -q"]
    assert all(line.startswith("python3 -m venv .venv && ") and "\n" not in line for line in shell)


def test_the_first_line_of_the_readme_that_names_pytest_is_the_test_command():
    # `.ci/run` takes it from there.
    line = next(line for line in (REPOSITORY / "README.md").read_text("utf-8").splitlines() if "pytest" in line)

    assert line.startswith("python3 -m venv") and line.endswith("-m pytest -q")
