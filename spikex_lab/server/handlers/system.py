"""The server: whether it is there, what it runs on, who asks, the tutorials it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError

from spikex_lab.errors import NotFoundError
from spikex_lab.server import system
from spikex_lab.server.base import Handler
from spikex_lab.server.operations import operation
from spikex_lab.server.schemas.system import Copied, Copy, Health, Me, MePatch, System

if TYPE_CHECKING:
    from spikex_lab.store import PersonRow


class HealthHandler(Handler):
    """Whether the extension is there."""

    @operation("read", Health)
    async def get(self) -> Health:
        """Answer without touching the store."""
        return Health(status="ok", version=system.versions()["spikex-lab"] or "0")


class SystemHandler(Handler):
    """What this server runs on."""

    @operation("read", System)
    async def get(self) -> System:
        """Tell versions, processor, memory, disk, devices."""
        return await self.service.slow(system.describe)


class MeHandler(Handler):
    """Who asks."""

    @operation("read", Me)
    async def get(self) -> Me:
        """Tell the person's name in the store, and the server's word for them."""
        return self._told(await self.work(lambda store: store.people.me()))

    @operation("write", Me, body=MePatch)
    async def patch(self, body: MePatch) -> Me:
        """Take another name, under which what one writes is known from now on."""
        return self._told(await self.work(lambda store: store.people.rename(body.name)))

    def _told(self, row: PersonRow) -> Me:
        user = self.current_user
        return Me(
            id=row.id,
            name=row.name,
            created=row.created,
            user=str(user.username),
            display_name=str(user.display_name or user.name or user.username),
        )


class TutorialHandler(Handler):
    """A tutorial notebook, copied to where its reader can run it."""

    @operation("write", Copied, status=201, also={200: Copied}, body=Copy)
    async def post(self, tutorial: str, body: Copy) -> Copied:
        """Copy the tutorial unless a file of its name is there; tell its path."""
        from spikex_lab.server import packaged

        folder = body.folder.strip("/")
        notebook = await self.work(lambda _store: packaged.read(tutorial))
        contents: Any = self.contents_manager
        if folder and not await ensure_async(contents.dir_exists(folder)):
            raise NotFoundError("no such folder", where=folder[:200])
        path = f"{folder}/{tutorial}.ipynb".lstrip("/")
        there = await ensure_async(contents.file_exists(path))
        if not there:
            model = {"type": "notebook", "format": "json", "content": notebook}
            await ensure_async(contents.save(model, path))
            self.set_status(201)
        return Copied(path=path, created=not there)


class UnknownHandler(Handler):
    """Whatever else lies under the API's root."""

    @operation("read", errors=(404,))
    async def get(self) -> None:
        """Answer that there is nothing."""
        raise HTTPError(404, "there is nothing at this address")

    head = post = put = patch = delete = get
