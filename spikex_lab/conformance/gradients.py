"""The reference's gradients against central differences, float64, for every trainable parameter.

A spike has no derivative, so two networks are compared. In one the step is replaced by the
surrogate's antiderivative: there the surrogate is the true derivative; what the equations detach
is held at its first value, and what they test falls the same way. In the other the input is so
weak that nothing fires, and the step stays the step that it is, flat on either side.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.conformance import samples
from spikex_lab.conformance.report import Check
from spikex_lab.conformance.unrolled import Unrolled

TOLERANCE = 1e-6
_QUANTITY = "gradient of every trainable parameter and of the input, relative"


def gradients(component: Component) -> Iterator[Check]:
    """Yield the comparisons of gradients of a component that trains, or of a surrogate's slope."""
    if component.kind == "surrogate":
        yield slope(component)
    elif component.has_equations and component.kind != "learning":
        yield from _network(component)


def slope(component: Component) -> Check:
    """Compare a surrogate's derivative with the difference quotient of its antiderivative.

    Where it draws random numbers, their means stand for them.
    """
    import torch

    from spikex_lab.nn.compiled import derivative

    name, against = "derivative", "central differences of the antiderivative"
    if component.spec.antiderivative is None:
        return Check(name, against, message="no antiderivative is declared", skipped=True)
    params = component.resolve(samples.defaults(component.spec))
    # an irrational stride: no point falls on a corner of a piecewise function
    u = torch.arange(-200, 200, dtype=torch.float64) * (0.01 * np.sqrt(2)) + 1e-3 * np.pi
    means = {"uniform": 0.5, "normal": 0.0}
    noise = [torch.tensor(means[one.distribution]) for one in component.spec.noise.values()]
    functions = []
    for part in ("derivative", "antiderivative"):
        program, function = derivative(component, part)
        values = [torch.tensor(params[one], dtype=torch.float64) for one in program.parameters]
        values += noise if program.noise else []
        functions.append(lambda u, function=function, values=values: function(u, *values))
    h = 1e-4
    rise = 8 * (functions[1](u + h) - functions[1](u - h))
    quotient = (rise - (functions[1](u + 2 * h) - functions[1](u - 2 * h))) / (12 * h)
    error = float((functions[0](u) - quotient).abs().max())
    return Check(name, against, error, 1e-8, "derivative")


def _network(component: Component) -> Iterator[Check]:
    spec = component.spec
    worst = {"smoothed": 0.0, "below threshold": 0.0}
    quiet = True
    for selection, params in samples.variants(component):
        learned = [
            name
            for name in component.program(selection).parameters
            if spec.parameters[name].trainable
        ]
        if spec.spike is not None:
            unrolled = Unrolled(component, selection, params, learned, smooth=True)
            worst["smoothed"] = max(worst["smoothed"], _error(unrolled))
        unrolled = Unrolled(component, selection, params, learned, smooth=False)
        if unrolled.silence():
            worst["below threshold"] = max(worst["below threshold"], _error(unrolled))
        else:
            quiet = False
    against = "central differences, float64"
    if spec.spike is not None:
        yield Check("gradients smoothed", against, worst["smoothed"], TOLERANCE, _QUANTITY)
    if quiet:
        name = "gradients below threshold" if spec.spike is not None else "gradients"
        yield Check(name, against, worst["below threshold"], TOLERANCE, _QUANTITY)
    else:
        yield Check(
            "gradients below threshold", against, message="it fires by itself", skipped=True
        )


def _error(unrolled: Unrolled) -> float:
    """Return the largest relative difference between autograd and central differences."""
    worst = 0.0
    for mine, other, rounding in zip(*unrolled.slopes(), strict=True):
        apart = abs(mine - other)
        size = max(abs(mine), abs(other)) + 16 * rounding / TOLERANCE
        worst = max(worst, apart / size if apart else 0.0)
    return worst
