"""EventProp: the exact form against central differences, the grid form against the exact one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.conformance.cases import case

Settings = Mapping[str, Any]
INPUTS, HIDDEN, OUTPUTS = 5, 6, 3
SIZE = HIDDEN + OUTPUTS


@case("eventprop-differences")
def differences(component: Component, settings: Settings) -> float:
    """Return the gradient's largest relative distance from differences of the loss.

    ``loss`` is ``times`` (of all output spikes), ``peaks`` or ``areas`` (of outputs that only
    integrate); the hidden neurons are joined to each other. Steps of a weight that win or lose a
    spike anywhere do not count; there are none here.
    """
    draw = np.random.default_rng(int(settings.get("seed", 1)))
    inward, recurrent = _weights(draw)
    recurrent[:HIDDEN, :HIDDEN] = draw.normal(0, 0.3, (HIDDEN, HIDDEN))
    inputs = [list(np.sort(draw.uniform(0, 20, 3))) for _ in range(INPUTS)]
    loss = str(settings["loss"])
    _, counts, gradients = _loss(inward, recurrent, inputs, loss)
    worst = compared = 0.0
    for which, weights in enumerate((inward, recurrent)):
        scale = np.abs(gradients[which]).max()
        for place in zip(*np.nonzero(weights), strict=True):
            values, same = [], True
            for step in (1e-5, -1e-5):
                changed = [inward.copy(), recurrent.copy()]
                changed[which][place] += step
                value, now, _ = _loss(changed[0], changed[1], inputs, loss)
                values.append(value)
                same &= now == counts
            if same:
                numeric = (values[0] - values[1]) / 2e-5
                worst = max(worst, abs(numeric - gradients[which][place]) / scale)
                compared += 1
    return worst if compared else float("inf")


@case("eventprop-order")
def order(component: Component, settings: Settings) -> float:
    """Return by how much the grid's error falls too slowly: error(dt/10) / error(dt) over 0.1.

    1 means in proportion to the step.
    """
    draw = np.random.default_rng(3)
    inward, recurrent = _weights(draw)
    inputs = [list(np.round(np.sort(draw.uniform(1, 20, 2)))) for _ in range(INPUTS)]
    wished = np.array([1.0, -0.5, 0.7])
    exact = _first_spikes(inward, recurrent, inputs, wished)
    errors = [
        np.linalg.norm(_on_grid(inward, recurrent, inputs, wished, dt) - exact)
        for dt in (0.2, 0.02)
    ]
    return float(errors[1] / errors[0] / 0.1)


def _weights(draw: np.random.Generator) -> tuple[Any, Any]:
    inward, recurrent = np.zeros((SIZE, INPUTS)), np.zeros((SIZE, SIZE))
    inward[:HIDDEN] = draw.normal(1.2, 0.8, (HIDDEN, INPUTS))
    recurrent[HIDDEN:, :HIDDEN] = draw.normal(1.0, 0.8, (OUTPUTS, HIDDEN))
    return inward, recurrent


def _loss(inward: Any, recurrent: Any, inputs: Sequence[Sequence[float]], loss: str) -> Any:
    """Return the loss, the number of spikes of each neuron, and the gradients."""
    from spikex_lab.nn.eventprop import EventNetwork, Wish

    firing = [True] * HIDDEN + [loss == "times"] * OUTPUTS
    net = EventNetwork(inward, recurrent, firing=firing)
    course = net.run(inputs, 40.0)
    slopes = np.array([0.0] * HIDDEN + [0.5, 1.0, -2.0])
    times = [[0.0] * len(spikes) for spikes in course.spikes]
    if loss == "times":
        late = course.spikes[HIDDEN:]
        times[HIDDEN:] = [[0.1 * np.cos(0.1 * t + n) for t in s] for n, s in enumerate(late)]
        value = sum(np.sin(0.1 * t + n) for n, s in enumerate(late) for t in s)
        wish = Wish(times)
    elif loss == "peaks":
        value, wish = (slopes * course.peaks).sum(), Wish(times, peaks=slopes)
    else:
        value, wish = (slopes * course.areas).sum(), Wish(times, areas=slopes)
    return value, [len(s) for s in course.spikes], net.gradient(course, wish)


def _first_spikes(inward: Any, recurrent: Any, inputs: Any, wished: Any) -> Any:
    from spikex_lab.nn.eventprop import EventNetwork, Wish

    net = EventNetwork(inward, recurrent)
    course = net.run(inputs, 60.0)
    times = [[0.0] * len(spikes) for spikes in course.spikes]
    for n in range(OUTPUTS):
        times[HIDDEN + n][0] = wished[n]
    gradients = net.gradient(course, Wish(times))
    return np.concatenate([gradients[0][:HIDDEN].ravel(), gradients[1][HIDDEN:, :HIDDEN].ravel()])


def _on_grid(inward: Any, recurrent: Any, inputs: Any, wished: Any, dt: float) -> Any:
    """Return the same gradient from layers on a grid of `dt` ms."""
    import torch

    from spikex_lab.nn.readout import first_spike
    from spikex_lab.nn.spiketimes import SpikeTimes

    steps = round(60 / dt)
    x = torch.zeros(steps, 1, INPUTS, dtype=torch.float64)
    for k, arrivals in enumerate(inputs):
        for time in arrivals:
            x[round(time / dt), 0, k] += 1
    alpha, beta = torch.tensor(np.exp(-dt / 5.0)), torch.tensor(np.exp(-dt / 20.0))
    hidden = torch.tensor(inward[:HIDDEN], requires_grad=True)
    out = torch.tensor(recurrent[HIDDEN:, :HIDDEN], requires_grad=True)
    spikes = x
    for weight in (hidden, out):  # dV/dt = I/tau_m is 1 - beta per step: the potential in its unit
        spikes, _, _ = SpikeTimes.apply(spikes @ weight.T, alpha, beta, 1 / (1 - beta), None)  # type: ignore[no-untyped-call]
    loss = (first_spike(spikes)[0] * dt * torch.tensor(wished)).sum()
    return torch.cat([g.flatten() for g in torch.autograd.grad(loss, [hidden, out])]).numpy()
