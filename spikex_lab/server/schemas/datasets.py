"""Datasets, their samples, and files on their way to become one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from spikex_lab.server.operations import Flag, Number, Paged, Search
from spikex_lab.server.schemas.common import Answer, As, PageOf, Unpaged
from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.names import Name

MOST_SAMPLES = 64


class DatasetsQuery(Paged):
    """Which datasets: `search` is a part of the name."""

    search: Search = ""
    sort: Literal["name", "-name", "created", "-created", "size", "-size"] = "name"


class Dataset(Answer):
    """A dataset; `size` in bytes."""

    id: str
    name: str
    info: Annotated[dict[str, Any], As("spikex_lab.data.dataset:DatasetInfo")]
    digest: str
    size: int
    created: str


class Upload(SpecModel):
    """What is told beside an uploaded file: the dataset's name, and its classes, comma-separated
    in the order of the labels (default: the labels themselves)."""

    name: Name
    classes: Annotated[str, Field(max_length=100_000)] = ""


class SamplesQuery(SpecModel):
    """Which samples: `count` of them from `index` on; `values` also where there is a picture."""

    split: Annotated[str, Field(min_length=1, max_length=100)] = "train"
    index: Annotated[Number, Field(ge=0, le=10**12)] = 0
    count: Annotated[Number, Field(ge=1, le=MOST_SAMPLES)] = 1
    values: Flag = False


class Sample(Answer):
    """One sample: its label and class; a picture (PNG, base64) where it is one, else its values,
    flat, in the order of `shape`."""

    index: int
    label: int
    class_: Annotated[str, Field(alias="class")]
    png: str | None
    values: list[float] | None


class Samples(Answer):
    """Some samples of a split; `total` counts all of it."""

    items: list[Sample]
    total: int
    split: str
    shape: list[int]


class KnownDataset(Answer):
    """A dataset that everybody knows: whether it is here, and how many bytes are fetched if not."""

    name: str
    title: str
    licence: str
    shape: list[int]
    classes: int
    size: int
    dataset: str | None


class Fetch(SpecModel):
    """A known dataset to download."""

    name: Name


class Transfer(Answer):
    """A file on its way into the store; bytes done and in all (0: unknown); the dataset's id."""

    id: str
    name: str
    kind: Literal["upload", "download"]
    state: Literal["receiving", "reading", "finished", "failed", "stopped"]
    done: int
    total: int
    dataset: str | None
    error: str | None


class DatasetPage(PageOf[Dataset]):
    """One page of datasets."""


class KnownDatasetList(Unpaged[KnownDataset]):
    """The datasets that everybody knows."""


class TransferList(Unpaged[Transfer]):
    """What is on its way, and what has come of late."""
