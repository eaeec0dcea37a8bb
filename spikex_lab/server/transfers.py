"""Uploads and downloads of datasets as they go on: what a progress bar shows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from spikex_lab.errors import SpikexError
from spikex_lab.ids import new_id
from spikex_lab.server.rates import TooManyRequests

State = Literal["receiving", "reading", "finished", "failed"]
KEPT = 50
"""Transfers that have ended and are still told of."""


@dataclass
class Transfer:
    """One file on its way into the store.

    `done` and `total` are bytes; `total` is 0 while it is unknown. `dataset` is the id it became.
    """

    name: str
    kind: Literal["upload", "download"]
    total: int = 0
    done: int = 0
    state: State = "receiving"
    dataset: str | None = None
    error: str | None = None
    id: str = field(default_factory=new_id)

    @property
    def live(self) -> bool:
        """Whether it goes on."""
        return self.state in ("receiving", "reading")

    def fail(self, error: BaseException) -> None:
        """Note why it ended."""
        self.state = "failed"
        meant = isinstance(error, SpikexError)
        self.error = str(error)[:1000] if meant else "it was cut off"


class Transfers:
    """The transfers of this server, newest first.

    Parameters
    ----------
    uploads : so many uploads go on at a time.
    """

    def __init__(self, uploads: int) -> None:
        self._most = uploads
        self._known: OrderedDict[str, Transfer] = OrderedDict()

    def __iter__(self) -> Iterator[Transfer]:
        return iter(reversed(self._known.values()))

    def begin(self, transfer: Transfer) -> Transfer:
        """Take `transfer` up, or return the download of the same name that goes on already.

        Raises
        ------
        TooManyRequests : so many uploads go on already.
        """
        live = [one for one in self._known.values() if one.live]
        if transfer.kind == "download":
            for one in live:
                if one.kind == "download" and one.name == transfer.name:
                    return one
        elif sum(one.kind == "upload" for one in live) >= self._most:
            raise TooManyRequests("so many uploads go on already", hint="wait until one has ended")
        self._known[transfer.id] = transfer
        ended = [one.id for one in self._known.values() if not one.live]
        for known in ended[:-KEPT]:
            del self._known[known]
        return transfer
