"""The same accidents by the thousand; run by hand with `just slow`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = "3000"
FUZZED = sorted(path.name for path in Path(__file__).parent.glob("test_fuzz_*.py") if path.name != Path(__file__).name)


@pytest.mark.slow
@pytest.mark.parametrize("name", FUZZED)
def test_thousands_of_accidents_bring_no_surprise(name: str, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n0",
        f"--basetemp={tmp_path / 'base'}",
        str(Path(__file__).with_name(name)),
    ]
    ended = subprocess.run(
        command,
        env=os.environ | {"PLANDOC_EXAMPLES": EXAMPLES},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout[-5000:]
