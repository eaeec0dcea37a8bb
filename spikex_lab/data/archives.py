"""Archives from anywhere: only plain files, within limits, and never outside the folder given.

Nothing is written before every entry was looked at, so a refused archive leaves nothing behind. A
link, a device, a path that leads out, too many or too large entries: the whole archive is refused.
"""

from __future__ import annotations

import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from spikex_lab.data.sources import check_file
from spikex_lab.errors import InvalidError, StorageError, TooLargeError
from spikex_lab.spec.names import check_parts, inside

COUNT_LIMIT = 10_000
"""Entries of one archive."""
SIZE_LIMIT = 4 * 1024**3
"""Bytes that one archive may unpack to."""
RATIO_LIMIT = 100
"""Unpacked bytes per packed byte, once `FREE_SIZE` is passed."""
FREE_SIZE = 64 * 1024**2
"""Bytes that may be unpacked at any ratio."""
DAMAGED = (
    tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError,
)  # fmt: skip
"""What is raised where an archive is not what it says."""
_HEADER_LIMIT = 16 * 1024**2
_CHUNK = 1024**2


@dataclass(frozen=True)
class Member:
    """One regular file of an archive, as its directory describes it."""

    name: str
    size: int
    entry: Any


def is_archive(path: Path) -> bool:
    """Return whether the name says ``.zip``, ``.tar``, ``.tgz`` or ``.tar.gz``."""
    return path.name.lower().endswith((".zip", ".tar", ".tgz", ".tar.gz"))


def extract(
    path: Path, folder: Path, *, wanted: Callable[[str], bool] = lambda name: bool(name)
) -> list[Path]:
    """Unpack the regular files for which ``wanted(name)`` holds into `folder` and return them.

    Raises
    ------
    InvalidError : not an archive, damaged, or an entry is not a plain file inside the folder.
    TooLargeError : more than `COUNT_LIMIT` entries, `SIZE_LIMIT` bytes or a ratio of `RATIO_LIMIT`.
    """
    check_file(path)
    size = path.stat().st_size
    with told(path), _opened(path) as (members, read):
        chosen = [member for member in _checked(members, path, size) if wanted(member.name)]
        written: list[Path] = []
        try:
            for member in chosen:
                target = inside(folder, *member.name.split("/"))
                _make_folder(target.parent)
                with read(member) as source, _created(target) as sink:
                    written.append(target)
                    _copy(source, sink, member, path)
        except BaseException:
            for file in written:
                file.unlink(missing_ok=True)
            raise
        return written


def read_one(path: Path, name: str, limit: int) -> bytes:
    """Return the file `name` of a zip, of at most `limit` bytes; nothing else in it is touched.

    Raises
    ------
    InvalidError : not a zip, damaged, or it has no such file, or a larger one.
    TooLargeError : its directory alone would fill the memory.
    StorageError : it cannot be read.
    """
    with told(path):
        check_directory(path)
        with zipfile.ZipFile(path) as archive:
            if name not in archive.namelist():
                raise InvalidError(f"holds no {name}", where=path.name)
            if archive.getinfo(name).file_size > limit:
                raise InvalidError(f"{name} is larger than {limit // 10**6} MB", where=path.name)
            with archive.open(name) as file:
                return file.read(limit)


@contextmanager
def told(path: Path, what: str = "archive") -> Iterator[None]:
    """Tell in our words why an archive cannot be read; `what` it is called."""
    try:
        yield
    except DAMAGED as error:
        raise InvalidError(f"is a damaged {what}: {error}", where=path.name) from None
    except (NotImplementedError, RuntimeError, ValueError, OverflowError) as error:
        raise InvalidError(f"cannot be unpacked: {error}", where=path.name) from None
    except OSError as error:
        if error.errno is None:  # as bz2 says that its data are damaged
            raise InvalidError(f"is a damaged {what}: {error}", where=path.name) from None
        raise StorageError(f"cannot be read: {error.strerror}", where=path.name) from None


def _checked(members: Iterator[Member], path: Path, packed: int) -> list[Member]:
    """Return all members, every one looked at; `members` refuses what is no plain file."""
    found: list[Member] = []
    names: set[str] = set()
    total = 0
    limit = min(SIZE_LIMIT, max(FREE_SIZE, packed * RATIO_LIMIT))
    for member in members:
        found.append(member)
        try:
            check_parts(member.name)
        except InvalidError as error:
            raise InvalidError(f"holds an unsafe name: {error.what}", where=path.name) from None
        if member.name.lower() in names:
            raise InvalidError(f"holds {member.name[:80]!r} twice", where=path.name)
        names.add(member.name.lower())
        total += member.size
        if total > limit:
            raise TooLargeError(
                f"unpacks to more than {limit // 1024**2} MiB from {packed // 1024} KiB",
                where=path.name,
            )
    return found


def _copy(source: IO[bytes], sink: IO[bytes], member: Member, path: Path) -> None:
    left = member.size
    while chunk := source.read(min(_CHUNK, left + 1)):
        left -= len(chunk)
        if left < 0:
            break
        try:
            sink.write(chunk)
        except OSError as error:
            raise _full(error, path) from None
    if left:
        raise InvalidError(f"{member.name[:80]!r} is not as long as it says", where=path.name)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _full(error, folder) from None


def _created(target: Path) -> IO[bytes]:
    """Open a new file; one that is there already is never written over."""
    try:
        return target.open("xb", buffering=0)
    except OSError as error:
        raise _full(error, target) from None


def _full(error: OSError, path: Path) -> StorageError:
    return StorageError(f"cannot be unpacked: {error.strerror or error}", where=path.name)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Iterator[Member], Callable[[Member], IO[bytes]]]]:
    """Open the archive; give its members one by one, and a way to read one."""
    if zipfile.is_zipfile(path):
        check_directory(path)
        with zipfile.ZipFile(path) as archive:
            yield _zip_members(archive, path), lambda member: archive.open(member.entry)
        return
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        stream: Any = gzip.GzipFile(fileobj=raw) if packed else raw
        limit = min(SIZE_LIMIT, max(FREE_SIZE, path.stat().st_size * RATIO_LIMIT))
        guarded: Any = _Guarded(stream, limit * 2, path.name)
        with tarfile.open(fileobj=guarded, mode="r:") as tar:
            yield _tar_members(tar, path), lambda member: _tar_file(tar, member, path)


def _zip_members(archive: zipfile.ZipFile, path: Path) -> Iterator[Member]:
    entries = archive.infolist()
    if len(entries) > COUNT_LIMIT:
        raise TooLargeError(f"holds more than {COUNT_LIMIT} entries", where=path.name)
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if entry.filename.endswith("/") and kind in (0, stat.S_IFDIR):
            continue
        if kind not in (0, stat.S_IFREG):
            raise InvalidError(f"{entry.filename[:80]!r} is not a plain file", where=path.name)
        if entry.flag_bits & 0x1:
            raise InvalidError(f"{entry.filename[:80]!r} is encrypted", where=path.name)
        yield Member(entry.orig_filename, entry.file_size, entry)


def _tar_members(tar: tarfile.TarFile, path: Path) -> Iterator[Member]:
    count = 0
    while (entry := tar.next()) is not None:
        count += 1
        if count > COUNT_LIMIT:
            raise TooLargeError(f"holds more than {COUNT_LIMIT} entries", where=path.name)
        if entry.isdir():
            continue
        if not entry.isreg() or entry.issparse():
            raise InvalidError(f"{entry.name[:80]!r} is not a plain file", where=path.name)
        yield Member(entry.name.removeprefix("./"), entry.size, entry)


def _tar_file(tar: tarfile.TarFile, member: Member, path: Path) -> IO[bytes]:
    file = tar.extractfile(member.entry)
    if file is None:
        raise InvalidError(f"{member.name[:80]!r} cannot be read", where=path.name)
    return file


def check_directory(path: Path) -> None:
    """Refuse a zip whose directory alone would fill the memory, before it is read."""
    with path.open("rb") as stream:
        stream.seek(0, 2)
        stream.seek(max(0, stream.tell() - 65_557))
        tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    if at < 0 or len(tail) < at + 22 or length == 0xFFFFFFFF:
        raise InvalidError("is a zip of a kind that is not read", where=path.name)
    if length > COUNT_LIMIT * 1024:
        raise TooLargeError(f"holds more than {COUNT_LIMIT} entries", where=path.name)


class _Guarded:
    """A file that refuses single reads and totals that only a hostile archive asks for."""

    def __init__(self, stream: Any, limit: int, name: str) -> None:
        self.stream, self.left, self.end, self.name = stream, limit, limit, name

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > _HEADER_LIMIT:
            raise TooLargeError("has a header that is too large", where=self.name)
        data: bytes = self.stream.read(size)
        self.left -= len(data)
        if self.left < 0:
            raise TooLargeError("unpacks to more than its size allows", where=self.name)
        return data

    def seek(self, position: int, whence: int = 0) -> int:
        target = position + (self.stream.tell() if whence == 1 else 0)
        if whence == 2 or target > self.end:
            raise TooLargeError("unpacks to more than its size allows", where=self.name)
        result: int = self.stream.seek(target)
        return result

    def tell(self) -> int:
        result: int = self.stream.tell()
        return result
