"""The model spec: a network as a graph of components (schema ``spikex/model@1``)."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.names import Name
from spikex_lab.spec.reference import ComponentId, ComponentRef, NodeId, Params
from spikex_lab.spec.training import TrainingSpec

End = Annotated[
    str,
    Field(max_length=130, pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}(\.[A-Za-z][A-Za-z0-9_]{0,63})?$"),
]
Size = Annotated[int, Field(ge=1, le=1_000_000)]

DEFINITIONS_LIMIT = 1_000_000
"""Characters of all the definitions that a model brings along."""
INPUT = "input"
"""The reserved id by which an edge names the network's input."""


class InputSpec(SpecModel):
    """What goes in: the shape of one sample (without batch and time) and how it becomes spikes."""

    shape: Annotated[list[Size], Field(min_length=1, max_length=4)]
    encoder: ComponentRef = ComponentRef(component="encoders/direct")


class TimeSpec(SpecModel):
    """How long a sample is shown: `steps` steps of `dt` milliseconds."""

    steps: Annotated[int, Field(ge=1, le=100_000)] = 1
    dt: Annotated[float, Field(gt=0, le=1000)] = 1.0


class NodeSpec(SpecModel):
    """One node: a component with parameters, and for a neuron the surrogate of its threshold."""

    id: NodeId
    component: ComponentId
    params: Params = Field(default_factory=dict)
    surrogate: ComponentRef | None = None


class EdgeSpec(SpecModel):
    """A connection; in a file also ``[from, to]``. `delay` is in steps; a loop needs one ≥ 1.

    It starts at what a node gives (``from: lif``) or at one of its states (``from: lif.V``), and
    ends at a node's first input (``to: lif``) or at a further one (``to: lif.g_exc``).
    """

    from_: End = Field(alias="from")
    to: End
    delay: Annotated[int, Field(ge=0, le=10_000)] = 0

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, data: Any) -> Any:
        if isinstance(data, (list, tuple)):
            if len(data) != 2:
                raise ValueError("an edge is [from, to] or {from, to, delay}")
            return {"from": data[0], "to": data[1]}
        return data

    @property
    def source(self) -> str:
        """The node (or ``input``) where it starts."""
        return self.from_.split(".")[0]

    @property
    def state(self) -> str | None:
        """The state of `source` that it carries; None: what the node gives."""
        return _after_dot(self.from_)

    @property
    def target(self) -> str:
        """The node where it ends."""
        return self.to.split(".")[0]

    @property
    def port(self) -> str | None:
        """The input of `target` that it feeds; None: the first."""
        return _after_dot(self.to)

    def __str__(self) -> str:
        return f"{self.from_} → {self.to}"


def _after_dot(end: str) -> str | None:
    return end.partition(".")[2] or None


class ModuleRef(SpecModel):
    """A network that is the user's own ``torch.nn.Module``, in place of nodes.

    `sha256` names its pickled code in the store. Only code of that hash is ever loaded, and only
    after the user chose it; `classes` is the number of scores it gives.
    """

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    format: Literal["cloudpickle"] = "cloudpickle"
    classes: Size
    parameters: Annotated[int, Field(ge=0)] = 0
    summary: Annotated[str, Field(max_length=20_000)] = ""


def _form_of_edges(value: Any) -> str:
    return "list" if isinstance(value, (list, tuple)) else "word"


Edges = Annotated[
    Annotated[Literal["sequential"], Tag("word")]
    | Annotated[list[EdgeSpec], Field(min_length=1, max_length=100_000), Tag("list")],
    Discriminator(_form_of_edges),
]


def _definitions(value: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Refuse what is no plain data; what it means the catalog says."""
    try:
        size = len(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise ValueError("a component is plain data: words, finite numbers, lists, keys") from None
    if size > DEFINITIONS_LIMIT:
        raise ValueError(f"components of {size} characters, more than {DEFINITIONS_LIMIT:.0e}")
    return value


Definitions = Annotated[
    dict[ComponentId, dict[str, Any]],
    Field(min_length=1, max_length=100),
    AfterValidator(_definitions),
]


class ModelSpec(SpecModel):
    """A named network. ``edges: sequential`` joins input and nodes in the order they are written.

    `dataset` and `training` are the model's own defaults for a run; both may be left out.
    """

    schema_: Literal["spikex/model@1"] = Field(default="spikex/model@1", alias="schema")
    name: Name
    description: Annotated[str, Field(max_length=4000)] = ""
    input: InputSpec
    time: TimeSpec = TimeSpec()
    nodes: Annotated[list[NodeSpec], Field(max_length=10_000)] = Field(default_factory=list)
    module: ModuleRef | None = None
    edges: Edges = "sequential"
    readout: ComponentRef
    dataset: Name | None = None
    training: TrainingSpec = TrainingSpec()
    components: Definitions | None = None
    """Components that the bundled library lacks, by id, each as in its ``component.yaml``: with
    them a model runs where nobody ever heard of them."""

    @model_validator(mode="after")
    def _unique_ids(self) -> ModelSpec:
        if bool(self.nodes) == (self.module is not None):
            raise ValueError("a model has nodes, or else a module")
        seen: set[str] = set()
        for node in self.nodes:
            if node.id == INPUT:
                raise ValueError('a node may not be called "input": that is the network\'s input')
            if node.id in seen:
                raise ValueError(f'two nodes are called "{node.id}"')
            seen.add(node.id)
        return self

    def edge_list(self) -> list[EdgeSpec]:
        """Return the edges, ``sequential`` written out; the first one leaves ``input``."""
        if self.edges != "sequential":
            return list(self.edges)
        ids = [INPUT, *(node.id for node in self.nodes)]
        return [EdgeSpec.model_validate({"from": a, "to": b}) for a, b in pairwise(ids)]
