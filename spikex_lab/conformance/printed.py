"""The printed languages against the reference: same numbers, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from spikex_lab import toolchain
from spikex_lab.catalog import Component
from spikex_lab.catalog.codegen import cpp
from spikex_lab.catalog.expr import Binary, Call, Num, walk
from spikex_lab.catalog.program import Program
from spikex_lab.conformance import javascript, native, reference, samples, scalar
from spikex_lab.conformance.report import Check
from spikex_lab.conformance.trace import Series

TOLERANCE = 1e-9
"""In float64, in relation to the largest value of the series (at least 1)."""
_STEPS = 200
_QUANTITY = "output and states, up to the first spike within 1e-9 of the threshold"
_ROUNDED = frozenset({"abs", "ceil", "clip", "detach", "fire", "floor", "hit", "max", "min", "relu"}
    | {"round", "sign", "sqrt", "step"})  # fmt: skip
"""Functions whose result every language rounds alike."""


def printed(component: Component) -> Iterator[Check]:
    """Yield the comparisons of C++, JavaScript and plain Python with the reference."""
    if component.kind == "surrogate" or not component.has_equations:
        return
    worst = {"C++": 0.0, "C++ float32": 0.0, "JavaScript": 0.0, "Python": 0.0}
    exact = False
    given = samples.drive(component, samples.steps(component, _STEPS))
    chosen = list(samples.variants(component))
    scripts = javascript.run(component, chosen, given)
    for index, (selection, params) in enumerate(chosen):
        program = component.program(selection)
        values = [float(params[name]) for name in program.parameters]
        truth = reference.run(component, selection, params, given)
        found = {"Python": scalar.run(component, selection, params, given, compiled=False)}
        driver = native.driver(component, selection)
        if driver is not None:
            found["C++"] = driver.run(given.dt, values, given.inputs, given.noise)
            if rounded_alike(program):
                exact = True
                rough = reference.run(component, selection, params, given, single=True)
                single = driver.run(
                    given.dt,
                    values,
                    given.inputs,
                    given.noise,
                    single=True,
                    constants=rough.constants,
                )
                worst["C++ float32"] = max(worst["C++ float32"], _apart(rough, single, cut=0.0))
        if scripts is not None:
            found["JavaScript"] = scripts[index]
        for language, result in found.items():
            worst[language] = max(worst[language], _apart(truth, result))
    against = "PyTorch reference, float64"
    yield Check("Python", against, worst["Python"], TOLERANCE, _QUANTITY)
    if toolchain.compiler() is None:
        yield Check("C++", against, message="there is no C++ compiler", skipped=True)
    else:
        warnings = toolchain.check(cpp.render(component))
        yield Check("C++ compiles", "-Wall -Wextra -Werror", float(not warnings), quantity="faults")
        yield Check("C++", against, worst["C++"], TOLERANCE, _QUANTITY)
        if exact:
            quantity = "output and states, every step"
            yield Check(
                "C++ float32", "PyTorch reference, float32", worst["C++ float32"], 0.0, quantity
            )
    if scripts is None:
        yield Check("JavaScript", against, message="there is no node", skipped=True)
    else:
        yield Check("JavaScript", against, worst["JavaScript"], TOLERANCE, _QUANTITY)


def rounded_alike(program: Program) -> bool:
    """Return whether one step consists of operations that IEEE 754 rounds correctly."""
    for line in program.body:
        for part in walk(line.value):
            match part:
                case Call(function) if function not in _ROUNDED:
                    return False
                case Binary("**", _, exponent) if exponent not in (Num(2), Num(3)):
                    return False
                case Binary("//" | "%"):
                    return False
    return True


def _apart(
    truth: reference.Run, found: tuple[Series, Sequence[Series]], *, cut: float = TOLERANCE
) -> float:
    """Return how far `found` is from `truth`, up to the first step nearer than `cut` to firing."""
    near = np.flatnonzero(truth.margins < cut)
    end = int(near[0]) if len(near) else len(truth.output)
    error = 0.0
    for mine, other in zip([truth.output, *truth.states], [found[0], *found[1]], strict=True):
        a, b = mine[:end], other[:end]
        if not len(a):
            continue
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            return float("inf")
        scale = max(1.0, float(np.abs(a).max())) if cut else 1.0
        error = max(error, float(np.abs(a - b).max()) / scale)
    return error
