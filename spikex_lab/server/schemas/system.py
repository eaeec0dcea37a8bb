"""The server, what it runs on, who asks."""

from __future__ import annotations

from spikex_lab.server.schemas.common import Answer
from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.names import Name


class Health(Answer):
    """Is the extension there, and which version."""

    status: str
    version: str


class Cpu(Answer):
    """The processor: cores, and how busy they are in percent."""

    count: int
    percent: float


class Memory(Answer):
    """Bytes of main memory."""

    total: int
    available: int


class Disk(Answer):
    """Bytes of the disk that the store lies on, and of the store's objects."""

    total: int
    free: int
    objects: int


class Device(Answer):
    """A device to compute on; `memory` in bytes, None where it is unknown."""

    name: str
    kind: str
    label: str
    memory: int | None


class System(Answer):
    """What this server runs on. A package that is not installed has no version."""

    versions: dict[str, str | None]
    platform: str
    cpu: Cpu
    memory: Memory
    disk: Disk
    devices: list[Device]
    devices_error: str | None


class Me(Answer):
    """Who asks: the person in the store, and the name under which the server knows them."""

    id: str
    name: str
    user: str
    display_name: str
    created: str


class MePatch(SpecModel):
    """What a person may change of themselves."""

    name: Name


class Copy(SpecModel):
    """Where to copy a tutorial to: a folder of the contents, "" for their root."""

    folder: str = ""


class Copied(Answer):
    """A tutorial in the contents; whether it was copied now."""

    path: str
    created: bool


class Document(Answer, extra="allow"):
    """An OpenAPI document."""

    openapi: str
