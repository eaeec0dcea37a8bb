"""Models: listed, made, read, saved, renamed, copied, deleted, taken away and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spikex_lab.server.base import Handler
from spikex_lab.server.forms import Uploaded
from spikex_lab.server.handlers.common import paged, whole
from spikex_lab.server.operations import Form, Media, operation
from spikex_lab.server.preconditions import Match
from spikex_lab.server.receiving import FormHandler
from spikex_lab.server.schemas.models import (
    CopyOf,
    Imported,
    LastRun,
    Model,
    ModelExport,
    ModelItem,
    ModelPage,
    ModelPatch,
    ModelsQuery,
    NewModel,
    NewVersion,
    Template,
    TemplateList,
    Version,
    VersionList,
)
from spikex_lab.server.sending import Sender

if TYPE_CHECKING:
    from spikex_lab.store import ModelRow, RunRow, Store


class ModelBase(Handler):
    """Base of those that answer with a model whole."""

    async def told(self, ref: str, version: int | None = None) -> Model:
        """Return the model; the answer carries the tag of its newest version."""

        def read(store: Store) -> tuple[Model, int]:
            row = store.models.get(ref, version)
            known = [Version.model_validate(one) for one in store.models.versions(row.id)]
            told = Model(
                **_head(row),
                digest=row.digest,
                message=row.message,
                spec=row.spec,
                versions=known,
            )
            return told, row.versions

        found, newest = await self.work(read)
        self.set_version(newest)
        return found


class ModelsHandler(ModelBase):
    """The models of the store."""

    @operation("read", ModelPage, query=ModelsQuery)
    async def get(self, query: ModelsQuery) -> ModelPage:
        """List one page, sorted, of those whose name holds `search`."""

        def read(store: Store) -> ModelPage:
            found = store.models.list(
                query.page, query.page_size, search=query.search or None, sort=query.sort
            )
            last = store.runs.last_finished(row.id for row in found.items)
            items = [
                ModelItem(**_head(row), last_run=_run(last.get(row.id))) for row in found.items
            ]
            return ModelPage(**paged(items, found.total, query))

        return await self.work(read)

    @operation("write", Model, status=201, body=NewModel, errors=(404, 409))
    async def post(self, body: NewModel) -> Model:
        """Make a model from a template (default: ``snn-mlp``) or a spec; its name must be new."""

        def make(_store: Store) -> str:
            from spikex_lab import api

            made = api.Model.create(**dict(body))
            return made.id

        return await self.told(await self.work(make))


class ModelHandler(ModelBase):
    """One model."""

    @operation("read", Model, also={304: None})
    async def get(self, model: str) -> Model:
        """Tell its newest version, and the list of all; the tag is that of the newest."""
        return await self.told(model)

    @operation("write", Model, body=ModelPatch, errors=(409,), conditional=True)
    async def patch(self, model: str, body: ModelPatch, match: Match) -> Model:
        """Give it another name, as a new version; its id and its runs stay."""

        def rename(store: Store) -> None:
            row = store.models.get(model)
            store.models.rename(row.id, body.name, match.over(row.versions, where=row.name))

        await self.work(rename)
        return await self.told(model)

    @operation("write", conditional=True)
    async def delete(self, model: str, match: Match) -> None:
        """Take it out of the list; its runs stay, and its name is free again."""

        def delete(store: Store) -> None:
            row = store.models.get(model)
            store.models.delete(row.id, match.over(row.versions, where=row.name))

        await self.work(delete)


class VersionsHandler(ModelBase):
    """The versions of a model."""

    @operation("read", VersionList)
    async def get(self, model: str) -> VersionList:
        """List them, oldest first, without their specs."""

        def read(store: Store) -> VersionList:
            rows = store.models.versions(model)
            return VersionList(**whole([Version.model_validate(row) for row in rows]))

        return await self.work(read)

    @operation("write", Model, status=201, body=NewVersion, errors=(409,), conditional=True)
    async def post(self, model: str, body: NewVersion, match: Match) -> Model:
        """Save a spec as the next version; the spec that it has already makes none."""

        def save(_store: Store) -> None:
            from spikex_lab import api

            opened = api.Model.open(model)
            match.over(opened.version, where=opened.name)
            opened.spec = body.spec
            opened.save(body.message)  # refused where somebody saves between these lines

        await self.work(save)
        return await self.told(model)


class VersionHandler(ModelBase):
    """One version of a model."""

    @operation("read", Model, also={304: None})
    async def get(self, model: str, version: str) -> Model:
        """Tell the model as it was then."""
        return await self.told(model, int(version))


class CopyHandler(ModelBase):
    """Copies of a model."""

    @operation("write", Model, status=201, body=CopyOf, errors=(409,))
    async def post(self, model: str, body: CopyOf) -> Model:
        """Make a model of another name with the spec of this one."""
        row = await self.work(lambda store: store.models.copy(model, body.name, body.version))
        return await self.told(row.id)


class ModelExportHandler(Sender):
    """A model to take away."""

    @operation("read", Media(), query=ModelExport)
    async def get(self, model: str, query: ModelExport) -> None:
        """Send its newest spec as a file."""

        def write(_store: Store) -> tuple[bytes, str]:
            from spikex_lab import api

            opened = api.Model.open(model)
            text = opened.spec.to_yaml() if query.format == "yaml" else opened.spec.to_json()
            return text.encode(), f"{opened.name}.{query.format}"

        await self.send_bytes(*await self.work(write))


class ModelImportHandler(FormHandler, ModelBase):
    """Models brought back."""

    @operation("write", Model, status=201, body=Form(Imported), errors=(409,))
    async def post(self, body: Uploaded) -> Model:
        """Make a model of a ``.yaml``, ``.json`` or ``.spikex`` file; nothing in it is run."""
        assert isinstance(body.fields, Imported)  # noqa: S101 (what the operation declares)
        name = body.fields.name

        def load(_store: Store) -> str:
            from spikex_lab import api

            return api.Model.load(body.path, name).id

        return await self.told(await self.work(load))


class TemplatesHandler(Handler):
    """Ready specs to start from."""

    @operation("read", TemplateList)
    async def get(self) -> TemplateList:
        """List them, from simple to rich, with their specs."""

        def read(_store: Store) -> TemplateList:
            from spikex_lab.spec import templates

            specs = {name: templates.template(name) for name in templates.names()}
            items = [
                Template(name=name, title=spec.description or name, spec=spec.to_dict())
                for name, spec in specs.items()
            ]
            return TemplateList(**whole(items))

        return await self.work(read)


def _head(row: ModelRow) -> dict[str, Any]:
    """Return a model's row as fields of `ModelHead`."""
    return {
        "id": row.id,
        "name": row.name,
        "version": row.version,
        "created": row.created,
        "updated": row.updated,
        "nodes": len(row.spec.get("nodes") or ()),
        "steps": (row.spec.get("time") or {}).get("steps", 1),
        "dataset": row.spec.get("dataset"),
    }


def _run(row: RunRow | None) -> LastRun | None:
    if row is None:
        return None
    return LastRun(id=row.id, ended=row.ended, accuracy=row.summary.get("test_accuracy"))
