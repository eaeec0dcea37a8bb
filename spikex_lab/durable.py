"""Files that are either whole and on the disk, or not there: temporary name, fsync, rename, fsync.

Every call that touches the disk goes through `io`, so that tests can make the n-th one fail.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spikex_lab.errors import SpikexError, StorageError, TooLargeError

CHUNK = 1024 * 1024
NO_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
"""What a system answers that cannot fsync a folder at all: not a failure to keep it."""


class Io:
    """The calls to the disk."""

    open = staticmethod(os.open)
    write = staticmethod(os.write)
    fsync = staticmethod(os.fsync)
    close = staticmethod(os.close)
    replace = staticmethod(os.replace)
    unlink = staticmethod(os.unlink)
    mkdir = staticmethod(os.mkdir)
    fstat = staticmethod(os.fstat)


io: Any = Io()


@contextlib.contextmanager
def storage(where: str) -> Iterator[None]:
    """Turn the system's errors into one StorageError with a hint."""
    try:
        yield
    except SpikexError:
        raise
    except OSError as error:
        raise explain(error, where) from error


def explain(error: OSError, where: str) -> StorageError:
    """Return the StorageError that says what `error` means and how to mend it."""
    what, hint = _MEANINGS.get(
        error.errno or 0, (f"the disk refused: {error.strerror or error}", "see `spikex doctor`")
    )
    return StorageError(what, where=where, hint=hint)


_PERMISSION = ("no permission to write", "check the owner and the permissions of SPIKEX_HOME")
_FULL = ("the disk is full", "free some space and try again; nothing was kept")
_MEANINGS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: ("the disk quota is used up", _FULL[1]),
    errno.EFBIG: ("the file is larger than this disk allows", "set SPIKEX_HOME to another disk"),
    errno.EIO: ("the disk failed (input/output error)", "check the disk; nothing was kept"),
    errno.EROFS: ("the disk is read-only", "set SPIKEX_HOME to a folder that can be written"),
    errno.EACCES: _PERMISSION,
    errno.EPERM: _PERMISSION,
    errno.EMFILE: ("too many files are open", "raise the limit (ulimit -n)"),
    errno.ENOTDIR: ("a file is in the place of a folder", "check SPIKEX_HOME"),
    errno.ELOOP: ("a link is in the place of a file", "the store keeps no links; remove it"),
}


def folder(path: Path, *, where: str = "home") -> Path:
    """Make the folder `path` (and those above it), for its owner only; return it.

    Raises
    ------
    StorageError : it cannot be made, or a link or a file is in its place.
    """
    with storage(where):
        if not path.is_dir():
            if not path.parent.is_dir():
                folder(path.parent, where=where)
            with contextlib.suppress(FileExistsError):  # another process was first: looked at below
                io.mkdir(path, 0o700)
                sync_folder(path.parent)
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(path))
    return path


def sync_folder(path: Path) -> None:
    """Make the names in `path` last; a no-op where the system cannot (Windows)."""
    if os.name == "nt":
        return
    handle = io.open(path, os.O_RDONLY)
    try:
        io.fsync(handle)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise
    finally:
        io.close(handle)


def write_temporary(
    path: Path, chunks: Iterable[bytes], *, limit: int | None = None
) -> tuple[str, int]:
    """Write `chunks` to the new file `path` and fsync it; return (SHA-256, bytes).

    After a failure the file is gone: what a failed fsync leaves is never trusted, nor synced again.

    Raises
    ------
    TooLargeError : more than `limit` bytes came.
    OSError : the disk refused.
    """
    digest, size = hashlib.sha256(), 0
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = io.open(path, flags, 0o600)
    try:
        try:
            for chunk in chunks:
                size += len(chunk)
                if limit is not None and size > limit:
                    raise TooLargeError(f"more than {limit} bytes", hint="raise the limit")
                digest.update(chunk)
                write_all(handle, chunk)
            io.fsync(handle)
            kept = io.fstat(handle).st_size
            if kept != size:
                raise OSError(errno.EIO, f"{kept} of {size} bytes were kept")
        finally:
            io.close(handle)
    except BaseException:
        remove(path)
        raise
    return digest.hexdigest(), size


def write_all(handle: int, chunk: bytes) -> None:
    """Write the whole of `chunk`: a system may take less at a time."""
    rest = memoryview(chunk)
    while rest:
        taken = io.write(handle, rest)
        if taken <= 0:
            raise OSError(errno.ENOSPC, "nothing was written")
        rest = rest[taken:]


def remove(path: Path) -> None:
    """Remove `path` if it can be; what stays behind has no row, and the collector takes it."""
    with contextlib.suppress(OSError):
        io.unlink(path)


def is_plain(path: Path) -> bool:
    """Return whether `path` is a regular file (no link, no device); False if it is not there."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def read_chunks(path: Path) -> Iterator[bytes]:
    """Yield the bytes of `path` in pieces."""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk
