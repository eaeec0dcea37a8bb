"""Local learning rules at work: a component's equations of traces and weights over a batch.

The rule hears what went into a layer of weights and what the neurons behind it answered, step by
step, and gives the weights as they are afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from spikex_lab.catalog import Component
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.codegen.factors import BatchPrinter, over_batch, sampled
from spikex_lab.errors import InvalidError
from spikex_lab.nn import rules
from spikex_lab.nn.compiled import Step, compile_program

Poll = Callable[[], object]


class Rule:
    """A component of kind ``learning`` that has equations.

    All samples of a batch meet the same weights; each line that changes what they share (the
    weight, and every state with ``kept: true``) changes it by the mean of what each sample would.
    Traces are each sample's own and begin anew with every call.

    Parameters
    ----------
    component : a learning rule with equations; its ``output`` is the state that is the weight.
    params : its parameters; those left out have their defaults.
    dt : length of a step in ms.

    Raises
    ------
    InvalidError : no learning rule, no equations, an output that is no state per synapse.

    Examples
    --------
    >>> from spikex_lab.catalog import library
    >>> hebb = Rule(library().get("learning/hebb"), {"eta": 1.0})
    >>> x, y = torch.tensor([[[1.0, 0.0]]]), torch.tensor([[[2.0]]])  # [T, B, P], [T, B, N]
    >>> hebb.run(torch.zeros(1, 2), {"pre": x, "post": y})[0]
    tensor([[2., 0.]])
    """

    def __init__(
        self, component: Component, params: Mapping[str, Any] | None = None, dt: float = 1.0
    ) -> None:
        if component.kind != "learning" or not component.has_equations:
            raise InvalidError("is no learning rule with equations", where=component.id)
        self.component = component
        self.params = component.resolve(params or {}, where=component.id)
        self.dt = dt
        self.selection = component.selection(self.params)
        self.batched = over_batch(component, self.selection)
        self.step = _compiled(component, self.selection)
        self.weight, self.states = self.batched.weight, self.step.program.states

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what it hears: ``pre``, ``post``, and where it needs them ``reward``, …"""
        return self.step.program.inputs

    @property
    def kept(self) -> list[str]:
        """The states besides the weight that live on from batch to batch."""
        return [name for name in self.states if name != self.weight and not self._own(name)]

    def run(
        self,
        weight: Tensor,
        signals: Mapping[str, Tensor],
        kept: Mapping[str, Tensor] | None = None,
        *,
        poll: Poll | None = None,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the weights after a batch, and what else is kept; nothing given is changed.

        Parameters
        ----------
        weight : ``[N, P]``: from each input (column) to each neuron (row).
        signals : by input, over steps and samples: ``pre`` ``[T, B, P]``, ``post`` and ``target``
            ``[T, B, N]``, ``reward`` ``[T, B]``. One left out has its default.
        kept : what the batch before gave; default: fresh.
        poll : called at every step, by a kernel every few steps, at least once; may raise to give
            up.

        Raises
        ------
        InvalidError : no ``pre``, or shapes that do not fit each other.
        """
        self._check(weight, signals)
        steps, samples = signals["pre"].shape[:2]
        size = {"B": samples, "N": weight.shape[0], "P": weight.shape[1]}
        fixed, states = self._begin(weight, samples, size, kept or {})
        series = [self._series(name, signals.get(name), weight, samples) for name in self.inputs]
        machine = rules.serving(self.component, self.selection, weight)
        with torch.no_grad():
            if machine is not None:
                found = rules.run(machine, fixed, states, series, size, steps, poll)
            else:
                for t in range(steps):
                    if poll is not None:
                        poll()
                    now = [one[t if len(one) > 1 else 0] for one in series]
                    states = list(self.step.step(None, *fixed, *states, *now)[1:])
                found = dict(zip(self.states, states, strict=True))
        after = found[self.weight].reshape(weight.shape)
        return after, {name: found[name].squeeze(0) for name in self.kept}

    def _own(self, state: str) -> bool:
        """Say whether each sample has its own."""
        return sampled(self.batched.axes[f"s_{state}"])

    def _check(self, weight: Tensor, signals: Mapping[str, Tensor]) -> None:
        where = self.component.id
        first = signals.get("pre")
        if first is None:
            raise InvalidError('a rule hears at least "pre"', where=where)
        for name, signal in signals.items():
            if name not in self.inputs:
                raise InvalidError(f'has no input "{name}"', where=where)
            axes = self.batched.axes[f"x_{name}"]
            last = [weight.shape[place] for place, axis in enumerate("NP") if axis in axes]
            if list(signal.shape) != [*first.shape[:2], *last]:
                raise InvalidError(
                    f"{name} has shape {list(signal.shape)}, where the weights {list(weight.shape)}"
                    f" and pre {list(first.shape)} ask for {[*first.shape[:2], *last]}",
                    where=where,
                )

    def _begin(
        self, weight: Tensor, samples: int, size: Mapping[str, int], kept: Mapping[str, Tensor]
    ) -> tuple[list[Any], list[Tensor]]:
        """Return the step's fixed arguments and the states to begin with, ``[B, N, P]`` or 1."""
        program = self.step.program
        values: dict[str, Any] = {"dt": weight.new_tensor(self.dt)}
        *own, count = program.parameters
        values |= {f"p_{name}": weight.new_tensor(self.params[name]) for name in own}
        values[f"p_{count}"] = weight.new_tensor(float(samples))
        results = self.step.constants(
            values["dt"], *(values[f"p_{name}"] for name in program.parameters)
        )
        names = [name for line in program.constants for name in line.targets]
        values |= dict(zip(names, results, strict=False))
        states: list[Tensor] = []
        for name, first in zip(self.states, results[len(names) :], strict=True):
            shape = [size[axis] if axis in self.batched.axes[f"s_{name}"] else 1 for axis in "BNP"]
            if name == self.weight:
                states.append(weight.detach().reshape(shape))
            elif name in kept:
                states.append(kept[name].to(weight).reshape(shape))
            else:
                states.append(torch.as_tensor(first).to(weight).expand(shape))
        return [values[name] for name in self.step.fixed], states

    def _series(self, name: str, signal: Tensor | None, like: Tensor, samples: int) -> Tensor:
        """Return an input as ``[T, B, N, P]`` with 1 where it does not vary, but for B."""
        if signal is None:
            default = self.component.spec.inputs[name].default or 0.0
            return like.new_full((1, 1, 1, 1), default).expand(1, samples, 1, 1)
        axes = self.batched.axes[f"x_{name}"]
        shape = list(signal.shape[:2])
        rest = iter(signal.shape[2:])
        return signal.to(like).reshape(shape + [next(rest) if axis in axes else 1 for axis in "NP"])


@lru_cache(maxsize=256)
def _compiled(component: Component, selection: Selection) -> Step:
    """Return a rule's step over batches."""
    return compile_program(over_batch(component, selection).program, component.id, BatchPrinter)
