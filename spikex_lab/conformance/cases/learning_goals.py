"""What learning rules are for: components, selectivity, rates kept, rewards earned, mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.conformance.cases import case

if TYPE_CHECKING:
    import torch

    from spikex_lab.nn.network import Network
    from spikex_lab.nn.plasticity import Rule


@case("hebb-correlation")
def hebb_correlation(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return the relative error of the change against the correlation of inputs and outputs."""
    import torch

    from spikex_lab.nn.plasticity import Rule

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(50, 7)), rng.normal(size=(50, 3))
    rule = Rule(component)
    signals = {"pre": torch.from_numpy(x)[None], "post": torch.from_numpy(y)[None]}
    found = rule.run(torch.zeros(3, 7, dtype=torch.float64), signals)[0].numpy()
    expected = rule.params["eta"] * y.T @ x / len(x)
    return float(np.abs(found - expected).max() / np.abs(expected).max())


@case("oja-eigenvector")
def oja_eigenvector(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return 1 - |cos| between the weights and the first eigenvector of the correlations."""
    import torch

    from spikex_lab.nn.plasticity import Rule

    rng = np.random.default_rng(4)
    basis, _ = np.linalg.qr(rng.normal(size=(12, 12)))
    data = rng.normal(size=(4000, 12)) * np.linspace(2.0, 0.4, 12) @ basis.T
    first = np.linalg.eigh(data.T @ data / len(data))[1][:, -1]
    rule = Rule(component)
    weight = torch.from_numpy(rng.normal(size=(1, 12)) * 0.1)
    x = torch.from_numpy(data)
    for _ in range(20):
        for batch in x.reshape(-1, 100, 12):
            signals = {"pre": batch[None], "post": (batch @ weight.T)[None]}
            weight, _ = rule.run(weight, signals)
    w = weight.numpy()[0]
    return 1.0 - abs(float(w @ first)) / float(np.linalg.norm(w))


@case("bcm-selectivity")
def bcm_selectivity(component: Component, settings: Mapping[str, Any]) -> float:
    """Return how far the answers to K independent patterns are from K to one and 0 to the rest.

    As a share of K. In the fixed point the threshold is the mean of the squared answers, so the one
    pattern that is answered at all is answered with K.
    """
    import torch

    from spikex_lab.nn.plasticity import Rule

    count = int(settings["patterns"])
    rng = np.random.default_rng(1)
    patterns = torch.from_numpy(rng.uniform(size=(count, 2 * count)))
    rule = Rule(component)
    weight = torch.from_numpy(rng.uniform(0.0, 0.2, size=(1, 2 * count)))
    kept: dict[str, torch.Tensor] = {}
    for _ in range(6000):
        signals = {"pre": patterns[None], "post": (patterns @ weight.T)[None]}
        weight, kept = rule.run(weight, signals, kept)
    answers = np.sort((patterns @ weight.T).numpy().ravel())
    return float(max(abs(answers[-1] - count), np.abs(answers[:-1]).max())) / count


@case("perceptron-mistakes")
def perceptron_mistakes(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return the most mistakes in several separable problems, as a share of (R/margin)^2."""
    import torch

    from spikex_lab.nn.plasticity import Rule

    rule = Rule(component)
    worst = 0.0
    for seed in range(4):
        rng = np.random.default_rng(seed)
        truth = rng.normal(size=6)
        truth /= np.linalg.norm(truth)
        x = np.concatenate([rng.normal(size=(300, 5)), np.ones((300, 1))], axis=1)
        x = x[np.abs(x @ truth) > 0.25]  # the last input is the bias
        bound = (np.linalg.norm(x, axis=1).max() / np.abs(x @ truth).min()) ** 2
        right = torch.from_numpy((x @ truth > 0).astype(np.float64))
        inputs = torch.from_numpy(x)
        weight = torch.zeros(1, 6, dtype=torch.float64)
        mistakes, before = 0, -1
        while before != mistakes <= bound:  # until a pass without any
            before = mistakes
            for sample, target in zip(inputs, right, strict=True):
                answer = (weight @ sample > 0).to(sample)
                mistakes += int(answer.item() != target.item())
                signals = {"pre": sample, "post": answer, "target": target[None]}
                heard = {name: signal[None, None] for name, signal in signals.items()}
                weight, _ = rule.run(weight, heard)
        worst = max(worst, mistakes / bound)
    return worst


# -- in a network --------------------------------------------------------------------------------


def _network(inputs: int, neurons: int, steps: int) -> Network:
    """Return a layer of neurons that hold each other down, fed by random spikes."""
    from spikex_lab import nn
    from spikex_lab.spec import ModelSpec

    spec = {
        "schema": "spikex/model@1",
        "name": "case",
        "input": {"shape": [inputs], "encoder": "encoders/rate"},
        "time": {"steps": steps},
        "nodes": [
            {"id": "fc", "component": "synapses/dense", "params": {"features": neurons}},
            {"id": "lif", "component": "neurons/leaky", "params": {"reset_delay": False}},
            {"id": "inh", "component": "synapses/lateral-inhibition"},
        ],
        "edges": [
            ["input", "fc"],
            ["fc", "lif"],
            {"from": "lif", "to": "inh", "delay": 1},
            ["inh", "lif"],
        ],
        "readout": "decoders/spike-count",
    }
    network: Network = nn.build(ModelSpec.parse(spec), seed=0)
    return network


def _learn(
    network: Network,
    rule: Rule,
    x: torch.Tensor,
    generator: torch.Generator,
    kept: dict[str, torch.Tensor],
    name: str = "weight",
    **more: Any,
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Run a batch and one rule on the weights (or the bias) of ``fc``; return the spike counts."""
    import torch

    with torch.no_grad():
        result = network.run(x, generator=generator, record={"fc": ["input"], "lif": ["spikes"]})
        pre, post = result.recorded["fc"]["input"], result.recorded["lif"]["spikes"]
        weight = network.get_parameter(f"fc.{name}")
        heard = pre if name == "weight" else pre.new_ones(*pre.shape[:2], 1)
        signals = {"pre": heard, "post": post}
        if "reward" in more:
            signals["reward"] = pre.new_zeros(pre.shape[:2])
            signals["reward"][-1] = more["reward"](result.scores)
        new, kept = rule.run(weight.reshape(len(weight), -1), signals, kept)
        weight.copy_(new.reshape(weight.shape))
    return result.scores, kept


@case("homeostasis-threshold")
def homeostasis_threshold(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return the relative error of the rate at which a neuron ends whose input was doubled."""
    return _kept_rate(component, "bias", {"form": "threshold", "eta": 0.02, "rho_0": 0.05})


@case("homeostasis-scaling")
def homeostasis_scaling(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return the relative error of the rate at which a neuron ends whose input was doubled."""
    given = {"form": "scaling", "rho_0": 0.05, "tau_rate": 100.0, "tau_w": 500.0}
    return _kept_rate(component, "weight", given)


def _kept_rate(component: Component, name: str, given: Mapping[str, Any]) -> float:
    import torch

    from spikex_lab.nn.plasticity import Rule

    steps, samples = 40, 20
    network, rule = _network(20, 1, steps), Rule(component, given)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        network.get_parameter("fc.weight").fill_(0.05)
        network.get_parameter("fc.bias").zero_()
    kept: dict[str, torch.Tensor] = {}
    worst = 0.0
    for drive in (0.2, 0.4):
        x = torch.full((samples, 20), drive)
        rates = []
        for _ in range(120):
            counts, kept = _learn(network, rule, x, generator, kept, name)
            rates.append(float(counts.mean()) / steps)
        worst = max(worst, abs(float(np.mean(rates[-40:])) / given["rho_0"] - 1.0))
    return worst


@case("r-stdp-task")
def r_stdp_task(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return the share of wrong answers after a choice between two neurons has been rewarded.

    Two patterns of inputs, two neurons; the one that fires more is the answer. It earns 1 where it
    is the right one and -1 where not, for the whole network, at the end of the sample. Either
    neuron can be the right one for the first pattern: the worse of both.
    """
    return max(_choice(component, swapped) for swapped in (False, True))


def _choice(component: Component, swapped: bool) -> float:
    import torch

    from spikex_lab.nn.plasticity import Rule

    network = _network(20, 2, 40)
    rule = Rule(component, {"eta": 1.0, "w_min": 0.0})
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        network.get_parameter("fc.weight").uniform_(0.1, 0.2, generator=generator)
        network.get_parameter("fc.bias").zero_()
    patterns = torch.zeros(2, 20)
    patterns[0, :10] = patterns[1, 10:] = 0.3
    kept: dict[str, torch.Tensor] = {}
    wrong = []
    for _ in range(60):
        shown = torch.randint(2, (16,), generator=generator)
        right = 1 - shown if swapped else shown

        def reward(scores: torch.Tensor, right: torch.Tensor = right) -> torch.Tensor:
            return 2.0 * (scores.argmax(dim=1) == right) - 1.0

        scores, kept = _learn(network, rule, patterns[shown], generator, kept, reward=reward)
        wrong.append(float((scores.argmax(dim=1) != right).double().mean()))
    return float(np.mean(wrong[-20:]))


@case("lateral-inhibition-matrix")
def lateral_inhibition_matrix(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return the largest difference from ``-g (1 - unit matrix)`` times the spikes."""
    import torch

    from spikex_lab.nn.scripts import Layer

    params = component.resolve({"strength": 3.0})
    layer = Layer(component, params, (6,))
    spikes = (np.random.default_rng(0).random((20, 6)) < 0.4).astype(np.float64)
    expected = spikes @ (-3.0 * (1 - np.eye(6)))
    with torch.no_grad():
        return float(np.abs(layer(torch.from_numpy(spikes)).numpy() - expected).max())
