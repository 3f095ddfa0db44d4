"""Other processes: one that holds the lock, one without the rights of the superuser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
_HOLD = """
import sys
import plandoc
store = plandoc.open_store(sys.argv[1])
with store.session("plan Christmas") as session:
    print("held", flush=True)
    sys.stdin.read()
"""
_DROP_RIGHTS = """
import contextlib, io, os, pkgutil, sys, tempfile
# Imported and tried before the rights go: where Python and plandoc are may be closed to others.
for module in pkgutil.walk_packages(plandoc.__path__, "plandoc."):
    if module.name != "plandoc.__main__":
        __import__(module.name)
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    with tempfile.TemporaryDirectory() as tried:
        for arguments in (["recipe", "list"], ["init"], ["recipe", "lost"], ["recipe", "list"], ["lock", "1"]):
            main(["--data", tried + "/data", *arguments])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({nobody})
    os.setuid({nobody})
"""


@contextmanager
def a_holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Have another process hold the lock of a folder."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.kill()


def ran(
    script: str, *arguments: object, without_rights: bool = False, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, as somebody who is not the superuser where that is asked for."""
    drop = _DROP_RIGHTS.format(nobody=NOBODY) if without_rights else ""
    source = f"import plandoc\nfrom plandoc.cli import main\n{drop}\n{script}"
    return subprocess.run(
        [sys.executable, "-c", source, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        errors="backslashreplace",
        timeout=120,
        check=False,
    )


def needs_other_rights() -> None:
    """Skip a test where file modes mean nothing."""
    if os.name != "posix":
        pytest.skip("file modes mean nothing here")


def let_everybody_reach(path: Path) -> None:
    """Let another user come as far as a folder, which the test's own folders do not allow."""
    for folder in [path, *path.parents]:
        if folder == Path("/tmp") or folder.owner() != Path.home().owner():
            break
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
