"""A bucket of an S3 server through the `minio` client: few calls, one clear error for each."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from spikex_lab import durable
from spikex_lab.errors import StorageError
from spikex_lab.store.urls import BucketUrl

if TYPE_CHECKING:
    from minio import Minio

PART = 16 * 1024**2
"""Bytes of one part of an upload; what is smaller goes in one piece."""
CONNECT_SECONDS, READ_SECONDS, TRIES = 5.0, 60.0, 3
LINK_SECONDS = 300
"""A link lives for at most so long: whoever loses the right to a file loses the link too."""


class Stat(NamedTuple):
    """What the server says of an object."""

    key: str
    size: int
    etag: str
    modified: datetime


class Upload(NamedTuple):
    """An upload in parts that was not finished: it lasts, unseen, until it is taken back."""

    key: str
    id: str
    begun: datetime


class Bucket:
    """The objects of one bucket below a prefix.

    Parameters
    ----------
    url : where it is and whose keys open it; without keys: those of the environment (as for AWS).
    """

    def __init__(self, url: BucketUrl) -> None:
        self._url = url

    def __repr__(self) -> str:
        return f"<Bucket {self.shown}>"

    @cached_property
    def _client(self) -> Minio:
        """The client, made at its first use: it takes a while to import."""
        try:
            import urllib3
            from minio import Minio
            from minio.credentials.providers import (
                AWSConfigProvider,
                ChainedProvider,
                EnvAWSProvider,
                EnvMinioProvider,
                Provider,
                StaticProvider,
            )
        except ImportError as error:
            raise StorageError(
                f"no client for S3: {error}",
                where="SPIKEX_OBJECT_STORE_URL",
                hint="pip install 'spikex-lab[s3]'",
            ) from None
        url = self._url
        keys: list[Provider] = [EnvAWSProvider(), EnvMinioProvider(), AWSConfigProvider()]
        if url.access:
            keys = [StaticProvider(url.access, url.secret)]
        retry = urllib3.Retry(total=TRIES, backoff_factor=0.2, status_forcelist=[500, 502, 503])
        return Minio(
            url.endpoint,
            secure=url.secure,
            region=url.region,
            credentials=ChainedProvider(keys),
            http_client=urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
                retries=retry,
                maxsize=10,
            ),
        )

    @property
    def shown(self) -> str:
        """Where it is, without the keys."""
        return self._url.shown

    def reach(self) -> None:
        """Look whether the bucket answers, and to these keys.

        Raises
        ------
        StorageError : it does not.
        """
        next(self.all(), None)  # a mere look whether it exists tells no wrong key from no bucket

    def put(self, key: str, file: Path, size: int) -> None:
        """Upload `file` whole or not at all; in parts, several at a time, where it is large."""
        with _answered(), file.open("rb") as stream:
            self._client.put_object(
                self._url.bucket, self._url.prefix + key, stream, size, part_size=PART
            )

    def stat(self, key: str) -> Stat | None:
        """Return what the server knows of the object; None: there is none."""
        with _answered(missing_is_none=True):
            found = self._client.stat_object(self._url.bucket, self._url.prefix + key)
            return self._stat(found)
        return None

    def read(self, key: str, start: int = 0, length: int = 0) -> Iterator[bytes]:
        """Yield the bytes of the object from `start`, `length` of them (0: all that follow).

        Raises
        ------
        FileNotFoundError : there is none.
        """
        with _answered():
            answer = self._client.get_object(
                self._url.bucket, self._url.prefix + key, offset=start, length=length
            )
            try:
                yield from answer.stream(durable.CHUNK)
            finally:
                answer.close()
                answer.release_conn()

    def remove(self, key: str) -> None:
        """Remove the object; none is no mistake."""
        with _answered():
            self._client.remove_object(self._url.bucket, self._url.prefix + key)

    def all(self) -> Iterator[Stat]:
        """Yield every object, by key."""
        with _answered():
            for found in self._client.list_objects(
                self._url.bucket, prefix=self._url.prefix, recursive=True
            ):
                yield self._stat(found)

    def unfinished(self) -> list[Upload]:
        """Return the uploads in parts that were begun and neither finished nor taken back."""
        with _answered():
            # The client has no public name for these two; S3 has.
            found = self._client._list_multipart_uploads(self._url.bucket, prefix=self._url.prefix)
            return [
                Upload(
                    str(one.object_name).removeprefix(self._url.prefix),
                    str(one.upload_id),
                    one.initiated_time or datetime.now(UTC),
                )
                for one in found.uploads
            ]

    def take_back(self, upload: Upload) -> None:
        """Remove the parts of an unfinished upload."""
        with _answered(missing_is_none=True):
            self._client._abort_multipart_upload(
                self._url.bucket, self._url.prefix + upload.key, upload.id
            )

    def link(self, key: str, *, name: str, seconds: int = LINK_SECONDS) -> str:
        """Return a URL by which anybody may download this object, as the file `name`, for a while.

        Made here: the server is not asked. Secret until it has expired.
        """
        with _answered():
            return self._client.get_presigned_url(
                "GET",
                self._url.bucket,
                self._url.prefix + key,
                expires=timedelta(seconds=max(1, min(seconds, LINK_SECONDS))),
                response_headers={
                    "response-content-disposition": f'attachment; filename="{name}"',
                    "response-content-type": "application/octet-stream",
                },
            )

    def _stat(self, found: Any) -> Stat:
        return Stat(
            str(found.object_name).removeprefix(self._url.prefix),
            int(found.size or 0),
            str(found.etag or "").strip('"'),
            found.last_modified or datetime.now(UTC),
        )


def etag(file: Path, size: int) -> str:
    """Return the mark that a server gives what `Bucket.put` uploads: MD5, of parts where many."""
    parts = []
    with file.open("rb") as stream:
        while data := stream.read(PART):
            parts.append(hashlib.md5(data, usedforsecurity=False))
    if size <= PART:
        return (parts[0] if parts else hashlib.md5(b"", usedforsecurity=False)).hexdigest()
    whole = hashlib.md5(b"".join(part.digest() for part in parts), usedforsecurity=False)
    return f"{whole.hexdigest()}-{len(parts)}"


@contextlib.contextmanager
def _answered(*, missing_is_none: bool = False) -> Iterator[None]:
    """Turn what the client says into one StorageError; a missing object into FileNotFoundError."""
    from minio.error import MinioException, S3Error
    from urllib3.exceptions import HTTPError

    try:
        yield
    except S3Error as error:
        if error.code in ("NoSuchKey", "NoSuchUpload", "ResourceNotFound"):
            if missing_is_none:
                return
            raise FileNotFoundError("no such object in the bucket") from None
        raise _explain(str(error.code)) from error
    except HTTPError as error:
        raise StorageError(
            f"the object store cannot be reached ({type(error).__name__})",
            where="objects",
            hint="check SPIKEX_OBJECT_STORE_URL, and that the server runs; nothing was kept",
        ) from error
    except MinioException as error:
        raise _explain(type(error).__name__) from error


_KEYS = (
    "the object store refused the keys",
    "check the keys and rights in SPIKEX_OBJECT_STORE_URL",
)
_FULL = ("the object store is full", "free some space there; nothing was kept")
_MEANINGS = {
    "NoSuchBucket": ("the bucket is not there", "create it, or check SPIKEX_OBJECT_STORE_URL"),
    "AccessDenied": _KEYS,
    "InvalidAccessKeyId": _KEYS,
    "SignatureDoesNotMatch": _KEYS,
    "XMinioStorageFull": _FULL,
    "QuotaExceeded": _FULL,
    "InsufficientStorage": _FULL,
    "SlowDown": ("the object store is busy", "try again; nothing was kept"),
    "RequestTimeTooSkewed": ("this machine's clock is wrong", "set it by the network's time"),
}


def _explain(code: str) -> StorageError:
    what, hint = _MEANINGS.get(
        code, (f"the object store refused: {code}", "see `spikex doctor`; nothing was kept")
    )
    return StorageError(what, where="objects", hint=hint)
