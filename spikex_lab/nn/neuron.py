"""Neurons of the library as layers: multi-step, time first, state fresh at each call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from spikex_lab.catalog import Component
from spikex_lab.catalog.overlay import shelf
from spikex_lab.errors import InvalidError
from spikex_lab.nn.cell import Cell, Poll
from spikex_lab.nn.surrogate import Surrogate
from spikex_lab.spec.registry import Registry


class Neuron(Cell):
    """Any neuron of the library as a torch layer over ``[T, B, …]``.

    Parameters
    ----------
    component : a neuron by the last part of its id (``"leaky"``), its whole id, or a `Component`.
    surrogate : name of a surrogate, ``(name, params)`` or a `Surrogate`; default: the
        component's own.
    dt : length of a step in ms.
    shape : number of neurons, or their shape; only neurons with weights of their own need it.
    stateful : keep the state from call to call (detached); otherwise every call starts fresh.
    registry : where the component comes from; default: the bundled library and your own store.
    params : the component's parameters (``beta=0.9``), ``learn=["beta"]``, ``preset="…"``.

    Raises
    ------
    InvalidError : an unknown neuron or parameter (the message names the nearest).

    Examples
    --------
    >>> neuron = Neuron("leaky", beta=0.5, reset="zero")
    >>> neuron.simulate(torch.full((3, 1), 2.0))["mem"].flatten().tolist()
    [2.0, 2.0, 2.0]
    """

    def __init__(
        self,
        component: str | Component = "leaky",
        *,
        surrogate: str | tuple[str, Mapping[str, Any]] | Surrogate | None = None,
        dt: float = 1.0,
        shape: int | Sequence[int] | None = None,
        stateful: bool = False,
        registry: Registry | None = None,
        **params: Any,
    ) -> None:
        if isinstance(component, str):
            name = component if "/" in component else f"neurons/{component}"
            found = (registry or shelf()).get(name, where="neuron")
            assert isinstance(found, Component)  # noqa: S101 (what every registry of ours holds)
            component = found
        if component.kind != "neuron":
            raise InvalidError(
                f"{component.id} is a {component.kind}, not a neuron", where="neuron"
            )
        if isinstance(surrogate, str):
            surrogate = Surrogate(surrogate, registry=registry)
        elif isinstance(surrogate, tuple):
            surrogate = Surrogate(surrogate[0], registry=registry, **surrogate[1])
        resolved = component.resolve(params, where=component.id)
        sizes = (shape,) if isinstance(shape, int) else None if shape is None else tuple(shape)
        super().__init__(component, resolved, surrogate=surrogate, dt=dt, shape=sizes)
        self.stateful = stateful
        self.poll: Poll | None = None
        self._kept: list[Tensor] | None = None

    def reset(self) -> None:
        """Forget the state of a stateful neuron."""
        self._kept = None

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return what goes out at each step, for inputs `x` ``[T, B, …]``; same shape.

        `lengths` ``[B]`` are the steps of each sample, where they differ: after its last step
        nothing goes out of a sample, and its states stand still.
        """
        return self._run(x, (), lengths)["s"]

    def simulate(self, x: Tensor, lengths: Tensor | None = None) -> dict[str, Tensor]:
        """Return ``"s"`` and every state variable by its name, each ``[T, B, …]``."""
        return self._run(x, self.component.states, lengths)

    def _run(self, x: Tensor, keep: Any, lengths: Tensor | None) -> dict[str, Tensor]:
        if x.dim() < 1 or not x.is_floating_point():
            raise InvalidError(
                "a neuron takes floating point inputs [T, B, …]", where=self.component.id
            )
        if x.shape[0] == 0:
            raise InvalidError("no time steps", where=self.component.id)
        states = self._kept if self.stateful else None
        if states and states[0].shape != x.shape[1:]:
            raise InvalidError(
                f"the state has shape {list(states[0].shape)}, the input {list(x.shape[1:])}",
                where=self.component.id,
                hint="call reset() between batches of different size",
            )
        if lengths is not None and (x.dim() < 2 or lengths.shape != x.shape[1:2]):
            raise InvalidError(
                f"lengths are one number for each of {x.shape[1] if x.dim() > 1 else 0} samples, "
                f"got {list(lengths.shape)}",
                where=self.component.id,
            )
        out, last, kept = self.scan(x, states, keep=keep, poll=self.poll, lengths=lengths)
        if self.stateful:
            self._kept = [value.detach() for value in last]
        return {"s": out, **kept}


class Leaky(Neuron):
    """Discrete leaky integrate-and-fire neuron, equal to snnTorch's Leaky (``neurons/leaky``)."""

    def __init__(self, beta: float = 0.9, **params: Any) -> None:
        super().__init__("neurons/leaky", beta=beta, **params)


class Synaptic(Neuron):
    """Current-based leaky neuron, equal to snnTorch's Synaptic (``neurons/synaptic``)."""

    def __init__(self, alpha: float = 0.9, beta: float = 0.8, **params: Any) -> None:
        super().__init__("neurons/synaptic", alpha=alpha, beta=beta, **params)


class LIF(Neuron):
    """Leaky integrate-and-fire neuron in physical units, exact between spikes (``neurons/lif``)."""

    def __init__(self, **params: Any) -> None:
        super().__init__("neurons/lif", **params)


class ALIF(Neuron):
    """Leaky integrate-and-fire neuron with an adaptive threshold (``neurons/alif``)."""

    def __init__(self, **params: Any) -> None:
        super().__init__("neurons/alif", **params)
