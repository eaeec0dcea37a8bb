"""Networks of a spec: shapes, time, loops, state, probes, keyed weights, training."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch

from spikex_lab.errors import InvalidError
from spikex_lab.nn import Network, Neuron, Sequential, build, use_kernels
from spikex_lab.spec import ModelSpec
from spikex_lab.spec.templates import names, template

F = torch.nn.functional


def spec_of(
    nodes: list[dict[str, Any]], *, steps: int = 6, edges: Any = "sequential", **more: Any
) -> ModelSpec:
    return ModelSpec.parse(
        {
            "name": "t",
            "input": {"shape": [8], **more.pop("input", {})},
            "time": {"steps": steps},
            "nodes": nodes,
            "edges": edges,
            "readout": more.pop("readout", "decoders/spike-count"),
            **more,
        }
    )


DENSE = {"id": "fc", "component": "synapses/dense", "params": {"features": 5}}
LIF = {"id": "lif", "component": "neurons/leaky", "params": {"beta": 0.8, "threshold": 0.5}}


@pytest.fixture
def x() -> torch.Tensor:
    return torch.rand(3, 8, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize(
    "name", [name for name in names() if template(name).training.algorithm == "bptt"]
)
def test_every_template_learns(name: str) -> None:
    """A few steps on one small batch: the loss falls, every weight has a gradient."""
    spec = template(name)
    net = build(spec, seed=1)
    generator = torch.Generator().manual_seed(2)
    y = torch.arange(20) % 10
    x = torch.rand(10, *spec.input.shape, generator=generator)[
        y
    ].contiguous()  # one picture per class
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    losses = []
    for _ in range(20):
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in net.parameters())
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]


def test_result_of_a_spiking_network(x: torch.Tensor) -> None:
    net = build(spec_of([DENSE, LIF]), seed=0)
    result = net.run(x, record={"lif": ["spikes", "mem", "input"], "fc": ["output"]})
    assert result.scores.shape == (3, 5)
    assert result.output.shape == result.states["mem"].shape == (6, 3, 5)
    assert torch.equal(result.scores, result.output.sum(0))
    assert result.activity == {"lif": result.output.sum()}
    assert torch.equal(result.recorded["lif"]["spikes"], result.output)
    assert torch.equal(result.recorded["lif"]["mem"], result.states["mem"])
    assert torch.equal(result.recorded["lif"]["input"], result.recorded["fc"]["output"])
    assert torch.equal(net(x), result.scores)
    assert net.graph.spiking
    assert set(net.state_dict()) == {"fc.weight", "fc.bias"}


def test_dense_and_conv_are_torchs(x: torch.Tensor) -> None:
    """Shapes said in YAML, values as torch's own modules, also for odd strides and paddings."""
    for channels, kernel, stride, padding in [
        (4, 3, 1, 0),
        (3, 5, 2, 2),
        (2, 1, 3, 1),
        (1, 4, 2, 0),
    ]:
        for pool in ("avg", "max"):
            params = {"channels": channels, "kernel": kernel, "stride": stride, "padding": padding}
            net = build(
                ModelSpec.parse(
                    {
                        "name": "c",
                        "input": {"shape": [2, 11, 13]},
                        "nodes": [
                            {"id": "conv", "component": "synapses/conv2d", "params": params},
                            {"id": "pool", "component": f"layers/{pool}-pool2d"},
                            {"id": "flat", "component": "layers/flatten"},
                        ],
                        "readout": "decoders/membrane",
                    }
                ),
                seed=0,
            )
            image = torch.rand(3, 2, 11, 13)
            conv = torch.nn.Conv2d(2, channels, kernel, stride, padding)
            conv.load_state_dict({k[5:]: v for k, v in net.state_dict().items()})
            pooling = torch.nn.AvgPool2d(2) if pool == "avg" else torch.nn.MaxPool2d(2)
            expected = pooling(conv(image))
            assert net.graph.nodes["pool"].shape_out == tuple(expected.shape[1:])
            assert torch.equal(net(image), expected.flatten(1))


def test_weights_are_keyed(x: torch.Tensor) -> None:
    """Seed, node and name decide a weight; neither torch's generator nor the other nodes."""
    torch.manual_seed(1)
    first = build(spec_of([DENSE, LIF]), seed=4)
    torch.manual_seed(2)
    torch.rand(7)
    other = {"id": "first", "component": "synapses/dense", "params": {"features": 8}}
    second = build(spec_of([other, DENSE, LIF]), seed=4)
    assert torch.equal(first.state_dict()["fc.weight"], second.state_dict()["fc.weight"])
    third = build(spec_of([DENSE, LIF]), seed=5)
    assert not torch.equal(first.state_dict()["fc.weight"], third.state_dict()["fc.weight"])
    bound = 8**-0.5
    weights = first.state_dict()["fc.weight"]
    assert weights.abs().max() <= bound
    assert weights.std() == pytest.approx(bound / 3**0.5, rel=0.25)
    state = torch.random.get_rng_state()
    build(spec_of([DENSE, LIF]), seed=4)
    assert torch.equal(state, torch.random.get_rng_state())


RECURRENT = [
    ["input", "fc"],
    ["fc", "lif"],
    {"from": "lif", "to": "rec", "delay": 2},
    ["rec", "lif"],
    ["lif", "out"],
]


def test_loop_is_stepped_through(x: torch.Tensor) -> None:
    """A recurrent network equals the same written by hand, with its delay; gradients too."""
    nodes = [
        DENSE,
        LIF,
        {"id": "rec", "component": "synapses/dense", "params": {"features": 5, "bias": False}},
        {"id": "out", "component": "neurons/leaky", "params": {"beta": 0.7, "threshold": 0.4}},
    ]
    net = build(spec_of(nodes, edges=RECURRENT, steps=8), seed=3)
    assert net.graph.recurrent
    result = net.run(x, record={"rec": ["input", "output"], "lif": ["spikes", "mem"]})
    weights = {name: p.detach().clone().requires_grad_() for name, p in net.named_parameters()}
    stepper = Neuron("leaky", beta=0.8, threshold=0.5)
    last = Neuron("leaky", beta=0.7, threshold=0.4)
    hidden, inner = [], stepper.start(torch.zeros(3, 5))
    for t in range(8):
        current = F.linear(x, weights["fc.weight"], weights["fc.bias"])
        if t >= 2:
            current = current + F.linear(hidden[t - 2], weights["rec.weight"])
        hidden.append(inner(current))
    expected = last(torch.stack(hidden))
    assert torch.equal(result.output, expected)
    assert expected.sum() > 0
    assert torch.equal(result.recorded["lif"]["spikes"], torch.stack(hidden))
    assert result.recorded["rec"]["input"].shape == (8, 3, 5)
    assert result.recorded["rec"]["input"][:2].abs().sum() == 0
    result.scores.square().sum().backward()
    expected.sum(0).square().sum().backward()
    for name, p in net.named_parameters():
        assert torch.allclose(p.grad, weights[name].grad, rtol=1e-5, atol=1e-7)


def test_neuron_that_hears_itself(x: torch.Tensor) -> None:
    nodes = [DENSE, LIF]
    edges = [["input", "fc"], ["fc", "lif"], {"from": "lif", "to": "lif", "delay": 1}]
    net = build(spec_of(nodes, edges=edges), seed=0)
    spikes = net.run(x).output
    current = F.linear(x, net.node("fc").weight, net.node("fc").bias)
    stepper = Neuron("leaky", beta=0.8, threshold=0.5).start(current)
    before = torch.zeros(3, 5)
    for t in range(6):
        before = stepper(current + before)
        assert torch.equal(spikes[t], before)


def test_delay_without_loop(x: torch.Tensor) -> None:
    """A delayed edge shifts in time; nodes that hear a later one wait for it."""
    nodes = [DENSE, LIF, {"id": "out", "component": "neurons/leaky", "params": {"reset": "none"}}]
    edges = [["input", "fc"], ["fc", "lif"], {"from": "lif", "to": "out", "delay": 3}]
    result = build(spec_of(nodes, edges=edges), seed=0).run(
        x, record={"lif": ["spikes"], "out": ["input"]}
    )
    heard, said = result.recorded["out"]["input"], result.recorded["lif"]["spikes"]
    assert heard[:3].abs().sum() == 0
    assert torch.equal(heard[3:], said[:3])
    late = build(
        spec_of(nodes, edges=[*edges[:2], {"from": "lif", "to": "out", "delay": 9}]), seed=0
    )
    assert late.run(x, record={"out": ["input"]}).recorded["out"]["input"].abs().sum() == 0


def test_several_inputs_are_summed(x: torch.Tensor) -> None:
    nodes = [DENSE, {**DENSE, "id": "fc2"}, LIF]
    edges = [["input", "fc"], ["input", "fc2"], ["fc", "lif"], ["fc2", "lif"]]
    net = build(spec_of(nodes, edges=edges), seed=0)
    result = net.run(x, record={"fc": ["output"], "fc2": ["output"], "lif": ["input"]})
    parts = result.recorded
    assert torch.equal(parts["lif"]["input"], parts["fc"]["output"] + parts["fc2"]["output"])


def test_state_is_fresh_unless_asked(x: torch.Tensor) -> None:
    for nodes, edges in (
        [[DENSE, LIF], "sequential"],
        [[DENSE, LIF], [["input", "fc"], ["fc", "lif"], {"from": "lif", "to": "lif", "delay": 1}]],
    ):
        net = build(spec_of(nodes, steps=3, edges=edges, readout="decoders/membrane"), seed=0)
        first = net(x)
        assert torch.equal(first, net(x))
        net.stateful = True
        assert torch.equal(first, net(x))
        assert not torch.equal(first, net(x))
        net.reset()
        assert torch.equal(first, net(x))


def test_stateful_goes_on_where_it_stopped(x: torch.Tensor) -> None:
    neuron = Neuron("synaptic", threshold=0.4)
    drive = torch.rand(10, 3, 8)
    whole = neuron(drive)
    neuron.stateful = True
    parts = torch.cat([neuron(drive[:4]), neuron(drive[4:])])
    assert torch.equal(whole, parts)
    assert whole.sum() > 0
    with pytest.raises(InvalidError, match="reset"):
        neuron(torch.rand(4, 2, 8))
    neuron.reset()
    assert neuron(torch.rand(4, 2, 8)).shape == (4, 2, 8)


def test_events_go_in_as_they_are(x: torch.Tensor) -> None:
    net = build(spec_of([DENSE, LIF]), seed=0)
    events = (torch.rand(11, 3, 8) > 0.5).float()
    assert net.run(events).output.shape == (11, 3, 5)
    same = x.expand(6, *x.shape)
    assert torch.allclose(net.run(same).states["mem"], net.run(x).states["mem"], atol=1e-6)


def test_poll_sees_every_step_of_the_reference(x: torch.Tensor) -> None:
    calls: list[int] = []
    build(spec_of([DENSE, LIF]), seed=0).run(x, poll=lambda: calls.append(1))
    assert len(calls) == 1  # a fused scan is one step
    calls.clear()
    with use_kernels("reference"):
        build(spec_of([DENSE, LIF]), seed=0).run(x, poll=lambda: calls.append(1))
    assert len(calls) == 6

    class Stop(Exception):
        pass

    def stop() -> None:
        calls.append(1)
        if len(calls) == 9:
            raise Stop

    with use_kernels("reference"), pytest.raises(Stop):
        build(spec_of([DENSE, LIF]), seed=0).run(x, poll=stop)


def test_precision_follows_to(x: torch.Tensor) -> None:
    net = build(spec_of([DENSE, LIF]), seed=0).to(torch.float64)
    result = net.run(x)
    assert result.scores.dtype == result.states["mem"].dtype == torch.float64
    low = build(spec_of([DENSE, LIF]), seed=0)
    with torch.autocast("cpu", torch.bfloat16):
        result = low.run(x)
    assert result.states["mem"].dtype == torch.float32
    result.scores.sum().backward()
    assert low.node("fc").weight.grad.dtype == torch.float32


@pytest.mark.parametrize("name", ["snn-recurrent", "snn-conv", "cnn"])
def test_devices_follow_to(name: str) -> None:
    """Nothing is left behind on the CPU (shown on the meta device, which every machine has)."""
    spec = template(name)
    net = build(spec, seed=0).to("meta")
    result = net.run(torch.zeros(2, *spec.input.shape, device="meta"))
    assert result.scores.device.type == result.output.device.type == "meta"
    x = torch.zeros(4, 2, 3, device="meta")
    for neuron in ("lif", "alif", "synaptic"):
        assert Neuron(neuron)(x).device.type == "meta"


def test_a_node_may_have_any_name(x: torch.Tensor) -> None:
    net = build(spec_of([{**DENSE, "id": "forward"}, {**LIF, "id": "train"}]), seed=0)
    assert net(x).shape == (3, 5)
    assert set(net.state_dict()) == {"forward.weight", "forward.bias"}
    again = build(spec_of([{**DENSE, "id": "forward"}, {**LIF, "id": "train"}]), seed=1)
    again.load_state_dict(net.state_dict())
    assert torch.equal(again(x), net(x))


def test_copies_and_pickles(x: torch.Tensor) -> None:
    import pickle

    net = build(spec_of([DENSE, LIF]), seed=0)
    net(x)
    assert torch.equal(copy.deepcopy(net)(x), net(x))
    assert torch.equal(pickle.loads(pickle.dumps(net))(x), net(x))


def test_learned_parameters(x: torch.Tensor) -> None:
    node = {**LIF, "params": {**LIF["params"], "learn": ["beta"]}}
    net = build(spec_of([DENSE, node]), seed=0)
    assert "lif.beta" in net.state_dict()
    assert net.graph.parameters == 8 * 5 + 5 + 1
    net.run(x).states["mem"].sum().backward()
    assert net.node("lif").beta.grad.abs() > 0
    with pytest.raises(InvalidError, match="cannot be learned"):
        build(spec_of([DENSE, {**LIF, "params": {"learn": ["reset"]}}]))


def test_dropout_keeps_its_mask_over_time(x: torch.Tensor) -> None:
    drop = {"id": "drop", "component": "layers/dropout", "params": {"rate": 0.5}}
    nodes = [{**DENSE, "id": "fc0"}, {**LIF, "id": "lif0"}, drop, DENSE, LIF]
    net = build(spec_of(nodes, steps=9), seed=0)
    ask = {"lif0": ["spikes"], "drop": ["output"]}
    out = net.run(
        torch.ones(40, 8), record=ask, generator=torch.Generator().manual_seed(1)
    ).recorded
    spikes, dropped = out["lif0"]["spikes"], out["drop"]["output"]
    ever = spikes.sum(0) > 0
    share = (dropped.sum(0)[ever] == 0).float().mean()
    assert 0.3 < share < 0.7
    kept = (dropped.sum(0) > 0).expand_as(spikes)
    assert torch.equal(dropped[kept], 2 * spikes[kept])
    net.eval()
    out = net.run(torch.ones(40, 8), record=ask).recorded
    assert torch.equal(out["lif0"]["spikes"], out["drop"]["output"])


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"lof": ["spikes"]}, 'no node "lof"'),
        ({"lif": ["men"]}, "it has spikes, output, input, mem"),
    ],
)
def test_bad_records(record: dict[str, list[str]], message: str, x: torch.Tensor) -> None:
    with pytest.raises(InvalidError) as caught:
        build(spec_of([DENSE, LIF])).run(x, record=record)
    assert message in str(caught.value)


def test_bad_inputs() -> None:
    net = build(spec_of([DENSE, LIF]))
    for shape in [(3, 7), (8,), (2, 3, 4, 8), (0, 3, 8)]:
        with pytest.raises(InvalidError, match="takes \\[batch, 8\\]"):
            net(torch.zeros(shape))


def test_inside_torch_sequential(x: torch.Tensor) -> None:
    """Our neurons among torch's layers; ours folds time for layers that know none."""
    net = torch.nn.Sequential(
        torch.nn.Linear(8, 6), Neuron("leaky", threshold=0.3), torch.nn.Linear(6, 2)
    )
    drive = x.expand(5, *x.shape)
    out = net(drive)
    assert out.shape == (5, 3, 2)
    out.sum().backward()
    assert net[0].weight.grad.abs().sum() > 0
    assert len(net.state_dict()) == 4
    conv = Sequential(
        torch.nn.Conv2d(1, 4, 3),
        torch.nn.BatchNorm2d(4),
        Neuron("leaky"),
        torch.nn.Flatten(),
        torch.nn.Linear(144, 2),
    )
    assert conv(torch.rand(5, 2, 1, 8, 8)).shape == (5, 2, 2)


def test_a_large_graph_builds_without_recursion() -> None:
    nodes: list[dict[str, Any]] = [{"id": f"r{i}", "component": "layers/relu"} for i in range(2000)]
    net = build(spec_of([*nodes, DENSE], steps=1, readout="decoders/membrane"))
    assert isinstance(net, Network)
    assert net(torch.rand(2, 8)).shape == (2, 5)
