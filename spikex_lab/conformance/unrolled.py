"""A few steps of the reference as a function of its parameters, and its slopes in two ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.expr import Compare, Expr, Name, Num, rewrite
from spikex_lab.catalog.program import Program
from spikex_lab.conformance import reference, samples

if TYPE_CHECKING:
    from torch import Tensor

    from spikex_lab.nn.compiled import Step

_STEPS = 25
_HALF = Num(0.5)
"""What a smoothed spike is at the threshold."""
_QUIET = (1.0, 0.5, 0.2, 0.1, 0.03, 0.01, 0.0)
"""Shares of the bench's input, tried until nothing fires."""
_NUDGES = (1e-4, 1e-5, 1e-6, 1e-7)
"""Of a parameter, in relation to it."""
_SHIFTS = (1.0, -1.0, 2.0, -2.0)
_INPUT = ""
"""The name of the factor on the first input, which is moved like a parameter."""


class Unrolled:
    """A weighted sum of all that some steps of one variant do, as a function of its parameters.

    Parameters
    ----------
    params : resolved parameters.
    learned : those to be moved; the first input is moved too.
    smooth : the surrogate's antiderivative in place of the step; otherwise the step is flat.
    """

    def __init__(
        self,
        component: Component,
        selection: Selection,
        params: Mapping[str, Any],
        learned: Sequence[str],
        *,
        smooth: bool,
    ) -> None:
        from spikex_lab.nn.compiled import compile_program

        program = component.program(selection)
        self._step: Step = compile_program(_halved(program) if smooth else program, component.id)
        self._component = component
        self._params = params
        self._moved = {name: float(params[name]) for name in learned} | {_INPUT: 1.0}
        self._smooth = smooth
        self._fired = 0
        self._given = samples.drive(component, _STEPS)
        draw = samples.generator(component, "weights")
        self._weights = draw.uniform(0.5, 1.5, (_STEPS, 1 + len(program.states)))

    def silence(self) -> bool:
        """Make the input so weak that nothing fires; return whether there is such a one."""
        for share in _QUIET:
            self._given = samples.drive(self._component, _STEPS, scale=share)
            self._fired = 0
            self._loss(self._columns(), Held())
            if not self._fired:
                return True
        return False

    def slopes(self) -> tuple[list[float], list[float], list[float]]:
        """Return autograd's gradients, difference quotients, and what rounding does to these.

        Quotients are of fourth order. Several nudges are tried, and the one counts whose quotients
        of second and fourth order agree best: where spikes feed back, the gradient grows with every
        step, and its own derivatives faster. All of them are columns of one run.
        """
        import torch

        held = Held()
        leaves = self._columns()
        for leaf in leaves.values():
            leaf.requires_grad_()
        loss = self._loss(leaves, held).sum()
        if not loss.requires_grad:  # nothing that is learned and no input moves it
            return [0.0], [0.0], [0.0]
        found = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True)
        gradients = [0.0 if one is None else float(one) for one in found]
        steps = {name: [nudge * (abs(value) or 1.0) for nudge in _NUDGES]
                 for name, value in self._moved.items()}  # fmt: skip
        moves = [(name, h * shift) for name in steps for h in steps[name] for shift in _SHIFTS]
        with torch.no_grad():
            losses = self._loss(self._columns(moves), held.again())
        values = losses.expand(len(moves)).numpy().reshape(len(steps), len(_NUDGES), len(_SHIFTS))
        best = [
            min(_quotient(row, h) for row, h in zip(rows, sizes, strict=True))
            for rows, sizes in zip(values, steps.values(), strict=True)
        ]
        return gradients, [one[1] for one in best], [one[2] for one in best]

    def _columns(self, moves: Sequence[tuple[str, float]] = ()) -> dict[str, Tensor]:
        """Return what is moved, one column per move (none: one column)."""
        import torch

        count = max(1, len(moves))
        columns = {name: np.full(count, value) for name, value in self._moved.items()}
        for index, (name, move) in enumerate(moves):
            columns[name][index] += move
        return {name: torch.tensor(column) for name, column in columns.items()}

    def _loss(self, columns: Mapping[str, Tensor], held: Held) -> Tensor:
        """Return the weighted sum of outputs and states, one per column."""
        import torch

        program = self._step.program
        values = {
            name: columns[name]
            if name in columns
            else torch.tensor(float(self._params[name]), dtype=torch.float64)
            for name in program.parameters
        }
        fixed, states = self._begin(values)
        fire = self._fire(held)
        total = torch.zeros(1, dtype=torch.float64)
        series = [torch.tensor(one) for one in [*self._given.inputs, *self._given.noise]]
        with held:
            for moment in range(self._given.count):
                now = [one[moment : moment + 1] for one in series]
                if now:
                    now[0] = now[0] * columns[_INPUT]
                result = self._step.step(fire, *fixed, *states, *now)
                output, *states = result if program.states else (result,)
                for weight, part in zip(self._weights[moment], [output, *states], strict=True):
                    total = total + float(weight) * part
        return total

    def _begin(self, values: Mapping[str, Tensor]) -> tuple[list[Any], list[Tensor]]:
        """Return a step's fixed arguments and the first states; constants column by column.

        A propagator's matrix exponential takes one set of parameters at a time.
        """
        import torch

        count = max((len(value) for value in values.values() if value.dim()), default=1)
        each = []
        for index in range(count):
            one = {name: value[index] if value.dim() else value for name, value in values.items()}
            fixed, states, _ = reference.begin(self._step, one, self._given.dt, torch.float64)
            each.append(([part.reshape(1) for part in fixed], states))
        stacked = [
            [torch.cat(parts) for parts in zip(*rows, strict=True)]
            for rows in zip(*each, strict=True)
        ]
        return stacked[0], stacked[1]

    def _fire(self, held: Held) -> Callable[..., Tensor]:
        import torch

        from spikex_lab.nn.compiled import derivative
        from spikex_lab.nn.surrogate import Surrogate

        surrogate = Surrogate(self._component.spec.surrogate or "atan")
        hard = surrogate.fire(self._step.program.strict)
        program, function = derivative(surrogate.component, "antiderivative")
        given = [
            torch.tensor(surrogate.params[name], dtype=torch.float64) for name in program.parameters
        ]

        def fire(margin: Tensor, scale: Tensor | None = None) -> Tensor:
            scale = None if scale is None else held.hold(scale)
            spike = hard(margin, scale)
            self._fired += int(spike.sum())
            if not self._smooth:  # as it is: a step, flat on either side
                return torch.zeros_like(spike) + spike.detach()
            with torch.no_grad():  # the value is the antiderivative's, the slope the surrogate's
                soft = function(margin if scale is None else margin / scale, *given)
                gap = soft - spike
            return spike + gap

        return fire


class Held:
    """What was detached, and every test: kept in the first run, given back in order in others."""

    def __init__(self, values: list[Tensor] | None = None) -> None:
        self._values: list[Tensor] = [] if values is None else values
        self._replay = values is not None
        self._place = 0
        self._mode: Any = None

    def again(self) -> Held:
        """Return one that gives back what this one has kept."""
        return Held(self._values)

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

    def __enter__(self) -> Held:
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


def _quotient(values: Sequence[float], h: float) -> tuple[float, float, float]:
    """Return (how unsure, quotient of fourth order, rounding) of losses at h, -h, 2h and -2h."""
    near, minus, far, far_minus = map(float, values)
    second = (near - minus) / (2 * h)
    fourth = (4 * second - (far - far_minus) / (4 * h)) / 3
    rounding = float(np.finfo(np.float64).eps) * max(map(abs, values)) / h
    return abs(fourth - second) + rounding, fourth, rounding


def _halved(program: Program) -> Program:
    """Return `program` with its tests "a spike was there" at half a smoothed spike."""

    def change(part: Expr) -> Expr:
        match part:
            case Compare(">", Name("spike" | "spiked") as spike, Num(0)):
                return Compare(">", spike, _HALF)
        return part

    body = tuple(replace(line, value=rewrite(line.value, change)) for line in program.body)
    return replace(program, body=body)
