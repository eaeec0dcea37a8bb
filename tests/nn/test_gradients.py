"""Whole networks against central differences, float64: every weight and every trainable parameter.

A spike has no derivative, so the network is looked at twice: smoothed, the step replaced by the
surrogate's antiderivative, what is detached and every test held as they were; and as it is, with an
input so weak that no threshold is reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from typing import Any

import pytest
import torch

from spikex_lab import nn
from spikex_lab.catalog import library
from spikex_lab.conformance.unrolled import Held, _halved
from spikex_lab.nn import cell
from spikex_lab.nn.compiled import compile_program, derivative
from spikex_lab.nn.surrogate import Surrogate
from spikex_lab.spec import ModelSpec

STEPS, BATCH, SIZE = 8, 2, 3
KINDS = ("neuron", "synapse", "axon", "dendrite")
PARAMS: dict[str, dict[str, Any]] = {
    "synapses/dense": {"features": SIZE},
    "synapses/conv2d": {"channels": 2, "kernel": 2},
    "axons/delay-distribution": {"features": SIZE},
}
BY_ITSELF = ("neurons/mcculloch-pitts", "neurons/perceptron", "neurons/poisson")
"""Neurons that fire without an input, or at random."""
NAMES = [name for kind in KINDS for name in library().ids(kind)]


@pytest.fixture(autouse=True)
def reference() -> Iterator[None]:
    """Run what is smoothed here; that fused kernels agree with it is for test_fused."""
    with nn.use_kernels("reference"):
        yield


def model(name: str, threshold: float) -> ModelSpec:
    """Dense connections, the node under test, more dense connections and leaky neurons."""
    component = library().get(name)
    params = dict(PARAMS.get(name, {}))
    learn = [key for key, one in component.spec.parameters.items() if one.trainable]
    if learn and component.has_equations:
        params["learn"] = learn
    image = name == "synapses/conv2d"
    out = {"threshold": threshold, "learn": ["beta", "threshold"]}
    nodes = [
        {"id": "into", "component": "synapses/dense", "params": {"features": SIZE}},
        {"id": "it", "component": name, "params": params},
        *([{"id": "flat", "component": "layers/flatten"}] if image else []),
        {"id": "from", "component": "synapses/dense", "params": {"features": 2}},
        {"id": "out", "component": "neurons/leaky", "params": out},
    ]
    return ModelSpec.model_validate(
        {
            "name": "whole",
            "input": {"shape": [1, 3, 3] if image else [3]},
            "time": {"steps": STEPS, "dt": component.spec.bench.dt},
            "nodes": nodes[image:],
            "readout": "decoders/spike-count",
        }
    )


class Whole:
    """A network as a function of its weights: a weighted sum of all that comes out."""

    def __init__(self, name: str, share: float = 1.0) -> None:
        spec = model(name, threshold=1.0 if share == 1.0 else 1e6)
        drawn = torch.Generator().manual_seed(4)
        self.network = nn.build(spec, seed=1).double()
        drive = max(abs(library().get(name).spec.bench.input), 1.0)
        x = torch.rand(BATCH, *spec.input.shape, dtype=torch.float64, generator=drawn)
        self.x = share * drive * x
        if share < 1:
            with torch.no_grad():
                for key, weight in self.network.named_parameters():
                    if key.endswith("bias"):
                        weight.mul_(share)
        self.draw = drawn
        self.weights = dict(self.network.named_parameters())
        self.mix = torch.rand(STEPS, BATCH, SIZE, dtype=torch.float64, generator=drawn)
        self.record = {"it": ["output", *getattr(self.network.node("it"), "states", ())]}
        self.spikes = 0.0

    def loss(self) -> torch.Tensor:
        drawn = torch.Generator().manual_seed(9)
        result = self.network.run(self.x, generator=drawn, record=self.record)
        self.spikes = float(sum(result.activity.values()))
        seen = [result.output, *result.states.values(), *result.recorded["it"].values()]
        parts = [one.flatten(2)[..., :SIZE] for one in seen]
        return sum((self.mix[..., : one.shape[2]] * one).sum() for one in parts)  # type: ignore

    def check(self, run: Callable[[], Any]) -> None:
        """Compare every weight's gradient along a direction of its own, `run` around each run."""
        with run():
            loss = self.loss()
        found = torch.autograd.grad(loss, list(self.weights.values()), allow_unused=True)
        for (name, weight), slope in zip(self.weights.items(), found, strict=True):
            way = torch.randint(0, 2, weight.shape, generator=self.draw).double() * 2 - 1
            way = way * weight.detach().abs().clamp(min=1e-2)
            mine = 0.0 if slope is None else float((slope * way).sum())
            apart = []
            for other, hidden in self.quotients(weight, way, run):
                apart.append(abs(mine - other) / (max(abs(mine), abs(other)) + hidden))
                if apart[-1] < 1e-6:
                    break
            assert min(apart) < 1e-6, f"{name}: {min(apart):.1e} of {mine}"

    def quotients(
        self, weight: torch.Tensor, way: torch.Tensor, run: Callable[[], Any]
    ) -> Iterator[tuple[float, float]]:
        """Yield difference quotients of fourth order, and what rounding hides of each."""
        kept = weight.detach().clone()
        for h in (1e-4, 1e-5, 1e-6):
            values = []
            for shift in (h, -h, 2 * h, -2 * h):
                weight.data = kept + shift * way  # not in place: what is held may be a view of it
                with torch.no_grad(), run():
                    values.append(float(self.loss()))
            weight.data = kept
            near, far = values[0] - values[1], values[2] - values[3]
            rounding = 2.3e-16 * max(map(abs, values)) / h
            yield (8 * near - far) / (12 * h), 16 * rounding / 1e-6


@contextmanager
def smoothed(patch: pytest.MonkeyPatch) -> Iterator[Callable[[], Any]]:
    """Replace the step in every neuron; yields what a run is made in."""
    held: list[Held] = []

    @lru_cache
    def step(component: Any, selection: Any) -> Any:
        return compile_program(_halved(component.program(selection)), component.id)

    hard = Surrogate.fire

    def fire(self: Surrogate, strict: bool) -> Any:
        threshold = hard(self, strict)
        program, function = derivative(self.component, "antiderivative")
        given = [torch.tensor(self.params[key]).double() for key in program.parameters]

        def soft(margin: torch.Tensor, scale: torch.Tensor | None = None) -> torch.Tensor:
            scale = None if scale is None else held[-1].hold(scale)
            spike = threshold(margin, scale)
            with torch.no_grad():
                gap = function(margin if scale is None else margin / scale, *given) - spike
            return spike + gap

        return soft

    def run() -> Held:
        held.append(held[0].again() if held else Held())
        return held[-1]

    patch.setattr(cell, "step", step)
    patch.setattr(Surrogate, "fire", fire)
    yield run


@pytest.mark.parametrize("name", NAMES)
def test_smoothed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with smoothed(monkeypatch) as run:
        Whole(name).check(run)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in BY_ITSELF])
def test_as_it_is_where_nothing_fires(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hard = Surrogate.fire

    def flat(self: Surrogate, strict: bool) -> Any:
        threshold = hard(self, strict)
        return lambda margin, scale=None: threshold(margin.detach(), scale)

    monkeypatch.setattr(Surrogate, "fire", flat)
    for share in (0.3, 0.03, 1e-3, 1e-5):
        whole = Whole(name, share)
        with torch.no_grad():
            whole.loss()
        if not whole.spikes:
            break
    assert whole.spikes == 0
    whole.check(nullcontext)


def test_a_wrong_derivative_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Surrogate.derivative
    monkeypatch.setattr(Surrogate, "derivative", lambda self, u: 1.001 * right(self, u))
    with smoothed(monkeypatch) as run, pytest.raises(AssertionError):
        Whole("neurons/leaky").check(run)
