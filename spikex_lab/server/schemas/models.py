"""Models, their versions, the templates to start from."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from spikex_lab.server.operations import Paged, Search
from spikex_lab.server.schemas.common import Answer, As, PageOf, Unpaged
from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.names import Name

Spec = Annotated[dict[str, Any], As("spikex_lab.spec.model:ModelSpec")]
Given = Annotated[dict[str, Any], As("spikex_lab.spec.model:ModelSpec", check=True)]
Message = Annotated[str, Field(max_length=1000)]
Sort = Literal["-updated", "updated", "name", "-name", "created", "-created"]


class ModelsQuery(Paged):
    """Which models: `search` is a part of the name."""

    search: Search = ""
    sort: Sort = "-updated"


class LastRun(Answer):
    """The newest finished run of a model, and the accuracy it reached (0 to 1)."""

    id: str
    ended: str | None
    accuracy: float | None


class ModelHead(Answer):
    """What is told of a model everywhere."""

    id: str
    name: str
    version: int
    created: str
    updated: str
    nodes: int
    steps: int
    dataset: str | None


class ModelItem(ModelHead):
    """A model as an entry of a list."""

    last_run: LastRun | None


class Version(Answer):
    """One version of a model, without its spec."""

    version: int
    digest: str
    message: str
    created: str


class Model(ModelHead):
    """A model at one version, and the list of all its versions: what its ETag stands for."""

    digest: str
    message: str
    spec: Spec
    versions: list[Version]


class NewModel(SpecModel):
    """A model to make: from a template (fitted to `dataset` where one is given), or from a spec."""

    name: Name
    template: Annotated[str, Field(max_length=100)] | None = None
    spec: Given | None = None
    dataset: Name | None = None
    message: Message = ""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.spec is not None and self.template is not None:
            raise ValueError("give a template or a spec, not both")
        return self


class NewVersion(SpecModel):
    """The next version of a model."""

    spec: Given
    message: Message = ""


class ModelPatch(SpecModel):
    """What may be changed of a model without a new spec: its name."""

    name: Name


class CopyOf(SpecModel):
    """A copy to make: its name, and of which version (default: the newest)."""

    name: Name
    version: Annotated[int, Field(ge=1)] | None = None


class Imported(SpecModel):
    """The name of the model to make of a file; default: the one in the file."""

    name: Name | None = None


class ModelExport(SpecModel):
    """The form to take a model away in."""

    format: Literal["yaml", "json"] = "yaml"


class Template(Answer):
    """A ready spec to start from."""

    name: str
    title: str
    spec: Spec


class ModelPage(PageOf[ModelItem]):
    """One page of models."""


class VersionList(Unpaged[Version]):
    """The versions of a model."""


class TemplateList(Unpaged[Template]):
    """The templates."""
