"""Neurons with differential equations in networks: gradients that are there, losses that fall."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from spikex_lab.nn import Network, Neuron, build
from spikex_lab.spec import ModelSpec

F = torch.nn.functional
UNIT = {"preset": "unit"}


def network(neuron: str, params: dict[str, Any], steps: int, dt: float) -> Network:
    """Return dense → neuron → dense → neuron for eight inputs and three classes."""
    cell = {"component": f"neurons/{neuron}", "params": params}
    return build(
        ModelSpec.parse(
            {
                "name": "t",
                "input": {"shape": [8]},
                "time": {"steps": steps, "dt": dt},
                "nodes": [
                    {"id": "a", "component": "synapses/dense", "params": {"features": 16}},
                    {"id": "b", **cell},
                    {"id": "c", "component": "synapses/dense", "params": {"features": 3}},
                    {"id": "d", **cell},
                ],
                "edges": "sequential",
                "readout": "decoders/spike-count",
            }
        ),
        seed=0,
    )


def task() -> tuple[torch.Tensor, torch.Tensor]:
    """Return thirty noisy copies of three patterns, and which they are."""
    generator = torch.Generator().manual_seed(2)
    y = torch.arange(30) % 3
    x = 5 * torch.rand(3, 8, generator=generator)[y]
    return x + 0.1 * torch.randn(30, 8, generator=generator), y


SETTINGS = [
    ("qif", UNIT, 30, 1.0),
    ("eif", UNIT, 30, 1.0),
    ("adex", UNIT, 30, 1.0),
    ("izhikevich", UNIT, 30, 0.5),
    ("hodgkin-huxley", UNIT, 60, 0.1),
    ("fitzhugh-nagumo", UNIT, 30, 1.0),
    ("morris-lecar", UNIT, 30, 1.0),
    ("srm0", {}, 30, 1.0),
    ("glif", UNIT, 30, 1.0),
    ("resonate-and-fire", UNIT, 30, 1.0),
]


@pytest.mark.parametrize(("neuron", "params", "steps", "dt"), SETTINGS)
def test_gradient(neuron: str, params: dict[str, Any], steps: int, dt: float) -> None:
    """Every weight has a gradient, finite and not zero, and something fires."""
    net = network(neuron, params, steps, dt)
    x, y = task()
    result = net.run(x)
    F.cross_entropy(result.scores, y).backward()
    assert result.activity["b"] > 0
    for weight in net.parameters():
        assert weight.grad is not None
        assert torch.isfinite(weight.grad).all()
        assert weight.grad.abs().sum() > 0


@pytest.mark.parametrize(
    ("neuron", "params", "steps", "dt"),
    [one for one in SETTINGS if one[0] in ("adex", "izhikevich", "qif", "resonate-and-fire")],
)
def test_learns(neuron: str, params: dict[str, Any], steps: int, dt: float) -> None:
    """The loss of a small task falls by a third at least."""
    net = network(neuron, params, steps, dt)
    x, y = task()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    losses = []
    for _ in range(60):
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.67 * losses[0]


@pytest.mark.parametrize("neuron", ["adex", "eif", "izhikevich", "qif"])
@pytest.mark.parametrize("size", [-1e3, 1e3])
def test_strong_input_keeps_gradients_finite(neuron: str, size: float) -> None:
    """float32, steps of 1 ms, a thousand times the usual input: the upstroke is cut."""
    x = torch.full((20, 1), size, requires_grad=True)
    out = Neuron(neuron, dt=1.0, preset="unit").simulate(x)
    sum(value.sum() for value in out.values()).backward()  # type: ignore[union-attr]
    assert all(torch.isfinite(value).all() for value in out.values())
    assert x.grad is not None
    assert torch.isfinite(x.grad).all()


def test_hodgkin_huxley_at_steps_that_are_too_long_for_rk4() -> None:
    """A model's step is 1 ms unless it says otherwise: numbers come out, forward and backward."""
    neuron = Neuron("hodgkin-huxley", learn=["gain"])
    x = (20 * torch.rand(100, 2, 3, generator=torch.Generator().manual_seed(0))).requires_grad_()
    found = neuron.simulate(x)
    assert all(bool(torch.isfinite(series).all()) for series in found.values())
    found["V"].sum().backward()
    assert x.grad is not None
    assert torch.isfinite(x.grad).all()
    slope = neuron.get_parameter("gain").grad
    assert slope is not None
    assert torch.isfinite(slope)
    assert neuron.params["integrator"] == "exponential_euler"
    named = Neuron("hodgkin-huxley", integrator="rk4")
    assert named.params["integrator"] == "rk4"
    assert "integrator" not in Neuron("hodgkin-huxley", dt=0.05).params
    assert "integrator" not in Neuron("hodgkin-huxley", preset="unit").params
