"""Our own networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from spikex_lab.spec import ModelSpec


class SpikexBackend:
    """Builds networks with `spikex_lab.nn` from the bundled library."""

    name = "spikex"

    def build(self, spec: ModelSpec, seed: int | None = None) -> torch.nn.Module:
        """Return the network with its weights drawn from `seed`."""
        from spikex_lab import nn
        from spikex_lab.catalog import library

        network: torch.nn.Module = nn.build(spec, library(), seed=seed)
        return network
