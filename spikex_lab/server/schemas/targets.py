"""Places to compute."""

from __future__ import annotations

from typing import Any, Literal

from spikex_lab.server.schemas.common import Answer, PageOf
from spikex_lab.server.schemas.system import Device
from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.names import Name


class Target(Answer):
    """A place to compute."""

    id: str
    name: str
    kind: str
    config: dict[str, Any]
    created: str


class NewTarget(SpecModel):
    """A place to compute; so far runs go to this machine only."""

    name: Name
    kind: Literal["local"] = "local"


class TargetPatch(SpecModel):
    """What may be changed of a target."""

    name: Name


class Checked(Answer):
    """What a look at a target found: whether runs can go there, where, how many at a time."""

    ok: bool
    error: str | None
    devices: list[Device]
    slots: int


class TargetPage(PageOf[Target]):
    """One page of targets."""
