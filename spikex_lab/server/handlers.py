"""The routes of the API but the event streams. Each is short: guard, one thing done, an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError

from spikex_lab.errors import NotFoundError
from spikex_lab.server import system, views
from spikex_lab.server.base import METHODS, Handler
from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.run import LIVE

if TYPE_CHECKING:
    from spikex_lab.store import RunRow, Store

_STATES = ("live", "queued", *sorted(LIVE), "stopped", "finished", "failed", "interrupted")


class HealthHandler(Handler, get="read"):
    """Is the extension there, and which version."""

    async def get(self) -> None:
        """Answer without touching the store."""
        await self.send({"status": "ok", "version": system.versions()["spikex-lab"]})


class SystemHandler(Handler, get="read"):
    """What this server runs on."""

    async def get(self) -> None:
        """Answer with versions, processor, memory, devices."""
        await self.send(await self.work(lambda _store: system.describe()))


class TemplatesHandler(Handler, get="read"):
    """The names of the model templates."""

    async def get(self) -> None:
        """List them."""
        from spikex_lab.spec import templates

        found = templates.names()
        await self.send({"items": found, "total": len(found)})


class DatasetsHandler(Handler, get="read"):
    """The datasets of the store."""

    async def get(self) -> None:
        """List them."""
        rows = await self.work(lambda store: list(store.datasets.list()))
        await self.send({"items": [views.dataset_item(row) for row in rows], "total": len(rows)})


class ModelsHandler(Handler, get="read"):
    """The models of the store."""

    async def get(self) -> None:
        """List one page, sorted (`sort`), filtered by `search`."""
        page, size = self.paging()
        search = (self.get_query_argument("search", None) or "")[:200] or None
        sort = self.choice("sort", ("-updated", "updated", "name", "-name", "created", "-created"))

        def read(store: Store) -> Any:
            return store.models.list(
                page=page, page_size=size, search=search, sort=sort or "-updated"
            )

        found = await self.work(read)
        items = [views.model_item(row) for row in found.items]
        await self.send({"items": items, "total": found.total, "page": page, "page_size": size})


class ModelHandler(Handler, get="read"):
    """One model."""

    async def get(self, model: str) -> None:
        """Answer with its newest version, and the list of all."""
        ref = self.id(model, "model")

        def read(store: Store) -> dict[str, Any]:
            return views.model(store.models.get(ref), store.models.versions(ref))

        await self.send(await self.work(read))


class RunsHandler(Handler, get="read"):
    """The runs of the store."""

    async def get(self) -> None:
        """List one page, newest first; `state` is a state or "live" (any that may still change)."""
        page, size = self.paging()
        state = self.choice("state", _STATES)

        def read(store: Store) -> tuple[list[RunRow], int]:
            from spikex_lab.compute import reconcile

            reconcile(store)
            states = ("queued", *sorted(LIVE)) if state == "live" else state
            found = store.runs.list(state=states, page=page, page_size=size)
            return found.items, found.total

        rows, total = await self.work(read)
        items = [views.run_item(row) for row in rows]
        await self.send({"items": items, "total": total, "page": page, "page_size": size})


class RunHandler(Handler, get="read"):
    """One run."""

    async def get(self, run: str) -> None:
        """Answer with its state, progress, summary and spec."""
        await self.send(views.run(await self.work(fresh, self.id(run, "run"))))


class Control(SpecModel):
    """What to do with a run."""

    action: Literal["pause", "resume", "stop", "step", "kill"]


class ControlHandler(Handler, post="execute"):
    """Commands to a run."""

    async def post(self, run: str) -> None:
        """Pass the command on; the run obeys within moments. Answers 202 with the run as it is."""
        ref, wanted = self.id(run, "run"), self.body(Control)

        def command(store: Store) -> RunRow:
            from spikex_lab import compute

            compute.control(store, ref, wanted.action)
            return store.runs.get(ref)

        await self.send(views.run_item(await self.work(command)), status=202)


class MetricsHandler(Handler, get="read"):
    """The figures of a run's epochs."""

    async def get(self, run: str) -> None:
        """Answer with one entry per finished epoch."""
        ref = self.id(run, "run")
        rows = await self.work(lambda store: (store.runs.get(ref), store.runs.metrics(ref))[1])
        await self.send({"items": rows, "total": len(rows)})


class ArtifactsHandler(Handler, get="read"):
    """The files that a run has left."""

    async def get(self, run: str) -> None:
        """List them."""
        ref = self.id(run, "run")
        rows = await self.work(lambda store: (store.runs.get(ref), store.runs.artifacts(ref))[1])
        await self.send({"items": [views.artifact(row) for row in rows], "total": len(rows)})


class Copy(SpecModel):
    """Where to copy a tutorial to: a folder of the contents, "" for their root."""

    folder: str = ""


class TutorialHandler(Handler, post="write"):
    """A tutorial notebook, copied to where its reader can run it."""

    async def post(self, name: str) -> None:
        """Copy the tutorial unless a file of its name is there; answer with its path."""
        from spikex_lab.server import tutorials

        folder = self.body(Copy).folder.strip("/")
        notebook = await self.work(lambda _store: tutorials.read(name))
        contents: Any = self.contents_manager
        if folder and not await ensure_async(contents.dir_exists(folder)):
            raise NotFoundError("no such folder", where=folder[:200])
        path = f"{folder}/{name}.ipynb".lstrip("/")
        there = await ensure_async(contents.file_exists(path))
        if not there:
            model = {"type": "notebook", "format": "json", "content": notebook}
            await ensure_async(contents.save(model, path))
        await self.send({"path": path, "created": not there}, status=200 if there else 201)


class UnknownHandler(Handler, **dict.fromkeys(METHODS, "read")):
    """Whatever else lies under the API's root."""

    async def get(self) -> None:
        """Answer that there is nothing."""
        raise HTTPError(404, "there is nothing at this address")

    head = post = put = patch = delete = get


def fresh(store: Store, ref: str) -> RunRow:
    """Return the run as it is now; one whose coordinator is gone is found out."""
    from spikex_lab.compute import reconcile

    row = store.runs.get(ref)
    return store.runs.get(ref) if reconcile(store, row) else row
