"""The workloads' networks in PyTorch: layers are torch's, neurons are the peer's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.suite.data import Data
from benchmarks.suite.workloads import Workload


@dataclass(frozen=True)
class Series:
    """What flows into neurons: ``[T, B, …]``, or ``[B, …]`` where it is the same at every step."""

    value: Tensor
    steps: int
    static: bool

    def each(self) -> Sequence[Tensor]:
        return [self.value] * self.steps if self.static else self.value.unbind(0)

    def whole(self) -> Tensor:
        return self.value.expand(self.steps, *self.value.shape) if self.static else self.value


Trace = Literal["spikes", "membrane"]
Leaky = Callable[[Series], Tensor]
"""A layer of leaky neurons from fresh state: what it is told to trace, ``[T, B, …]``."""
Cell = Callable[[Tensor], Tensor]
"""A layer of adaptive neurons, one step further at each call."""


class Neurons(Protocol):
    """What a peer brings."""

    def leaky(self, beta: float, trace: Trace) -> Leaky: ...

    def adaptive(self) -> Cell:
        """Return fresh neurons with adaptive threshold (tau 20 ms, adaptation 200 ms)."""


class TorchSubject:
    """A workload in PyTorch. `output` builds the graph anew at each call.

    Parameters
    ----------
    output : gives the loss; or spikes, from which `cotangent` is sent back.
    leaves : what gets gradients, by name.
    """

    def __init__(
        self,
        output: Callable[[], Tensor],
        leaves: dict[str, Tensor],
        cotangent: Tensor | None,
        optimizer: torch.optim.Optimizer | None,
    ) -> None:
        self._output, self._leaves = output, leaves
        self._cotangent, self._optimizer = cotangent, optimizer
        self._last: Tensor | None = None

    def step(self) -> None:
        self._last = None
        output = self._backward()
        if self._optimizer is not None:
            self._optimizer.step()
        self._last = output.detach()

    def figure(self) -> float:
        assert self._last is not None
        return float(self._last.mean())

    def gradients(self) -> tuple[float, dict[str, np.ndarray[Any, Any]]]:
        output = self._backward().detach()
        loss = output if self._cotangent is None else (output * self._cotangent).sum()
        found = {name: leaf.grad for name, leaf in self._leaves.items()}
        return float(loss), {
            name: grad.numpy().copy() for name, grad in found.items() if grad is not None
        }

    def _backward(self) -> Tensor:
        for leaf in self._leaves.values():
            leaf.grad = None
        output = self._output()
        torch.autograd.backward(output, self._cotangent)
        return output


@dataclass
class Batch:
    """What is learned from next."""

    x: Tensor
    y: Tensor


class Student(TorchSubject):
    """A network that trains; on the same batch at every `step`, unless it is taught others.

    Parameters
    ----------
    loss, scores : of inputs and classes; of inputs, ``[B, classes]``.
    """

    def __init__(
        self,
        batch: Batch,
        loss: Callable[[Tensor, Tensor], Tensor],
        scores: Callable[[Tensor], Tensor],
        leaves: dict[str, Tensor],
        optimizer: torch.optim.Optimizer,
    ) -> None:
        super().__init__(lambda: loss(batch.x, batch.y), leaves, None, optimizer)
        self._batch, self._scores = batch, scores

    def teach(self, x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> None:
        """Take a step with pictures ``x [B, …]`` of classes ``y [B]``."""
        self._batch.x, self._batch.y = torch.from_numpy(x), torch.from_numpy(y)
        self.step()

    def classify(self, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the class of each picture: whose output neuron spiked most."""
        with torch.no_grad():
            return self._scores(torch.from_numpy(x)).argmax(1).numpy()


def build(work: Workload, data: Data, neurons: Neurons) -> TorchSubject:
    """Return `work` (a `Student` where it trains) with the neurons of a peer."""
    x = torch.from_numpy(data.x)
    leaves = {name: torch.from_numpy(w.copy()).requires_grad_() for name, w in data.weights.items()}
    if work.kind == "neuron":
        leaf = x.clone().requires_grad_()
        layer = neurons.leaky(work.beta, "spikes")
        return TorchSubject(
            lambda: layer(Series(leaf, work.steps, False)),
            {"x": leaf},
            torch.from_numpy(data.cotangent),
            None,
        )
    if work.kind == "linear":
        layer = neurons.leaky(work.beta, "spikes")
        return TorchSubject(
            lambda: layer(Series(_linear(x, leaves, "fc1"), work.steps, False)),
            leaves,
            torch.from_numpy(data.cotangent),
            None,
        )
    forward = {"mlp": _mlp, "cnn": _cnn, "recurrent": _recurrent}[work.kind](work, leaves, neurons)
    optimizer = torch.optim.Adam(leaves.values(), lr=work.lr)
    return Student(
        Batch(x, torch.from_numpy(data.y)),
        lambda x, y: _loss(work, forward(x), y),
        lambda x: forward(x).sum(0),
        leaves,
        optimizer,
    )


def _loss(work: Workload, output: Tensor, y: Tensor) -> Tensor:
    """Return the cross-entropy: of each step, summed or averaged, or of the sum over time."""
    if work.loss == "sum":
        return functional.cross_entropy(output, y)
    flat, target = output.flatten(0, 1), y.repeat(work.steps)
    if work.loss == "spikes":
        return functional.cross_entropy(flat, target)
    return functional.cross_entropy(flat, target, reduction="sum") / work.batch


def _linear(x: Tensor, leaves: dict[str, Tensor], name: str) -> Tensor:
    return functional.linear(x, leaves[f"{name}.weight"], leaves[f"{name}.bias"])


def _mlp(work: Workload, leaves: dict[str, Tensor], neurons: Neurons) -> Callable[[Tensor], Tensor]:
    hidden = neurons.leaky(work.beta, "spikes")
    out = neurons.leaky(work.beta, "membrane" if work.loss == "membrane" else "spikes")
    static = work.input == "static"

    def run(x: Tensor) -> Tensor:
        spikes = hidden(Series(_linear(x, leaves, "fc1"), work.steps, static))
        return out(Series(_linear(spikes, leaves, "fc2"), work.steps, False))

    return run


def _cnn(work: Workload, leaves: dict[str, Tensor], neurons: Neurons) -> Callable[[Tensor], Tensor]:
    first, second, out = (neurons.leaky(work.beta, "spikes") for _ in range(3))

    def convolved(x: Tensor, name: str) -> Tensor:
        y = functional.conv2d(x, leaves[f"{name}.weight"], leaves[f"{name}.bias"])
        return functional.max_pool2d(y, 2)

    def run(x: Tensor) -> Tensor:
        s = first(Series(convolved(x, "conv1"), work.steps, True))
        h = convolved(s.flatten(0, 1), "conv2").unflatten(0, (work.steps, -1))
        s = second(Series(h, work.steps, False))
        return out(Series(_linear(s.flatten(2), leaves, "fc1"), work.steps, False))

    return run


def _recurrent(
    _: Workload, leaves: dict[str, Tensor], neurons: Neurons
) -> Callable[[Tensor], Tensor]:
    def run(x: Tensor) -> Tensor:
        cell = neurons.adaptive()
        spikes: list[Tensor] = []
        for driven in _linear(x, leaves, "fc1").unbind(0):
            last = spikes[-1] if spikes else torch.zeros_like(driven)
            spikes.append(cell(driven + _linear(last, leaves, "rec")))
        return _linear(torch.stack(spikes), leaves, "fc2").sum(0)

    return run
