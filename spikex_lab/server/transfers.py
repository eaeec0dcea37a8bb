"""Uploads and downloads of datasets as they go on: what a progress bar shows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from spikex_lab.errors import (
    BusyError,
    ConflictError,
    NotFoundError,
    SpikexError,
    StorageError,
    TooLargeError,
    WorkError,
)
from spikex_lab.ids import new_id

State = Literal["receiving", "reading", "finished", "failed", "stopped"]
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
    called_off: bool = False

    @property
    def live(self) -> bool:
        """Whether it goes on."""
        return self.state in ("receiving", "reading")

    def call_off(self) -> None:
        """Let a download end at its next piece.

        Raises
        ------
        ConflictError : it has ended, or is an upload: whoever sends that stops sending.
        """
        if self.kind != "download" or not self.live:
            raise ConflictError(
                "this is no download that goes on", hint="an upload ends with its request"
            )
        self.called_off = True

    def go_on(self) -> None:
        """Raise where it was called off.

        Raises
        ------
        WorkError : it was.
        """
        if self.called_off:
            raise WorkError("it was called off")

    def fail(self, error: BaseException) -> None:
        """Note why it ended."""
        if self.called_off:
            self.state = "stopped"
            return
        self.state = "failed"
        meant = isinstance(error, SpikexError)
        self.error = str(error)[:1000] if meant else "it was cut off"


@dataclass(frozen=True)
class Room:
    """Bytes that are free: on the disk, and by the quota (None: there is none)."""

    disk: int
    quota: int | None = None

    def check(self, size: int, others: Iterable[Transfer]) -> None:
        """Refuse an upload of `size` bytes that does not fit beside the `others` that go on.

        Raises
        ------
        StorageError, TooLargeError : it does not fit. BusyError : it may, once they have ended.
        """
        coming = list(others)
        promised = sum(2 * one.total - one.done for one in coming)
        if self.disk - promised < 2 * size:  # as it came, and as it is kept
            raise StorageError("the disk has no room for this file", hint="nothing was kept")
        if self.quota is None:
            return
        if self.quota < size:
            raise TooLargeError(
                f"the quota leaves {self.quota:,} bytes",
                where="quota",
                hint="delete datasets, then run `spikex store collect`",
            )
        if self.quota - sum(one.total for one in coming) < size:
            raise BusyError(
                "the uploads that go on take what the quota leaves",
                where="quota",
                hint="wait until they have ended",
            )


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

    def get(self, id: str) -> Transfer:
        """Return the transfer with this id.

        Raises
        ------
        NotFoundError : there is none, or none any more.
        """
        if id not in self._known:
            raise NotFoundError("no such transfer")
        return self._known[id]

    def begin(self, transfer: Transfer, room: Room | None = None) -> Transfer:
        """Take `transfer` up, or return the download of the same name that goes on already.

        Parameters
        ----------
        room : what an upload must fit into, beside those that go on: its bytes are promised to it
            before the first of them has come.

        Raises
        ------
        BusyError : so many uploads go on already. Others : see `Room.check`.
        """
        live = [one for one in self._known.values() if one.live]
        if transfer.kind == "download":
            for one in live:
                if one.kind == "download" and one.name == transfer.name:
                    return one
        else:
            uploads = [one for one in live if one.kind == "upload"]
            if len(uploads) >= self._most:
                raise BusyError("so many uploads go on already", hint="wait until one has ended")
            if room is not None:
                room.check(transfer.total, uploads)
        self._known[transfer.id] = transfer
        ended = [one.id for one in self._known.values() if not one.live]
        for known in ended[:-KEPT]:
            del self._known[known]
        return transfer
