"""SPIKE-X Lab: spiking neural networks, from equations to hardware, without leaving the notebook.

``import spikex_lab as sx`` costs nothing: every name below is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    **dict.fromkeys(
        ["Model", "Run", "Report", "Dataset", "Component", "Target", "convert", "models", "runs",
         "datasets", "library", "targets", "templates"],
        "spikex_lab.api",
    ),
    **dict.fromkeys(["Lab", "TrainingPanel"], "spikex_lab.widgets"),
    "SpikexError": "spikex_lab.errors",
}  # fmt: skip
_SUBPACKAGES = {
    "nn", "spec", "catalog", "data", "engine", "store", "conformance", "compute", "api", "widgets",
}  # fmt: skip

__all__ = [*sorted(_HOME), "nn"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("spikex-lab")
        except PackageNotFoundError:
            return "0+checkout"
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in _SUBPACKAGES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def own_component(id: str) -> Any:
    """Return the component `id` of the user's own store, or None; the catalog asks here.

    The floors below the API may not know it; this package is what puts the floors together.
    """
    return import_module("spikex_lab.api.shelf").find(id)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME, *_SUBPACKAGES, "__version__"})


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "@spikex/lab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    # By name: the floors below the server must not seem to know it.
    app = import_module(f"{__name__}.server.app").SpikexServerApp
    return [{"module": f"{__name__}.server.app", "app": app}]
