"""Who turns a spec into a network: our own library, or snnTorch for comparison."""

from __future__ import annotations

from spikex_lab.engine.protocols import Backend
from spikex_lab.errors import InvalidError, nearest

__all__ = ["get"]


def get(name: str) -> Backend:
    """Return the backend called `name`: ``spikex`` or ``snntorch``."""
    if name == "spikex":
        from spikex_lab.engine.backends.spikex import SpikexBackend

        return SpikexBackend()
    if name == "snntorch":
        from spikex_lab.engine.backends.snntorch import SnnTorchBackend

        return SnnTorchBackend()
    raise InvalidError(
        f'no backend "{name}"', where="backend", hint=nearest(name, ["spikex", "snntorch"])
    )
