"""A run's event log over HTTP: pages of JSON, or a live stream (server-sent events)."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import TYPE_CHECKING

from tornado.iostream import StreamClosedError

from spikex_lab.errors import InvalidError
from spikex_lab.server import problems
from spikex_lab.server.base import Handler
from spikex_lab.server.handlers.common import fresh
from spikex_lab.server.operations import operation
from spikex_lab.server.schemas.runs import Event, Events, EventsQuery
from spikex_lab.server.streams import Batch, Beat, End
from spikex_lab.spec.run import ENDED

if TYPE_CHECKING:
    from spikex_lab.store import Store

HEARTBEAT = 15.0
"""Seconds of silence after which a comment says that the stream is alive."""
STUCK = 60.0
"""Seconds a viewer may take nothing before its stream is closed."""


class EventsHandler(Handler):
    """The events of a run, from `after` (or ``Last-Event-ID``) on."""

    _pump: asyncio.Task[None] | None = None

    @operation("read", Events, also={204: None}, query=EventsQuery, stream=True)
    async def get(self, run: str, query: EventsQuery) -> Events | None:
        """Tell one page of them; with ``Accept: text/event-stream``, follow them live."""
        if "text/event-stream" in self.request.headers.get("Accept", ""):
            await self._stream(run, self._after(query))
            return None

        def read(store: Store) -> Events:
            row = fresh(store, run)
            found = store.runs.events(run, after=self._after(query), limit=query.limit)
            return Events(items=[Event(**event) for event in found], last_seq=row.last_seq)

        return await self.work(read)

    def _after(self, query: EventsQuery) -> int:
        resumed = self.request.headers.get("Last-Event-ID")
        if resumed is None:
            return query.after
        if not (resumed.isascii() and resumed.isdigit() and len(resumed) <= 15):
            raise InvalidError("must be a sequence number", where="Last-Event-ID")
        return int(resumed)

    async def _stream(self, run: str, after: int) -> None:
        row = await self.work(fresh, run)
        if row.state in ENDED and after >= row.last_seq and "Last-Event-ID" in self.request.headers:
            self.set_status(204)  # tells a browser's EventSource not to come back
            await self.finish()
            return
        with self.service.seats.seat(self.user_key):
            self.set_header("Content-Type", "text/event-stream; charset=utf-8")
            self.set_header("Cache-Control", "no-store")
            self.set_header("X-Accel-Buffering", "no")
            # A task of its own, so that the connection's end can cancel it.
            self._pump = asyncio.create_task(self._send_all(run, after))
            await asyncio.wait({self._pump})
        if not self._pump.cancelled():
            self._pump.result()

    async def _send_all(self, run: str, after: int) -> None:
        try:
            await self._push(": hello\n\n")
            follow = self.service.streams.follow(run, after, patience=HEARTBEAT)
            async with aclosing(follow) as items:
                async for item in items:
                    await self._push(_format(item))
        except (StreamClosedError, TimeoutError):
            return  # the viewer has gone, or takes nothing any more
        except Exception as error:  # the status is sent: the stream says it instead
            self.log.exception("the event stream of run %s broke", run)
            body = problems.from_exception(error, 500)
            await self._push(f"event: problem\ndata: {json.dumps(body)}\n\n")
        self.update_api_activity()
        await super().finish(set_content_type="text/event-stream; charset=utf-8")

    async def _push(self, text: str) -> None:
        self.write(text)
        await asyncio.wait_for(asyncio.ensure_future(self.flush()), STUCK)

    def on_connection_close(self) -> None:
        """Stop sending when the viewer has gone."""
        if self._pump is not None:
            self._pump.cancel()


def _format(item: Batch | Beat | End) -> str:
    if isinstance(item, Beat):
        return ": beat\n\n"
    if isinstance(item, End):
        return f"event: end\ndata: {json.dumps({'state': item.state})}\n\n"
    return item.text
