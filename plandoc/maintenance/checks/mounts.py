"""Which file system a folder is on, as far as Linux shows it: where locks do not work, two writers could corrupt it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from plandoc.errors import Problem

_TABLE = Path("/proc/self/mountinfo")
# Network file systems, and folders that a virtual machine or a container shares with its host.
_SHARED = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "coda", "ceph", "lustre", "gfs2", "ocfs2"),
        *("9p", "virtiofs", "vboxsf", "prl_fs", "vmhgfs"),
    }
)
_ESCAPE = re.compile(r"\\([0-7]{3})")


def file_system_of(mounts: str, path: str) -> str | None:
    r"""Return the type of the file system that a path is on, or None when the table does not show it.

    Args:
        mounts: The text of `/proc/self/mountinfo`.
        path: An absolute path without links.

    >>> file_system_of("27 1 254:0 / / rw - ext4 /dev/vda rw\n31 27 0:9 / /mnt rw - nfs4 nas:/x rw", "/mnt/data")
    'nfs4'
    """
    best, found = -1, None
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields, rest = before.split(" "), after.split(" ")
        if len(fields) < 5 or not rest[0]:
            continue
        point = _unescaped(fields[4])
        # Of two file systems on one point, the one that was mounted last hides the other.
        if len(point) >= best and _is_inside(path, point):
            best, found = len(point), rest[0]
    return found


def doubtful_locks(mounts: str, path: str) -> Problem | None:
    """Return the problem when file locks may not work on the file system of a path; None when they do."""
    kind = file_system_of(mounts, path)
    # An NTFS disk is driven by FUSE too ("fuseblk"), but by this machine's kernel alone.
    if kind is None or not (kind in _SHARED or kind == "fuse" or kind.startswith("fuse.")):
        return None
    message = f"the folder is on a {kind} file system, where file locks may not keep two writers apart"
    hint = "let only one machine write here at a time, or keep the folder on a local disk and only its backups here"
    return Problem(message, hint=hint)


def problem_of_place(root: Path) -> Problem | None:
    """Return the problem with the file system of a folder; None where there is none, or where the system does not show it."""
    try:
        mounts = _TABLE.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    return doubtful_locks(mounts, os.path.realpath(root))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 8)), text)


def _is_inside(path: str, point: str) -> bool:
    return point in {"/", path} or path.startswith(f"{point}/")
