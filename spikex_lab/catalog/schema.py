"""The form of ``component.yaml`` (schema ``spikex/component@1``), strict.

The form holds all that the library needs: maps and ODEs, several states and inputs, noise,
refractory periods, resets of several statements, variants chosen by a parameter, presets with
equations of their own, shapes and weights, units, NIR, conformance. What a later floor does not
serve yet is refused where it is built (`spikex_lab.catalog.dynamics`), not here.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from spikex_lab.catalog.codegen.symbols import check_latex
from spikex_lab.catalog.stimulus import StimulusSpec
from spikex_lab.catalog.units import check_unit
from spikex_lab.spec.base import SpecModel

PLURALS = {
    "neuron": "neurons", "synapse": "synapses", "axon": "axons", "dendrite": "dendrites",
    "learning": "learning", "encoder": "encoders", "decoder": "decoders", "layer": "layers",
    "loss": "losses", "surrogate": "surrogates",
}  # fmt: skip
Kind = Literal[
    "neuron",
    "synapse",
    "axon",
    "dendrite",
    "learning",
    "encoder",
    "decoder",
    "layer",
    "loss",
    "surrogate",
]
Integrator = Literal["exact", "exponential_euler", "euler", "rk4"]
Text = Annotated[str, Field(min_length=1, max_length=2_000)]
Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\r\n]*$")]
Formula = Annotated[str, Field(min_length=1, max_length=2_100)]
Latex = Annotated[str, Field(max_length=200), AfterValidator(check_latex)]
Tag = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9 -]{0,40}$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*\.[a-z0-9]+$", max_length=80)]
TraceName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.json$", max_length=80)]
Dimension = int | Formula


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


class By(SpecModel):
    """The user decides, by this parameter."""

    by: str


class Conventions(SpecModel):
    """What every simulator does differently, said once. (The sixth is `integrator`.)"""

    threshold: Literal[">", ">="]
    reset_moment: Literal["same_step", "next_step", "none"] | By
    reset_kind: Literal["subtract", "zero", "value", "none"] | By
    input_gain: Formula
    time_axis: Literal["first"] = "first"


class ShapeRequirement(SpecModel):
    """A test on dimensions and parameters, and what to say when it fails."""

    that: Formula
    message: Line


class ShapeSpec(SpecModel):
    """Shapes without time and batch: ``in: [c, h, w]`` names dimensions, ``out`` uses them.

    ``in: any`` takes every shape, whose number of elements is then called ``size``; ``out: same``
    keeps it.
    """

    in_: Literal["any"] | list[str] = Field(default="any", alias="in")
    out: Literal["same"] | list[Dimension] = "same"
    require: list[ShapeRequirement] = Field(default_factory=list)
    hint: Annotated[str, Field(max_length=300)] = ""


class WeightSpec(SpecModel):
    """A tensor of the node; `when` tests parameters, `init` draws it (by an expression)."""

    shape: list[Dimension]
    when: Formula | None = None
    init: dict[Literal["uniform", "normal", "constant"], int | float | Formula]
    trainable: bool = True
    unit: Annotated[str, Field(max_length=60)] = "1"
    doc: Text

    @model_validator(mode="after")
    def _one_init(self) -> WeightSpec:
        if len(self.init) != 1:
            raise ValueError("init has one key: uniform (bound), normal (deviation) or constant")
        return self


class RecurrenceSpec(SpecModel):
    """A neuron's own past, fed back: `input` gets ``weight @ state + bias`` of the last step.

    `weight` and `bias` are names under ``weights:``; where the weight's ``when:`` does not hold,
    `input` stays at its default.
    """

    input: str
    state: str
    weight: str
    bias: str | None = None


class ReferenceSpec(SpecModel):
    """A source. `checked` says how title and DOI were confirmed."""

    authors: Line
    title: Line
    year: Annotated[int, Field(ge=1600, le=2100)]
    venue: Annotated[str, Field(max_length=300)] = ""
    doi: str | None = None
    url: Annotated[str, Field(pattern=r"^https://[^\s]+$", max_length=300)] | None = None
    note: Annotated[str, Field(max_length=1_000)] = ""
    checked: bool = False

    @field_validator("doi")
    @classmethod
    def _doi(cls, doi: str | None) -> str | None:
        if doi is not None and not re.fullmatch(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]+", doi):
            raise ValueError(f'"{doi[:60]}" is no DOI; a DOI looks like 10.1109/JPROC.2023.3308088')
        return doi


class NirSpec(SpecModel):
    """The node of the neuromorphic intermediate representation, its fields as expressions."""

    node: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,40}$")]
    map: dict[str, Formula] = Field(default_factory=dict)
    when: dict[str, bool | str] = Field(default_factory=dict)
    note: Annotated[str, Field(max_length=1_000)] = ""


class ConformanceSpec(SpecModel):
    """One case of the checker: against what, how near; `file` keeps an outside trace."""

    against: Line
    quantity: Annotated[str, Field(max_length=100)] = ""
    tolerance: Annotated[float, Field(ge=0)] | Line
    case: Annotated[str, Field(max_length=100)] = ""
    settings: dict[str, bool | int | float | str] = Field(default_factory=dict)
    file: TraceName | None = None


class BenchSpec(SpecModel):
    """What the bench and the playground start with: step and duration in ms, input in its unit."""

    dt: Annotated[float, Field(gt=0)] = 1.0
    duration: Annotated[float, Field(gt=0)] = 100.0
    input: float = 1.0


class ComponentSpec(SpecModel):
    """One entry of the library: its ``component.yaml``."""

    schema_: Literal["spikex/component@1"] = Field(alias="schema")
    id: Annotated[str, Field(max_length=130, pattern=r"^[a-z]+/[a-z0-9][a-z0-9-]*$")]
    name: Line
    kind: Kind
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    authors: Annotated[list[Line], Field(min_length=1)]
    license: Line
    tags: list[Tag] = Field(default_factory=list)
    summary: Line
    parameters: dict[str, ParameterSpec] = Field(default_factory=dict)
    let: dict[str, LetSpec] = Field(default_factory=dict)
    state: dict[str, StateSpec] = Field(default_factory=dict)
    inputs: dict[str, SignalSpec] = Field(default_factory=dict)
    noise: dict[str, NoiseSpec] = Field(default_factory=dict)
    equations: list[Formula] = Field(default_factory=list)
    jumps: list[Formula] = Field(default_factory=list)
    """Statements (``I += w*x``) that act at every step, in the order written, after the equations
    and before the threshold test: how a spike that arrives acts on an ODE."""
    integrator: Integrator | None = None
    spike: SpikeSpec | None = None
    output: Formula | None = None
    derivative: Formula | None = None
    """Of a surrogate: what stands for the step's derivative, as a function of its one input."""
    antiderivative: Formula | None = None
    """Of a surrogate: the smooth function whose derivative that is."""
    surrogate: Line | None = None
    """Of a neuron: the surrogate used where the model names none."""
    conventions: Conventions | None = None
    variants: list[VariantSpec] = Field(default_factory=list)
    presets: dict[str, PresetSpec] = Field(default_factory=dict)
    require: list[ShapeRequirement] = Field(default_factory=list)
    """Tests that the values of the parameters must pass together."""
    shape: ShapeSpec = ShapeSpec()
    weights: dict[str, WeightSpec] = Field(default_factory=dict)
    recurrence: RecurrenceSpec | None = None
    code: dict[Literal["python", "cpp", "javascript"], FileName] = Field(default_factory=dict)
    """What does not fit equations: files in the component's folder."""
    traits: list[Literal["static", "random", "training-only", "sequence", "algorithm"]] = Field(
        default_factory=list
    )
    """`static`: an encoder whose output stays the same over time; `sequence`: one that takes what
    changes over time as well. `random`: it draws. `algorithm`: neither equations nor code; the
    engine does it, and this is its page."""
    bench: BenchSpec = BenchSpec()
    nir: NirSpec | None = None
    conformance: list[ConformanceSpec] = Field(default_factory=list)
    diagram: FileName | None = None
    references: list[ReferenceSpec] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> ComponentSpec:
        if self.id.split("/")[0] != PLURALS[self.kind]:
            raise ValueError(f'the id of a {self.kind} begins with "{PLURALS[self.kind]}/"')
        if self.kind == "neuron" and self.conventions is None:
            raise ValueError(
                "a neuron says its conventions (threshold, reset_moment, reset_kind, input_gain)"
            )
        if self.kind == "surrogate" and (self.derivative is None or len(self.inputs) != 1):
            raise ValueError("a surrogate has one input and a derivative")
        self._check_recurrence()
        return self

    def _check_recurrence(self) -> None:
        back = self.recurrence
        if back is None:
            return
        for name, known, what in (
            (back.input, list(self.inputs)[1:], "input besides the first"),
            (back.state, list(self.state), "state"),
            (back.weight, list(self.weights), "weight"),
            (back.bias, [None, *self.weights], "weight"),
        ):
            if name not in known:
                raise ValueError(f'recurrence: "{name}" is no {what}')
