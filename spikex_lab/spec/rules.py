"""Local learning rules in a spec: which rule, on which weights, within which bounds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.reference import ComponentRef, NodeId

Number = Annotated[float, Field(ge=-1e9, le=1e9)]


class RuleSpec(ComponentRef):
    """A learning rule with parameters; in a file also its id alone: ``learning/stdp``.

    `nodes`: whose weights it changes; default: every node that has one weight from each input to
    each output, but the one for labels. `learns`: what of them: ``weights``, ``bias`` (as the
    weight of an input that is always 1) or ``both``; default: both where the rule is told the right
    answer, else the weights. `post`: the node whose output the rule takes for the answer; default:
    the neuron behind the weights, or else the weights' own sum. After each batch what it changed is
    kept within `bounds`, and the sizes of the weights into a neuron add up to `norm`.
    """

    nodes: Annotated[list[NodeId], Field(min_length=1, max_length=1000)] | None = None
    learns: Literal["weights", "bias", "both"] | None = None
    post: NodeId | None = None
    bounds: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    norm: Annotated[float, Field(gt=0, le=1e9)] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> RuleSpec:
        if self.bounds is not None and self.bounds[0] >= self.bounds[1]:
            raise ValueError("bounds are [low, high], low below high")
        return self


class LabelsSpec(SpecModel):
    """Which neurons stand for which class, found out while an unsupervised network learns.

    `node` is a dense layer from neurons to classes that nothing else trains (in a file also its id
    alone): each neuron votes for the class it answered most, on average over the last samples
    (`memory` of them, fading), and a class's score is the mean of its neurons.
    """

    node: NodeId
    memory: Annotated[float, Field(ge=1, le=1e9)] = 2000.0

    @model_validator(mode="before")
    @classmethod
    def _from_id(cls, data: Any) -> Any:
        return {"node": data} if isinstance(data, str) else data
