"""Dense weights with a delay per synapse: a convolution over time whose kernel holds the delays."""

from types import SimpleNamespace

import torch

from spikex_lab.nn import delays


def prepare(x, p, w, mode):
    """Return the kernel ``[features, n, past + 1]``: each weight at its delay."""
    past = delays.reach(p.max_delay, mode.dt)
    steps = delays.bounded(milliseconds(p, w), p.max_delay) / mode.dt
    if "shift" not in w:
        steps = steps.round()
    width = p.width / mode.dt if "shift" in w else 0.0
    kernel = w["weight"].unsqueeze(-1) * delays.kernel(steps, past + 1, width)
    return SimpleNamespace(past=past, kernel=kernel, bias=w.get("bias"))


def milliseconds(p, w):
    """Return the delay of each synapse ``[features, n]`` in ms, before it is cut and rounded."""
    draw = w["draw"]
    if p.distribution == "uniform":
        delay = p.low + (p.high - p.low) * (draw + 1) / 2
    elif p.distribution == "lognormal":
        # the inverse of the normal distribution makes normal numbers of even ones
        normal = 2**0.5 * torch.erfinv(draw.clamp(-1 + 1e-6, 1 - 1e-6))
        delay = p.median * torch.exp(p.spread * normal)
    else:
        outputs, inputs = (
            torch.linspace(0, p.length, size, dtype=draw.dtype, device=draw.device) for size in draw.shape
        )
        across = outputs.unsqueeze(1) - inputs
        delay = torch.sqrt(p.separation**2 + across**2) / p.velocity + p.synaptic
    return delay + w["shift"] if "shift" in w else delay


def begin(x, p, k):
    """Return the past ``[past, B, n]``: nothing."""
    return (x.new_zeros(k.past, *x.shape),)


def step(x, p, k, state):
    """Return ``[B, features]`` for this step's `x` ``[B, n]``, and the past."""
    series = torch.cat([state[0], x.unsqueeze(0)])
    # latest step first, as in the kernel
    heard = series.flip(0).permute(1, 2, 0).flatten(1)
    y = torch.nn.functional.linear(heard, k.kernel.flatten(1).to(x.dtype), k.bias)
    return y, (series[1:],)


def scan(x, p, k, state):
    """Return ``[T, B, features]`` for `x` ``[T, B, n]``, and the past."""
    series = torch.cat([state[0], x])
    weights = k.kernel.flip(2).to(x.dtype)
    y = torch.nn.functional.conv1d(series.permute(1, 2, 0), weights, k.bias)
    return y.permute(2, 0, 1), (series[len(x) :],)
