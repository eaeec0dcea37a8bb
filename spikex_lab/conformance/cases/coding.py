"""Surrogates, losses, encoders and decoders against closed forms, loops in numpy and snnTorch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.conformance.cases import case

if TYPE_CHECKING:
    from torch import Tensor

Settings = Mapping[str, Any]
STEPS, BATCH, CLASSES = 10, 7, 5


@case("surrogate-slope")
def surrogate_slope(component: Component, settings: Settings) -> float:
    """Return the largest distance of the derivative from its antiderivative's differences."""
    import torch

    from spikex_lab.nn.compiled import derivative

    program, slope = derivative(component)
    _, curve = derivative(component, "antiderivative")
    u = torch.linspace(-2.0, 2.0, 401, dtype=torch.float64) + 1e-3 * math.sqrt(2)  # off all kinks
    values = [
        torch.tensor(component.resolve({})[name], dtype=torch.float64)
        for name in program.parameters
    ]
    middle = [torch.full_like(u, 0.5) for _ in program.noise]  # the mean of a uniform number
    h = 1e-6
    numeric = (curve(u + h, *values, *middle) - curve(u - h, *values, *middle)) / (2 * h)
    return float((slope(u, *values, *middle) - numeric).abs().max())


@case("surrogate-snntorch")
def surrogate_snntorch(component: Component, settings: Settings) -> float:
    """Return the largest distance from the gradient of snnTorch's surrogate, same parameters."""
    import torch
    from snntorch import surrogate

    from spikex_lab.nn import Surrogate

    u = torch.linspace(-2.0, 2.0, 402, dtype=torch.float64)  # 0 is not among them
    theirs = u.clone().requires_grad_()
    _snntorch_surrogate(surrogate, str(settings["function"]))(theirs).sum().backward()
    assert theirs.grad is not None  # noqa: S101 (just computed)
    return float((Surrogate(component).derivative(u) - theirs.grad).abs().max())


def _snntorch_surrogate(module: Any, name: str) -> Any:
    if name == "atan":
        return module.atan(alpha=2.0)
    return getattr(module, name)(slope=25)


@case("loss-written-out")
def loss_written_out(component: Component, settings: Settings) -> float:
    """Return the distance from the loss computed sample by sample, step by step, in numpy."""
    import torch

    from spikex_lab.nn.scripts import Script

    name = component.id.split("/")[1]
    params = component.resolve({})
    worst = 0.0
    for take in ("steps", "max") if "take" in params else ("",):
        chosen = {**params, "take": take} if take else params
        result, target = _answer(torch.float64)
        mine = float(Script(component, "loss", chosen)(result, target))
        worst = max(worst, abs(mine - _written_out(name, chosen, result, target.numpy())))
    return worst


@case("loss-snntorch")
def loss_snntorch(component: Component, settings: Settings) -> float:
    """Return the distance from the loss of the same name in snnTorch."""
    from snntorch import functional

    from spikex_lab.nn.scripts import Script

    given = {key: value for key, value in settings.items() if key != "function"}
    params = component.resolve(given)
    result, target = _answer()
    mine = float(Script(component, "loss", params)(result, target))
    name = str(settings["function"])
    if name == "mse_count_loss":  # theirs counts spikes, ours shares of the steps
        theirs = functional.mse_count_loss(
            correct_rate=params["correct"], incorrect_rate=params["incorrect"]
        )
        return abs(mine - float(theirs(result.output, target)) / STEPS)
    if name == "ce_max_membrane_loss":
        return abs(mine - float(functional.ce_max_membrane_loss()(result.states["mem"], target)))
    return abs(mine - float(getattr(functional, name)()(result.output, target)))


@case("encoder-delta")
def encoder_delta(component: Component, settings: Settings) -> float:
    """Return how far the sum of the events is from a slow signal, in thresholds."""
    params = component.resolve({"threshold": 0.1})
    clock = np.arange(200) / 200
    signal = 0.5 + 0.4 * np.sin(7 * clock)[:, None] * np.array([1.0, -0.7])
    events = _encode(component, params, signal, len(signal))
    rebuilt = params["threshold"] * events.cumsum(0)
    late = slice(20, None)  # the level begins at 0 and has to climb first
    return float(np.abs(rebuilt - signal)[late].max() / params["threshold"])


@case("encoder-population")
def encoder_population(component: Component, settings: Settings) -> float:
    """Return the distance from the closed form; 1 where latencies do not fall as excitation grows.

    Bohte et al. 2002: centre i at min + (2i - 3)/2 (max - min)/(m - 2).
    """
    params = component.resolve({"kind": "direct", "neurons": 9, "low": -1.0, "high": 2.0})
    x = np.linspace(-1.0, 2.0, 14).reshape(7, 2)
    given = _encode(component, params, x, 3)
    width = 3.0 / 7
    expected = np.zeros((7, 18))
    for sample in range(7):
        for feature in range(2):
            for i in range(1, 10):
                centre = -1.0 + (2 * i - 3) / 2 * width
                z = (x[sample, feature] - centre) / (width / params["gamma"])
                expected[sample, feature * 9 + i - 1] = math.exp(-z * z / 2)
    spikes = _encode(component, {**params, "kind": "latency"}, x, 50)
    for sample in range(7):
        pairs = zip(spikes[:, sample].T, expected[sample], strict=True)
        fired = [(np.argmax(spike), excited) for spike, excited in pairs if spike.any()]
        times = [time for time, _ in sorted(fired, key=lambda pair: -pair[1])]
        if times != sorted(times) or any(e < params["cutoff"] for _, e in fired):
            return 1.0
    return float(np.abs(given - expected).max())


@case("encoder-phase")
def encoder_phase(component: Component, settings: Settings) -> float:
    """Return how far one cycle's sum is from the value, in units of the last digit."""
    params = component.resolve({"bits": 8})
    x = np.linspace(0, 1, 513)[None]
    cycle = _encode(component, params, x, 8).sum(0)
    again = _encode(component, params, x, 16)[8:].sum(0)
    return float(np.abs(cycle - x).max() * 256 + np.abs(cycle - again).max())


@case("encoder-burst")
def encoder_burst(component: Component, settings: Settings) -> float:
    """Return the number of spikes that stand where the closed form has none, or lack there."""
    params = component.resolve({})
    x = np.linspace(0, 1, 101)
    given = _encode(component, params, x[None], 60)[:, 0]
    expected = np.zeros_like(given)
    for index, value in enumerate(x):
        interval = math.ceil(params["longest"] - (params["longest"] - params["shortest"]) * value)
        times = [n * interval for n in range(math.ceil(params["most"] * value))]
        expected[[time for time in times if time < 60], index] = 1
    return float(np.abs(given - expected).sum())


@case("encoder-rank-order")
def encoder_rank_order(component: Component, settings: Settings) -> float:
    """Return the number of spikes out of order, and of those that a change of light moves."""
    params = component.resolve({})
    x = np.random.default_rng(0).permutation(20).reshape(1, 4, 5) / 20 + 0.01
    spikes = _encode(component, params, x, 20)[:, 0].reshape(20, 20)
    order = spikes.argmax(0)
    expected = np.argsort(np.argsort(-x.ravel()))
    darker = _encode(component, params, 0.3 * x + 0.1, 20)[:, 0].reshape(20, 20)
    return float((order != expected).sum() + np.abs(spikes - darker).sum())


@case("encoder-rate")
def encoder_rate(component: Component, settings: Settings) -> float:
    """Return how far mean and variance of the count are from a binomial's, in standard errors."""
    steps, samples = 50, 4000
    worst = 0.0
    for value in (0.1, 0.5, 0.9):
        count = _encode(component, component.resolve({}), np.full((samples, 1), value), steps).sum(
            0
        )
        mean, variance = steps * value, steps * value * (1 - value)
        worst = max(worst, abs(count.mean() - mean) / math.sqrt(variance / samples))
        worst = max(worst, abs(count.var() / variance - 1) / math.sqrt(2 / samples))
    return worst


@case("encoder-latency")
def encoder_latency(component: Component, settings: Settings) -> float:
    """Return the largest distance of the spikes' steps from the closed forms, rounded."""
    x = np.linspace(0.02, 1, 50)[None]
    worst = 0.0
    for kind in ("linear", "logarithmic"):
        params = component.resolve({"kind": kind})
        exact = (1 - x) * 99 if kind == "linear" else params["tau"] * np.log(x / (x - 0.01))
        times = _encode(component, params, x, 100).argmax(0)
        worst = max(worst, float(np.abs(times - exact).max()))
    return worst


@case("decoder-first-spike")
def decoder_first_spike(component: Component, settings: Settings) -> float:
    """Return the distance from a loop, and of the gradient from differences of its product form."""
    import torch

    from spikex_lab.nn.scripts import Script

    decode = Script(component, "decode", component.resolve({}))
    spikes = (torch.rand(STEPS, BATCH, CLASSES, generator=_generator()) < 0.1).double()
    given = decode(spikes, None)
    worst = 0.0
    for b in range(BATCH):
        for k in range(CLASSES):
            fired = [t for t in range(STEPS) if spikes[t, b, k]]
            worst = max(worst, abs(float(given[b, k]) + (fired[0] if fired else STEPS)))
    wanted = spikes.clone().requires_grad_()
    decode(wanted, None).sum().backward()  # type: ignore[no-untyped-call]
    assert wanted.grad is not None  # noqa: S101 (just computed)
    for t in range(STEPS):
        up, down = spikes.clone(), spikes.clone()
        up[t], down[t] = up[t] + 1e-4, down[t] - 1e-4
        numeric = (decode(up, None) - decode(down, None)) / 2e-4
        worst = max(worst, float((wanted.grad[t] - numeric).abs().max()))
    return worst


@case("decoder-population-vote")
def decoder_population_vote(component: Component, settings: Settings) -> float:
    """Return the distance from mean counts in numpy."""
    import torch

    from spikex_lab.nn.scripts import Script

    spikes = (torch.rand(STEPS, BATCH, 3 * CLASSES, generator=_generator()) < 0.4).float()
    given = Script(component, "decode", component.resolve({"classes": CLASSES}))(spikes, None)
    count = spikes.numpy().sum(0)
    expected = np.stack([count[:, 3 * k : 3 * k + 3].mean(1) for k in range(CLASSES)], 1)
    return float(np.abs(given.numpy() - expected).max())


def _generator() -> Any:
    import torch

    return torch.Generator().manual_seed(1)


def _encode(component: Component, params: Mapping[str, Any], x: Any, steps: int) -> Any:
    """Return what the encoder makes of `x`, as numpy."""
    import torch

    from spikex_lab.nn.scripts import Script

    encoded = Script(component, "encode", dict(params))(torch.tensor(x), steps, _generator())
    return encoded.numpy()


def _answer(dtype: Any = None) -> tuple[SimpleNamespace, Tensor]:
    """Return what a network's run could have given, and the classes asked for."""
    import torch

    trace = torch.randn(STEPS, BATCH, CLASSES, generator=_generator(), dtype=dtype)
    spikes = (trace > 0.6).to(trace.dtype)
    result = SimpleNamespace(scores=spikes.sum(0), output=spikes, states={"mem": trace})
    return result, torch.arange(BATCH) % CLASSES


def _entropy(scores: Any, right: int) -> float:
    shifted = np.exp(scores - scores.max())
    return -math.log(shifted[right] / shifted.sum())


def _first(column: Any) -> int:
    return next((t for t, fired in enumerate(column) if fired), len(column))


def _written_out(name: str, params: Mapping[str, Any], result: Any, target: Any) -> float:
    """Return the loss, one sample after the other."""
    spikes, trace = result.output.numpy(), result.states["mem"].numpy()
    samples = zip(np.moveaxis(spikes, 1, 0), np.moveaxis(trace, 1, 0), target, strict=True)
    return sum(_of_sample(name, params, *sample) for sample in samples) / BATCH


def _of_sample(name: str, params: Mapping[str, Any], spikes: Any, trace: Any, right: int) -> float:
    """Return the loss of one sample: spikes and potentials ``[T, K]``, the class asked for."""
    count = spikes.sum(0)
    times = np.array([_first(column) for column in spikes.T])
    wanted = np.full(CLASSES, params.get("incorrect", 0.0))
    wanted[right] = params.get("correct", 1.0)
    if name == "ce-membrane":
        over = [trace.max(0)] if params["take"] == "max" else trace
        return sum(_entropy(row, right) for row in over)
    if name == "ce-rate":
        return sum(_entropy(row, right) for row in spikes) / STEPS
    if name == "ce-first-spike":
        return _entropy(-times / params["scale"], right)
    if name in ("ce-count", "cross-entropy"):
        return _entropy(count, right)
    told = {"mse-membrane": trace, "mse-first-spike": times / STEPS}.get(name, count / STEPS)
    return float(np.mean((told - wanted) ** 2))
