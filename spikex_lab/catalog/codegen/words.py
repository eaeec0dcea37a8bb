"""What a rendered file says in comments: the equations as written, units, presets, papers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spikex_lab.catalog import body
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.codegen.text import label, suffixes
from spikex_lab.catalog.component import Component
from spikex_lab.catalog.parts import ParameterSpec, SpikeSpec
from spikex_lab.catalog.program import Assign, Program


@dataclass(frozen=True)
class Variant:
    """One program of a component, the selections that lead to it, and the ending of its names."""

    program: Program
    chosen: tuple[Selection, ...]
    ending: str

    @property
    def label(self) -> str:
        """The selections in words; empty where there is nothing to choose."""
        return " or ".join(label(one) for one in self.chosen if one)


@dataclass(frozen=True)
class Preset:
    """A named set of numbers: a name for code, what it is, its values, and its selection."""

    name: str
    doc: str
    values: dict[str, float]
    chosen: Selection


@dataclass(frozen=True)
class Smooth:
    """A function of a surrogate: its name, what it is, and its program."""

    name: str
    doc: str
    program: Program

    @property
    def lines(self) -> list[Assign]:
        """Every assignment, those that need not be repeated first."""
        fixed = [line for line in self.program.constants if isinstance(line, Assign)]
        return [*fixed, *self.program.body]


def variants(component: Component) -> list[Variant]:
    """Return the different programs of `component`, the default one first."""
    chosen = body.selections(component.spec)
    found: list[Variant] = []
    for one, ending in zip(chosen, suffixes(chosen), strict=True):
        program = component.program(one)
        for index, known in enumerate(found):
            if known.program == program:
                found[index] = Variant(program, (*known.chosen, one), known.ending)
                break
        else:
            found.append(Variant(program, (one,), ending))
    return found


def numbers(component: Component) -> dict[str, ParameterSpec]:
    """Return the parameters that are numbers."""
    given = component.spec.parameters.items()
    return {name: one for name, one in given if one.sort in ("number", "integer")}


def presets(component: Component) -> list[Preset]:
    """Return the presets of `component`; every name is an identifier and no two are equal."""
    found: list[Preset] = []
    for label_, preset in component.spec.presets.items():
        name = "preset_" + re.sub("[^a-z0-9]+", "_", label_.lower()).strip("_")
        if name == "preset_" or name in [one.name for one in found]:
            name = f"{name}_{len(found) + 1}".replace("__", "_")
        values = {
            key: value
            for key, value in preset.parameters.items()
            if key in numbers(component) and isinstance(value, (int, float))
        }
        full = {**component.placeholders(), **preset.parameters, "preset": label_}
        chosen = component.selection(component.resolve(full))
        found.append(Preset(name, f"{label_}: {preset.doc}", values, chosen))
    return found


def about(doc: str, unit: str) -> str:
    """Return what a quantity is as one line: its unit in brackets, then `doc`."""
    words = doc.rstrip(". ")
    return words if unit in ("", "1") else f"[{unit}] {words}"


def parameter(spec: ParameterSpec) -> str:
    """Return what a parameter is, its unit, its range and whether it must be given."""
    words = about(spec.doc, spec.unit)
    low, high = spec.range or (None, None)
    if low is not None and high is not None:
        words += f"; {low:g} to {high:g}" + (", without the ends" if spec.exclusive else "")
    elif low is not None:
        words += f"; {'above' if spec.exclusive else 'at least'} {low:g}"
    elif high is not None:
        words += f"; {'below' if spec.exclusive else 'at most'} {high:g}"
    return words + ("; must be given" if spec.value is None else "")


def state(component: Component, chosen: Selection, name: str) -> str:
    """Return what a state is, with its unit."""
    found = (body.select(component.spec, chosen).state or {}).get(name)
    if found is None:
        return "Steps left to stand still after a spike"
    return about(found.doc, found.unit)


def inputs(component: Component, program: Program) -> list[str]:
    """Return what the inputs and random numbers of a step are, one line each."""
    spec = component.spec
    lines = []
    for name in program.inputs:
        signal = spec.inputs[name]
        lines.append(f"x_{name}: {about(signal.doc, signal.unit)}")
    kinds = {"normal": "normal (mean 0, deviation 1)", "uniform": "uniform in 0..1"}
    for name in program.noise:
        drawn = spec.noise[name]
        lines.append(f"z_{name}: {about(drawn.doc, '1')}; {kinds[drawn.distribution]}, drawn anew")
    return lines


def equations(component: Component, chosen: Selection) -> list[str]:
    """Return the equations of a selection as they are written, and what is said beside them."""
    parts = body.select(component.spec, chosen)
    lines = [f"{name} = {let.value}" for name, let in (parts.let or {}).items()]
    lines += parts.equations or []
    if parts.integrator is not None:
        lines.append(f"integrated by: {parts.integrator.replace('_', ' ')}")
    lines += [f"then, at every step: {jump}" for jump in parts.jumps or []]
    if isinstance(parts.spike, SpikeSpec):
        lines += _spike(parts.spike)
    if parts.output is not None:
        lines.append(f"goes out: {parts.output}")
    return lines


def _spike(spike: SpikeSpec) -> list[str]:
    lines = [f"spike where {spike.when}" + (" begins to hold" if spike.edge == "rising" else "")]
    moment = "in the step after a spike" if spike.timing == "next_step" else "at a spike"
    lines += [f"{moment}: {text}" for text in spike.reset]
    if spike.refractory is not None:
        lines.append(f"after a spike, stand still for: {spike.refractory.duration} ms")
    return lines + [f"after the test, at every step: {text}" for text in spike.after]


def head(component: Component) -> list[str]:
    """Return the first lines of a rendered file: where from, what it is, its papers."""
    spec = component.spec
    plural, name = component.id.split("/")
    lines = [
        f"Rendered from components/{plural}/{name}/component.yaml by `spikex components render`: "
        "edit that file, not this.",
        "",
        f"{spec.name} ({spec.id}), version {spec.version}, licence {spec.license}",
        spec.summary,
    ]
    papers = [_paper(one) for one in spec.references]
    return lines + (["", "Papers:", *papers] if papers else [])


def _paper(one: Any) -> str:
    place = f", doi:{one.doi}" if one.doi else ""
    return f"- {one.authors} ({one.year}). {one.title}{place}"


def module(component: Component) -> str:
    """Return an identifier made of the component's id: ``neurons_lif``."""
    return re.sub("[^a-z0-9]+", "_", component.id.lower()).strip("_")


def names_legend(programs: Sequence[Program]) -> str:
    """Return what the prefixes of the names in `programs` mean."""
    prefixes = {
        "p": "parameter", "k": "part that stays the same", "c": "constant of the step",
        "s": "state", "x": "input", "z": "random number", "l": "part that changes",
        "n": "new state", "t": "temporary", "d1": "slope", "y2": "state inside a step",
    }  # fmt: skip
    seen = {f"p_{name}" for one in programs for name in one.parameters}
    for one in programs:
        seen |= {name for line in (*one.constants, *one.body) for name in line.targets}
        seen |= {f"s_{name}" for name in one.states} | {f"x_{name}" for name in one.inputs}
        seen |= {f"z_{name}" for name in one.noise}
    known = {name.split("_")[0] for name in seen}
    return ", ".join(f"{key}_ {word}" for key, word in prefixes.items() if key in known)


def smooth(component: Component) -> list[Smooth]:
    """Return the functions of a surrogate: its derivative, and the smooth step where it has one."""
    found = [
        Smooth("derivative", "What stands for the derivative of the step.", component.surrogate())
    ]
    if component.spec.antiderivative is not None:
        program = component.surrogate("antiderivative")
        found.append(Smooth("antiderivative", "The smooth step with this derivative.", program))
    return found
