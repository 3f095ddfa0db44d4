"""What `import plandoc` loads: nothing until a name is asked for, and then no more than a data folder needs."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys

import pytest

from plandoc.records import PlanState
from plandoc.store import open_store
from tests import builders

_NAMES = "from plandoc import open_store, start_production"
# A process takes 0.1 ms for each module, and twice that for each frozen class.
_COUNTED = """
import sys
modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == "plandoc"]
objects = [one for module in modules for one in vars(module).values()]
print(len(modules), len({one for one in objects if isinstance(one, type) and "__attrs_attrs__" in vars(one)}))
"""


def _loaded(code: str) -> set[str]:
    program = f"import json, sys\nbefore = set(sys.modules)\n{code}\nprint(json.dumps([*set(sys.modules) - before]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def _modules_and_frozen_classes(code: str) -> tuple[int, int]:
    """Return how many modules of plandoc some code loads, and how many frozen classes they make."""
    done = subprocess.run([sys.executable, "-c", code + _COUNTED], capture_output=True, text=True, check=True)
    modules, classes = done.stdout.splitlines()[-1].split()
    return int(modules), int(classes)


def test_importing_plandoc_loads_none_of_its_modules():
    assert {name for name in _loaded("import plandoc") if name.startswith("plandoc")} == {"plandoc"}


@pytest.mark.costly
def test_the_names_of_a_script_load_no_library_before_it_is_needed():
    loaded = {name.partition(".")[0] for name in _loaded(_NAMES)}

    assert "attrs" in loaded
    assert not loaded & {"cattrs", "tinydb", "filelock", "argparse", "csv", "difflib", "random", "rich"}


@pytest.mark.costly
def test_the_names_of_a_script_load_few_modules():
    modules, classes = _modules_and_frozen_classes(_NAMES)

    assert modules <= 120
    assert classes <= 65


@pytest.mark.costly
@pytest.mark.of_folder
def test_a_command_loads_few_modules(tmp_path):
    with open_store(tmp_path / "data", create=True) as store:
        builders.a_plan(store, PlanState.LOCKED)
    command = ["--data", str(tmp_path / "data"), "start", "1", "--yes"]

    modules, classes = _modules_and_frozen_classes(f"from plandoc.cli import main\nassert main({command}) == 0")

    assert modules <= 150
    assert classes <= 80


@pytest.mark.proof
def test_working_in_a_folder_loads_no_other_package_than_it_needs(tmp_path):
    folder = str(tmp_path / "data")
    code = f"""
import plandoc
with plandoc.open_store({folder!r}, create=True) as store, store.session() as session:
    session.add(plandoc.Recipe(name="Rye bread"))
    session.find(plandoc.Recipe, plandoc.where("category") == "Bread")
plandoc.lock_plan
"""
    packages = importlib.metadata.packages_distributions()
    loaded = {package for name in _loaded(code) for package in packages.get(name.partition(".")[0], ())}

    assert loaded - {"plandoc"} <= {"attrs", "cattrs", "filelock", "orjson", "tinydb", "typing_extensions"}
