"""Objects in a bucket; the folder holds copies of those that somebody here has asked for."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

from spikex_lab import durable
from spikex_lab.durable import storage
from spikex_lab.errors import StorageError
from spikex_lab.store.bucket import LINK_SECONDS, Bucket, Upload, etag
from spikex_lab.store.database import Database
from spikex_lab.store.objects import File, Objects, damaged

TOUCH_SECONDS = 3600.0
"""How often a copy in use is marked as such."""
UPLOADS = 3
"""Times that an object is uploaded again because a collection took it meanwhile."""


class BucketObjects(Objects):
    """Objects under the key ``ab/ab12…`` of `bucket`, copied into the folder `root` when needed.

    Notes
    -----
    A put uploads first, for that may take long, and then looks, beside the row that it writes,
    whether the object is still there. The collector removes while no such look goes on, so what a
    row names is there. What has a row is uploaded again only where the server's mark is another.
    """

    def __init__(self, database: Database, root: Path, bucket: Bucket) -> None:
        super().__init__(database, root)
        self.bucket = bucket

    def _keep(self, temporary: Path, sha: str, size: int, quota: int | None) -> None:
        key = self._key(sha)
        found = self.bucket.stat(key) if self._has_row(sha) else None
        if found is None or found.etag != etag(temporary, size):
            self.bucket.put(key, temporary, size)
        for _ in range(UPLOADS):
            if self._name(sha, size, quota):
                break
            self.bucket.put(key, temporary, size)
        else:
            raise StorageError(
                "the object store loses what it is given", where="objects", hint="look at its log"
            )
        self._copy(temporary, sha)

    def _name(self, sha: str, size: int, quota: int | None) -> bool:
        """Write the row where the bucket has the object; return whether it had."""
        try:
            with self.database.fast(shared=quota is None) as cursor:
                found = self.bucket.stat(self._key(sha))
                if found is None or found.size != size:
                    return False
                self._write_row(cursor, sha, size, quota)
        except BaseException:
            with contextlib.suppress(StorageError):  # an orphan then, for the collector
                self.forget(sha)
            raise
        return True

    def _copy(self, temporary: Path, sha: str) -> None:
        """Let what was just uploaded be the copy; without one it is downloaded when needed."""
        with contextlib.suppress(OSError, StorageError):
            self._place_file(temporary, sha)

    # --- read ----------------------------------------------------------------------------

    def path(self, sha: str) -> Path:
        """Return a copy of the object here, downloaded and verified. Errors as in `Objects`."""
        self.get(sha)
        place = self._place(sha)
        if not self._is_whole(place, sha):
            self._download(sha)
        elif time.time() - place.stat().st_mtime > TOUCH_SECONDS:
            with storage("objects"):
                place.touch()
        return place

    def _download(self, sha: str) -> None:
        temporary = self._temporary()
        with storage("objects"):
            try:
                found, _ = durable.write_temporary(temporary, self.bucket.read(self._key(sha)))
                if found != sha:
                    raise damaged(sha)
                self._place_file(temporary, sha)
            except FileNotFoundError:
                raise damaged(sha) from None
            finally:
                durable.remove(temporary)

    def read(self, sha: str) -> bytes:
        """Return the bytes of an object, verified now. Errors as `path`."""
        return self.path(sha).read_bytes() if self._is_here(sha) else self._read(sha)

    def _read(self, sha: str) -> bytes:
        self.get(sha)
        try:
            data = b"".join(self.bucket.read(self._key(sha)))
        except FileNotFoundError:
            raise damaged(sha) from None
        if hashlib.sha256(data).hexdigest() != sha:
            raise damaged(sha)
        return data

    def read_range(self, sha: str, start: int, length: int) -> Iterator[bytes]:
        """Yield a part of an object: of a copy that is here, else straight from the bucket."""
        size = self.get(sha).size
        length = self._part(size, start, length)
        if self._is_here(sha):
            yield from super().read_range(sha, start, length)
        elif length:
            try:
                yield from self.bucket.read(self._key(sha), start, length)
            except FileNotFoundError:
                raise damaged(sha) from None

    def link(self, sha: str, name: str, seconds: int = LINK_SECONDS) -> str | None:
        """Return a URL by which the object may be downloaded for `seconds` (at most 300)."""
        self.get(sha)
        return self.bucket.link(self._key(sha), name=name, seconds=seconds)

    def check(self, sha: str) -> bool:
        """Return whether the bucket's bytes are those of the name; reads all of them."""
        digest = hashlib.sha256()
        try:
            for chunk in self.bucket.read(self._key(sha)):
                digest.update(chunk)
        except FileNotFoundError:
            return False
        return digest.hexdigest() == sha

    def has(self, sha: str) -> bool:
        """Return whether the bucket has something under this name."""
        return self.bucket.stat(self._key(sha)) is not None

    def _is_here(self, sha: str) -> bool:
        return self._is_whole(self._place(sha), sha)

    def _key(self, sha: str) -> str:
        return self._place(sha).relative_to(self.root).as_posix()

    # --- what is there -------------------------------------------------------------------

    def _remove(self, sha: str) -> None:
        self.bucket.remove(self._key(sha))
        super()._remove(sha)

    def files(self) -> Iterator[File]:
        """Yield every object of the bucket, whatever it is."""
        for found in self.bucket.all():
            yield File(found.key, found.size, found.modified.timestamp())

    def reach(self) -> str:
        """Return which bucket it is; errors as in `Objects`."""
        self.bucket.reach()
        return f"{self.bucket.shown}, copies in {self.root}"

    def litter(self) -> Iterator[File]:
        """Yield temporary files and unfinished uploads."""
        yield from super().litter()
        for upload in self.bucket.unfinished():
            yield File(f"{upload.key}?{upload.id}", 0, upload.begun.timestamp(), upload)

    def discard(self, file: File) -> None:
        """Remove what `litter` gave."""
        if isinstance(file.upload, Upload):
            self.bucket.take_back(file.upload)
        else:
            super().discard(file)

    def drop_copies(self, grace: float) -> None:
        """Remove the copies that nobody has asked for in `grace` seconds."""
        for copy in list(super().files()):
            if time.time() - copy.modified >= grace:
                durable.remove(self.root / copy.name)
