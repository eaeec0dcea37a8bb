"""Places to compute."""

from __future__ import annotations

from spikex_lab.api import context, display, refs
from spikex_lab.api.listing import Table
from spikex_lab.api.stored import Stored
from spikex_lab.errors import NotFoundError, nearest


class Target(Stored):
    """A place to compute; ``local`` is this machine and always there."""

    @classmethod
    def open(cls, name: str) -> Target:
        """Return the target `name`."""
        store = context.store()
        try:
            return cls(store.targets.get(refs.existing(name, "target")))
        except NotFoundError:
            known = [row.name for row in store.targets.list()]
            raise NotFoundError(
                f'no target "{refs.shown(name)}"', hint=nearest(str(name), known)
            ) from None

    @property
    def kind(self) -> str:
        """What kind of place: ``local``."""
        return str(self._row.kind)

    def devices(self) -> Table:
        """Return the devices, probed by a short child process and remembered."""
        from dataclasses import asdict

        from spikex_lab.engine import devices

        rows = [asdict(device) for device in devices.available()]
        columns = list(dict.fromkeys(key for row in rows for key in row))
        return Table(columns, rows)

    def __repr__(self) -> str:
        return f"Target({self.name!r}, {self.kind})"

    def _html(self) -> str:
        return display.card(self.name, self.devices()._html(), note=f"target, {self.kind}")


def targets() -> Table:
    """Return the targets as a table."""
    found = context.store().targets.list(page_size=200)
    rows = [{"name": row.name, "kind": row.kind, "id": row.id} for row in found.items]
    return Table(["name", "kind"], rows, found.total)
