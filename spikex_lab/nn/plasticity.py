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
from spikex_lab.catalog.body import Selection, select
from spikex_lab.catalog.program import Program
from spikex_lab.errors import InvalidError
from spikex_lab.nn.compiled import Step, compile_program
from spikex_lab.nn.factors import PER, SAMPLE, Axes, BatchPrinter, batched

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
        selection = component.selection(self.params)
        self.step, self._axes, self.weight = _compiled(component, selection)
        self.states = self.step.program.states

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what it hears: ``pre``, ``post``, and where it needs them ``reward``, …"""
        return self.step.program.inputs

    @property
    def kept(self) -> list[str]:
        """The states besides the weight that live on from batch to batch."""
        return [name for name in self.states if name != self.weight and "B" not in self._axes[name]]

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
        poll : called at every step; may raise to give up.

        Raises
        ------
        InvalidError : no ``pre``, or shapes that do not fit each other.
        """
        self._check(weight, signals)
        steps, samples = signals["pre"].shape[:2]
        size = {"B": samples, "N": weight.shape[0], "P": weight.shape[1]}
        fixed, states = self._begin(weight, samples, size, kept or {})
        series = [self._series(name, signals.get(name), weight) for name in self.inputs]
        with torch.no_grad():
            for t in range(steps):
                if poll is not None:
                    poll()
                now = [one[t if len(one) > 1 else 0] for one in series]
                states = list(self.step.step(None, *fixed, *states, *now)[1:])
        found = dict(zip(self.states, states, strict=True))
        after = found[self.weight].reshape(weight.shape)
        return after, {name: found[name].squeeze(0) for name in self.kept}

    def _check(self, weight: Tensor, signals: Mapping[str, Tensor]) -> None:
        where = self.component.id
        first = signals.get("pre")
        if first is None:
            raise InvalidError('a rule hears at least "pre"', where=where)
        for name, signal in signals.items():
            if name not in self.inputs:
                raise InvalidError(f'has no input "{name}"', where=where)
            axes = self._axes[f"x_{name}"]
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
            shape = [size[axis] if axis in self._axes[name] else 1 for axis in "BNP"]
            if name == self.weight:
                states.append(weight.detach().reshape(shape))
            elif name in kept:
                states.append(kept[name].to(weight).reshape(shape))
            else:
                states.append(torch.as_tensor(first).to(weight).expand(shape))
        return [values[name] for name in self.step.fixed], states

    def _series(self, name: str, signal: Tensor | None, like: Tensor) -> Tensor:
        """Return an input as ``[T, B, N, P]`` with 1 where it does not vary."""
        if signal is None:
            default = self.component.spec.inputs[name].default or 0.0
            return like.new_full((1, 1, 1, 1), default)
        axes = self._axes[f"x_{name}"]
        shape = list(signal.shape[:2])
        rest = iter(signal.shape[2:])
        return signal.to(like).reshape(shape + [next(rest) if axis in axes else 1 for axis in "NP"])


@lru_cache(maxsize=256)
def _compiled(component: Component, selection: Selection) -> tuple[Step, dict[str, Axes], str]:
    """Return a rule's step over batches, the axes of its states and inputs, and its weight."""
    program: Program = component.program(selection)
    states = select(component.spec, selection).state or {}
    if program.noise:
        raise InvalidError("a rule that draws random numbers cannot be run", where=component.id)
    output = select(component.spec, selection).output or ""
    weight = output.strip()
    if weight not in states or states[weight].per != "synapse":
        raise InvalidError(
            "the output of a learning rule is its weight: a state per synapse",
            where=f"{component.id}/output",
        )
    axes: dict[str, Axes] = {}
    for name, state in states.items():
        own = frozenset() if state.kept or name == weight else SAMPLE
        axes[name] = PER[state.per] | own
    known = {f"s_{name}": found for name, found in axes.items()}
    known |= {
        f"x_{name}": PER[signal.per] | SAMPLE for name, signal in component.spec.inputs.items()
    }
    step = compile_program(batched(program, known), component.id, BatchPrinter)
    return step, axes | known, weight
