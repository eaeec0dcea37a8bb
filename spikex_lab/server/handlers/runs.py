"""Runs: listed, started, told of, controlled, deleted; what they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spikex_lab.errors import NotFoundError
from spikex_lab.server.base import Handler
from spikex_lab.server.handlers.common import fresh, paged, whole
from spikex_lab.server.operations import Media, operation
from spikex_lab.server.schemas.runs import (
    Artifact,
    ArtifactList,
    Control,
    EpochFigures,
    MetricsList,
    NewRun,
    Run,
    RunExport,
    RunItem,
    RunPage,
    RunsQuery,
)
from spikex_lab.server.sending import Sender
from spikex_lab.spec.run import LIVE

if TYPE_CHECKING:
    from pathlib import Path

    from spikex_lab.store import ArtifactRow, RunRow, Store


class RunsHandler(Handler):
    """The runs of the store."""

    @operation("read", RunPage, query=RunsQuery)
    async def get(self, query: RunsQuery) -> RunPage:
        """List one page, newest first unless `sort` says otherwise."""

        def read(store: Store) -> RunPage:
            from spikex_lab.compute import reconcile

            reconcile(store)
            states = ("queued", *sorted(LIVE)) if query.state == "live" else query.state
            found = store.runs.list(
                state=states,
                model=query.model,
                page=query.page,
                page_size=query.page_size,
                sort=query.sort,
            )
            items = [RunItem(**_item(row)) for row in found.items]
            return RunPage(**paged(items, found.total, query))

        return await self.work(read)

    @operation("execute", Run, status=201, body=NewRun, errors=(404, 409))
    async def post(self, body: NewRun) -> Run:
        """Start a run; it is queued and goes on whatever becomes of this server."""

        def make(store: Store) -> Run:
            from spikex_lab import api
            from spikex_lab.api import start

            model = api.Model.open(body.model, body.version)
            request = start.prepare(
                model.spec,
                dataset=body.dataset,
                target=body.target,
                device=body.device,
                backend=body.backend,
                probe=None if body.probe is None else body.probe.to_dict(),
                training=body.training,
                weights=None if body.weights is None else api.Run.open(body.weights),
            )
            return _whole(store.runs.get(start.start(request, model.id, model.version).id))

        return await self.work(make)


class RunHandler(Handler):
    """One run."""

    @operation("read", Run)
    async def get(self, run: str) -> Run:
        """Tell its state, progress, latest figures and spec."""
        return await self.work(lambda store: _whole(fresh(store, run)))

    @operation("write", errors=(409,))
    async def delete(self, run: str) -> None:
        """Take it out of the list; one that is alive has to be stopped first."""
        await self.work(lambda store: store.runs.delete(fresh(store, run).id))


class ControlHandler(Handler):
    """Commands to a run."""

    @operation("execute", RunItem, status=202, body=Control, errors=(409,))
    async def post(self, run: str, body: Control) -> RunItem:
        """Pass a command on, which the run obeys within moments; tell the run as it is."""

        def command(store: Store) -> RunItem:
            from spikex_lab import compute

            compute.control(store, run, body.action)
            return RunItem(**_item(store.runs.get(run)))

        return await self.work(command)


class MetricsHandler(Handler):
    """The figures of a run's epochs."""

    @operation("read", MetricsList)
    async def get(self, run: str) -> MetricsList:
        """List them, one entry per finished epoch."""

        def read(store: Store) -> MetricsList:
            rows = store.runs.metrics(store.runs.get(run).id)
            return MetricsList(**whole([EpochFigures(**row) for row in rows]))

        return await self.work(read)


class ArtifactsHandler(Handler):
    """The files that a run has left."""

    @operation("read", ArtifactList)
    async def get(self, run: str) -> ArtifactList:
        """List them."""

        def read(store: Store) -> ArtifactList:
            rows = store.runs.artifacts(store.runs.get(run).id)
            return ArtifactList(**whole([Artifact.model_validate(row) for row in rows]))

        return await self.work(read)


class ArtifactHandler(Sender):
    """One file that a run has left."""

    @operation("read", Media(partial=True), also={206: Media(partial=True), 304: None})
    async def get(self, run: str, artifact: str) -> None:
        """Send it, or the range of it that is asked for."""

        def find(store: Store) -> tuple[ArtifactRow, Path]:
            for row in store.runs.artifacts(store.runs.get(run).id):
                if row.name == artifact:
                    return row, store.objects.path(row.sha256)
            raise NotFoundError("the run has no such artifact")

        row, path = await self.work(find)
        await self.send_file(path, row.name, row.sha256)


class RunExportHandler(Sender):
    """What a run made, to take away."""

    @operation("read", Media(), query=RunExport, errors=(409,))
    async def get(self, run: str, query: RunExport) -> None:
        """Send its model as one file: weights, spec, or a bundle of all that it left."""
        from spikex_lab.api import scratch

        with await self.work(lambda _store: scratch.temporary()) as folder:

            def write(_store: Store) -> tuple[Path, str]:
                from spikex_lab import api

                opened = api.Run.open(run)
                ending = {"bundle": "spikex"}.get(query.format, query.format)
                return opened.export(query.format, folder / "export"), f"{opened.name}.{ending}"

            path, name = await self.service.slow(write)
            await self.send_file(path, name)


def _item(row: RunRow) -> dict[str, Any]:
    """Return a run's row as fields of `RunItem`."""
    from spikex_lab.api.runs import progress_of, summary_of

    told = {name: getattr(row, name, None) for name in RunItem.model_fields}
    return {**told, "progress": dict(progress_of(row)), "summary": summary_of(row)}


def _whole(row: RunRow) -> Run:
    return Run(**_item(row), spec=row.spec)
