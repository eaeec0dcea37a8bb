"""Encoders and decoders."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
import torch

from spikex_lab.catalog import library
from spikex_lab.errors import InvalidError
from spikex_lab.nn import build
from spikex_lab.nn.encoding import spikes
from spikex_lab.nn.scripts import Script
from spikex_lab.spec import ModelSpec


def encode(name: str, x: torch.Tensor, steps: int, seed: int = 0, **params: Any) -> torch.Tensor:
    component = library().get(f"encoders/{name}")
    script = Script(component, "encode", component.resolve(params))
    return script(x, steps, torch.Generator().manual_seed(seed))


def decode(
    name: str, output: torch.Tensor, state: torch.Tensor | None, **params: Any
) -> torch.Tensor:
    component = library().get(f"decoders/{name}")
    return Script(component, "decode", component.resolve(params))(output, state)


def test_rate_is_bernoulli() -> None:
    """Mean and variance of the counts are the binomial's, within 4 standard errors."""
    steps, n = 200, 4000
    for value, gain in [(0.0, 1.0), (0.2, 1.0), (0.5, 0.5), (1.0, 1.0), (0.9, 2.0)]:
        p = min(1.0, value * gain)
        spikes = encode("rate", torch.full((n,), value), steps, gain=gain)
        assert set(spikes.unique().tolist()) <= {0.0, 1.0}
        counts = spikes.sum(0)
        assert counts.mean().item() == pytest.approx(
            steps * p, abs=4 * math.sqrt(steps * p * (1 - p) / n) + 1e-6
        )
        assert counts.var().item() == pytest.approx(steps * p * (1 - p), rel=0.15, abs=1e-6)
    x = torch.rand(6, 3)
    assert torch.equal(encode("rate", x, 9, seed=1), encode("rate", x, 9, seed=1))
    assert not torch.equal(encode("rate", x, 9, seed=1), encode("rate", x, 9, seed=2))


def test_latency_is_one_spike_the_brighter_the_earlier() -> None:
    x = torch.tensor([0.0, 0.005, 0.1, 0.5, 0.9, 1.0])
    spikes = encode("latency", x, 11)
    assert spikes.sum(0).tolist() == [0, 0, 1, 1, 1, 1]
    assert spikes[:, 2:].argmax(0).tolist() == [9, 5, 1, 0]
    logarithmic = encode("latency", x, 200, kind="logarithmic", tau=20.0, cutoff=0.01)
    expected = [round(20 * math.log(v / (v - 0.01))) for v in (0.1, 0.5, 0.9, 1.0)]
    assert logarithmic[:, 2:].argmax(0).tolist() == expected
    assert logarithmic.sum(0).tolist() == [0, 0, 1, 1, 1, 1]


def test_direct_is_static() -> None:
    x = torch.rand(4, 2)
    assert torch.equal(encode("direct", x, 9), x)
    assert torch.equal(encode("direct", x, 9, gain=2.0), 2 * x)
    assert "static" in library().get("encoders/direct").spec.traits


def test_decoders() -> None:
    output = (torch.rand(7, 3, 4) > 0.5).float()
    state = torch.randn(7, 3, 4)
    assert torch.equal(decode("spike-count", output, state), output.sum(0))
    assert torch.equal(decode("membrane", output, state), state[-1])
    assert torch.equal(decode("membrane", output, state, take="max"), state.max(0).values)
    assert torch.equal(decode("membrane", output, state, take="mean"), state.mean(0))
    assert torch.equal(decode("membrane", output, state, take="sum"), state.sum(0))
    assert torch.equal(decode("membrane", output, None), output[-1])


@pytest.mark.parametrize("name", library().ids("encoder"))
def test_every_encoder_serves_a_network(name: str) -> None:
    spec = ModelSpec.parse(
        {
            "name": "coded",
            "input": {"shape": [1, 4, 4], "encoder": name},
            "time": {"steps": 8},
            "nodes": [
                {"id": "flat", "component": "layers/flatten"},
                {"id": "fc", "component": "synapses/dense", "params": {"features": 3}},
                {"id": "lif", "component": "neurons/leaky"},
            ],
            "readout": "decoders/spike-count",
        }
    )
    network = build(spec, seed=0)
    result = network.run(torch.rand(5, 1, 4, 4))
    assert result.output.shape == (8, 5, 3)
    result.scores.sum().backward()
    assert network.node("fc").weight.grad.abs().sum() > 0


def test_delta_follows_what_changes() -> None:
    """Events, not frames: a ramp of 0.05 a step crosses a level of 0.1 every other step."""
    ramp = 0.05 * torch.arange(1, 9, dtype=torch.float64).reshape(8, 1, 1)
    assert encode("delta", ramp, 8).flatten().tolist() == [0, 1, 0, 1, 0, 1, 0, 1]
    back = torch.cat([ramp, ramp.flip(0)])
    signed = encode("delta", back, 16).flatten()
    assert signed.sum() == 1
    assert (signed == -1).sum() == 3
    assert encode("delta", back, 16, off=False).flatten().min() == 0


@pytest.mark.parametrize(
    ("name", "features"), [("first-spike", 3), ("population-vote", 6), ("membrane", 3)]
)
def test_decoders_train(name: str, features: int) -> None:
    params = {"classes": 3} if name == "population-vote" else {}
    spec = ModelSpec.parse(
        {
            "name": "decoded",
            "input": {"shape": [4]},
            "time": {"steps": 10},
            "nodes": [
                {"id": "fc", "component": "synapses/dense", "params": {"features": features}},
                {"id": "lif", "component": "neurons/leaky"},
            ],
            "readout": {"component": f"decoders/{name}", "params": params},
        }
    )
    network = build(spec, seed=1)
    x, y = torch.eye(4)[:3] * 2, torch.arange(3)
    optimizer = torch.optim.Adam(network.parameters(), 0.05)
    first = None
    for _ in range(60):
        loss = torch.nn.functional.cross_entropy(network(x), y)
        first = first or loss.item()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.5 * first
    assert (network(x).argmax(1) == y).all()


def test_votes_need_groups_of_equal_size() -> None:
    with pytest.raises(InvalidError, match="multiple of the classes"):
        library().get("decoders/population-vote").output_shape({"classes": 3}, (10,))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("burst", {}),
        ("delta", {}),
        ("delta", {"off": False}),
        ("direct", {"gain": 2.0}),
        ("latency", {}),
        ("phase", {}),
        ("population", {"kind": "latency"}),
        ("population", {"kind": "rate"}),
        ("rank-order", {}),
        ("rate", {}),
    ],
)
def test_encoders_leave_their_input_alone(
    name: str, params: dict[str, Any], dtype: torch.dtype
) -> None:
    """Also one that wants a gradient: what is compared gives none, and is no error."""
    x = torch.rand(5, 4, 3, dtype=dtype, generator=torch.Generator().manual_seed(0))
    before = x.clone()
    found = encode(name, x, 5, **params)
    assert torch.equal(x, before)
    assert found.dtype == dtype
    assert torch.equal(encode(name, x.requires_grad_(), 5, **params), found)
    if name not in ("direct", "population"):
        assert not encode(name, x, 5, **params).requires_grad


def test_spikes_are_written_as_numbers() -> None:
    drawn, p = torch.rand(6, 4, 3), torch.rand(4, 3)
    expected = (drawn < p).float()
    assert torch.equal(spikes(torch.lt, drawn, p), expected)
    assert torch.equal(spikes(torch.lt, drawn, p, out=drawn), expected)
    assert torch.equal(drawn, expected)
    unknown = torch.tensor([math.nan, 1.0])
    assert spikes(torch.eq, unknown, unknown).tolist() == [0.0, 1.0]


def test_delta_is_the_walk_of_a_level() -> None:
    """Each step's event, against the definition in exact fractions."""
    values = [0.0, 0.3, 0.3, 0.3, 0.2, 0.9, 0.85, 0.1]
    level, expected = Fraction(0), []
    for value in values:
        gap = Fraction(str(value)) - level
        event = (gap >= Fraction("0.1")) - (gap <= Fraction("-0.1"))
        level += event * Fraction("0.1")
        expected.append(float(event))
    x = torch.tensor(values)[:, None]
    assert encode("delta", x, len(values), threshold=0.1).flatten().tolist() == expected
