"""On the way into the library: a text to begin with, what waits for a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikex_lab.server.base import Handler
from spikex_lab.server.handlers.common import whole
from spikex_lab.server.handlers.library import FILES, FileSender
from spikex_lab.server.operations import Media, operation
from spikex_lab.server.schemas.library import (
    Component,
    Scaffold,
    ScaffoldQuery,
    Waiting,
    WaitingList,
)

if TYPE_CHECKING:
    from spikex_lab.store import Store


class ScaffoldHandler(Handler):
    """Where a new component begins."""

    @operation("read", Scaffold, query=ScaffoldQuery, errors=(409,))
    async def get(self, query: ScaffoldQuery) -> Scaffold:
        """Tell the nearest bundled definition under the new name; nothing is kept."""

        def read(_store: Store) -> Scaffold:
            from spikex_lab.api import scaffold

            return Scaffold(source=scaffold.text(query.name, query.kind, like=query.like))

        return await self.work(read)


class WaitingHandler(Handler):
    """What waits for a reviewer."""

    @operation("read", WaitingList)
    async def get(self) -> WaitingList:
        """List what others have handed in and nobody has decided on, oldest first, at most 200."""

        def read(_store: Store) -> WaitingList:
            from spikex_lab.api import component_data

            rows = component_data.waiting()
            return WaitingList(**whole([Waiting.model_validate(row) for row in rows]))

        return await self.work(read)


class PendingHandler(Handler):
    """A component as its reviewer sees it."""

    @operation("read", Component)
    async def get(self, kind: str, component: str) -> Component:
        """Tell the page of the version that waits for a decision."""

        def read(_store: Store) -> Component:
            from spikex_lab.api import component_data

            return Component(**component_data.pending(f"{kind}/{component}"))

        return await self.work(read)


class PendingFileHandler(FileSender):
    """The files of a component as its reviewer sees them."""

    @operation("read", Media(FILES))
    async def get(self, kind: str, component: str, file: str) -> None:
        """Send one of the version that waits for a decision."""

        def read(_store: Store) -> tuple[bytes, bool]:
            from spikex_lab.api import component_data

            return component_data.pending_file(f"{kind}/{component}", file)

        await self.send_component_file(file, await self.work(read))
