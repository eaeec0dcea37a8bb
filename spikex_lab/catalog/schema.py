"""The form of ``component.yaml`` (schema ``spikex/component@1``), strict.

The form holds all that the library needs: maps and ODEs, several states and inputs, noise,
refractory periods, resets of several statements, variants chosen by a parameter, presets with
equations of their own, shapes and weights, units, NIR, conformance. What the form
alone cannot tell is checked when the equations are lowered (`spikex_lab.catalog.lower`).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from spikex_lab.catalog.fields import (
    PLURALS,
    Dimension,
    FileName,
    Formula,
    Integrator,
    Kind,
    Line,
    Tag,
    Text,
    TraceName,
)
from spikex_lab.catalog.parts import (
    LetSpec,
    NoiseSpec,
    ParameterSpec,
    PresetSpec,
    SignalSpec,
    SpikeSpec,
    StateSpec,
    VariantSpec,
)
from spikex_lab.spec.base import SpecModel


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


class CoarseSpec(SpecModel):
    """Where the step of a network is too long for `integrator`: above how many ms, what instead."""

    above: Annotated[float, Field(gt=0)]
    integrator: Integrator


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
    coarse: CoarseSpec | None = None
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
    traits: list[
        Literal["static", "random", "memoryless", "held", "training-only", "sequence", "algorithm"]
    ] = Field(default_factory=list)
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
