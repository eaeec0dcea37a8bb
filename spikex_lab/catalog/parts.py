"""The dynamics in a ``component.yaml``: parameters, states, inputs, equations, spikes, presets."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from spikex_lab.catalog.fields import Formula, Integrator, Latex, Line, Text
from spikex_lab.catalog.stimulus import StimulusSpec
from spikex_lab.catalog.units import check_unit
from spikex_lab.spec.base import SpecModel


class _WithUnit(SpecModel):
    unit: Annotated[str, Field(max_length=60)] = "1"

    @field_validator("unit")
    @classmethod
    def _unit(cls, unit: str) -> str:
        return check_unit(unit)


class ParameterSpec(_WithUnit):
    """A parameter. Without `value` it must be given; `trainable`: ``learn: [beta]`` learns it."""

    value: bool | int | float | str | list[int | float] | None = None
    type: Literal["number", "integer", "boolean", "choice", "numbers", "name"] | None = None
    range: Annotated[list[float | None], Field(min_length=2, max_length=2)] | None = None
    exclusive: bool = False
    """The ends of `range` do not belong to it."""
    choices: list[Line] | None = None
    latex: Latex | None = None
    doc: Text
    trainable: bool = False

    @property
    def sort(self) -> str:
        """The type, read off the value where it is not written."""
        if self.type is not None:
            return self.type
        if self.choices is not None:
            return "choice"
        if isinstance(self.value, bool):
            return "boolean"
        if isinstance(self.value, list):
            return "numbers"
        return "name" if isinstance(self.value, str) else "number"


class StateSpec(_WithUnit):
    """A quantity that lives from step to step; `init`: a number or parameters' expression."""

    init: int | float | Formula = 0
    latex: Latex | None = None
    doc: Text
    per: Literal["neuron", "pre", "post", "synapse"] = "neuron"
    kept: bool = False
    """Of a learning rule: lives on from sample to sample and is one for all samples of a batch, as
    the weight is. Other states are traces: they begin anew with every sample."""


class SignalSpec(_WithUnit):
    """What flows in at each step. Edges feed the first input; others need a default."""

    doc: Text
    latex: Latex | None = None
    default: float | None = None
    per: Literal["neuron", "pre", "post", "synapse"] = "neuron"


class LetSpec(SpecModel):
    """A named part of the equations; in a file also just the expression, its unit then follows."""

    value: int | float | Formula
    unit: Annotated[str, Field(max_length=60)] | None = None
    latex: Latex | None = None
    doc: Annotated[str, Field(max_length=2_000)] = ""

    @model_validator(mode="before")
    @classmethod
    def _from_value(cls, data: Any) -> Any:
        return {"value": data} if isinstance(data, (str, int, float)) else data

    @field_validator("unit")
    @classmethod
    def _unit(cls, unit: str | None) -> str | None:
        return None if unit is None else check_unit(unit)


class NoiseSpec(SpecModel):
    """A random number, drawn anew at each step: normal (mean 0, deviation 1) or uniform in 0..1."""

    distribution: Literal["normal", "uniform"]
    latex: Latex | None = None
    doc: Text


class RefractorySpec(SpecModel):
    """After a spike `hold` (default: what the reset sets) stand still for `duration` ms."""

    duration: Formula
    hold: list[str] | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_duration(cls, data: Any) -> Any:
        return {"duration": str(data)} if isinstance(data, (str, int, float)) else data


class SpikeParts(SpecModel):
    """The keys of `SpikeSpec`, none of them required: what a variant may change."""

    when: Formula | None = None
    edge: Literal["level", "rising"] | None = None
    scale: Formula | None = None
    reset: list[Formula] | None = None
    after: list[Formula] | None = None
    timing: Literal["same_step", "next_step"] | None = None
    refractory: RefractorySpec | None = None
    detach: bool | None = None

    @field_validator("reset", "after", mode="before")
    @classmethod
    def _one_statement(cls, data: Any) -> Any:
        return [data] if isinstance(data, str) else data


class SpikeSpec(SpikeParts):
    """When the neuron fires and what follows.

    `when` is a test ``a > b`` or ``a >= b``; with ``edge: rising`` it must have been false a step
    before. `scale` sets the width of the surrogate: it sees ``(a - b)/scale``; the spike itself
    does not change. `reset` statements (``v = v_reset``, ``w += b``) act where a spike was, in the
    order written: right away (``timing: same_step``) or at the start of the next step. `after`
    statements act at every step, after the test, and may use ``spike`` (1 or 0). ``spiked`` in
    equations is the test on the state as the last step left it. With `detach` no gradient flows
    through ``spiked`` and through the reset's mask.
    """

    when: Formula
    edge: Literal["level", "rising"] = "level"
    reset: list[Formula] = Field(default_factory=list)
    after: list[Formula] = Field(default_factory=list)
    timing: Literal["same_step", "next_step"] = "same_step"
    detach: bool = True


class BodyParts(SpecModel):
    """The dynamics: what variants and presets may change."""

    let: dict[str, LetSpec] | None = None
    state: dict[str, StateSpec] | None = None
    equations: list[Formula] | None = None
    jumps: list[Formula] | None = None
    integrator: Integrator | None = None
    spike: SpikeParts | None = None
    output: Formula | None = None


class VariantSpec(BodyParts):
    """Another body where parameters have these values: ``when: {reset: zero}``."""

    when: Annotated[dict[str, bool | str], Field(min_length=1)]


class PresetSpec(BodyParts):
    """A named set of parameters, where need be with equations of its own; a drive to show it."""

    doc: Text
    parameters: dict[str, bool | int | float | str] = Field(default_factory=dict)
    stimulus: StimulusSpec | None = None
