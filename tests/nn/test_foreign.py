"""Modules that others wrote: snnTorch's in both of its styles, plain ones, and layers of ours."""

from __future__ import annotations

import warnings

import pytest
import torch
from torch import nn

from spikex_lab.errors import InvalidError
from spikex_lab.nn import Neuron, Sequential
from spikex_lab.nn.foreign import Foreign
from spikex_lab.spec import ModelSpec

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    snntorch = pytest.importorskip("snntorch")


class Tutorial(nn.Module):
    """snnTorch's tutorial 5: static input, its own loop over time, gives (spk_rec, mem_rec)."""

    def __init__(self, steps: int = 7) -> None:
        super().__init__()
        self.steps = steps
        self.fc1, self.lif1 = nn.Linear(16, 12), snntorch.Leaky(beta=0.9)
        self.fc2, self.lif2 = nn.Linear(12, 3), snntorch.Leaky(beta=0.9)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mem1, mem2 = self.lif1.init_leaky(), self.lif2.init_leaky()
        spikes, mems = [], []
        for _ in range(self.steps):
            spk1, mem1 = self.lif1(self.fc1(x.flatten(1)), mem1)
            spk2, mem2 = self.lif2(self.fc2(spk1), mem2)
            spikes.append(spk2)
            mems.append(mem2)
        return torch.stack(spikes), torch.stack(mems)


def hidden_style() -> nn.Sequential:
    """snnTorch's other style: one step per call, states kept inside the layers."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(16, 12),
        snntorch.Leaky(beta=0.9, init_hidden=True),
        nn.Linear(12, 3),
        snntorch.Leaky(beta=0.9, init_hidden=True, output=True),
    )


@pytest.fixture
def x() -> torch.Tensor:
    return torch.rand(5, 4, 4, generator=torch.Generator().manual_seed(1)) * 3


def test_a_tutorial_network(x: torch.Tensor) -> None:
    net = Tutorial()
    wrapped = Foreign(net, (4, 4))
    assert wrapped.time == "whole"
    spikes, mems = net(x)
    result = wrapped.run(x, record={"lif1": ["spikes", "mem"], "fc2": ["output"]})
    assert torch.equal(result.output, spikes)
    assert torch.equal(result.states["mem"], mems)
    assert torch.equal(result.scores, mems[-1])
    assert result.recorded["lif1"]["spikes"].shape == (7, 5, 12)
    assert result.recorded["lif1"]["mem"].shape == (7, 5, 12)
    assert result.activity["lif1"] == result.recorded["lif1"]["spikes"].sum() > 0
    assert list(wrapped.state_dict()) == list(net.state_dict())
    counted = Foreign(net, (4, 4), readout="decoders/spike-count")
    assert torch.equal(counted(x), spikes.sum(0))


def test_hidden_states_start_fresh(x: torch.Tensor) -> None:
    """Stepped by us; twice the same input gives twice the same, in batches of any size."""
    net = hidden_style()
    wrapped = Foreign(net, (4, 4), steps=9)
    assert wrapped.time == "loop"
    first = wrapped.run(x, record={"2": ["spikes", "mem", "input"]})
    again = wrapped.run(x)
    assert first.output.shape == (9, 5, 3)
    assert torch.equal(first.output, again.output)
    assert torch.equal(first.states["mem"], again.states["mem"])
    assert first.recorded["2"]["mem"].shape == first.recorded["2"]["input"].shape == (9, 5, 12)
    assert wrapped.run(x[:2]).output.shape == (9, 2, 3)
    assert first.activity["2"] > 0
    # the same as stepping it by hand
    mem = [torch.zeros(5, 12), torch.zeros(5, 3)]
    for t in range(9):
        spk, mem[0] = snntorch.Leaky(beta=0.9)(net[1](x.flatten(1)), mem[0])
        out, mem[1] = snntorch.Leaky(beta=0.9)(net[3](spk), mem[1])
        assert torch.equal(first.output[t], out)


def test_it_trains(x: torch.Tensor) -> None:
    torch.manual_seed(0)
    wrapped = Foreign(hidden_style(), (4, 4), steps=9)
    optimizer = torch.optim.Adam(wrapped.parameters(), lr=0.05)
    target = torch.tensor([0, 1, 2, 0, 1])
    losses = []
    for _ in range(15):
        loss = nn.functional.cross_entropy(wrapped(x), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_plain_networks(x: torch.Tensor) -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(16, 3))
    wrapped = Foreign(net, (4, 4))
    result = wrapped.run(x, record={"1": ["output"]})
    assert torch.equal(result.scores, net(x))
    assert result.output.shape == result.recorded["1"]["output"].shape == (1, 5, 3)
    assert result.states == result.activity == {}


def test_layers_of_ours_inside(x: torch.Tensor) -> None:
    net = Sequential(nn.Flatten(), nn.Linear(16, 12), Neuron("leaky"), nn.Linear(12, 3))
    wrapped = Foreign(net, (4, 4), steps=6)
    assert wrapped.time == "sequence"
    result = wrapped.run(x, record={"2": ["spikes", "mem"]})
    direct = net(x.expand(6, *x.shape))
    assert torch.equal(result.output, direct)
    assert torch.equal(result.scores, direct.sum(0))
    assert result.recorded["2"]["mem"].shape == (6, 5, 12)
    assert result.activity["2"] == result.recorded["2"]["spikes"].sum()


def test_polling_reaches_into_its_own_loop(x: torch.Tensor) -> None:
    calls: list[int] = []
    Foreign(Tutorial(steps=7), (4, 4)).run(x, poll=lambda: calls.append(1))
    assert len(calls) >= 7

    def stop() -> None:
        raise KeyboardInterrupt

    wrapped = Foreign(hidden_style(), (4, 4), steps=9)
    with pytest.raises(KeyboardInterrupt):
        wrapped.run(x, poll=stop)
    assert wrapped.run(x).output.shape == (9, 5, 3)
    neuron = Neuron("leaky")
    with pytest.raises(KeyboardInterrupt):
        Foreign(Sequential(nn.Flatten(), neuron, nn.Linear(16, 3)), (4, 4), steps=3).run(
            x, poll=stop
        )
    assert neuron.poll is None


def test_loaded_from_code(x: torch.Tensor) -> None:
    import cloudpickle

    net = hidden_style()
    spec = ModelSpec.parse(
        {
            "name": "mine",
            "input": {"shape": [4, 4], "encoder": "encoders/rate"},
            "time": {"steps": 5},
            "module": {"sha256": "0" * 64, "classes": 3},
            "readout": "decoders/spike-count",
        }
    )
    wrapped = Foreign.load(cloudpickle.dumps(net), spec)
    result = wrapped.run(x.clamp(0, 1), generator=torch.Generator().manual_seed(3))
    assert result.output.shape == (5, 5, 3)
    with pytest.raises(InvalidError, match="not a torch"):
        Foreign.load(cloudpickle.dumps({"no": "module"}), spec)


@pytest.mark.parametrize(
    ("net", "message"),
    [(nn.Linear(4, 3), "wanted"), (nn.Conv2d(5, 3, 3), "wanted")],
)
def test_what_does_not_fit(net: nn.Module, message: str, x: torch.Tensor) -> None:
    with pytest.raises(
        (InvalidError, RuntimeError), match=message if isinstance(net, nn.Linear) else None
    ):
        Foreign(net, (4, 4)).run(x)
    with pytest.raises(InvalidError, match="takes \\[batch, 4, 4\\]"):
        Foreign(nn.Flatten(), (4, 4)).run(torch.zeros(5, 3, 3))
    with pytest.raises(InvalidError, match="no module"):
        Foreign(nn.Flatten(), (4, 4)).run(x, record={"fc9": ["output"]})
