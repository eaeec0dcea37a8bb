"""Multipart bodies, taken apart as they come: one file to the disk, short texts beside it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from multipart import MultipartError, PushMultipartParser, parse_options_header

from spikex_lab import durable
from spikex_lab.errors import InvalidError, SpikexError, TooLargeError
from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.names import inside

FILE = "file"
"""Name of the part that is the file."""
OVERHEAD = 256 * 1024
"""Bytes of a body beside its file: the texts, and what lies between the parts."""
_TEXT_LIMIT = 128 * 1024
_PARTS = 8


@dataclass(frozen=True)
class Uploaded:
    """What came: where the file lies until the answer is sent, and the texts."""

    path: Path
    fields: SpecModel


def boundary(content_type: str) -> str | None:
    """Return the boundary of a multipart body; None: it is none."""
    media, options = parse_options_header(content_type)
    found = options.get("boundary") if media == "multipart/form-data" else None
    return found if found and len(found) <= 200 and found.isascii() else None


class Receiver:
    """Takes a multipart body apart. Its methods block; they may be called from any thread.

    Parameters
    ----------
    boundary : what separates the parts.
    scratch : folder in which a folder for the file is made.
    limit : most bytes of the file.
    progress : called with the bytes of the file so far.
    """

    def __init__(
        self, boundary: str, scratch: Path, *, limit: int, progress: Callable[[int], None]
    ) -> None:
        self._scratch, self._limit, self._progress = scratch, limit, progress
        self._parser = PushMultipartParser(boundary, max_segment_count=_PARTS, strict=True)
        self._folder: Path | None = None
        self._file: IO[bytes] | None = None
        self._path: Path | None = None
        self._name = ""
        self._texts: dict[str, bytearray] = {}
        self._size = 0
        self._error: SpikexError | None = None
        self._ended = False
        self._lock = threading.Lock()

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes. After a mistake, which `end` tells, they are dropped."""
        with self._lock:
            if self._error is not None or self._ended:
                return
            try:
                with durable.storage("upload"):
                    for event in self._parser.parse(chunk):
                        self._take(event)
            except MultipartError as error:
                self._fail(InvalidError(f"the body is no form: {error}"[:300], where="body"))
            except SpikexError as error:
                self._fail(error)

    def _fail(self, error: SpikexError) -> None:
        self._error = error
        self._remove()

    def _take(self, event: Any) -> None:
        if event is None:  # the end of a part
            return
        if not isinstance(event, (bytes, bytearray)):
            self._begin(str(event.name), event.filename)
        elif self._name == FILE and self._file is not None:
            self._size += len(event)
            if self._size > self._limit:
                raise TooLargeError(f"more than {self._limit} bytes", where=FILE)
            self._file.write(event)
            self._progress(self._size)
        else:
            text = self._texts[self._name]
            text += event
            if len(text) > _TEXT_LIMIT:
                raise InvalidError(f"more than {_TEXT_LIMIT} bytes", where=self._name[:80])

    def _begin(self, name: str, filename: str | None) -> None:
        self._name = name
        if name in self._texts or (name == FILE and self._file is not None):
            raise InvalidError("comes twice", where=name[:80])
        if name != FILE:
            self._texts[name] = bytearray()
            return
        if not filename or "/" in filename:
            raise InvalidError("the file has no plain name", where=FILE)
        self._folder = Path(tempfile.mkdtemp(prefix="spikex-", dir=self._scratch))
        self._path = inside(self._folder, filename)
        self._file = self._path.open("xb", buffering=0)

    def end(self, schema: type[SpecModel]) -> Uploaded:
        """Return what came, its texts as a `schema`.

        Raises
        ------
        InvalidError : it was no form, was cut, had no file or bad texts. TooLargeError : over the
            limit. StorageError : the disk refused.
        """
        with self._lock:
            if self._error is None:
                try:
                    self._parser.close()
                except MultipartError as error:
                    self._fail(InvalidError(f"the body is no form: {error}"[:300], where="body"))
            if self._error is not None:
                raise self._error
            if self._file is None or self._path is None:
                raise InvalidError("there is no file", where=FILE)
            self._file.close()
            try:
                texts = {name: bytes(text).decode() for name, text in self._texts.items()}
            except UnicodeDecodeError:
                raise InvalidError("is no text", where="body") from None
            return Uploaded(self._path, schema.parse(texts, where="body"))

    def discard(self) -> None:
        """Remove what came; safe at any time, and more than once."""
        with self._lock:
            self._ended = True
            self._remove()

    def _remove(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):  # the disk is full: it is removed all the same
                self._file.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
