"""What `import plandoc` loads: nothing until a name is asked for, and then no more than a data folder needs."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys

import pytest


def _loaded(code: str) -> set[str]:
    program = f"import json, sys\nbefore = set(sys.modules)\n{code}\nprint(json.dumps([*set(sys.modules) - before]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_importing_plandoc_loads_none_of_its_modules():
    assert {name for name in _loaded("import plandoc") if name.startswith("plandoc")} == {"plandoc"}


@pytest.mark.costly
def test_the_names_of_a_script_load_no_library_before_it_is_needed():
    loaded = {name.partition(".")[0] for name in _loaded("from plandoc import open_store, start_production")}

    assert "attrs" in loaded
    assert not loaded & {"cattrs", "tinydb", "filelock", "argparse", "csv", "difflib", "random", "rich"}


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
