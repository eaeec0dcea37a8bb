"""Places to compute: listed, added, renamed, removed, looked at."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from spikex_lab.errors import SpikexError
from spikex_lab.server.base import Handler
from spikex_lab.server.handlers.common import paged
from spikex_lab.server.operations import Paged, operation
from spikex_lab.server.schemas.system import Device
from spikex_lab.server.schemas.targets import Checked, NewTarget, Target, TargetPage, TargetPatch

if TYPE_CHECKING:
    from spikex_lab.store import Store


class TargetsHandler(Handler):
    """The targets of the store."""

    @operation("read", TargetPage, query=Paged)
    async def get(self, query: Paged) -> TargetPage:
        """List one page, by name; ``local``, this machine, is always there."""

        def read(store: Store) -> TargetPage:
            found = store.targets.list(query.page, query.page_size)
            items = [Target.model_validate(row) for row in found.items]
            return TargetPage(**paged(items, found.total, query))

        return await self.work(read)

    @operation("write", Target, status=201, body=NewTarget, errors=(409,))
    async def post(self, body: NewTarget) -> Target:
        """Add one."""
        row = await self.work(lambda store: store.targets.add(body.name, body.kind))
        return Target.model_validate(row)


class TargetHandler(Handler):
    """One target."""

    @operation("read", Target)
    async def get(self, target: str) -> Target:
        """Tell what it is."""
        return Target.model_validate(await self.work(lambda store: store.targets.get(target)))

    @operation("write", Target, body=TargetPatch, errors=(409,))
    async def patch(self, target: str, body: TargetPatch) -> Target:
        """Give it another name."""
        row = await self.work(lambda store: store.targets.rename(target, body.name))
        return Target.model_validate(row)

    @operation("write", errors=(409,))
    async def delete(self, target: str) -> None:
        """Take it out of the list."""
        await self.work(lambda store: store.targets.delete(target))


class TargetCheckHandler(Handler):
    """Whether runs can go to a target."""

    @operation("execute", Checked)
    async def post(self, target: str) -> Checked:
        """Look at it now: its devices, and how many runs it takes at a time."""

        def look(store: Store) -> Checked:
            from spikex_lab.compute import targets

            place = targets.get(store.targets.get(target).kind, store.settings)
            try:
                devices = [Device(**asdict(device)) for device in place.devices()]
            except SpikexError as error:  # what the look is for
                return Checked(ok=False, error=str(error), devices=[], slots=place.slots)
            return Checked(ok=True, error=None, devices=devices, slots=place.slots)

        return await self.service.slow(look)
