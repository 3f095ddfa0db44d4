"""Write the committed files that are made from the code: `just renew`, after a change of records or messages.

Review what differs; a folder of a released format is never made again.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from plandoc.storage import documents

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data"
FORMATS = Path(__file__).parent / "formats"


def main() -> None:
    """Write all of them."""
    _python("-m", "plandoc.exchange.json_schema")
    _renew_format()
    _renew_sample()
    _python("-m", "tests.trust.bad_inputs_page")
    # Exits with an error where a message changed, which is what it is run for.
    _python("-m", "pytest", "-q", "-n0", "tests/messages", "--renew-messages", check=False)


def _renew_format() -> None:
    with tempfile.TemporaryDirectory() as parent:
        made = Path(parent, "data")
        _python("-m", "tests.formats.make", str(made))
        _copy(made, FORMATS / str(documents.FORMAT))


def _renew_sample() -> None:
    with tempfile.TemporaryDirectory() as parent:
        made = Path(parent, "data")
        _python("-m", "plandoc.cli.sample", str(made))
        _copy(made, SAMPLE)


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".plandoc"))


def _python(*arguments: str, check: bool = True) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=check)


if __name__ == "__main__":
    main()
