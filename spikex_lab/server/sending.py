"""Files as downloads: never shown in the page, never guessed, never run; whole or a range."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from tornado.iostream import StreamClosedError

from spikex_lab.errors import SpikexError
from spikex_lab.server.base import Handler

CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class RangeError(SpikexError):
    """A range that the file does not have; `size` is the file's."""

    status = 416

    def __init__(self, size: int) -> None:
        super().__init__(f"the file has {size} bytes", where="Range")
        self.size = size


def span(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one after the last that a ``Range`` asks for; None: all.

    Several ranges, or what cannot be read, are taken for all (RFC 9110, section 14.2).

    Raises
    ------
    RangeError : the file has none of it.

    Examples
    --------
    >>> span("bytes=-10", 100)
    (90, 100)
    """
    found = _RANGE.fullmatch((header or "").replace(" ", ""))
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        first, end = max(0, size - int(found[2])), size
    else:
        first, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < first:
            return None
    if first >= end:
        raise RangeError(size)
    return first, end


class Sender(Handler):
    """Base of those that answer with a file."""

    async def send_bytes(
        self, data: bytes, name: str, media_type: str = "application/octet-stream"
    ) -> None:
        """Answer with `data` as the file `name`."""
        self._as_download(name)
        await self.finish(data, set_content_type=media_type)

    async def send_file(self, path: Path, name: str, tag: str | None = None) -> None:
        """Answer with the file at `path`, or the range of it that was asked for.

        Parameters
        ----------
        name : what it is called where it is saved.
        tag : names these bytes; a client that has them is told so (304).
        """
        size = path.stat().st_size
        self._as_download(name)
        self.set_header("Accept-Ranges", "bytes")
        if tag is not None:
            self.set_header("Etag", f'"{tag}"')
            if self.check_etag_header():
                self.set_status(304)
                await self.finish()
                return
        asked = self.request.headers.get("Range")
        condition = self.request.headers.get("If-Range")
        if condition is not None and condition != self._headers.get("Etag"):
            asked = None  # the file has changed since: all of it
        part = span(asked, size)
        first, end = part or (0, size)
        if part is not None:
            self.set_status(206)
            self.set_header("Content-Range", f"bytes {first}-{end - 1}/{size}")
        self.set_header("Content-Length", str(end - first))
        self.set_header("Content-Type", "application/octet-stream")
        with path.open("rb") as file:
            await self._stream(file, first, end)

    async def _stream(self, file: BinaryIO, first: int, end: int) -> None:
        file.seek(first)
        left = end - first
        try:
            while left > 0:
                chunk = await self.work(lambda _store: file.read(min(CHUNK, left)))  # noqa: B023
                if not chunk:
                    raise OSError("the file has become shorter")
                left -= len(chunk)
                self.write(chunk)
                await self.flush()
        except StreamClosedError:
            return  # whoever asked has gone
        await self.finish(set_content_type="application/octet-stream")

    def _as_download(self, name: str) -> None:
        self.set_header(
            "Content-Disposition", f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        )
        self.set_header("Content-Security-Policy", "sandbox; default-src 'none'")

    def write_error(self, status_code: int, **kwargs: object) -> None:
        """Say how long the file is where a range of it is not there."""
        error = kwargs.get("exc_info", (None, None))[1]  # type: ignore[index]
        if isinstance(error, RangeError):
            self.set_header("Content-Range", f"bytes */{error.size}")
        super().write_error(status_code, **kwargs)
