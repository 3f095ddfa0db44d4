"""The proofs use the crash model and the file layers of the storage's own proofs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "storage"))
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a database is to be."""
    return tmp_path / "db.json"


@pytest.fixture
def run_python():
    """Run some code in a process of its own and return what it prints."""

    def run(code: str, *arguments: str) -> str:
        root = Path(__file__).parents[2]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(Path(__file__).parent)])}
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=3600)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
