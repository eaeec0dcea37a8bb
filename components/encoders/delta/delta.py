"""Level-crossing events of values that change over time."""

import torch


def encode(x, p, steps, generator):
    """Return events +1, 0, -1 for values `x` over time, ``[steps, B, …]`` both."""
    level = torch.full_like(x[0], p.start)
    events = []
    for value in x.unbind(0):
        # a little room: 0.3 - 0.2 is a threshold of 0.1, although not in floating point
        move = (value - level) / p.threshold + 1e-6 * torch.sign(value - level)
        event = torch.clamp(torch.trunc(move), -1, 1)
        level = level + event * p.threshold
        events.append(event if p.off else torch.clamp(event, min=0))
    return torch.stack(events)
