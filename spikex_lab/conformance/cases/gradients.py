"""Gradients that are not backpropagation's; networks that were converted, not trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spikex_lab.catalog import Component, library
from spikex_lab.conformance.cases import case

if TYPE_CHECKING:
    from torch import Tensor

    from spikex_lab.nn import Network

Array = np.ndarray[Any, np.dtype[np.float64]]

_STEPS, _BATCH, _INPUTS, _HIDDEN, _CLASSES = 20, 4, 6, 8, 3
_READOUT = {"id": "out", "component": "neurons/leaky", "params": {"reset": "none"}}
_NEURONS: list[tuple[str, dict[str, Any], float]] = [
    ("leaky", {}, 3.0),
    ("leaky", {"reset": "zero"}, 3.0),
    ("lif", {"preset": "unit"}, 6.0),
    ("synaptic", {}, 2.0),
    ("alif", {}, 3.0),
    ("adlif", {}, 6.0),
    ("izhikevich", {}, 30.0),
]
"""Neurons, parameters, and by what their weights are scaled, so that they fire."""


@case("eprop-bptt")
def eprop_bptt(_component: Component, _settings: Mapping[str, Any]) -> float:
    """Return how far e-prop's gradients are from autograd's, of each neuron and of two losses."""
    worst = 0.0
    for name, params, gain in _NEURONS:
        for loss in ("ce-membrane", "cross-entropy"):
            worst = max(worst, _against_autograd(name, params, gain, loss))
    return worst


def _against_autograd(name: str, params: Mapping[str, Any], gain: float, loss: str) -> float:
    import torch

    network, x, target = _network(name, params, gain)
    function = _loss(loss)
    function(network.run(x), target).backward()
    exact = {key: weight.grad for key, weight in network.named_parameters()}
    found = _eprop(network, x, target, function)
    return max(
        _apart(found[key], torch.zeros_like(found[key]) if grad is None else grad)
        for key, grad in exact.items()
    )


@case("eprop-recurrent")
def eprop_recurrent(_component: Component, _settings: Mapping[str, Any]) -> float:
    """Return how far e-prop's gradients are from autograd's where recurrent spikes are detached."""
    import torch

    worst = 0.0
    for name, params, gain in _NEURONS[:5]:
        network, x, target = _network(name, params, gain, recurrent=True)
        weight = dict(network.named_parameters())
        loss = _detached(network, weight, x, target)
        exact = torch.autograd.grad(loss, list(weight.values()))
        found = _eprop(network, x, target, _loss("ce-membrane"))
        worst = max(worst, *(_apart(found[k], g) for k, g in zip(weight, exact, strict=True)))
    return worst


def _detached(network: Network, weight: Mapping[str, Tensor], x: Tensor, target: Tensor) -> Tensor:
    """Return the loss of the recurrent network, stepped by hand, recurrent spikes detached."""
    import torch

    def dense(node: str, value: Tensor) -> Tensor:
        return torch.nn.functional.linear(value, weight[f"{node}.weight"], weight[f"{node}.bias"])

    spikes = x.new_zeros(len(x), _HIDDEN)
    hidden = network.node("h").start(spikes)
    out = network.node("out").start(x.new_zeros(len(x), _CLASSES))
    total = x.new_zeros(())
    for _ in range(_STEPS):
        spikes = hidden(dense("fc1", x) + dense("rec", spikes.detach()))
        out(dense("fc2", spikes))
        total = total + torch.nn.functional.cross_entropy(out.states[0], target)
    return total


@case("eprop-traces")
def eprop_traces(_component: Component, _settings: Mapping[str, Any]) -> float:
    """Return how far e-prop's gradients are from the paper's equations for LIF and ALIF in numpy.

    A recurrent network of adaptive neurons; with beta 0 they are plain ones.
    """
    worst = 0.0
    for beta in (0.0, 0.3):
        params = {"tau_a": 30.0, "beta": beta}
        network, x, target = _network("alif", params, 3.0, recurrent=True)
        found = _eprop(network, x, target, _loss("ce-membrane"))
        written = _by_the_paper(network, x.numpy(), target.numpy(), beta)
        for key, gradient in written.items():
            worst = max(worst, _apart(found[key].numpy(), gradient))
    return worst


def _by_the_paper(network: Network, x: Array, target: Any, beta: float) -> dict[str, Array]:
    """Return gradients by the equations of Bellec et al. 2020, synapse by synapse.

    ``eps_v`` is the filtered input; ``eps_a <- psi eps_v + (rho - psi beta) eps_a``;
    ``e = psi (eps_v - beta eps_a)``; errors ``softmax(y) - target``, traces filtered as the readout
    filters.
    """
    import torch

    from spikex_lab.nn import Surrogate

    own = {k: v.detach().numpy() for k, v in network.named_parameters()}
    alpha, rho, kappa, v_th = np.exp(-1 / 20), np.exp(-1 / 30), 0.9, 1.0
    surrogate = Surrogate("atan")
    shape = (_BATCH, _HIDDEN)
    v, a, z, y = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros((_BATCH, _CLASSES))
    heard = {"fc1": _INPUTS, "rec": _HIDDEN}
    zeros = {k: np.zeros((*shape, n)) for k, n in heard.items()}
    eps_v, eps_a, trace = dict(zeros), dict(zeros), dict(zeros)
    psi, sent = np.zeros(shape), np.zeros(shape)
    found = {f"{k}.weight": np.zeros((_HIDDEN, n)) for k, n in heard.items()}
    found["fc2.weight"] = np.zeros((_CLASSES, _HIDDEN))
    for _ in range(_STEPS):
        pre = {"fc1": x, "rec": z}
        current = sum(pre[k] @ own[f"{k}.weight"].T + own[f"{k}.bias"] for k in heard)
        for k in heard:
            eps_a[k] = psi[..., None] * (eps_v[k] - beta * eps_a[k]) + rho * eps_a[k]
            eps_v[k] = alpha * eps_v[k] + pre[k][:, None, :]
        v, a = alpha * v + current - z * v_th, rho * a + z
        margin = v - v_th - beta * a
        z = (margin > 0).astype(np.float64)
        psi = surrogate.derivative(torch.tensor(margin / v_th)).numpy() / v_th
        y = kappa * y + z @ own["fc2.weight"].T + own["fc2.bias"]
        sent = kappa * sent + z
        chance = np.exp(y - y.max(1, keepdims=True))
        error = chance / chance.sum(1, keepdims=True)
        error[np.arange(_BATCH), target] -= 1
        error /= _BATCH
        found["fc2.weight"] += error.T @ sent
        signal = error @ own["fc2.weight"]
        for k in heard:
            trace[k] = kappa * trace[k] + psi[..., None] * (eps_v[k] - beta * eps_a[k])
            found[f"{k}.weight"] += np.einsum("bj,bji->ji", signal, trace[k])
    return found


@case("conversion-rate")
def conversion_rate(_component: Component, settings: Mapping[str, Any]) -> float:
    """Return how many spikes the first layer is off what its activations ask for, at worst."""
    import torch

    trained, spiking, largest, x = _converted(int(settings["steps"]))
    with torch.no_grad():
        activation = trained.run(x, record={"r1": ["output"]}).recorded["r1"]["output"][0]
        spikes = spiking.run(x, record={"r1": ["output"]}).recorded["r1"]["output"].sum(0)
    wanted = (activation / largest["r1"]).clamp(max=1) * float(settings["steps"])
    return float((spikes - wanted).abs().max())


@case("conversion-output")
def conversion_output(_component: Component, settings: Mapping[str, Any]) -> float:
    """Return how far three layers' outputs are from the trained network's, relative to these."""
    import torch

    trained, spiking, _, x = _converted(int(settings["steps"]))
    with torch.no_grad():
        wanted, found = trained(x), spiking(x)
    return float((found - wanted).abs().max() / wanted.abs().max())


def _converted(steps: int) -> tuple[Network, Network, dict[str, float], Tensor]:
    """Return a random network of rectified units, the spiking one, activations, and samples."""
    import torch

    from spikex_lab import nn
    from spikex_lab.nn import conversion, conversion_plan
    from spikex_lab.spec import ModelSpec

    nodes: list[dict[str, Any]] = []
    for place in (1, 2):
        nodes.append(_dense(f"d{place}", 24))
        nodes.append({"id": f"r{place}", "component": "layers/relu"})
    spec = ModelSpec.parse(
        {
            "schema": "spikex/model@1",
            "name": "rectified",
            "input": {"shape": [16]},
            "nodes": [*nodes, _dense("d3", 5)],
            "readout": "decoders/membrane",
        }
    )
    trained = nn.build(spec, seed=3).double()
    x = torch.rand(64, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    plan = conversion_plan.plan(spec, library(), steps=steps, name="spiking")
    largest = conversion.activations(trained, plan.units, lambda: [x], 100)
    spiking = nn.build(plan.spec).double()
    spiking.load_state_dict(conversion.normalised(trained.state_dict(), plan, largest))
    return trained, spiking, largest, x


def _dense(node: str, features: int) -> dict[str, Any]:
    return {"id": node, "component": "synapses/dense", "params": {"features": features}}


def _network(
    name: str, params: Mapping[str, Any], gain: float, *, recurrent: bool = False
) -> tuple[Network, Tensor, Tensor]:
    """Return a network of one hidden layer of neurons that fire, samples and their classes."""
    import torch

    from spikex_lab import nn
    from spikex_lab.spec import ModelSpec

    hidden = {"id": "h", "component": f"neurons/{name}", "params": dict(params)}
    back = [_dense("rec", _HIDDEN)] if recurrent else []
    edges: Any = "sequential"
    if recurrent:
        edges = [["input", "fc1"], ["fc1", "h"], ["rec", "h"], ["h", "fc2"], ["fc2", "out"]]
        edges.append({"from": "h", "to": "rec", "delay": 1})
    spec = ModelSpec.parse(
        {
            "schema": "spikex/model@1",
            "name": "taught",
            "input": {"shape": [_INPUTS]},
            "time": {"steps": _STEPS},
            "nodes": [_dense("fc1", _HIDDEN), *back, hidden, _dense("fc2", _CLASSES), _READOUT],
            "edges": edges,
            "readout": "decoders/membrane",
        }
    )
    network = nn.build(spec, seed=1).double()
    with torch.no_grad():
        for key, weight in network.named_parameters():
            weight.mul_(1.0 if key.startswith("fc2") else gain)
    drawn = torch.Generator().manual_seed(2)
    x = torch.rand(_BATCH, _INPUTS, dtype=torch.float64, generator=drawn)
    return network, x, torch.randint(0, _CLASSES, (_BATCH,), generator=drawn)


def _loss(name: str) -> Any:
    from spikex_lab.nn.scripts import Script

    component = library().get(f"losses/{name}")
    return Script(component, "loss", component.resolve({}))


def _eprop(network: Network, x: Tensor, target: Tensor, loss: Any) -> dict[str, Tensor]:
    from spikex_lab.nn import eprop
    from spikex_lab.nn.eprop_plan import layout

    plan = layout(network.graph, library().get)
    feedback = eprop.symmetric(network, plan)
    return eprop.gradients(network, plan, x, target, loss, feedback=feedback)[0]


def _apart(found: Any, wanted: Any) -> float:
    """Return the largest difference, relative to the largest of what is wanted."""
    scale = float(abs(wanted).max())
    error = float(abs(found - wanted).max())
    return error / scale if scale else error
