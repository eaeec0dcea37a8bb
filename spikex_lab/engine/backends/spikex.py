"""Our own networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from spikex_lab.catalog.kept import Code
    from spikex_lab.spec import ModelSpec


class SpikexBackend:
    """Builds networks with `spikex_lab.nn`.

    Parameters
    ----------
    code : gives the Python of a contributed component that its user chose to run.
    """

    name = "spikex"

    def __init__(self, code: Code | None = None) -> None:
        self._code = code

    def build(self, spec: ModelSpec, seed: int | None = None) -> torch.nn.Module:
        """Return the network with its weights drawn from `seed`."""
        from spikex_lab import nn
        from spikex_lab.catalog import registry

        network: torch.nn.Module = nn.build(spec, registry(spec, self._code), seed=seed)
        return network
