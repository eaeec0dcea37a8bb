"""Keyed random numbers: every stream is a function of (seed, purpose, epoch, batch).

Nothing that is drawn elsewhere (a probe, a validation, a resume) can shift a stream, and a
checkpoint needs no state of any generator. Proved in ``recipes/run-spine.md``, section 4.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def key(seed: int, purpose: str, epoch: int = 0, batch: int = 0) -> int:
    """Return the 63-bit seed of one stream.

    Examples
    --------
    >>> key(0, "batch", 1, 2) == key(0, "batch", 1, 2) != key(0, "batch", 2, 1)
    True
    """
    text = f"spikex/{seed}/{purpose}/{epoch}/{batch}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little") >> 1


class Streams:
    """The generators of one run: the encoders' own, and torch's global ones (dropout and the like).

    Parameters
    ----------
    seed : the run's seed.
    device : where the network computes.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        import torch

        self.seed = seed
        self.device = device
        # a device without generators of its own (xla) is served by the CPU's
        own = device.type in ("cpu", "cuda", "mps", "xpu")
        self.generator = torch.Generator(device=device if own else "cpu")
        self._globals = [torch.default_generator]
        if device.type == "cuda":
            torch.cuda.init()  # type: ignore[no-untyped-call]
            index = torch.cuda.current_device() if device.index is None else device.index
            self._globals.append(torch.cuda.default_generators[index])
        elif device.type == "xpu":
            torch.xpu.init()
            index = torch.xpu.current_device() if device.index is None else device.index
            self._globals.append(torch.xpu.default_generators[index])
        elif device.type == "mps":
            self._globals.append(torch.mps._get_default_mps_generator())

    def set(self, purpose: str, epoch: int = 0, batch: int = 0) -> torch.Generator:
        """Put every generator at the start of that key's stream; return the encoders' one."""
        value = key(self.seed, purpose, epoch, batch)
        for generator in self._globals:
            generator.manual_seed(value)
        self.generator.manual_seed(value)
        return self.generator
