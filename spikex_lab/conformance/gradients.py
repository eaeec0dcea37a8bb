"""The reference's gradients against central differences, float64, for every trainable parameter.

A spike has no derivative, so two networks are compared. In one the step is replaced by the
surrogate's antiderivative: there the surrogate is the true derivative; what the equations detach
is held at its first value, and what they test falls the same way. In the other the input is so
weak that nothing fires, and the step stays the step that it is, flat on either side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.expr import Compare, Expr, Name, Num, rewrite
from spikex_lab.catalog.program import Program
from spikex_lab.conformance import reference, samples
from spikex_lab.conformance.report import Check

if TYPE_CHECKING:
    from torch import Tensor

    from spikex_lab.nn.compiled import Step

TOLERANCE = 1e-6
_STEPS = 25
_SMOOTH_HALF = Num(0.5)
"""What a smoothed spike is at the threshold."""
_QUIET = (1.0, 0.5, 0.2, 0.1, 0.03, 0.01, 0.0)
"""Shares of the bench's input, tried until nothing fires."""
_NUDGES = (1e-4, 1e-5, 1e-6, 1e-7)
"""Of a parameter, in relation to it."""
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
            unrolled = _Unrolled(component, selection, params, learned, smooth=True)
            worst["smoothed"] = max(worst["smoothed"], unrolled.error())
        unrolled = _Unrolled(component, selection, params, learned, smooth=False)
        if unrolled.silence():
            worst["below threshold"] = max(worst["below threshold"], unrolled.error())
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


class _Unrolled:
    """A few steps of one variant as a function of its parameters: a weighted sum of all it does."""

    def __init__(
        self,
        component: Component,
        selection: Selection,
        params: Mapping[str, Any],
        learned: list[str],
        *,
        smooth: bool,
    ) -> None:
        from spikex_lab.nn.compiled import compile_program

        program = component.program(selection)
        self.step: Step = compile_program(_halved(program) if smooth else program, component.id)
        self.component = component
        self.params = params
        self.learned = learned
        self.smooth = smooth
        self.fired = 0
        self.given = samples.drive(component, _STEPS)
        draw = samples.generator(component, "weights")
        self.weights = draw.uniform(0.5, 1.5, (_STEPS, 1 + len(program.states)))

    def silence(self) -> bool:
        """Make the input so weak that nothing fires; return whether there is such a one."""
        for share in _QUIET:
            self.given = samples.drive(self.component, _STEPS, scale=share)
            self.fired = 0
            self._loss(self._leaves(), _Held())
            if not self.fired:
                return True
        return False

    def error(self) -> float:
        """Return the largest relative difference between autograd and central differences."""
        import torch

        held = _Held()
        leaves = self._leaves()
        for leaf in leaves.values():
            leaf.requires_grad_()
        loss = self._loss(leaves, held)
        if not loss.requires_grad:  # nothing that is learned and no input moves it
            return 0.0
        found = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True)
        worst = 0.0
        for name, gradient in zip(leaves, found, strict=True):
            mine = 0.0 if gradient is None else float(gradient)
            other, doubt = self._difference(name, leaves, held)
            apart = abs(mine - other)
            worst = max(worst, apart / (max(abs(mine), abs(other)) + doubt) if apart else 0.0)
        return worst

    def _difference(
        self, name: str, leaves: Mapping[str, Tensor], held: _Held
    ) -> tuple[float, float]:
        """Return the difference quotient of fourth order, and below what size it means nothing.

        The nudge shrinks until the quotients of second and fourth order agree: where spikes feed
        back, the gradient grows with every step, and its own derivatives faster.
        """
        import torch

        value = float(leaves[name].detach())

        def at(shift: float) -> float:
            with torch.no_grad():
                moved = {**leaves, name: leaves[name] + shift}
                return float(self._loss(moved, held.again()))

        best = (np.inf, 0.0, 0.0)
        for nudge in _NUDGES:
            h = nudge * (abs(value) or 1.0)
            values = at(h), at(-h), at(2 * h), at(-2 * h)
            second = (values[0] - values[1]) / (2 * h)
            fourth = (4 * second - (values[2] - values[3]) / (4 * h)) / 3
            rounding = np.finfo(np.float64).eps * max(map(abs, values)) / h
            best = min(best, (abs(fourth - second) + rounding, fourth, rounding))
            if abs(fourth - second) <= 1e-3 * TOLERANCE * abs(fourth) + rounding:
                break
        return best[1], 16 * best[2] / TOLERANCE

    def _leaves(self) -> dict[str, Tensor]:
        import torch

        values = {name: self.params[name] for name in self.learned} | {"": 1.0}
        return {name: torch.tensor(value, dtype=torch.float64) for name, value in values.items()}

    def _loss(self, leaves: Mapping[str, Tensor], held: _Held) -> Tensor:
        """Return the weighted sum of outputs and states; the leaf "" scales the first input."""
        import torch

        program = self.step.program
        values = {
            name: leaves[name]
            if name in leaves
            else torch.tensor(self.params[name], dtype=torch.float64)
            for name in program.parameters
        }
        fixed, states, _ = reference.begin(self.step, values, self.given.dt, torch.float64)
        fire = self._fire(held)
        total = torch.zeros((), dtype=torch.float64)
        series = [
            torch.tensor(one, dtype=torch.float64)
            for one in [*self.given.inputs, *self.given.noise]
        ]
        with held:
            for moment in range(self.given.count):
                now = [one[moment : moment + 1] for one in series]
                if now:
                    now[0] = now[0] * leaves[""]
                result = self.step.step(fire, *fixed, *states, *now)
                output, *states = result if program.states else (result,)
                for weight, part in zip(self.weights[moment], [output, *states], strict=True):
                    total = total + float(weight) * part.sum()
        return total

    def _fire(self, held: _Held) -> Callable[..., Tensor]:
        import torch

        from spikex_lab.nn.compiled import derivative
        from spikex_lab.nn.surrogate import Surrogate

        surrogate = Surrogate(self.component.spec.surrogate or "atan")
        hard = surrogate.fire(self.step.program.strict)
        program, function = derivative(surrogate.component, "antiderivative")
        given = [
            torch.tensor(surrogate.params[name], dtype=torch.float64) for name in program.parameters
        ]

        def fire(margin: Tensor, scale: Tensor | None = None) -> Tensor:
            scale = None if scale is None else held.hold(scale)
            spike = hard(margin, scale)
            self.fired += int(spike.sum())
            if not self.smooth:  # as it is: a step, flat on either side
                return torch.zeros_like(spike) + float(spike.detach())
            with torch.no_grad():  # the value is the antiderivative's, the slope the surrogate's
                soft = function(margin if scale is None else margin / scale, *given)
                gap = soft - spike
            return spike + gap

        return fire


class _Held:
    """What was detached, and every test: kept in the first run, given back in order in others."""

    def __init__(self, values: list[Tensor] | None = None) -> None:
        self._values: list[Tensor] = [] if values is None else values
        self._replay = values is not None
        self._place = 0
        self._mode: Any = None

    def again(self) -> _Held:
        """Return one that gives back what this one has kept."""
        return _Held(self._values)

    def hold(self, value: Tensor) -> Tensor:
        """Return `value` without its gradient; in a later run the first run's value."""
        import torch

        with torch._C.DisableTorchFunction():
            if self._replay:
                kept = self._values[self._place]
                self._place += 1
                return kept
            self._values.append(value.detach())
            return self._values[-1]

    def __enter__(self) -> _Held:
        import torch
        from torch.overrides import TorchFunctionMode

        held = self

        class Mode(TorchFunctionMode):
            def __torch_function__(
                self, function: Any, types: Any, args: Any = (), kwargs: Any = None
            ) -> Any:
                result = function(*args, **(kwargs or {}))
                tested = isinstance(result, torch.Tensor) and result.dtype == torch.bool
                return held.hold(result) if tested or function is torch.Tensor.detach else result

        self._mode = Mode()
        self._mode.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._mode.__exit__(*error)


def _halved(program: Program) -> Program:
    """Return `program` with its tests "a spike was there" at half a smoothed spike."""

    def change(part: Expr) -> Expr:
        match part:
            case Compare(">", Name("spike" | "spiked") as spike, Num(0)):
                return Compare(">", spike, _SMOOTH_HALF)
        return part

    body = tuple(replace(line, value=rewrite(line.value, change)) for line in program.body)
    return replace(program, body=body)
