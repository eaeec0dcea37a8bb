"""Files from the network: https only, resumed where a part is here, checked to the last byte."""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from spikex_lab.errors import InvalidError, StorageError, WorkError

Progress = Callable[[int, int, str], None]
"""Called with bytes done, bytes in all, and what is being fetched."""

TIMEOUT = 20.0
"""Seconds without a byte after which a mirror is given up."""
_SCHEMES = frozenset({"https"})
_CHUNK = 256 * 1024
_DISK = frozenset({errno.ENOSPC, errno.EFBIG, errno.EROFS, getattr(errno, "EDQUOT", errno.ENOSPC)})


@dataclass(frozen=True)
class Remote:
    """A published file: its name, MD5, about how many bytes, and the MD5 of what is in the gzip."""

    name: str
    md5: str
    size: int
    raw_md5: str = ""

    @property
    def limit(self) -> int:
        """Bytes beyond which a download cannot be this file."""
        return 2 * self.size + 1024**2


def download(
    remote: Remote, mirrors: Sequence[str], folder: Path, progress: Progress | None = None
) -> Path:
    """Return the path of `remote` in `folder`, fetched from the first mirror that has it right.

    What arrives is kept as ``<name>.part``; the next try, with any mirror, goes on from there.

    Raises
    ------
    WorkError : no mirror gave the file, with each one's reason.
    StorageError : the disk refused.
    """
    target = folder / remote.name
    if target.is_file() and md5(target) == remote.md5:
        return target
    part = folder / f"{remote.name}.part"
    reasons = []
    for mirror in mirrors:
        url = mirror + remote.name
        host = urlsplit(url).hostname or url
        try:
            _receive(url, part, remote, progress)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, OSError) and error.errno in _DISK:
                raise StorageError(f"cannot be kept: {error.strerror}", where=remote.name) from None
            reasons.append(f"{host}: {_reason(error)}")
            continue
        if md5(part) == remote.md5:
            part.replace(target)
            return target
        part.unlink()  # wrong bytes are not worth going on from
        reasons.append(f"{host}: wrong checksum")
    raise WorkError(
        f"no mirror gave the file ({'; '.join(reasons)})",
        where=remote.name,
        hint="without a network, give the same files with --from FOLDER",
    )


def check(path: Path, remote: Remote) -> None:
    """Check that the file at `path` is `remote`, packed or not.

    Raises
    ------
    InvalidError : wrong checksum.
    """
    expected = remote.md5 if path.name.endswith(remote.name) else remote.raw_md5
    actual = md5(path)
    if actual != expected:
        raise InvalidError(
            f"wrong checksum: md5 {actual}, published {expected}",
            where=path.name,
            hint="the file is damaged, or not the published one",
        )


def md5(path: Path) -> str:
    """Return the MD5 (hex) of a file; the published checksums of these datasets are MD5."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, _md5).hexdigest()


def _md5() -> Any:
    return hashlib.md5(usedforsecurity=False)


def _receive(url: str, part: Path, remote: Remote, progress: Progress | None) -> None:
    """Append what is missing of `url` to `part`."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "spikex-lab"})  # noqa: S310
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = _open(request)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 416 and have:  # all of it is here
                return
        raise
    with response:
        begins = f"bytes {have}-"
        resumed = have and response.status == 206
        if resumed and not response.headers.get("Content-Range", "").startswith(begins):
            raise http.client.HTTPException("it sent another part than asked for")
        done = have if resumed else 0
        length = response.headers.get("Content-Length")
        total = done + int(length) if length and length.isdecimal() else remote.size
        with part.open("ab" if resumed else "wb") as sink:
            shown = 0.0
            while chunk := response.read(_CHUNK):
                done += len(chunk)
                if done > remote.limit:
                    raise http.client.HTTPException("it sends more than the file has")
                sink.write(chunk)
                if progress and (time.monotonic() - shown > 0.1 or done == total):
                    shown = time.monotonic()
                    progress(done, total, remote.name)
            sink.flush()
            os.fsync(sink.fileno())
        if done < total:
            raise http.client.HTTPException(f"it broke off after {done:,} of {total:,} bytes")


class _SameScheme(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to an address of an allowed scheme."""

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        """Return the request that follows the redirect to `newurl`."""
        _check_url(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check_url(url: str) -> None:
    if urlsplit(url).scheme not in _SCHEMES:
        raise urllib.error.URLError("it leads to an address that is not https")


def _open(request: urllib.request.Request) -> Any:
    _check_url(request.full_url)
    return urllib.request.build_opener(_SameScheme).open(request, timeout=TIMEOUT)


def _reason(error: BaseException) -> str:
    inner = getattr(error, "reason", None) or error
    return str(inner)[:120] or type(error).__name__
