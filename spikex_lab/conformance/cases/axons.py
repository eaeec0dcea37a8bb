"""Delays: exact, over all steps at once and step by step; drawn ones as they are said to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.conformance.cases import case
from spikex_lab.conformance.cases.driving import run

Settings = Mapping[str, Any]


@case("delay-exact")
def delay_exact(component: Component, settings: Settings) -> float:
    """The input shifted, over all steps at once and step by step."""
    dt, delay = float(settings["dt"]), float(settings["delay"])
    params = {"delay": delay, "learned": bool(settings.get("learned", False))}
    x = np.random.default_rng(1).normal(size=(60, 4))
    late = round(delay / dt)
    expected = np.concatenate([np.zeros((late, 4)), x[:-late]])
    whole = run(component, x, dt=dt, params=params)["out"]
    steps = run(component, x, dt=dt, params=params, stepwise=True)["out"]
    return float(max(np.abs(whole - expected).max(), np.abs(steps - expected).max()))


@case("delays-exact")
def delays_exact(component: Component, settings: Settings) -> float:
    """The sum over synapses written out, for each distribution."""
    dt = float(settings["dt"])
    x = np.random.default_rng(2).normal(size=(50, 7))
    worst = 0.0
    for distribution in ("uniform", "lognormal", "distance"):
        params = {"features": 5, "distribution": distribution}
        weight, delay = _made(component, params, x.shape[1])
        late = np.rint(np.clip(delay, 0, component.resolve(params)["max_delay"]) / dt).astype(int)
        expected = np.zeros((50, 5))
        for row, column in np.ndindex(*weight.shape):
            shift = late[row, column]
            expected[shift:, row] += weight[row, column] * x[: 50 - shift, column]
        for stepwise in (False, True):
            given = run(component, x, dt=dt, params=params, stepwise=stepwise)["out"]
            worst = max(worst, float(np.abs(given - expected).max()))
    return worst


@case("delays-uniform")
def delays_uniform(component: Component, settings: Settings) -> float:
    """Mean and deviation of many drawn delays, in standard errors."""
    params = {"features": 200}
    p = component.resolve(params)
    _, delay = _made(component, params, 200)
    width = p["high"] - p["low"]
    mean = abs(delay.mean() - (p["low"] + p["high"]) / 2) / (width / 12**0.5 / delay.size**0.5)
    # the variance of the square of an even distribution on (-w/2, w/2) is w^4/180
    spread = abs(delay.var() - width**2 / 12) / (width**2 / 180**0.5 / delay.size**0.5)
    return float(max(mean, spread))


@case("delays-lognormal")
def delays_lognormal(component: Component, settings: Settings) -> float:
    """Mean and deviation of the logarithm of many drawn delays, in standard errors."""
    params = {"features": 200, "distribution": "lognormal"}
    p = component.resolve(params)
    _, delay = _made(component, params, 200)
    logs = (np.log(delay) - np.log(p["median"])) / p["spread"]
    mean, spread = abs(logs.mean()), abs(logs.var() - 1) / 2**0.5
    return float(max(mean, spread) * delay.size**0.5)


def _made(component: Component, params: Mapping[str, Any], inputs: int) -> Any:
    """Return the weights and delays that `run` draws."""
    from types import SimpleNamespace

    from spikex_lab.nn.scripts import function
    from spikex_lab.nn.stateful import StatefulLayer

    resolved = component.resolve(params)
    layer = StatefulLayer(component, resolved, (inputs,), seed=0).double()
    weights = {**dict(layer.named_parameters()), **dict(layer.named_buffers())}
    delay = function(component, "milliseconds")(SimpleNamespace(**resolved), weights)
    return weights["weight"].detach().numpy(), delay.detach().numpy()
