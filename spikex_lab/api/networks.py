"""From a spec to a ``torch.nn.Module``: of nodes, or of the user's own code that was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

    from spikex_lab.spec import ModelSpec


def build(
    spec: ModelSpec, store: Any, *, seed: int | None = None, backend: str = "spikex"
) -> torch.nn.Module:
    """Return the network of `spec` (loads torch)."""
    if spec.module is None:
        from spikex_lab.engine import backends

        return backends.get(backend, store.consents.find).build(spec, seed=seed)
    from spikex_lab.nn.foreign import Foreign

    return Foreign.load(store.consents.code(spec.module.sha256), spec)
