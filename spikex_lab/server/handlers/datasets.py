"""Datasets: listed, uploaded, fetched, looked into, deleted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tornado.web import HTTPError

from spikex_lab.errors import NotFoundError, nearest
from spikex_lab.server.base import Handler
from spikex_lab.server.forms import Uploaded
from spikex_lab.server.handlers.common import paged, whole
from spikex_lab.server.operations import Form, operation
from spikex_lab.server.receiving import FormHandler
from spikex_lab.server.schemas.datasets import (
    Dataset,
    DatasetPage,
    DatasetsQuery,
    Fetch,
    KnownDataset,
    KnownDatasetList,
    Sample,
    Samples,
    SamplesQuery,
    Transfer,
    TransferList,
    Upload,
)
from spikex_lab.server.transfers import Transfer as Going

if TYPE_CHECKING:
    from spikex_lab.store import Store


class DatasetsHandler(FormHandler):
    """The datasets of the store."""

    @operation("read", DatasetPage, query=DatasetsQuery)
    async def get(self, query: DatasetsQuery) -> DatasetPage:
        """List one page, sorted, of those whose name holds `search`; ``digits`` is always there."""

        def read(store: Store) -> DatasetPage:
            from spikex_lab import api

            api.Dataset.open("digits")
            found = store.datasets.list(
                query.page, query.page_size, search=query.search or None, sort=query.sort
            )
            items = [Dataset.model_validate(row) for row in found.items]
            return DatasetPage(**paged(items, found.total, query))

        return await self.work(read)

    @operation("write", Dataset, status=201, body=Form(Upload), errors=(409,))
    async def post(self, body: Uploaded) -> Dataset:
        """Keep an ``.npz``, or a ``.zip``, ``.tar`` or ``.tgz`` of one or of IDX files. It is
        written to the disk as it comes, and read in a process of its own; see the transfers."""
        assert isinstance(body.fields, Upload)  # noqa: S101 (what the operation declares)
        told, going = body.fields, self.transfer
        classes = [word.strip() for word in told.classes.split(",")] if told.classes else None

        def keep(store: Store) -> Dataset:
            from spikex_lab import api

            made = api.Dataset.upload(body.path, told.name, classes=classes)
            return Dataset.model_validate(store.datasets.get(made.id))

        try:
            made = await self.service.slow(keep)
        except BaseException as error:
            if going is not None:
                going.fail(error)
            raise
        if going is not None:
            going.state, going.dataset = "finished", made.id
        return made


class DatasetHandler(Handler):
    """One dataset."""

    @operation("read", Dataset)
    async def get(self, dataset: str) -> Dataset:
        """Tell its shape, classes, splits, size, source, licence."""
        return Dataset.model_validate(await self.work(lambda store: store.datasets.get(dataset)))

    @operation("write")
    async def delete(self, dataset: str) -> None:
        """Take it out of the list; runs that used it keep what they recorded."""
        await self.work(lambda store: store.datasets.delete(dataset))


class SamplesHandler(Handler):
    """The samples of a dataset."""

    @operation("read", Samples, query=SamplesQuery)
    async def get(self, dataset: str, query: SamplesQuery) -> Samples:
        """Tell some samples of a split, with their classes."""

        def read(_store: Store) -> Samples:
            from spikex_lab import api
            from spikex_lab.api.samples import samples

            opened = api.Dataset.open(dataset)
            found = samples(
                opened, query.split, query.index, query.count, always_values=query.values
            )
            return Samples(
                items=[Sample(**one) for one in found],
                total=opened.splits[query.split],
                split=query.split,
                shape=list(opened.shape),
            )

        return await self.work(read)


class KnownHandler(Handler):
    """The datasets that everybody knows."""

    @operation("read", KnownDatasetList)
    async def get(self) -> KnownDatasetList:
        """List them: what is fetched, how large it is, whether it is here."""

        def read(store: Store) -> KnownDatasetList:
            from spikex_lab.data.known import KNOWN

            items = [
                KnownDataset(
                    name=one.name,
                    title=one.title,
                    licence=one.licence,
                    shape=list(one.shape),
                    classes=len(one.classes),
                    size=one.size,
                    dataset=_id_of(store, one.name),
                )
                for one in KNOWN.values()
            ]
            return KnownDatasetList(**whole(items))

        return await self.work(read)


class DownloadHandler(Handler):
    """Known datasets, fetched."""

    @operation("write", Transfer, status=202, body=Fetch, errors=(404,))
    async def post(self, body: Fetch) -> Transfer:
        """Begin to fetch one, unless that goes on already; the transfers tell how far it is."""
        if not self.service.limits.downloads:
            raise HTTPError(403, "this server downloads nothing")
        known = await self.work(lambda _store: _known())
        if body.name not in known:
            raise NotFoundError("no such dataset is known", hint=nearest(body.name, list(known)))
        going = Going(body.name, "download", total=known[body.name])
        kept = self.service.transfers.begin(going)
        if kept is going:
            self.service.keep_task(asyncio.create_task(self._fetch(going)))
        return Transfer.model_validate(kept)

    async def _fetch(self, going: Going) -> None:
        done: dict[str, int] = {}

        def progress(received: int, _total: int, file: str) -> None:
            self.service.go_on()
            going.go_on()
            done[file] = received
            going.done = sum(done.values())

        def fetch(_store: Store) -> str:
            from spikex_lab import api

            return api.Dataset.download(going.name, progress=progress).id

        try:
            going.dataset = await self.service.slow(fetch)
            going.state = "finished"
        except Exception as error:  # noqa: BLE001 (told by the transfer, and by the log)
            self.log.warning("the download of %s ended: %s", going.name, error)
            going.fail(error)


class TransfersHandler(Handler):
    """Datasets on their way into the store."""

    @operation("read", TransferList)
    async def get(self) -> TransferList:
        """List them, newest first, with those that have ended of late."""
        items = [Transfer.model_validate(one) for one in self.service.transfers]
        return TransferList(**whole(items))


class TransferHandler(Handler):
    """A dataset on its way into the store."""

    @operation("write", errors=(409,))
    async def delete(self, transfer: str) -> None:
        """Call a download off. What has come is kept: the next one goes on from there."""
        self.service.transfers.get(transfer).call_off()


def _known() -> dict[str, int]:
    """Return the known datasets and how many bytes each is."""
    from spikex_lab.data.known import KNOWN

    return {name: one.size for name, one in KNOWN.items()}


def _id_of(store: Store, name: str) -> Any:
    try:
        return store.datasets.get(name).id
    except NotFoundError:
        return None
