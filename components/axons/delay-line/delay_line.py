"""A delay line: what comes in goes out later. The state is what came in last."""

from types import SimpleNamespace

import torch

from spikex_lab.nn import delays


def prepare(x, p, w, mode):
    """Return how many past steps are kept, and the kernel ``[size, past + 1]`` of learned delays."""
    if "delay" not in w:
        return SimpleNamespace(past=round(p.delay / mode.dt), kernel=None)
    past = delays.reach(p.max_delay, mode.dt)
    delay = delays.bounded(w["delay"], p.max_delay) / mode.dt
    return SimpleNamespace(past=past, kernel=delays.kernel(delay, past + 1, p.width / mode.dt))


def begin(x, p, k):
    """Return the past ``[past, B, …]``: nothing."""
    return (x.new_zeros(k.past, *x.shape),)


def step(x, p, k, state):
    """Return what goes out in this step, and the past."""
    y, state = scan(x.unsqueeze(0), p, k, state)
    return y[0], state


def scan(x, p, k, state):
    """Return what goes out ``[T, B, …]``, and the past."""
    series = torch.cat([state[0], x])
    past = (series[len(x) :],)
    if k.kernel is None:
        return series[: len(x)], past
    # [B, size, time]: each neuron has a kernel of its own, latest step last
    lines = series.flatten(2).permute(1, 2, 0)
    weights = k.kernel.flip(1).unsqueeze(1).to(x.dtype)
    y = torch.nn.functional.conv1d(lines, weights, groups=len(weights))
    return y.permute(2, 0, 1).reshape(x.shape), past
