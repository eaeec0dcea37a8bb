"""Which file system a folder lies on: SQLite's WAL needs shared memory, network ones give none."""

from __future__ import annotations

import re
import sys
from pathlib import Path

# fmt: off
NETWORK = frozenset(
    {
        "9p", "acfs", "afpfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "davfs2",
        "drvfs", "fhgfs", "gfs", "gfs2", "glusterfs", "gpfs", "lustre", "macfuse",
        "moosefs", "ncpfs", "nfs", "nfs3", "nfs4", "ocfs2", "orangefs", "osxfuse", "panfs",
        "prl_fs", "pvfs2", "smb", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
        "webdav",
    }
)
# fmt: on
"""Names by which systems call file systems whose shared memory does not reach every writer."""


def is_network(kind: str) -> bool:
    """Return whether `kind` is a network file system, or a FUSE one, which may be.

    Examples
    --------
    >>> is_network("nfs4"), is_network("fuse.sshfs"), is_network("ext4"), is_network("fuseblk")
    (True, True, False, False)
    """
    kind = kind.lower()
    return kind in NETWORK or kind == "fuse" or kind.startswith("fuse.")


def kind(path: Path) -> str:
    """Return the name of the file system that `path` (a folder that exists) lies on; "" if unknown.

    Tests put another function in its place to pretend a network file system.
    """
    path = path.resolve()
    if str(path).startswith("\\\\"):
        return "smb"  # a UNC path
    mounts = Path("/proc/self/mountinfo")
    if sys.platform == "linux" and mounts.exists():
        return _longest(path, _linux(mounts.read_text(errors="surrogateescape")))
    import psutil  # here: half of a light import's time, and Linux does not need it

    parts = psutil.disk_partitions(all=True)
    return _longest(
        path, [(p.mountpoint, "smb" if "remote" in p.opts else p.fstype) for p in parts]
    )


def _linux(mountinfo: str) -> list[tuple[str, str]]:
    """Return (mount point, type) of each line of /proc/self/mountinfo (see proc(5))."""
    found = []
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) > 4 and after:
            point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
            found.append((point, after.split(" ", 1)[0]))
    return found


def _longest(path: Path, mounts: list[tuple[str, str]]) -> str:
    """Return the type of the deepest mount above `path`; the later of two on one point."""
    depth, answer = -1, ""
    for point, name in mounts:
        above = Path(point)
        if path.is_relative_to(above) and len(above.parts) >= depth:
            depth, answer = len(above.parts), name
    return answer
