"""Python as a whole process, as it is with an installed plandoc."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

# The command as it is installed, for Python to run; and what plandoc cannot do without.
COMMAND = str(Path(sysconfig.get_path("scripts")) / "plandoc")
IMPORTS = "import tinydb, attrs, cattrs, filelock, orjson"


class Runner:
    """Runs Python with the bytecode of all modules at hand: the first run writes it, the others read it.

    An installed package has its bytecode beside it. Where the environment forbids to write it, plandoc would be
    compiled anew by every process that is measured, and nothing else would.
    """

    def __init__(self, bytecode: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self._environment = {**kept, "PYTHONPYCACHEPREFIX": str(bytecode)}

    def __call__(self, *arguments: str) -> None:
        """Run Python with these arguments to its end."""
        command = [sys.executable, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=self._environment)
