"""Level-crossing events of values that change over time."""

import torch


def encode(x, p, steps, generator):
    """Return events +1, 0, -1 for values `x` over time, ``[steps, B, …]`` both."""
    x = x.detach()
    level = torch.full_like(x[0], p.start)
    events = torch.empty(x.shape, dtype=x.dtype, device=x.device)
    # step by step: where the level stands depends on every event before
    for value, event in zip(x.unbind(0), events.unbind(0)):
        gap = value - level
        # a little room: 0.3 - 0.2 is a threshold of 0.1, although not in floating point
        torch.add(gap / p.threshold, gap.sign_(), alpha=1e-6, out=event)
        event.trunc_().clamp_(-1, 1)
        level += event * p.threshold
    return events if p.off else events.clamp_(min=0)
