"""Who turns a spec into a network: our own library, or snnTorch for comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikex_lab.engine.protocols import Backend
from spikex_lab.errors import InvalidError, nearest

if TYPE_CHECKING:
    from spikex_lab.catalog.kept import Code

__all__ = ["get"]


def get(name: str, code: Code | None = None) -> Backend:
    """Return the backend called `name`: ``spikex`` or ``snntorch``.

    `code` gives the Python of a contributed component that its user chose to run.
    """
    if name == "spikex":
        from spikex_lab.engine.backends.spikex import SpikexBackend

        return SpikexBackend(code)
    if name == "snntorch":
        from spikex_lab.engine.backends.snntorch import SnnTorchBackend

        return SnnTorchBackend()
    raise InvalidError(
        f'no backend "{name}"', where="backend", hint=nearest(name, ["spikex", "snntorch"])
    )
