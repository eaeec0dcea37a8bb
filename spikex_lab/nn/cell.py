"""A component with equations as a torch module: parameters, states, one step, a scan over time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from spikex_lab.catalog import Component
from spikex_lab.nn import initial, scanning
from spikex_lab.nn.compiled import Step, step
from spikex_lab.nn.flow import Flow
from spikex_lab.nn.layout import stacked
from spikex_lab.nn.noise import draw
from spikex_lab.nn.recurrence import Recurrence
from spikex_lab.nn.surrogate import Surrogate
from spikex_lab.spec.registry import Shape

Poll = Callable[[], object]


class Scanned(NamedTuple):
    """What a run through time gives: `out` ``[T, B, …]``, the states after the `last` step
    ``[B, …]``, and the states that were `kept`, ``[T, B, …]``."""

    out: Tensor
    last: Sequence[Tensor]
    kept: dict[str, Tensor]


Scanner = Callable[["Cell", Tensor, Iterable[str], Poll | None], Scanned]


class Cell(torch.nn.Module):
    """One component's equations over a batch. Parameters named in ``learn`` are torch Parameters.

    Parameters
    ----------
    component : the component; its equations chosen by `params`.
    params : resolved parameters.
    surrogate : what stands for the threshold's derivative; default: the component's own.
    dt : length of a step in ms.
    shape : shape of one sample's input; only a component with weights of its own needs it.
    seed, node : key the first weights; None: torch's global generator.
    """

    def __init__(
        self,
        component: Component,
        params: dict[str, Any],
        *,
        surrogate: Surrogate | None = None,
        dt: float = 1.0,
        shape: Shape | None = None,
        seed: int | None = None,
        node: str = "",
    ) -> None:
        super().__init__()
        params = component.stepped(params, dt)
        self.component = component
        self.params = params
        self.dt = dt
        self.selection = component.selection(params)
        if surrogate is None and component.spec.surrogate is not None:
            surrogate = Surrogate(component.spec.surrogate)
        self.surrogate = surrogate
        self.learned: list[str] = list(params.get("learn", []))
        for name in self.learned:
            # not register_parameter: a parameter may be called like an attribute of this class
            self._parameters[name] = torch.nn.Parameter(torch.tensor(float(params[name])))
        self.shape = None if shape is None else tuple(shape)
        if component.spec.weights:
            initial.attach(self, component, params, self.shape, seed=seed, node=node)
        self._fixed: dict[Any, tuple[list[Any], list[Any]]] = {}
        self.scanner: Scanner | None = None
        """Another way over fresh states through time, with a gradient of its own (EventProp)."""

    def extra_repr(self) -> str:
        """Say which component with which parameters."""
        given = ", ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.component.id}, {given}"

    def has_tensor(self, name: str) -> bool:
        """Say whether the component has a weight called `name` here."""
        return name in self._parameters or name in self._buffers

    def tensor(self, name: str) -> Tensor:
        """Return the weight called `name`."""
        found = self._parameters.get(name)
        value = self._buffers[name] if found is None else found
        assert value is not None  # noqa: S101 (weights are made with the cell)
        return value

    @property
    def compiled(self) -> Step:
        """The compiled step."""
        return step(self.component, self.selection)

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the states, in the order in which `advance` returns them."""
        return self.compiled.program.states

    def begin(self, like: Tensor) -> tuple[list[Any], list[Tensor]]:
        """Return a step's fixed arguments and fresh states of the shape of `like` (``[B, …]``)."""
        fixed, first = self.given(like)
        states = [
            # not expanded: the states are to lie in memory as `like` does
            torch.zeros_like(like) + value
            if isinstance(value, Tensor)
            else torch.full_like(like, value)
            for value in first
        ]
        return fixed, states

    def given(self, like: Tensor) -> tuple[list[Any], list[Any]]:
        """Return a step's fixed arguments and the first value of each state, of `like`'s type."""
        key = (like.dtype, like.device)
        known = None if self.learned else self._fixed.get(key)
        if known is None:
            known = self._constants(like.dtype, like.device)
            if not self.learned:
                self._fixed[key] = known
        return known

    def _constants(self, dtype: torch.dtype, device: torch.device) -> tuple[list[Any], list[Any]]:
        compiled = self.compiled
        program = compiled.program
        values: dict[str, Any] = {"dt": torch.tensor(self.dt, dtype=dtype, device=device)}
        for name in program.parameters:
            learned = self._parameters.get(name)
            values[f"p_{name}"] = (
                torch.tensor(self.params[name], dtype=dtype, device=device)
                if learned is None
                else learned.to(dtype)
            )
        results = compiled.constants(
            values["dt"], *(values[f"p_{name}"] for name in program.parameters)
        )
        names = [name for line in program.constants for name in line.targets]
        values.update(zip(names, results, strict=False))
        return [values[name] for name in compiled.fixed], results[len(names) :]

    def others(self, like: Tensor) -> list[Tensor]:
        """Return the inputs besides the first: their defaults."""
        return defaults(self.component, like)

    def fire(self) -> Callable[..., Tensor] | None:
        """Return the threshold with its surrogate; None where nothing fires."""
        if self.component.spec.spike is None:
            return None
        surrogate = self.surrogate or Surrogate("atan")
        return surrogate.fire(self.compiled.program.strict)

    def start(
        self,
        like: Tensor,
        states: Sequence[Tensor] | None = None,
        generator: torch.Generator | None = None,
    ) -> Stepper:
        """Return what steps through time, from `states` or fresh ones of the shape of `like`."""
        return Stepper(self, like, states, generator)

    def scan(
        self,
        x: Tensor | Flow,
        states: Sequence[Tensor] | None = None,
        *,
        steps: int | None = None,
        keep: Iterable[str] = (),
        poll: Poll | None = None,
        generator: torch.Generator | None = None,
        others: Sequence[Flow] | None = None,
        lengths: Tensor | None = None,
    ) -> Scanned:
        """Run through time over the inputs `x` ``[T, B, …]``.

        Parameters
        ----------
        states : the states before the first step; None: fresh ones.
        steps : how many; needed only where `x` does not change over time.
        keep : names of the states that are wanted after each step.
        poll : called at every step, by a fused scan once; may raise to stop.
        others : the further inputs; None: their defaults.
        lengths : steps that each sample takes ``[B]``; after them nothing goes out of it, and its
            states stand still. None: all take all.
        """
        flow = x if isinstance(x, Flow) else Flow(x)
        steps = steps if flow.static else len(flow.value)
        assert steps is not None  # noqa: S101 (said above)
        names = list(dict.fromkeys(keep))
        if self.scanner is not None and states is None:
            return self.scanner(self, flow.whole(steps), names, poll)
        if others is None:
            others = [Flow(other, static=True) for other in self.others(flow.now)]
        inputs = [flow, *others]
        machine = scanning.serving(self, inputs, masked=lengths is not None)
        if machine is None:
            return self._step_through(inputs, states, steps, names, poll, generator, lengths)
        if poll is not None:
            poll()
        return Scanned(
            *scanning.scan(machine, self, inputs, states, steps, names, generator, lengths=lengths)
        )

    def _step_through(
        self,
        inputs: Sequence[Flow],
        states: Sequence[Tensor] | None,
        steps: int,
        keep: Sequence[str],
        poll: Poll | None,
        generator: torch.Generator | None,
        lengths: Tensor | None,
    ) -> Scanned:
        stepper = self.start(inputs[0].now, states, generator)
        outputs: list[Tensor] = []
        kept: dict[str, list[Tensor]] = {name: [] for name in keep}
        places = [(self.states.index(name), series) for name, series in kept.items()]
        series_of_inputs = zip(*(flow.series(steps) for flow in inputs), strict=True)
        for t, (x, *others) in enumerate(series_of_inputs):
            if poll is not None:
                poll()
            live = None if lengths is None else scanning.alongside(lengths > t, x)
            outputs.append(stepper(x, others, live))
            for index, series in places:
                series.append(stepper.states[index])
        whole = {name: stacked(series) for name, series in kept.items()}
        return Scanned(stacked(outputs), list(stepper.states), whole)

    def apply_once(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        others: Sequence[Tensor] | None = None,
    ) -> Tensor:
        """Return the output of equations without states (``relu``), of any number of samples."""
        fixed, _ = self.begin(x)
        noise = draw(self.component, x, generator)
        others = self.others(x) if others is None else others
        result: Tensor = self.compiled.step(self.fire(), *fixed, x, *others, *noise)
        return result


def defaults(component: Component, like: Tensor) -> list[Tensor]:
    """Return what a component's further inputs are where no edge feeds them."""
    signals = list(component.spec.inputs.values())[1:]
    return [
        torch.tensor(signal.default, dtype=like.dtype, device=like.device) for signal in signals
    ]


_NARROW = (torch.bfloat16, torch.float16)


def narrow(like: Tensor) -> bool:
    """Say whether `like` comes out of autocast in half precision: no sum over time keeps that."""
    device = like.device.type
    return (
        like.dtype in _NARROW
        and torch.amp.is_autocast_available(device)
        and torch.is_autocast_enabled(device)
    )


class Stepper:
    """A component on its way through time: call it with one step's input, get what goes out."""

    def __init__(
        self,
        cell: Cell,
        like: Tensor,
        states: Sequence[Tensor] | None,
        generator: torch.Generator | None = None,
    ) -> None:
        # sums over time keep their digits: under autocast the states stay in float32
        self._widen = narrow(like)
        like = like.float() if self._widen else like
        self._function, self._fire = cell.compiled.step, cell.fire()
        self._fixed, fresh = cell.begin(like)
        self._others = cell.others(like)
        self._recurrence = Recurrence.of(cell, like)
        self._cell, self._generator = cell, generator
        self._noisy = bool(cell.component.spec.noise)
        self.states: Sequence[Tensor] = fresh if states is None else states

    def __call__(
        self, x: Tensor, others: Sequence[Tensor] | None = None, live: Tensor | None = None
    ) -> Tensor:
        """Take one step with input `x` ``[B, …]``; return what goes out.

        `others` are the further inputs; None: their defaults. Where `live` is false nothing
        happens.
        """
        others = self._others if others is None else others
        if self._widen:
            x, others = x.float(), [other.float() for other in others]
        noise = draw(self._cell.component, x, self._generator) if self._noisy else ()
        if self._recurrence is not None:
            others = self._recurrence.into(others, self.states)
        result = self._function(self._fire, *self._fixed, *self.states, x, *others, *noise)
        output, *states = result if self.states else (result,)
        if live is not None:
            output = torch.where(live, output, 0)
            pairs = zip(states, self.states, strict=True)
            states = [torch.where(live, new, old) for new, old in pairs]
        self.states = states
        return output  # type: ignore[no-any-return]
