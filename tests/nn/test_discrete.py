"""The discrete neurons and the units without memory: in models, trained, alone, with weights."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
import torch

from spikex_lab import nn
from spikex_lab.catalog import Component
from spikex_lab.errors import InvalidError
from spikex_lab.spec import ModelSpec

NEURONS: dict[str, dict[str, Any]] = {
    "if": {"reset": "subtract"},
    "lapicque": {"learn": ["threshold"]},
    "alpha": {"learn": ["alpha"]},
    "rleaky": {},
    "rsynaptic": {},
    "plif": {"learn": ["a"]},
    "klif": {"learn": ["k"]},
    "alif": {"learn": ["beta"]},
    "adlif": {"tau_u": 5.0, "v_th": 0.2, "learn": ["a", "b"]},
    "sigma-delta": {"accumulate": False, "learn": ["theta"]},
    "poisson": {"gain": 500.0},
    "mcculloch-pitts": {},
    "perceptron": {},
}


def model(neuron: str, **params: Any) -> ModelSpec:
    return ModelSpec.parse(
        {
            "name": "tiny",
            "input": {"shape": [6], "encoder": "encoders/direct"},
            "time": {"steps": 12},
            "nodes": [
                {"id": "fc1", "component": "synapses/dense", "params": {"features": 16}},
                {"id": "hid", "component": f"neurons/{neuron}", "params": params},
                {"id": "fc2", "component": "synapses/dense", "params": {"features": 2}},
                {"id": "out", "component": "neurons/leaky", "params": {"reset": "none"}},
            ],
            "edges": "sequential",
            "readout": "decoders/membrane",
        }
    )


def task() -> tuple[torch.Tensor, torch.Tensor]:
    """Two classes that differ in which half of the input is stronger."""
    x = torch.rand(48, 6, generator=torch.Generator().manual_seed(0))
    return x * 2, (x[:, :3].sum(1) > x[:, 3:].sum(1)).long()


@pytest.mark.parametrize(("neuron", "params"), NEURONS.items())
def test_trains_in_a_model(neuron: str, params: dict[str, Any]) -> None:
    net = nn.build(model(neuron, **params), seed=1)
    x, target = task()
    generator = torch.Generator().manual_seed(5)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.03)
    losses, first = [], {name: p.detach().clone() for name, p in net.named_parameters()}
    for _ in range(25):
        optimizer.zero_grad()
        scores = net.run(x, generator=generator).scores
        loss = torch.nn.functional.cross_entropy(scores, target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])
    for name, p in net.named_parameters():
        assert torch.isfinite(p).all()
        assert not torch.equal(p, first[name]), f"{name} has not learned"


# -- recurrent weights -------------------------------------------------------------------------


def test_recurrent_weights_are_weights() -> None:
    """Counted in the graph, drawn by seed and name, in the state dict, carried over by it."""
    spec = model("rleaky")
    net = nn.build(spec, seed=4)
    assert net.graph.nodes["hid"].weights == {"weight": (16, 16), "bias": (16,)}
    assert net.graph.parameters == sum(p.numel() for p in net.parameters())
    state = net.state_dict()
    assert {"hid.weight", "hid.bias"} < set(state)
    assert 0.2 < state["hid.weight"].abs().max() <= 0.25  # ± 1/sqrt(16)
    assert torch.equal(state["hid.weight"], nn.build(spec, seed=4).state_dict()["hid.weight"])
    other = nn.build(spec, seed=5)
    assert not torch.equal(other.state_dict()["hid.weight"], state["hid.weight"])
    other.load_state_dict(state)
    x = task()[0]
    assert torch.equal(net(x), other(x))


def test_one_to_one_has_no_weights_but_v() -> None:
    assert nn.build(model("rleaky", all_to_all=False)).graph.nodes["hid"].weights == {}
    net = nn.build(model("rleaky", all_to_all=False, learn=["V"]))
    assert net.graph.nodes["hid"].weights == {"V": ()}


def test_what_was_fired_comes_back_one_step_later() -> None:
    neuron = nn.RLeaky(2, beta=0.0, reset="none")
    weight = torch.tensor([[0.0, 3.0], [0.5, 0.0]])
    neuron.load_state_dict({"weight": weight, "bias": torch.ones(2)})
    x = torch.tensor([[[0.0, 5.0]], [[0.0, 0.0]], [[0.0, 0.0]]])
    found = neuron.simulate(x)
    assert found["mem"][:, 0].tolist() == [[1.0, 6.0], [4.0, 1.0], [1.0, 1.5]]
    assert found["s"][:, 0].tolist() == [[0, 1], [1, 0], [0, 1]]


def test_stateful_recurrence_goes_on_where_it_stopped() -> None:
    x = torch.rand(8, 3, 5, generator=torch.Generator().manual_seed(1)) * 2
    once = nn.RSynaptic(5)
    parts = nn.RSynaptic(5, stateful=True)
    parts.load_state_dict(once.state_dict())
    assert torch.equal(once(x), torch.cat([parts(x[:3]), parts(x[3:])]))


def test_recurrence_follows_the_precision_of_its_input() -> None:
    neuron, x = nn.RLeaky(4), torch.ones(3, 2, 4)
    wide = neuron(x.double())
    assert wide.dtype == torch.float64
    assert torch.equal(wide.float(), neuron(x))


def test_recurrence_of_one_neuron() -> None:
    """Nothing behind the batch: every sample has one neuron, which hears itself."""
    neuron, row = nn.RLeaky(()), nn.RLeaky(1)
    row.load_state_dict(neuron.state_dict())
    x = torch.rand(6, 3, generator=torch.Generator().manual_seed(3)) * 2
    assert torch.equal(neuron(x), row(x.unsqueeze(-1)).squeeze(-1))


def test_recurrence_over_images() -> None:
    """A shape of several dimensions is flattened for the recurrence and comes back as it was."""
    x = torch.rand(4, 2, 3, 2, 2, generator=torch.Generator().manual_seed(2)) * 2
    image, flat = nn.RLeaky((3, 2, 2)), nn.RLeaky(12)
    flat.load_state_dict(image.state_dict())
    assert torch.equal(image(x).flatten(2), flat(x.flatten(2)))


def test_recurrence_in_a_loop() -> None:
    """The node keeps its recurrence where it also sits in a loop of the graph."""
    body = model("rleaky").model_dump(by_alias=True, exclude_none=True)
    names = ["input", "fc1", "hid", "fc2", "out"]
    body["edges"] = [
        *([a, b] for a, b in pairwise(names)),
        {"from": "out", "to": "hid", "delay": 30},  # later than the last step
    ]
    body["nodes"][2]["params"]["features"] = 16
    plain = {**body, "edges": body["edges"][:-1]}
    x = task()[0]
    net = nn.build(ModelSpec.parse(body), seed=1)
    alone = nn.build(ModelSpec.parse(plain), seed=1)
    record = {"hid": ["spikes", "mem"]}
    mine, other = (n.run(x, record=record).recorded["hid"] for n in (net, alone))
    assert mine["spikes"].sum() > 0
    for name in ("spikes", "mem"):
        assert torch.equal(mine[name], other[name])


def test_refused() -> None:
    with pytest.raises(InvalidError, match="weights of its own"):
        nn.RLeaky()
    with pytest.raises(InvalidError, match=r"join neurons of shape \[4\], the input has \[5\]"):
        nn.RLeaky(4)(torch.zeros(2, 3, 5))
    with pytest.raises(InvalidError, match="larger than beta"):
        nn.Alpha(alpha=0.5, beta=0.5)
    with pytest.raises(InvalidError, match="larger than beta"):
        nn.build(model("alpha", beta=0.95))
    with pytest.raises(InvalidError, match="v_th must be above v_reset"):
        nn.IF(v_th=-1.0)
    with pytest.raises(InvalidError, match="at most one of R and C"):
        nn.Lapicque(beta=0.5, R=1.0, C=1.0)
    with pytest.raises(InvalidError, match="above 1 step"):
        nn.PLIF(tau=1.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"input": "I"}, '"I" is no input besides the first'),
        ({"state": "mm"}, '"mm" is no state'),
        ({"weight": "w"}, '"w" is no weight'),
        ({"bias": "b"}, '"b" is no weight'),
    ],
)
def test_a_recurrence_that_does_not_add_up(change: dict[str, str], says: str) -> None:
    spec = nn.RLeaky(2).component.spec.model_dump(by_alias=True, exclude_none=True)
    with pytest.raises(InvalidError, match=says):
        Component.of({**spec, "recurrence": {**spec["recurrence"], **change}})


def test_no_edge_feeds_the_recurrent_input() -> None:
    assert nn.RLeaky(2).component.inputs == ["I"]


def test_a_veto_comes_over_an_edge_of_its_own() -> None:
    """Two McCulloch-Pitts units: the second says x[1] and not x[0]."""
    spec = ModelSpec.parse(
        {
            "name": "logic",
            "input": {"shape": [2], "encoder": "encoders/direct"},
            "time": {"steps": 1},
            "nodes": [
                {"id": "a", "component": "synapses/dense", "params": {"features": 1}},
                {"id": "b", "component": "synapses/dense", "params": {"features": 1}},
                {"id": "no", "component": "neurons/mcculloch-pitts"},
                {"id": "unit", "component": "neurons/mcculloch-pitts"},
            ],
            "edges": [
                ["input", "a"],
                ["input", "b"],
                ["a", "no"],
                ["b", "unit"],
                {"from": "no", "to": "unit.veto"},
            ],
            "readout": "decoders/spike-count",
        }
    )
    net = nn.build(spec)
    zero = torch.zeros(1)
    net.load_state_dict(
        {
            "a.weight": torch.tensor([[1.0, 0.0]]),
            "a.bias": zero,
            "b.weight": torch.tensor([[0.0, 1.0]]),
            "b.bias": zero,
        }
    )
    rows = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    assert net(rows).flatten().tolist() == [0, 1, 0, 0]


# -- what each one is for ----------------------------------------------------------------------


def test_poisson_fires_as_often_as_it_is_told() -> None:
    rates = torch.tensor([0.0, 20.0, 200.0, -5.0]).expand(4000, 50, 4)
    counts = nn.Poisson(dt=0.5)(rates).sum((0, 1)) / (50 * 2.0)  # Hz: 50 trials of 2 s
    assert counts[0] == counts[3] == 0
    assert counts[1] == pytest.approx(20, abs=2)
    assert counts[2] == pytest.approx(200, abs=6)


def test_poisson_draws_anew_each_step_and_from_the_generator_given() -> None:
    net = nn.build(model("poisson", gain=500.0), seed=1)
    record = {"hid": ["spikes"]}
    x = task()[0]
    runs = [
        net.run(x, generator=torch.Generator().manual_seed(seed), record=record).recorded["hid"]
        for seed in (1, 1, 2)
    ]
    first, again, other = (run["spikes"] for run in runs)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first[0], first[1])  # though the input stays the same


def test_sigma_delta_sends_few_messages_and_the_sum_is_right() -> None:
    slow = torch.linspace(0, 1, 400).reshape(-1, 1, 1)
    sent = nn.SigmaDelta(theta=0.1, accumulate=False)(slow)
    assert (sent != 0).sum() <= 10
    assert sent.sum() == pytest.approx(1.0, abs=0.1)
    assert (nn.SigmaDelta(theta=0.1, accumulate=False)(-slow) == 0).all()
    assert nn.SigmaDelta(theta=0.1, accumulate=False, activation="none")(-slow).sum() < -0.9


def test_two_sigma_delta_layers_follow_a_dense_network() -> None:
    draw = torch.Generator().manual_seed(4)
    x = torch.randn(300, 2, 5, generator=draw).mul(0.1).cumsum(0)
    first, second = torch.randn(7, 5, generator=draw), torch.randn(3, 7, generator=draw)
    theta = 0.02
    told = nn.SigmaDelta(theta=theta, accumulate=False)(x @ first.T)
    last = nn.SigmaDelta(theta=theta)(told @ second.T).cumsum(0)
    dense = torch.relu(torch.relu(x @ first.T) @ second.T)
    assert (last - dense).abs().max() <= theta * (1 + second.abs().sum(1).max())
    assert (last - dense).abs().max() > 0


def test_adlif_tires_and_resonates() -> None:
    steady = torch.full((600, 1), 3.0)
    spikes = nn.AdLIF(a=0.0)(steady).flatten().nonzero().flatten()
    gaps = spikes.diff()
    assert gaps[-1] > 2 * gaps[0]
    t = torch.arange(3000.0)[:, None]

    def answer(period: float) -> float:
        wave = 0.3 * torch.sin(2 * torch.pi * t / period)
        return nn.AdLIF(b=0.0).simulate(wave)["u"][1500:].abs().max().item()

    assert answer(45) > 1.5 * answer(400)
    assert answer(45) > 1.5 * answer(8)


def test_alif_is_the_form_of_2018_on_another_scale() -> None:
    """Spikes averaged (1 - rho), input averaged (1 - alpha): the same spikes, after conversion.

    Bellec et al. 2018: B = b0 + beta b, b += (1 - rho)(z - b), V = alpha V + (1 - alpha) I - b0 z
    (there the reset takes B off; the form of 2020, which the library has, takes off b0).
    """
    b0, beta, tau_m, tau_a = 0.03, 1.7, 20.0, 200.0
    alpha, rho = math.exp(-1 / tau_m), math.exp(-1 / tau_a)
    draw = torch.Generator().manual_seed(9)
    x = torch.randn(1500, 4, generator=draw, dtype=torch.float64) * 0.2 + 0.08
    v = b = z = torch.zeros(4, dtype=torch.float64)
    rows = []
    for step in x:
        v = alpha * v + (1 - alpha) * step - z * b0
        b = rho * b + (1 - rho) * z
        z = (v > b0 + beta * b).double()
        rows.append(z)
    found = nn.ALIF(
        tau_m=tau_m, tau_a=tau_a, v_th=b0 / (1 - alpha), beta=beta * (1 - rho) / (1 - alpha)
    )(x)
    assert found.sum() > 100
    assert torch.equal(found, torch.stack(rows))


def test_plif_and_klif_start_where_they_say() -> None:
    neuron = nn.PLIF(tau=4.0)
    assert neuron.simulate(torch.full((1, 1), 0.8))["v"].item() == pytest.approx(0.2)
    assert dict(neuron.named_parameters()).keys() == {"a"}
    scaled = nn.KLIF(k=3.0).simulate(torch.tensor([[-1.0, 0.5]]))["v"]
    assert scaled.tolist() == [[0.0, 0.75]]
