"""Running one contender in a process of its own, and counting what it asks of the system."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs

from bench.contenders.contract import Contender

_CALLS = "fsync,fdatasync,sync,syncfs,sync_file_range,msync,write,pwrite64,writev,pwritev,pwritev2"
_SYNC = re.compile(r"^\d+ +(?:fsync|fdatasync|sync|syncfs|sync_file_range|msync)\(")
_WRITTEN = re.compile(r"^\d+ +p?write[v0-9]*\(\d+<([^>]*)>.*= (\d+)$")


def run_child(contender: type[Contender], folder: Path, operation: str, times: int, ending: str, *before: str) -> Any:
    """Run an operation so many times in a new process, and return what it says of itself.

    Args:
        contender: Whose operation.
        folder: Of the contender; it is changed.
        operation: One of `child.OPERATIONS`.
        times: How often.
        ending: One of `child.ENDINGS`.
        before: A command that runs the process.
    """
    command = [*before, sys.executable, "-m", "bench.measuring.child", contender.__module__]
    command += [str(folder), operation, str(times), ending]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


@attrs.frozen
class Calls:
    """What a process asked of the system.

    Attributes:
        syncs: How often it waited for the disk.
        bytes_written: Into files of its folder.
    """

    syncs: int
    bytes_written: int


def can_count() -> bool:
    """Return whether calls can be counted here: strace is there and may trace."""
    strace = shutil.which("strace")
    return (
        strace is not None and subprocess.run([strace, "-qq", "true"], check=False, capture_output=True).returncode == 0
    )


def count_calls(contender: type[Contender], folder: Path, operation: str, times: int, ending: str) -> Calls:
    """Return what an operation asks of the system when it is done so many times in a new process."""
    trace = folder.with_suffix(".trace")
    strace = "strace", "-f", "-y", "-e", f"trace={_CALLS}", "-o", str(trace)
    run_child(contender, folder, operation, times, ending, *strace)
    lines = trace.read_text(errors="replace").splitlines()
    trace.unlink()
    written = (match for line in lines if (match := _WRITTEN.match(line)))
    return Calls(
        syncs=sum(_SYNC.match(line) is not None for line in lines),
        bytes_written=sum(int(match[2]) for match in written if match[1].startswith(str(folder))),
    )
