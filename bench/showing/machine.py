"""What was measured on: the machine, the file system, and the versions of everything."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def machine(folder: Path) -> dict[str, str]:
    """Return what a reader must know of the machine.

    Args:
        folder: Where the files were that were measured.
    """
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": _memory(),
        "file system": file_system(folder),
        "system": f"{platform.system()} {platform.release()} ({platform.machine()})",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "load before": _load(),
    }


def versions(distributions: Iterable[str]) -> dict[str, str]:
    """Return the versions of distributions, in the order of their names; SQLite is that of Python."""
    return {name: _version(name) for name in sorted(set(distributions), key=str.lower)}


def _version(name: str) -> str:
    if name == "SQLite":
        return sqlite3.sqlite_version
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
    return f"{version}{_commit()}" if name == "plandoc" else version


def _commit() -> str:
    root = Path(__file__).parents[2]
    git = ["git", "-C", str(root)]
    with suppress(OSError, subprocess.CalledProcessError):
        commit = subprocess.run([*git, "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True)
        changed = subprocess.run([*git, "status", "--porcelain", "plandoc"], check=True, capture_output=True, text=True)
        return f" ({commit.stdout.strip()}{', with changes' if changed.stdout else ''})"
    return ""


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _memory() -> str:
    with suppress(OSError, ValueError):
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    return "unknown"


def _load() -> str:
    with suppress(OSError):
        return f"{os.getloadavg()[0]:.1f} processes wanted to run in the last minute"
    return "unknown"


def is_in_memory(folder: Path) -> bool:
    """Return whether nothing that is written there ever comes to a disk."""
    return _mount(folder)[1] in {"tmpfs", "ramfs"}


def file_system(folder: Path) -> str:
    """Return the kind of the file system that a folder is on; of ext4 also whether it keeps a journal."""
    device, kind = _mount(folder)
    return f"ext4 {'with' if has_journal(folder) else 'without'} a journal, on {device}" if kind == "ext4" else kind


def has_journal(folder: Path) -> bool:
    """Return whether a sync of a folder's file system writes a journal, too; of others than ext4 it is taken for granted."""
    device, kind = _mount(folder)
    return kind != "ext4" or any(Path("/proc/fs/jbd2").glob(f"{Path(device).name}-*"))


def _mount(folder: Path) -> tuple[str, str]:
    with suppress(OSError):
        mounts = [line.split()[:3] for line in Path("/proc/mounts").read_text().splitlines()]
        around = [(mount, device, kind) for device, mount, kind in mounts if folder.resolve().is_relative_to(mount)]
        # Of two mounts in the same place the later one is seen.
        _, device, kind = max(enumerate(around), key=lambda pair: (len(pair[1][0]), pair[0]))[1]
        return device, kind
    return "unknown", "unknown"
