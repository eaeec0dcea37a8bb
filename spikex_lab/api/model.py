"""A model as a notebook user holds it: a named network in the store, with versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikex_lab.api import checks, context, display, refs, shelf
from spikex_lab.api.listing import Table
from spikex_lab.api.run import Run
from spikex_lab.api.stored import Stored
from spikex_lab.api.summary import Summary
from spikex_lab.errors import InvalidError, NotFoundError, nearest
from spikex_lab.spec import ModelSpec

if TYPE_CHECKING:
    import torch

DEFAULT_TEMPLATE = "snn-mlp"


class Model(Stored):
    """A named network. Change `spec`, `save` a version; `train` returns at once with a run.

    Examples
    --------
    >>> m = sx.Model.create("digits", template="snn-mlp", dataset="digits")  # doctest: +SKIP
    >>> run = m.train(epochs=5, lr=2e-3)  # doctest: +SKIP
    """

    def __init__(self, row: Any) -> None:
        super().__init__(row)
        self._spec = ModelSpec.parse({**row.spec, "name": row.name})

    @classmethod
    def create(
        cls,
        name: str,
        *,
        template: str | None = None,
        spec: ModelSpec | Mapping[str, Any] | None = None,
        dataset: str | None = None,
        message: str = "",
    ) -> Model:
        """Make and save a new model from a template (default ``snn-mlp``) or a spec.

        With `dataset`, a template's first and last layers fit it, and it is what `train` uses.

        Raises
        ------
        ConflictError : the name is taken.
        InvalidError : the spec does not hold together, or does not fit the dataset.
        """
        refs.new(name, "model")
        if spec is not None and template is not None:
            raise InvalidError("give a template or a spec, not both", where="template")
        made = (
            _from_template(name, template, dataset)
            if spec is None
            else _renamed(spec, name, dataset)
        )
        made = _check(made)
        row = context.store().models.create(name, made.to_dict(), made.digest(), message=message)
        return cls(row)

    @classmethod
    def open(cls, name: str, version: int | None = None) -> Model:
        """Return the model with this name or id, at its newest version or at `version`."""
        store = context.store()
        try:
            return cls(store.models.get(refs.existing(name, "model"), version=version))
        except NotFoundError as error:
            if version is not None and error.hint:
                raise
            known = [row.name for row in store.models.list(page_size=200).items]
            raise NotFoundError(
                f'no model "{refs.shown(name)}"'
                + (f" at version {version}" if version is not None else ""),
                hint=nearest(str(name), known) if known else "make one: spikex models create NAME",
            ) from None

    @classmethod
    def from_module(
        cls,
        net: torch.nn.Module,
        *,
        input_shape: Sequence[int],
        name: str,
        steps: int = 1,
        encoder: str | Mapping[str, Any] | None = None,
        readout: str | Mapping[str, Any] | None = None,
        dataset: str | None = None,
    ) -> Model:
        """Make a model of your own ``torch.nn.Module`` (snnTorch's too).

        Its code is pickled by value and kept by its hash; calling this is your consent that runs of
        this model load it. `steps` time steps are fed by the `encoder`; with one step the module
        sees the sample as it is.
        """
        from spikex_lab.api import modules

        return cls(
            modules.create(
                net,
                name,
                {
                    "input": {
                        "shape": list(input_shape),
                        **({"encoder": encoder} if encoder else {}),
                    },
                    "time": {"steps": steps},
                    "readout": readout or "decoders/membrane",
                    **({"dataset": dataset} if dataset else {}),
                },
            )
        )

    @classmethod
    def load(cls, path: str | Path, name: str | None = None) -> Model:
        """Make a model from a file: ``.yaml``, ``.json`` or a ``.spikex`` bundle (its spec)."""
        from spikex_lab.api import export

        data = export.read_spec(Path(path))
        return cls.create(
            name or str(data.get("name", "")), spec=ModelSpec.parse(data, where=Path(path).name)
        )

    # what it is

    @property
    def version(self) -> int:
        """The version this was read as, or saved as last."""
        return int(self._row.version)

    @property
    def spec(self) -> ModelSpec:
        """The spec. Assign a changed one (``m.spec = …``), then `save`."""
        return self._spec

    @spec.setter
    def spec(self, value: ModelSpec | Mapping[str, Any]) -> None:
        self._spec = _check(_renamed(value, self.name, None))

    @property
    def changed(self) -> bool:
        """Whether the spec differs from the version it came from."""
        return (
            self._spec.digest() != ModelSpec.parse({**self._row.spec, "name": self.name}).digest()
        )

    def summary(self) -> Summary:
        """Return the nodes as a text table: component, shape, parameters."""
        return Summary(self._spec)

    def build(self, seed: int | None = None) -> torch.nn.Module:
        """Return the untrained network (loads torch); `seed` draws the weights."""
        from spikex_lab.api import networks

        return networks.build(self._spec, context.store(), seed=seed)

    def plan(self) -> Any:
        """Return what of the network runs how, node by node, with the reason (loads torch).

        Raises
        ------
        InvalidError : the model is a torch module of your own, whose inside is not ours to plan.
        """
        if self._spec.module is not None:
            raise InvalidError(
                "is a torch module of your own: torch runs it as it is written", where=self.name
            )
        network: Any = self.build(seed=0)
        return network.plan()

    # the store

    def save(self, message: str = "") -> Model:
        """Keep the spec as a new version; nothing happens where it did not change.

        Raises
        ------
        StaleError : somebody saved a newer version meanwhile; open the model again.
        """
        if self.changed:
            self._row = context.store().models.add_version(
                self.id,
                self._spec.to_dict(),
                self._spec.digest(),
                message=message,
                expected=self._row.version,
            )
        return self

    def save_as(self, name: str, message: str = "") -> Model:
        """Keep the spec as a new model called `name` and return that."""
        return Model.create(name, spec=self._spec, message=message)

    def versions(self) -> Table:
        """Return the versions as a table, newest first."""
        rows = [
            {
                "version": v.version,
                "created": v.created,
                "message": v.message,
                "digest": v.digest[:12],
            }
            for v in reversed(context.store().models.versions(self.id))
        ]
        return Table(["version", "created", "message", "digest"], rows)

    def rename(self, name: str) -> Model:
        """Give it another name, as a new version; its id and its runs stay."""
        refs.new(name, "model")
        row = context.store().models.rename(self.id, name)
        # Where somebody saved meanwhile, this one stays behind: its next `save` is refused.
        newest = row.version == self.version + (name != self.name)
        self._row = row if newest else replace(self._row, name=name)
        self._spec = _renamed(self._spec, name, None)
        return self

    def delete(self) -> None:
        """Take it out of the list; its runs stay."""
        context.store().models.delete(self.id)

    def runs(self) -> Table:
        """Return its runs as a table."""
        from spikex_lab.api.runs import runs

        return runs(model=self.id)

    # work

    def train(
        self,
        dataset: str | None = None,
        *,
        target: str = "local",
        device: str = "cpu",
        backend: str = "spikex",
        probe: Mapping[str, Any] | None = None,
        weights: Run | str | Path | None = None,
        **training: Any,
    ) -> Run:
        """Start a run and return at once; it goes on without this notebook.

        `training` takes every key of a ``training:`` section: ``epochs``, ``lr``, ``batch_size``,
        ``seed``, ``optimizer``, ``loss``, ``schedule``, ``early_stopping``, ``threads`` and so on;
        what is left out comes from the model's own section. `weights` are those to begin with: a
        run's, or a file of them; default: fresh ones. An unsaved spec is saved first.

        Raises
        ------
        InvalidError : a bad setting, a missing device, a model that does not fit the data.
        NotFoundError : no such dataset or target.
        """
        from spikex_lab.api import start

        request = start.prepare(
            self._spec,
            dataset=dataset,
            target=target,
            device=device,
            backend=backend,
            probe=probe,
            training=training,
            weights=weights,
        )
        self.save("saved by train")
        return start.start(request, self.id, self.version)

    def export(self, format: str, path: str | Path) -> Path:
        """Write the spec as ``yaml`` or ``json`` to `path`. Weights are a run's: `Run.export`."""
        from spikex_lab.api import export

        return export.model(self._spec, format, Path(path))

    def __repr__(self) -> str:
        star = "*" if self.changed else ""
        return f"Model({self.name!r}, version {self.version}{star})\n{self.summary()!r}"

    def _html(self) -> str:
        spec = self._spec
        note = f"model, version {self.version}{' with unsaved changes' if self.changed else ''}"
        top = f"<div>{display.esc(spec.description)}</div>" if spec.description else ""
        return display.card(self.name, top + self.summary()._html(), note=note)


def models(search: str | None = None, *, page: int = 1, page_size: int = 50) -> Table:
    """Return the models as a table; `search` is a part of the name."""
    found = context.store().models.list(page=page, page_size=page_size, search=search)
    rows = [
        {
            "name": row.name,
            "version": row.version,
            "nodes": len(row.spec.get("nodes", [])),
            "dataset": row.spec.get("dataset") or "",
            "updated": row.updated,
            "id": row.id,
        }
        for row in found.items
    ]
    return Table(["name", "version", "nodes", "dataset", "updated"], rows, found.total)


def templates() -> list[str]:
    """Return the names of the templates."""
    from spikex_lab.spec.templates import names

    return list(names())


def _from_template(name: str, template: str | None, dataset: str | None) -> ModelSpec:
    from spikex_lab.api.dataset import Dataset
    from spikex_lab.spec.templates import template as filled

    chosen = template or DEFAULT_TEMPLATE
    if chosen not in templates():
        raise NotFoundError(
            f'no template "{refs.shown(chosen)}"', hint=nearest(str(chosen), templates())
        )
    if dataset is None:
        return filled(chosen, model_name=name)
    data = Dataset.open(dataset)
    return filled(
        chosen,
        model_name=name,
        input_shape=list(data.shape),
        classes=len(data.classes),
        dataset=data.name,
    )


def _renamed(spec: ModelSpec | Mapping[str, Any], name: str, dataset: str | None) -> ModelSpec:
    data = spec.to_dict() if isinstance(spec, ModelSpec) else dict(spec)
    return ModelSpec.parse({**data, "name": name, **({"dataset": dataset} if dataset else {})})


def _check(spec: ModelSpec) -> ModelSpec:
    """Return `spec` with the definitions of your own components that it uses; refuse one that does
    not hold together, or does not fit its dataset."""
    spec = shelf.embedded(spec)
    checks.graph(spec)
    if spec.dataset:
        from spikex_lab.api.dataset import Dataset

        checks.fits(spec, Dataset.open(spec.dataset))
    return spec
