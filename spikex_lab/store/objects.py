"""Content-addressed files: the same bytes once, whole or not at all, verified when read."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import threading
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from spikex_lab import durable
from spikex_lab.durable import storage
from spikex_lab.errors import InvalidError, NotFoundError, StorageError, TooLargeError
from spikex_lab.store.clock import stamp
from spikex_lab.store.database import Cursor, Database
from spikex_lab.store.records import Object

SHA = re.compile(r"[0-9a-f]{64}")


class File(NamedTuple):
    """Something that lies among the objects: name, bytes, when it was last written (epoch)."""

    name: str
    size: int
    modified: float
    upload: object = None
    """What a bucket knows an unfinished upload by."""

    @property
    def sha(self) -> str | None:
        """The object that it is, by its name; None: it is none."""
        shelf, _, sha = self.name.partition("/")
        return sha if SHA.fullmatch(sha) and shelf == sha[:2] else None


class Objects:
    """Files under `root`, named by their SHA-256: ``<root>/ab/ab12…``. No row: no object.

    Notes
    -----
    A put writes a temporary file and fsyncs it; then, holding the database's write lock, it renames
    the file, fsyncs the folder and writes the row. The collector removes under the same lock, so a
    put and a collection never cross.
    """

    def __init__(self, database: Database, root: Path) -> None:
        self.database, self.root = database, root
        self.temporary = root / "tmp"
        self._known: dict[str, tuple[int, ...]] = {}
        self._lock = threading.Lock()

    # --- put -----------------------------------------------------------------------------

    def put_bytes(self, data: bytes) -> Object:
        """Keep `data`."""
        return self.put_stream([data])

    def put_file(self, path: Path, *, quota: int | None = None) -> Object:
        """Keep a copy of the file at `path`.

        Parameters
        ----------
        quota : bytes that all objects may have in the end; None: any.

        Raises
        ------
        NotFoundError : there is no such file.
        TooLargeError : over the quota; nothing is kept.
        StorageError : it cannot be read, or not kept.
        """
        if not path.is_file():
            raise NotFoundError("no such file", where=str(path))
        return self.put_stream(durable.read_chunks(path), quota=quota)

    def put_stream(
        self,
        chunks: Iterable[bytes],
        *,
        size: int | None = None,
        sha256: str | None = None,
        limit: int | None = None,
        quota: int | None = None,
    ) -> Object:
        """Keep what `chunks` yields. When this returns, the bytes are on the disk.

        Parameters
        ----------
        size, sha256 : what was announced; another size or hash is a cut or damaged upload.
        limit : at most so many bytes.
        quota : as in `put_file`.

        Raises
        ------
        InvalidError : not what was announced; nothing is kept.
        TooLargeError : over `limit` or the quota; nothing is kept.
        StorageError : the disk refused; nothing is kept.
        """
        path = self._temporary()
        with storage("objects"):
            found, length = durable.write_temporary(path, chunks, limit=limit)
            try:
                if size is not None and length != size:
                    raise InvalidError(
                        f"the upload was cut: {length} of {size} bytes came", hint="send it again"
                    )
                if sha256 is not None and found != sha256:
                    raise InvalidError("the bytes are not those of the checksum", where=sha256)
                self._keep(path, found, length, quota)
            finally:
                durable.remove(path)
        return Object(found, length)

    def _keep(self, temporary: Path, sha: str, size: int, quota: int | None) -> None:
        """Move the synced `temporary` into place and write its row, or leave neither."""
        moved = False
        try:
            with self.database.fast(shared=quota is None) as cursor:
                # A file without a row may be what a failed fsync left: only a row makes it trusted.
                new = not cursor.one("SELECT 1 FROM object WHERE sha256=:s", s=sha)
                if new or not self._is_whole(self._place(sha), sha):
                    moved = new
                    self._place_file(temporary, sha)
                self._write_row(cursor, sha, size, quota)
        except BaseException:
            if moved:
                with contextlib.suppress(StorageError):  # an orphan then, for the collector
                    self.forget(sha)
            raise

    def _place_file(self, temporary: Path, sha: str) -> None:
        """Move the synced `temporary` to where `sha` lies."""
        place = self._place(sha)
        if durable.folder(place.parent, where="objects").is_symlink():
            raise StorageError(
                "a link is in the place of a folder", where=f"objects/{sha[:2]}", hint="remove it"
            )
        if os.name != "nt":
            temporary.chmod(0o400)
        durable.io.replace(temporary, place)
        durable.sync_folder(place.parent)

    def _write_row(self, cursor: Cursor, sha: str, size: int, quota: int | None) -> None:
        """Write the row. With a quota the write lock is held alone, so that the sum is true."""
        if quota is not None:
            others = cursor.one("SELECT coalesce(sum(size), 0) FROM object WHERE sha256<>:s", s=sha)
            check_quota(int(others[0]) + size if others else size, quota)
        cursor.run(
            "INSERT INTO object (sha256, size, created, touched) VALUES (:s, :n, :t, :t) "
            "ON CONFLICT (sha256) DO UPDATE SET touched=excluded.touched",
            s=sha,
            n=size,
            t=stamp(),
        )

    def _has_row(self, sha: str) -> bool:
        return bool(self.database.rows("SELECT 1 FROM object WHERE sha256=:s", {"s": sha}))

    def forget(self, sha: str) -> bool:
        """Remove the file of an object without a row; return whether it is gone. Always safe."""
        with self.database.fast() as cursor:
            if cursor.one("SELECT 1 FROM object WHERE sha256=:s", s=sha):
                return False
            self._remove(sha)
        return True

    def _remove(self, sha: str) -> None:
        durable.remove(self._place(sha))
        self._known.pop(sha, None)

    # --- read ----------------------------------------------------------------------------

    def get(self, sha: str) -> Object:
        """Return the object's record.

        Raises
        ------
        NotFoundError : there is none.
        """
        self._place(sha)
        found = self.database.rows("SELECT size FROM object WHERE sha256=:s", {"s": sha})
        if not found:
            raise NotFoundError("no such object", where=sha)
        return Object(sha, int(found[0][0]))

    def size(self) -> int:
        """Return the bytes of all objects together."""
        return int(self.database.rows("SELECT coalesce(sum(size), 0) FROM object")[0][0])

    def path(self, sha: str) -> Path:
        """Return the file of an object, to be read only; verified once per process and file.

        Raises
        ------
        NotFoundError : there is no such object.
        StorageError : its bytes are not those of its name, or are gone.
        """
        self.get(sha)
        place = self._place(sha)
        if not self._is_whole(place, sha):
            raise damaged(sha)
        return place

    def read(self, sha: str) -> bytes:
        """Return the bytes of an object, verified now. Errors as `path`."""
        self.get(sha)
        place = self._place(sha)
        with storage("objects"):
            if not self._is_ours(place):
                raise damaged(sha)
            data = place.read_bytes()
        if hashlib.sha256(data).hexdigest() != sha:
            raise damaged(sha)
        return data

    @contextlib.contextmanager
    def open(self, sha: str) -> Iterator[BinaryIO]:
        """Give the object opened for reading; verified as `path` does."""
        with self.path(sha).open("rb") as stream:
            yield stream

    def read_range(self, sha: str, start: int, length: int) -> Iterator[bytes]:
        """Yield `length` bytes of an object from byte `start` on, or as many as there are.

        The hash is of the whole: what is read in part from a bucket is not verified.

        Raises
        ------
        InvalidError : it begins beyond the object's end.
        """
        size = self.get(sha).size
        left = self._part(size, start, length)
        with self.path(sha).open("rb") as stream:
            stream.seek(start)
            while left and (chunk := stream.read(min(left, durable.CHUNK))):
                left -= len(chunk)
                yield chunk

    def _part(self, size: int, start: int, length: int) -> int:
        if not 0 <= start <= size or length < 0:
            raise InvalidError(f"no {length} bytes from byte {start} of {size}", where="range")
        return min(length, size - start)

    def link(self, sha: str, name: str, seconds: int = 300) -> str | None:  # noqa: ARG002
        """Return a URL by which anybody may download the object as `name`, for at most `seconds`.

        None: a file has none.
        """
        self.get(sha)
        return None

    def check(self, sha: str) -> bool:
        """Return whether the file is there and its bytes are those of its name; reads all of it."""
        self._known.pop(sha, None)
        return self._is_whole(self._place(sha), sha)

    def has(self, sha: str) -> bool:
        """Return whether a file is there, whatever its bytes are."""
        return durable.is_plain(self._place(sha))

    def _is_whole(self, place: Path, sha: str) -> bool:
        """Return whether `place` holds the bytes of `sha`; an unchanged file is not read twice."""
        with storage("objects"):
            if not self._is_ours(place):
                return False
            status = place.stat()
            mark = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            if self._known.get(sha) == mark:
                return True
            digest = hashlib.sha256()
            for chunk in durable.read_chunks(place):
                digest.update(chunk)
        if digest.hexdigest() != sha:
            return False
        with self._lock:
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[sha] = mark
        return True

    def _place(self, sha: str) -> Path:
        """Return where `sha` lies. The one function that makes a path here: only from a SHA-256."""
        if not isinstance(sha, str) or not SHA.fullmatch(sha):
            raise NotFoundError("no such object", where=str(sha)[:80])
        return self.root / sha[:2] / sha

    def _is_ours(self, place: Path) -> bool:
        """Return whether `place` is a regular file, and neither it nor its shelf is a link."""
        shelf = self.root.resolve() / place.parent.name
        return durable.is_plain(place) and place.resolve() == shelf / place.name

    def _temporary(self) -> Path:
        return durable.folder(self.temporary, where="objects") / uuid.uuid4().hex

    # --- what is there -------------------------------------------------------------------

    def files(self) -> Iterator[File]:
        """Yield every file in place, whatever it is; the temporary ones are not."""
        if self.root.is_dir():
            for shelf in sorted(self.root.iterdir()):
                if shelf.name != self.temporary.name:
                    inside = sorted(shelf.iterdir()) if shelf.is_dir() else [shelf]
                    yield from self._described(inside)

    def reach(self) -> str:
        """Return where the objects are, after a look whether that place answers.

        Raises
        ------
        StorageError : it does not.
        """
        return f"files in {self.root}"

    def litter(self) -> Iterator[File]:
        """Yield the temporary files: uploads that come in, or that came to nothing."""
        if self.temporary.is_dir():
            yield from self._described(sorted(self.temporary.iterdir()))

    def discard(self, file: File) -> None:
        """Remove what `litter` gave."""
        durable.remove(self.root / file.name)

    def drop_copies(self, grace: float) -> None:
        """Remove what is here only because it was asked for: nothing, these are no copies."""

    def _described(self, paths: Iterable[Path]) -> Iterator[File]:
        for path in paths:
            with contextlib.suppress(FileNotFoundError):  # its put has ended meanwhile
                status = path.lstat()
                name = path.relative_to(self.root).as_posix()
                yield File(name, status.st_size, status.st_mtime)


def check_quota(total: int, quota: int) -> None:
    """Refuse objects of `total` bytes together.

    Raises
    ------
    TooLargeError : more than `quota`.
    """
    if total > quota:
        raise TooLargeError(
            f"the store may have {quota:,} bytes, and would have {total:,}",
            where="quota",
            hint="delete datasets, then run `spikex store collect`",
        )


def damaged(sha: str) -> StorageError:
    """Return the error for an object that is not what its name says."""
    return StorageError(
        "an object of the store is damaged or gone",
        where=f"objects/{sha[:12]}…",
        hint="run `spikex store verify`; put the same file again to mend it",
    )
