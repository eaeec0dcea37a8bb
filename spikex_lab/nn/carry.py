"""What one stretch of time steps hands to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from spikex_lab.nn import buffers
from spikex_lab.nn.layout import Layout

Key = tuple[str, str, int]


@dataclass
class Carry:
    """Where a pass stands after some steps.

    Attributes
    ----------
    steps : how many have gone by.
    states : by node, after the last of them; of neurons that hear what they sent themselves, that
        too.
    tails : what left a node (or ``node.state``) in the last of them, as far back as edges look,
        ``[d, B, …]``, the latest last.
    firsts : what a state at which edges start was before the first step, as long as it is heard.
    """

    steps: int = 0
    states: dict[str, list[Tensor]] = field(default_factory=dict)
    tails: dict[str, Tensor] = field(default_factory=dict)
    firsts: dict[str, Tensor] = field(default_factory=dict)

    @property
    def keys(self) -> list[Key]:
        """Names of the tensors, in the order of `tensors`."""
        return [
            *(("states", node, i) for node, each in self.states.items() for i in range(len(each))),
            *(("tails", name, 0) for name in self.tails),
            *(("firsts", name, 0) for name in self.firsts),
        ]

    @property
    def tensors(self) -> list[Tensor]:
        """All there are, one after the other."""
        states = [state for each in self.states.values() for state in each]
        return [*states, *self.tails.values(), *self.firsts.values()]

    @classmethod
    def of(cls, steps: int, keys: Iterable[Key], tensors: Iterable[Tensor]) -> Carry:
        """Return the one of those `keys` and `tensors`."""
        made = cls(steps)
        for (kind, name, _), tensor in zip(keys, tensors, strict=True):
            if kind == "states":
                made.states.setdefault(name, []).append(tensor)
            else:
                getattr(made, kind)[name] = tensor
        return made

    def tail(self, name: str, value: Tensor, most: int) -> Tensor:
        """Return the last `most` of what has left `name`, `value` ``[T, B, …]`` the latest."""
        earlier = self.tails.get(name)
        if earlier is not None and len(value) < most:
            value = torch.cat([earlier, value])
        return value[-most:]

    def before(self, name: str, delay: int, like: Tensor, first: Tensor | None) -> Tensor:
        """Return what left `name` in the `delay` steps before now, ``[delay, B, …]``.

        `like` is what leaves it in a step ``[B, …]``. Before the first step that is `first`, or 0.
        """
        earlier = self.tails.get(name)
        known = 0 if earlier is None else min(delay, len(earlier))
        blank = delay - known
        start = like.new_zeros(()) if first is None else first
        parts = [start.expand(blank, *like.shape)] if blank else []
        return torch.cat([*parts, *([earlier[-known:]] if earlier is not None and known else [])])


def apart(tensor: Tensor) -> Tensor:
    """Return a copy of `tensor` in memory that is kept for such copies.

    What outlives a stretch lies apart from what comes and goes in it: between the two the
    allocator's heap would tear, and grow with every pass.
    """
    if tensor.requires_grad:  # on the way back nothing outlives
        return tensor
    layout = Layout(tensor)
    plain = layout.plain(tensor)
    return layout.back(buffers.empty(plain.shape, plain, least=1).copy_(plain))
