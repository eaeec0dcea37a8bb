"""Learning from spike times against closed forms: pairs, triplets, rewards, inhibition."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.catalog.body import selections
from spikex_lab.conformance.cases import case

Array = np.ndarray[Any, np.dtype[Any]]


def change(
    component: Component,
    pre: Iterable[int],
    post: Iterable[int],
    steps: int,
    **given: Any,
) -> float:
    """Return how far one synapse moves in `steps` of 1 ms; spikes at the steps `pre` and `post`."""
    from spikex_lab.conformance.simulation import simulate

    trace = simulate(component, dt=1.0, pre=_spikes(pre, steps), post=_spikes(post, steps), **given)
    return float(trace.states["w"][-1]) - float(component.resolve(_params(component, given))["w_0"])


def _params(component: Component, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in component.spec.inputs}


def _spikes(times: Iterable[int], steps: int) -> Array:
    series = np.zeros(steps)
    series[list(times)] = 1.0
    return series


def trains(seed: int, steps: int, rate: float = 0.05) -> tuple[list[int], list[int]]:
    """Return the steps at which two random spike trains fire."""
    rng = np.random.default_rng(seed)
    pre, post = (np.flatnonzero(rng.random(steps) < rate).tolist() for _ in range(2))
    return pre, post


def _relative(found: float, expected: float) -> float:
    return abs(found - expected) / abs(expected)


# -- pairs ---------------------------------------------------------------------------------------


@case("stdp-window")
def stdp_window(component: Component, settings: Mapping[str, Any]) -> float:
    """Return the largest relative error of one pair's change, at differences of -50 to 50 ms."""
    p = component.resolve(settings)
    grow, shrink = p["eta"] * p["w_max"], p["alpha"] * p["eta"] * p["w_max"]
    worst = abs(
        change(component, [60], [60], 120, **settings)
    )  # neither trace knows of the other yet
    for gap in range(1, 51):
        after = grow * math.exp(-gap / p["tau_plus"])
        before = -shrink * math.exp(-gap / p["tau_minus"])
        worst = max(worst, _relative(change(component, [60], [60 + gap], 120, **settings), after))
        worst = max(worst, _relative(change(component, [60], [60 - gap], 120, **settings), before))
    return worst


@case("stdp-trains")
def stdp_trains(component: Component, settings: Mapping[str, Any]) -> float:
    """Return the relative error of the change by two spike trains, for either pairing."""
    p = component.resolve(settings)
    steps, eta = 2000, 1e-4
    pre, post = trains(1, steps)
    worst = 0.0
    for pairing in ("all", "nearest"):
        grow = _pairs(pre, post, p["tau_plus"], pairing)
        shrink = _pairs(post, pre, p["tau_minus"], pairing)
        expected = eta * p["w_max"] * (grow - p["alpha"] * shrink)
        found = change(component, pre, post, steps, eta=eta, pairing=pairing, **settings)
        worst = max(worst, _relative(found, expected))
    return worst


def _pairs(first: Sequence[int], then: Sequence[int], tau: float, pairing: str) -> float:
    total = 0.0
    for t in then:
        earlier = [s for s in first if s < t]
        paired = earlier if pairing == "all" else earlier[-1:]
        total += sum(math.exp(-(t - s) / tau) for s in paired)
    return total


@case("stdp-weight-dependence")
def stdp_weight_dependence(component: Component, settings: Mapping[str, Any]) -> float:
    """Return the error of the weight after two spike trains, as NEST's stdp_synapse updates it."""
    params = {"eta": 0.02, **settings}
    p = component.resolve(params)
    steps = 1000
    pre, post = trains(2, steps)
    w = p["w_0"] / p["w_max"]
    for t in range(steps):
        if t in post:
            k = sum(math.exp(-(t - s) / p["tau_plus"]) for s in pre if s < t)
            w = min(1.0, w + p["eta"] * (1 - w) ** p["mu_plus"] * k)
        if t in pre:
            k = sum(math.exp(-(t - s) / p["tau_minus"]) for s in post if s < t)
            w = max(0.0, w - p["alpha"] * p["eta"] * w ** p["mu_minus"] * k)
    found = p["w_0"] + change(component, pre, post, steps, **params)
    return _relative(found, w * p["w_max"])


# -- triplets ------------------------------------------------------------------------------------


@case("triplet-window")
def triplet_window(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return the largest relative error of triplets post-pre-post and pre-post-pre."""
    p = component.resolve({})
    worst = 0.0
    for a, b in itertools.product((1, 5, 10, 30), repeat=2):
        first, second, third = 10, 10 + a, 10 + a + b
        grow = math.exp(-b / p["tau_plus"]) * (
            p["A2_plus"] + p["A3_plus"] * math.exp(-(a + b) / p["tau_y"])
        )
        shrink = math.exp(-a / p["tau_minus"]) * p["A2_minus"]
        found = change(component, [second], [first, third], 100)
        worst = max(worst, _relative(found, grow - shrink))
        grow = math.exp(-a / p["tau_plus"]) * p["A2_plus"]
        shrink = math.exp(-b / p["tau_minus"]) * (
            p["A2_minus"] + p["A3_minus"] * math.exp(-(a + b) / p["tau_x"])
        )
        found = change(component, [first, third], [second], 100)
        worst = max(worst, _relative(found, grow - shrink))
    return worst


@case("triplet-trains")
def triplet_trains(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return the relative error of the change by two spike trains, summed over all triplets."""
    scale = 0.01
    values = {name: component.resolve({})[name] * scale for name in _AMPLITUDES}
    p = component.resolve(values)
    steps = 2000
    pre, post = trains(3, steps)

    def trace(train: Sequence[int], t: int, tau: float) -> float:
        return sum(math.exp(-(t - s) / tau) for s in train if s < t)

    grow = sum(
        trace(pre, t, p["tau_plus"]) * (p["A2_plus"] + p["A3_plus"] * trace(post, t, p["tau_y"]))
        for t in post
    )
    shrink = sum(
        trace(post, t, p["tau_minus"]) * (p["A2_minus"] + p["A3_minus"] * trace(pre, t, p["tau_x"]))
        for t in pre
    )
    return _relative(change(component, pre, post, steps, **values), grow - shrink)


_AMPLITUDES = ("A2_plus", "A3_plus", "A2_minus", "A3_minus")


# -- reward and inhibition -----------------------------------------------------------------------


@case("r-stdp-distal-reward")
def r_stdp_distal_reward(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return the largest relative error of one pair's change by a reward that comes later."""
    p = component.resolve({})
    steps, gap, worst = 4000, 10, 0.0
    for late in (10, 100, 500, 2000):
        given = 20 + late
        mark = p["A_plus"] * math.exp(-gap / p["tau_plus"]) * math.exp(-late / p["tau_c"])
        ratio = math.exp(-1 / p["tau_c"] - 1 / p["tau_d"])
        expected = 0.01 * mark * (1 - ratio ** (steps - given)) / (1 - ratio)
        reward = _spikes([given], steps)
        found = change(component, [10], [20], steps, reward=reward, eta=0.01)
        worst = max(worst, _relative(found, expected))
    return worst


@case("homeostasis-inhibitory")
def homeostasis_inhibitory(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return the largest relative error of one pair's change, at differences of -50 to 50 ms."""
    given = {"form": "inhibitory", "w_0": -0.5}
    p = component.resolve(given)
    alpha = 2 * p["rho_0"] * p["tau"]
    worst = 0.0
    for gap in [*range(-50, 0), *range(1, 51)]:
        expected = -p["eta"] * (math.exp(-abs(gap) / p["tau"]) - alpha)
        found = change(component, [60], [60 + gap], 120, **given)
        worst = max(worst, _relative(found, expected))
    return worst


# -- all rules -----------------------------------------------------------------------------------


@case("rule-batched")
def rule_batched(component: Component, _settings: Mapping[str, Any]) -> float:
    """Return the largest error of the batched rule against one synapse at a time.

    For every variant: one sample of random signals, then the same sample several times over, whose
    mean must be no other.
    """
    import torch

    from spikex_lab.conformance.simulation import simulate
    from spikex_lab.nn.plasticity import Rule

    steps, neurons, inputs = 40, 2, 3
    size = {"pre": inputs, "post": neurons, "neuron": 1}
    worst = 0.0
    for number, chosen in enumerate(selections(component.spec)):
        rng = np.random.default_rng(number)
        given = dict(chosen)
        rule = Rule(component, given)
        signals = {
            name: (rng.random((steps, 1, size[signal.per])) < 0.3).astype(np.float64)
            for name, signal in component.spec.inputs.items()
        }
        sign = -1.0 if given.get("form") == "inhibitory" else 1.0
        weight = sign * rng.uniform(0.2, 0.8, (neurons, inputs))
        heard = {
            name: torch.from_numpy(s[..., 0] if component.spec.inputs[name].per == "neuron" else s)
            for name, s in signals.items()
        }
        expected = np.empty_like(weight)
        for n, i in np.ndindex(neurons, inputs):
            place = {"pre": i, "post": n, "neuron": 0}
            own = {
                name: s[:, 0, place[component.spec.inputs[name].per]] for name, s in signals.items()
            }
            options: dict[str, Any] = {**own, **given, "w_0": float(weight[n, i])}
            trace = simulate(component, dt=1.0, **options)
            expected[n, i] = trace.states["w"][-1]
        for samples in (1, 4):
            many = {name: s.repeat_interleave(samples, dim=1) for name, s in heard.items()}
            found = rule.run(torch.from_numpy(weight), many)[0].numpy()
            worst = max(worst, float(np.abs(found - expected).max() / np.abs(expected).max()))
    return worst
