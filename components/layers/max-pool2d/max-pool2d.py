"""Maximum pooling over images."""

import torch


def forward(x, p, w, mode):
    """Return the pooled images ``[N, c, h', w']`` for `x` ``[N, c, h, w]``."""
    return torch.nn.functional.max_pool2d(x, p.kernel, stride=p.stride or p.kernel)
