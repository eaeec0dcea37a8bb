"""SPIKE-X Lab, as its users use it: layers of ``sx.nn``, or a spec through ``sx.nn.build``."""

from __future__ import annotations

from typing import Any

import torch

import spikex_lab as sx
from benchmarks.peers.torch_nets import Batch, Student, TorchSubject
from benchmarks.suite.data import Data
from benchmarks.suite.workloads import Workload
from spikex_lab.engine import losses, optim
from spikex_lab.nn import buffers
from spikex_lab.spec import ModelSpec, TrainingSpec

_LOSSES = {"membrane": "cross-entropy-over-time", "spikes": "ce-rate", "sum": "cross-entropy"}


def build(work: Workload, data: Data, variant: str) -> TorchSubject:
    """Return `work` with fused kernels (`variant` ``ours``) or the reference."""
    sx.nn.use_kernels("reference" if variant == "reference" else "fused")
    return _network(work, data) if work.trains else _layers(work, data)


def _layers(work: Workload, data: Data) -> TorchSubject:
    x, cotangent = torch.from_numpy(data.x), torch.from_numpy(data.cotangent)
    neurons = sx.nn.Leaky(work.beta)
    if work.kind == "neuron":
        x = x.clone().requires_grad_()
        return TorchSubject(lambda: neurons(x), {"x": x}, cotangent, None)
    linear = torch.nn.Linear(work.shape[0], work.sizes[0], dtype=x.dtype)
    linear.load_state_dict(
        {name.removeprefix("fc1."): torch.from_numpy(w) for name, w in data.weights.items()}
    )
    net = sx.nn.Sequential(linear, neurons)
    leaves = {f"fc1.{name}": weight for name, weight in linear.named_parameters()}
    return TorchSubject(lambda: net(x), leaves, cotangent, None)


def _network(work: Workload, data: Data) -> Student:
    buffers.keep_large()  # as the trainer does
    net = network(work, data)
    training = TrainingSpec(lr=work.lr, loss=_LOSSES[work.loss or "membrane"])
    loss, optimizer = losses.build(training, net), optim.build(training, net.parameters())
    return Student(
        Batch(torch.from_numpy(data.x), torch.from_numpy(data.y)),
        lambda x, y: loss(net.run(x), y),
        net,
        dict(net.named_parameters()),
        optimizer,
    )


def network(work: Workload, data: Data) -> Any:
    """Return the network of `work`, with its first weights."""
    weights = {name: torch.from_numpy(w) for name, w in data.weights.items()}
    net = sx.nn.build(ModelSpec.parse(spec(work))).to(next(iter(weights.values())).dtype)
    net.load_state_dict(weights)
    return net


def spec(work: Workload) -> dict[str, Any]:
    """Return the spec of a workload that trains."""
    shape, leaky = list(work.shape), {"beta": work.beta}
    nodes: list[dict[str, Any]]
    edges: Any = "sequential"
    if work.kind == "mlp":
        nodes = [_dense("fc1", work.sizes[0]), _neurons("lif1", leaky),
                 _dense("fc2", work.sizes[1]), _neurons("lif2", leaky)]  # fmt: skip
    elif work.kind == "cnn":
        first, second, classes = work.sizes
        nodes = [
            *_convolved(1, first), _neurons("lif1", leaky),
            *_convolved(2, second), _neurons("lif2", leaky),
            {"id": "flat", "component": "layers/flatten"},
            _dense("fc1", classes), _neurons("lif3", leaky),
        ]  # fmt: skip
    else:
        hidden, classes = work.sizes
        nodes = [
            _dense("fc1", hidden), _dense("rec", hidden),
            {"id": "hid", "component": "neurons/alif"}, _dense("fc2", classes),
        ]  # fmt: skip
        edges = [["input", "fc1"], ["fc1", "hid"], ["rec", "hid"],
                 {"from": "hid", "to": "rec", "delay": 1}, ["hid", "fc2"]]  # fmt: skip
    return {
        "schema": "spikex/model@1",
        "name": f"bench-{work.id}",
        "input": {"shape": shape, "encoder": "encoders/direct"},
        "time": {"steps": work.steps},
        "nodes": nodes,
        "edges": edges,
        "readout": "decoders/spike-count",
    }


def _dense(id: str, features: int) -> dict[str, Any]:
    return {"id": id, "component": "synapses/dense", "params": {"features": features}}


def _neurons(id: str, params: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "component": "neurons/leaky", "params": params}


def _convolved(index: int, channels: int) -> list[dict[str, Any]]:
    params = {"channels": channels, "kernel": 5}
    return [
        {"id": f"conv{index}", "component": "synapses/conv2d", "params": params},
        {"id": f"pool{index}", "component": "layers/max-pool2d"},
    ]
