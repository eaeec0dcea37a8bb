"""Time in stretches: spikes, gradients and random numbers as all at once, in less memory."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from spikex_lab import nn
from spikex_lab.nn import Network, chunks, spiketimes, use_kernels
from spikex_lab.nn.passing import Pass
from spikex_lab.nn.result import Result
from spikex_lab.spec import ModelSpec, templates

STEPS = 23


def dense(name: str, size: int, **params: Any) -> dict[str, Any]:
    return {"id": name, "component": "synapses/dense", "params": {"features": size, **params}}


def node(name: str, component: str, **params: Any) -> dict[str, Any]:
    return {"id": name, "component": component, "params": params}


LIF, OUT = node("lif", "neurons/leaky"), node("out", "neurons/leaky", learn=["beta"])
LAST = [dense("last", 3), OUT]
TAIL = [["lif", "last"], ["last", "out"]]
AMPA = node("ampa", "synapses/ampa")
VOLTS = node("lif", "neurons/lif", v_th=-66.0, t_ref=0.0)
NOISY, MORE_NOISE = node("lif", "neurons/poisson"), node("b", "neurons/poisson", gain=2000.0)


def model(
    nodes: list[dict[str, Any]],
    edges: Any = "sequential",
    encoder: str = "encoders/direct",
    steps: int = STEPS,
) -> ModelSpec:
    return ModelSpec.parse(
        {
            "name": "t",
            "input": {"shape": [6], "encoder": encoder},
            "time": {"steps": steps, "dt": 1.0},
            "nodes": nodes,
            "edges": edges,
            "readout": "decoders/membrane",
        }
    )


def delayed(start: str, end: str, delay: int) -> dict[str, Any]:
    return {"from": start, "to": end, "delay": delay}


def back(*edges: Any) -> list[Any]:
    return [["input", "fc"], ["fc", "lif"], *edges, *TAIL]


CASES: dict[str, ModelSpec] = {
    "one after the other": model([dense("fc", 8), LIF, *LAST]),
    "rate": model([dense("fc", 8), LIF, *LAST], encoder="encoders/rate"),
    "latency": model([dense("fc", 8), LIF, *LAST], encoder="encoders/latency"),
    "conv": templates.template("snn-conv"),
    "dropout of what stays": model(
        [node("drop", "layers/dropout", rate=0.5), dense("fc", 8), LIF, *LAST]
    ),
    "dropout of spikes": model(
        [dense("fc", 8), LIF, node("drop", "layers/dropout", rate=0.5), *LAST],
        encoder="encoders/rate",
    ),
    "dropout in a loop": model(
        [dense("fc", 8), LIF, node("drop", "layers/dropout", rate=0.5), *LAST],
        back(["lif", "drop"], delayed("drop", "lif", 1)),
    ),
    "noise": model([dense("fc", 8), NOISY, dense("more", 8), MORE_NOISE, *LAST]),
    "late": model([dense("fc", 8), LIF, *LAST], [*back(), delayed("fc", "lif", 9)]),
    "late states": model(
        [dense("fc", 8), VOLTS, {**LIF, "id": "next"}, *LAST],
        [
            ["input", "fc"], ["fc", "lif"], ["lif", "next"], delayed("lif.v", "last", 5),
            ["next", "last"], ["last", "out"],
        ],
    ),
    "a further input, late": model(
        [dense("fc", 8), AMPA, VOLTS, *LAST],
        [["input", "fc"], ["fc", "ampa"], ["ampa", "lif"], delayed("fc", "ampa.V", 4), *TAIL],
    ),
    "a potential fed back": model(
        [dense("fc", 8), AMPA, VOLTS, *LAST],
        [["input", "fc"], ["fc", "ampa"], ["ampa", "lif"], delayed("lif.v", "ampa", 2), *TAIL],
    ),
    "heard before the weights": model(
        [dense("fc", 8), dense("rec", 8), LIF, *LAST],
        back(["rec", "lif"], delayed("lif", "rec", 1)),
    ),
    "heard behind the weights": model(
        [dense("fc", 8), dense("rec", 8, bias=False), LIF, *LAST],
        back(delayed("rec", "lif", 1), ["lif", "rec"]),
    ),
    "heard by a state": model(
        [dense("fc", 8), dense("rec", 8), LIF, *LAST],
        back(["rec", "lif"], delayed("lif.mem", "rec", 1)),
    ),
    "heard and shown": model(
        [dense("fc", 8), dense("rec", 8), LIF, *LAST],
        [*back(["rec", "lif"], delayed("lif", "rec", 1)), delayed("rec", "last", 3)],
    ),
    "a wide loop": model(
        [dense("fc", 8), dense("rec", 8), LIF, {**LIF, "id": "b"}, *LAST],
        back(["rec", "lif"], ["lif", "b"], delayed("b", "rec", 6), delayed("b", "lif", 2)),
    ),
    "weights of its own": model([dense("fc", 8), node("lif", "neurons/rleaky"), *LAST]),
    "a delay line": model([dense("fc", 8), LIF, node("line", "axons/delay-line", delay=4), *LAST]),
    "learned delays": model(
        [dense("fc", 8), LIF, node("line", "axons/delay-distribution", features=4), *LAST]
    ),
    "a cable": model([dense("fc", 8), node("lif", "dendrites/cable"), *LAST]),
}  # fmt: skip


LARGE = {"neurons/lif", "dendrites/cable", "neurons/poisson"}
"""Take pA or Hz."""


def batch(spec: ModelSpec, dtype: torch.dtype = torch.float64) -> Tensor:
    drawn = torch.Generator().manual_seed(1)
    size = 200 if any(node.component in LARGE for node in spec.nodes) else 2
    return size * torch.rand(4, *spec.input.shape, generator=drawn, dtype=dtype)


def network(spec: ModelSpec, dtype: torch.dtype = torch.float64) -> Network:
    """Return the network with weights whose sums are exact, whatever their order."""
    net = nn.build(spec, seed=0).to(dtype)
    with torch.no_grad():
        for weight in net.parameters():
            if weight.dim():
                weight.copy_((weight * 3 * 64).round() / 64)
    return net


def taught(net: Network, x: Tensor, chunk: int | None) -> tuple[Result, dict[str, Tensor]]:
    net.chunk = chunk
    net.zero_grad()
    result = net.run(x, generator=torch.Generator().manual_seed(2))
    series = [result.output, *result.states.values(), result.scores]
    drawn = torch.Generator().manual_seed(3)
    total: Any = 0
    for one in series:
        total = total + (one * torch.randn(one.shape, generator=drawn, dtype=one.dtype)).sum()
    total.backward()
    return result, {n: p.grad for n, p in net.named_parameters() if p.grad is not None}


def same(net: Network, x: Tensor, chunk: int, most: float = 1e-11) -> Result:
    whole, wanted = taught(net, x, None)
    result, found = taught(net, x, chunk)
    assert torch.equal(result.output, whole.output)
    assert torch.equal(result.scores, whole.scores)
    for state, value in whole.states.items():
        assert torch.equal(result.states[state], value)
    assert {n: float(v) for n, v in result.activity.items()} == {
        n: float(v) for n, v in whole.activity.items()
    }
    assert found.keys() == wanted.keys()
    for name, gradient in wanted.items():
        assert float((found[name] - gradient).abs().max()) <= most * float(gradient.abs().max())
    return whole


@pytest.mark.parametrize("chunk", [1, 5, 22])
@pytest.mark.parametrize("kernels", ["fused", "reference"])
@pytest.mark.parametrize("case", CASES)
def test_stretches_are_the_whole(case: str, kernels: Any, chunk: int) -> None:
    spec = CASES[case]
    with use_kernels(kernels):
        whole = same(network(spec), batch(spec), chunk)
    assert any(whole.activity.values())


def test_in_float32_too() -> None:
    spec = CASES["heard before the weights"]
    same(network(spec, torch.float32), batch(spec, torch.float32), 5, most=1e-5)


def test_events_and_their_gradient() -> None:
    spec = CASES["one after the other"]
    net = network(spec)
    x = (torch.rand(17, 4, 6, generator=torch.Generator().manual_seed(1)) < 0.5).double()
    found = []
    for chunk in (None, 4):
        given = x.clone().requires_grad_()
        taught(net, given, chunk)
        found.append(given.grad)
    same(net, x, 4)
    assert found[0] is not None
    torch.testing.assert_close(found[1], found[0])
    assert found[0].any()


def test_without_gradients() -> None:
    spec = CASES["a wide loop"]
    net, x = network(spec), batch(spec)
    with torch.no_grad():
        whole = net.run(x)
        net.chunk = 4
        assert torch.equal(net.run(x).output, whole.output)


def test_half_precision() -> None:
    spec = CASES["one after the other"]
    net, x = network(spec, torch.float32), batch(spec, torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        whole, wanted = taught(net, x, None)
        result, found = taught(net, x, 5)
    assert torch.equal(result.output, whole.output)
    assert found.keys() == wanted.keys()
    for name, gradient in wanted.items():
        assert float((found[name] - gradient).abs().max()) < 0.05 * float(gradient.abs().max())


def test_a_stateful_network_goes_on_where_it_stood() -> None:
    spec = CASES["heard before the weights"]
    found = []
    for chunk in (None, 5):
        net = network(spec)
        net.stateful, net.chunk = True, chunk
        net.run(batch(spec))
        found.append(net.run(batch(spec)).states["mem"])
    assert torch.equal(*found)


def test_passes_from_one_generator_differ() -> None:
    net = network(CASES["noise"])
    generator = torch.Generator().manual_seed(0)
    one, other = (net.run(batch(CASES["noise"]), generator=generator).states for _ in "ab")
    assert not torch.equal(one["mem"], other["mem"])


def test_the_way_back_leaves_the_generators_alone() -> None:
    spec = CASES["dropout of spikes"]
    net = network(spec)
    net.chunk = 5
    generator = torch.Generator().manual_seed(0)
    output = net.run(batch(spec), generator=generator).output
    before = generator.get_state(), torch.get_rng_state()
    output.sum().backward()
    assert torch.equal(generator.get_state(), before[0])
    assert torch.equal(torch.get_rng_state(), before[1])


def test_a_change_of_weights_between_the_ways_is_noticed() -> None:
    spec = CASES["one after the other"]
    net = network(spec)
    net.chunk = 5
    loss = net.run(batch(spec)).output.sum()
    with torch.no_grad():
        net.get_parameter("fc.weight").mul_(2)
        net.get_parameter("last.weight").mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_a_poll_may_stop_the_way_back() -> None:
    spec = CASES["one after the other"]
    net = network(spec)
    net.chunk = 5
    calls = []

    def poll() -> None:
        calls.append(1)
        if len(calls) > 12:
            raise KeyboardInterrupt

    loss = net.run(batch(spec), poll=poll).output.sum()
    assert len(calls) == 10  # two scans in each of five stretches
    with pytest.raises(KeyboardInterrupt):
        loss.backward()


def test_what_cannot_be_cut_runs_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Any] = []
    monkeypatch.setattr(chunks, "run", lambda *a: called.append(a))
    spec = model([dense("fc", 8), node("lif", "neurons/synaptic", reset="zero",
                                       reset_delay=False), *LAST])  # fmt: skip
    net = network(spec)
    net.chunk = 5
    assert chunks.obstacle(net) == ""
    net.node("lif").scanner = spiketimes.scan  # type: ignore[assignment]
    assert "lif learns by its spike times" in chunks.obstacle(net)
    net.run(batch(spec))
    assert not called


def held(net: Network, x: Tensor, chunk: int | None) -> int:
    """Return the bytes that the way back of a pass keeps, besides weights."""
    net.chunk = chunk
    kept: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        tensors.append(tensor)
        return tensor

    tensors: list[Tensor] = []
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        net.run(x)
    for weight in net.parameters():
        kept.pop(weight.untyped_storage().data_ptr(), None)
    return sum(kept.values())


@pytest.mark.parametrize("case", ["rate", "heard before the weights", "a wide loop"])
def test_what_is_kept_grows_as_the_root(case: str) -> None:
    """Sixteen times the steps in stretches four times as long: four times the memory."""
    short, long = ({**CASES[case].to_dict(), "time": {"steps": t}} for t in (16, 256))

    def kept(body: Any, chunk: int | None) -> int:
        spec = ModelSpec.parse(body)
        return held(network(spec), batch(spec), chunk)

    assert kept(long, None) > 12 * kept(short, None)
    assert kept(long, 16) < 5.5 * kept(short, 4)
    assert kept(long, 16) < kept(long, None) / 5


def test_one_stretch_is_there_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way back takes them last to first, and each one's tensors are gone with it."""
    began: list[int] = []
    alive: list[weakref.ref[Pass]] = []
    take: Callable[..., Any] = chunks.Leg.take

    def watched(leg: chunks.Leg, *given: Any) -> Any:
        assert not any(one() for one in alive)
        began.append(leg._before[0])
        return take(leg, *given)

    class Watched(Pass):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            alive.append(weakref.ref(self))

    monkeypatch.setattr(chunks.Leg, "take", watched)
    spec = CASES["rate"]
    net, x = network(spec), batch(spec)
    once = chunks.Pass
    net.chunk = 5
    monkeypatch.setattr(chunks, "Pass", lambda *a: Watched(*a) if len(a) > 5 else once(*a))
    net.run(x, generator=torch.Generator().manual_seed(2)).scores.sum().backward()
    assert began == [0, 5, 10, 15, 20, 20, 15, 10, 5, 0]
    assert len(alive) == 10


def test_the_way_back_leaves_no_stretch_of_spikes_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ran again is counted by nobody: uncounted spikes would add up to all of time."""
    spec = next(iter(CASES.values()))
    legs: list[chunks.Leg] = []
    again = chunks.Leg.again

    def kept(leg: chunks.Leg, given: Any) -> Any:
        legs.append(leg)
        return again(leg, given)

    monkeypatch.setattr(chunks.Leg, "again", kept)
    taught(network(spec), batch(spec), 5)
    assert len(legs) > 1
    assert not any(leg.activity for leg in legs)
