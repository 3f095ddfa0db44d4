"""Telling a file system whose locks may not exclude from the kernel's table of mounts."""

from __future__ import annotations

import pytest

from plandoc.maintenance.checks.mounts import doubtful_locks, file_system_of

MOUNTS = r"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
40 27 0:40 / /mnt/nas rw,relatime shared:7 - nfs4 nas:/export rw,vers=4.2
41 27 0:41 / /home/anna/My\040Drive rw - fuse.rclone drive: rw,user_id=1000
42 27 0:42 / /mnt/usb rw - fuseblk /dev/sdb1 rw
43 40 0:43 / /mnt/nas/local rw - xfs /dev/sdc1 rw
44 27 0:44 / /mnt/c rw - 9p C:\134 rw
45 27 0:45 / /twice rw - ext4 /dev/sdd1 rw
46 27 0:46 / /twice rw - cifs //server/share rw
a line that is none
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/anna/data", "ext4"),
        ("/mnt/nas", "nfs4"),
        ("/mnt/nas/data", "nfs4"),
        ("/mnt/nasty/data", "ext4"),
        ("/mnt/nas/local/data", "xfs"),
        ("/home/anna/My Drive/data", "fuse.rclone"),
        ("/twice/data", "cifs"),
    ],
)
def test_the_innermost_and_latest_mount_counts(path, kind):
    assert file_system_of(MOUNTS, path) == kind


@pytest.mark.parametrize("path", ["/mnt/nas/data", "/home/anna/My Drive/data", "/mnt/c/data", "/twice/data"])
def test_network_and_fuse_file_systems_are_told_with_the_way_out(path):
    problem = doubtful_locks(MOUNTS, path)

    assert file_system_of(MOUNTS, path) in problem.message
    assert "local disk" in problem.hint


@pytest.mark.parametrize("path", ["/home/anna/data", "/mnt/usb/data", "/mnt/nas/local/data"])
def test_disks_of_this_machine_are_not(path):
    assert doubtful_locks(MOUNTS, path) is None


def test_a_table_that_says_nothing_is_no_finding():
    assert doubtful_locks("", "/home/anna/data") is None
