"""Places to compute. So far one, this machine; a missing device is refused before a run is made."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spikex_lab.errors import NotFoundError, nearest
from spikex_lab.settings import Settings

if TYPE_CHECKING:
    from spikex_lab.engine.devices import Device

KINDS = ("local",)


@dataclass(frozen=True)
class LocalTarget:
    """This machine: one detached coordinator process per run."""

    name: str = "local"
    kind: str = "local"
    slots: int = 1
    """Runs that train here at the same time."""
    cores: int = 1

    def devices(self) -> list[Device]:
        """Return the devices present, probed once by a short child process."""
        from spikex_lab.engine import devices

        return devices.available()

    def check(self, device: str) -> None:
        """Raise `InvalidError` with the list of those present where `device` is not there."""
        if device == "cpu":
            return  # always there: no probe needed
        from spikex_lab.engine import devices

        devices.check(device)


def get(kind: str, settings: Settings | None = None) -> LocalTarget:
    """Return a target of this `kind`.

    Raises
    ------
    NotFoundError
        When there is no such kind.
    """
    if kind not in KINDS:
        raise NotFoundError(f'no target "{kind}"', where="target", hint=nearest(kind, KINDS))
    settings = settings or Settings()
    return LocalTarget(slots=settings.max_coordinators, cores=os.cpu_count() or 1)


def check(kind: str, device: str, settings: Settings | None = None) -> None:
    """Refuse a target or device that is not there: before a run is made, and by its process."""
    get(kind, settings).check(device)
