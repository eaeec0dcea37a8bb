"""The random numbers of one pass: each node that draws has a stream of its own.

So they are the same whatever runs first, and however many steps run at a time; and a stretch of
steps that is run again draws again what it drew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

import torch
from torch import Tensor

from spikex_lab.nn import initial

Stand = tuple[list[Tensor], dict[str, Tensor]]
"""States of the shared generators, and of each node's."""


class Draws:
    """Generators by node, seeded from where `generator` stands.

    Parameters
    ----------
    generator : the pass's; encoders draw from it. None: torch's global ones.
    device : where the global one is looked for.
    drawing : the nodes that draw; the others are given `generator`.
    """

    def __init__(
        self, generator: torch.Generator | None, device: torch.device, drawing: frozenset[str]
    ) -> None:
        self.generator = generator
        self._drawing = drawing
        self._source = _globals(device)[-1] if generator is None else generator
        self._seed = 0
        if drawing:
            place = self._source.get_state().numpy().tobytes()
            self._seed = int.from_bytes(blake2b(place, digest_size=8).digest(), "little")
        self._shared = list({id(g): g for g in (self._source, *_globals(device))}.values())
        self._streams: dict[str, torch.Generator] = {}

    def of(self, node: str, *, again: bool = False) -> torch.Generator | None:
        """Return the generator of `node`, where it stands; with `again` at its beginning."""
        if node not in self._drawing:
            return self.generator
        if node not in self._streams:
            self._streams[node] = torch.Generator(self._source.device)
            again = True
        if again:
            self._streams[node].manual_seed(initial.key(self._seed, node))
        return self._streams[node]

    def close(self) -> None:
        """End the pass: the next one from the same generator has other streams."""
        if self._streams:
            torch.rand((), generator=self._source, device=self._source.device)

    def stand(self) -> Stand:
        """Return where every generator stands, torch's global ones too."""
        shared = [generator.get_state() for generator in self._shared]
        return shared, {node: stream.get_state() for node, stream in self._streams.items()}

    @contextmanager
    def at(self, stand: Stand) -> Iterator[None]:
        """Put every generator where it stood, and afterwards back to where it is."""
        now = self.stand()
        self._put(stand)
        try:
            yield
        finally:
            self._put(now)

    def _put(self, stand: Stand) -> None:
        shared, streams = stand
        for generator, state in zip(self._shared, shared, strict=True):
            generator.set_state(state)
        self._streams = {node: torch.Generator(self._source.device) for node in streams}
        for node, state in streams.items():
            self._streams[node].set_state(state)


def _globals(device: torch.device) -> list[torch.Generator]:
    """Return torch's global generators, that of `device` last."""
    if device.type != "cuda":
        return [torch.default_generator]
    torch.cuda.init()  # type: ignore[no-untyped-call]
    index = torch.cuda.current_device() if device.index is None else device.index
    return [torch.default_generator, torch.cuda.default_generators[index]]
