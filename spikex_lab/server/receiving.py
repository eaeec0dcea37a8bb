"""Handlers that take a file: refused before its first byte where it cannot be kept."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tornado.web import HTTPError

from spikex_lab.server import forms
from spikex_lab.server.base import Handler
from spikex_lab.server.operations import Form, Operation
from spikex_lab.server.transfers import Room, Transfer

if TYPE_CHECKING:
    from spikex_lab.store import Store

BODY_SECONDS = 6 * 3600.0
"""An upload that takes longer is cut."""


class FormHandler(Handler):
    """Base of those whose ``post`` takes a `Form`; its ``body`` is a `forms.Uploaded`."""

    receiver: forms.Receiver | None = None
    transfer: Transfer | None = None

    async def check_body(self, declared: Operation) -> None:
        """Refuse a body that is no form, is too large, or for which there is no room."""
        if not isinstance(declared.body, Form):
            await super().check_body(declared)
            return
        from spikex_lab.api import scratch

        length = self.body_length()
        boundary = forms.boundary(self.request.headers.get("Content-Type", ""))
        if boundary is None:
            raise HTTPError(415, "the body must be multipart/form-data")
        limit = await self.work(lambda store: store.settings.max_upload_bytes)
        if length > limit + forms.OVERHEAD:
            raise HTTPError(413, f"a file may have {limit} bytes at most")

        def look(store: Store) -> tuple[Path, Room]:
            folder = scratch.folder()
            return folder, Room(shutil.disk_usage(folder).free, store.datasets.room())

        folder, room = await self.work(look)
        transfer = self.service.transfers.begin(Transfer("", "upload", total=length), room)

        def progress(size: int) -> None:
            transfer.done = size

        self.transfer = transfer
        self.receiver = forms.Receiver(boundary, folder, limit=limit, progress=progress)
        connection: Any = self.request.connection
        connection.set_max_body_size(limit + forms.OVERHEAD)
        connection.set_body_timeout(BODY_SECONDS)

    async def data_received(self, chunk: bytes) -> None:
        """Write the bytes that came; the next ones are read when these are on the disk."""
        if self.receiver is None:
            super().data_received(chunk)
        else:
            await self.work(lambda _store, receiver=self.receiver: receiver.feed(chunk))

    async def taken(self, declared: Operation) -> dict[str, Any]:
        """Return what the operation takes; the form is whole by now."""
        found = await super().taken(declared)
        receiver, transfer, form = self.receiver, self.transfer, declared.body
        if receiver is not None and transfer is not None and isinstance(form, Form):
            fields = form.fields
            body = await self.work(lambda _store: receiver.end(fields))
            transfer.name = getattr(body.fields, "name", None) or body.path.name
            transfer.state = "reading"
            found["body"] = body
        return found

    def on_finish(self) -> None:
        """Remove the file as it came: what was made of it is in the store."""
        if self.transfer is not None and self.transfer.live and self.get_status() < 400:
            self.transfer.state = "finished"
        self._discard()

    def on_connection_close(self) -> None:
        """Remove what came of an upload that was cut."""
        super().on_connection_close()
        self._discard()

    def _discard(self) -> None:
        if self.transfer is not None and self.transfer.live:
            self.transfer.fail(ConnectionError())
        if self.receiver is not None:
            self.service.soon(self.receiver.discard)
