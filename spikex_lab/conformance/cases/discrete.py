"""Closed forms, statistics and theorems: integrate and fire, discrete neurons, threshold units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.conformance.cases import case


@case("if-rate")
def if_rate(component: Component, settings: Mapping[str, Any]) -> float:
    """Return how many spikes too many or too few, for either reset and several currents.

    Subtraction keeps what is above the threshold, so charge becomes spikes without a rest; a reset
    to a value loses it: an interval is the first whole number of steps that reaches the threshold.
    """
    import torch

    from spikex_lab.nn import Neuron

    duration, dt = float(settings["duration"]), float(settings["dt"])
    steps = round(duration / dt)
    currents = (0.013, 0.37, 2.9)
    worst = 0.0
    for reset in ("subtract", "value"):
        neuron = Neuron(component, dt=dt, reset=reset)
        p = neuron.params
        charge = p["C_m"] * (p["v_th"] - p["v_reset"])
        x = torch.tensor(currents, dtype=torch.float64).expand(steps, -1)
        with torch.no_grad():
            counts = neuron(x).sum(0).tolist()
        for current, count in zip(currents, counts, strict=True):
            expected = current * duration / charge
            if reset == "value":
                expected = steps / math.ceil(charge / (current * dt))
            worst = max(worst, abs(count - expected))
    return worst


@case("lif-f-i")
def lif_f_i(component: Component, settings: Mapping[str, Any]) -> float:
    """Return how many steps the intervals between spikes are off, at worst, over several currents.

    The interval is ``t_ref + tau ln((R I - (v_reset - E_L))/(R I - (v_th - E_L)))``; a spike falls
    on the first step at or after it.
    """
    from spikex_lab.conformance.simulation import simulate

    dt = float(settings["dt"])
    p = component.resolve({})
    worst = 0.0
    for current in (376.0, 400.0, 550.0, 900.0, 3000.0):
        drive = p["tau_m"] * current / p["C_m"] + p["E_L"]
        charging = p["tau_m"] * math.log((drive - p["v_reset"]) / (drive - p["v_th"]))
        found = np.diff(simulate(component, I=current, duration=1000.0, dt=dt).spike_times)
        worst = max(worst, float(np.abs(found - (p["t_ref"] + charging)).max()) / dt)
    return worst


@case("adlif-rest")
def adlif_rest(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return the relative error of the potential's last value under a constant input."""
    import torch

    from spikex_lab.nn import Neuron

    neuron = Neuron(component)
    p = neuron.params
    current = 0.5 * p["v_th"]
    with torch.no_grad():
        found = neuron.simulate(torch.full((4000, 1), current, dtype=torch.float64))
    expected = float(current / (1 + p["q"] * p["a"]))
    return abs(float(found["u"][-1]) - expected) / expected + float(found["s"].sum())


@case("sigma-delta-bound")
def sigma_delta_bound(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return how far, in thresholds, what was sent is from a dense layer's ReLU, at worst."""
    import torch

    from spikex_lab.nn import Neuron

    draw = torch.Generator().manual_seed(3)
    x = torch.randn(200, 4, 10, dtype=torch.float64, generator=draw).mul(0.2).cumsum(0)
    weight = torch.randn(6, 10, dtype=torch.float64, generator=draw)
    before = torch.cat([torch.zeros_like(x[:1]), x[:-1]])
    worst = 0.0
    for theta in (0.05, 0.3):
        neuron = Neuron(component, theta=theta)
        with torch.no_grad():
            sent = neuron((x - before) @ weight.T)
        error = float((sent.cumsum(0) - torch.relu(x @ weight.T)).abs().max())
        worst = max(worst, error / theta)
    return worst


@case("poisson-statistics")
def poisson_statistics(component: Component, settings: Mapping[str, Any]) -> float:
    """Return the deviation of mean count and Fano factor, in standard errors.

    A step has a spike with probability p, so a count of n steps has mean np and variance np(1-p).
    """
    import torch

    from spikex_lab.nn import Neuron

    rate, dt = float(settings["rate"]), float(settings["dt"])
    steps, trials = int(settings["steps"]), int(settings["trials"])
    neuron = Neuron(component, dt=dt)
    draw = torch.Generator().manual_seed(int(settings["seed"]))
    x = torch.full((trials,), rate)
    with torch.no_grad():
        counts = sum(neuron.apply_once(x, draw).double() for _ in range(steps))
    assert isinstance(counts, torch.Tensor)  # noqa: S101 (there is at least one step)
    p = rate * dt / 1000
    mean, variance = steps * p, steps * p * (1 - p)
    of_mean = abs(counts.mean().item() - mean) / math.sqrt(variance / trials)
    fano = counts.var().item() / counts.mean().item()
    of_fano = abs(fano - (1 - p)) / ((1 - p) * math.sqrt(2 / (trials - 1)))
    return max(of_mean, of_fano)


@case("truth-tables")
def truth_tables(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return how many rows of the truth tables of and, or, and-not and majority come out wrong."""
    import torch

    from spikex_lab.nn import Neuron

    def fires(theta: float, excited: int, inhibited: int = 0) -> bool:
        unit = Neuron(component, theta=theta)
        veto = torch.tensor([float(inhibited)])
        return bool(unit.apply_once(torch.tensor([float(excited)]), others=[veto]).item())

    wrong = int(fires(1, 3, inhibited=1))  # the veto is absolute
    for a, b in product((0, 1), repeat=2):
        wrong += fires(2, a + b) != (a == 1 and b == 1)
        wrong += fires(1, a + b) != (a == 1 or b == 1)
        wrong += fires(1, a, inhibited=b) != (a == 1 and b == 0)
    for row in product((0, 1), repeat=3):
        wrong += fires(2, sum(row)) != (sorted(row)[1] == 1)
    return float(wrong)


@case("perceptron-bound")
def perceptron_bound(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return how many mistakes Rosenblatt's rule makes beyond (R/margin)² on separable patterns.

    A. Novikoff, "On convergence proofs for perceptrons", 1962: that many at most.
    """
    import torch

    from spikex_lab.nn import Neuron

    unit = Neuron(component)
    beyond = 0.0
    for seed in range(5):
        draw = torch.Generator().manual_seed(seed)
        truth = torch.nn.functional.normalize(torch.randn(4, generator=draw), dim=0)
        x = torch.randn(120, 4, generator=draw)
        x = x[(x @ truth).abs() > 0.1]
        target = (x @ truth > 0).float()
        bound = (x.norm(dim=1).max() / (x @ truth).abs().min()).square().item()
        weights, mistakes, wrong = torch.zeros(4), 0, 1
        while wrong and mistakes <= bound:
            wrong = 0
            for pattern, wanted in zip(x, target, strict=True):
                error = wanted - unit.apply_once((pattern @ weights)[None])[0]
                weights = weights + error * pattern
                wrong += int(error != 0)
            mistakes += wrong
        beyond = max(beyond, mistakes - bound)
    return max(beyond, 0.0)


@case("torch-function")
def torch_function(component: Component, settings: Mapping[str, Any]) -> float:
    """Return the largest difference from torch's function of the name in ``function``."""
    import torch

    from spikex_lab.nn.cell import Cell

    x = torch.linspace(-8, 8, 4001)
    expected: torch.Tensor = getattr(torch, str(settings["function"]))(x)
    found = Cell(component, component.resolve({})).apply_once(x)
    return float((found - expected).abs().max())
