"""Spec → ``torch.nn.Module`` over ``[T, B, …]``; the library's neurons as torch layers.

Examples
--------
>>> import spikex_lab as sx, torch
>>> neuron = sx.nn.Neuron("leaky", beta=0.9)
>>> neuron(torch.rand(25, 4, 10)).shape
torch.Size([25, 4, 10])
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    **dict.fromkeys(["build", "Network"], "network"),
    **dict.fromkeys(["Neuron", "Leaky", "LIF", "ALIF", "Synaptic"], "neuron"),
    **dict.fromkeys(["AdLIF", "Alpha", "IF", "KLIF", "Lapicque", "PLIF", "Poisson"], "discrete"),
    **dict.fromkeys(["RLeaky", "RSynaptic", "SigmaDelta"], "discrete"),
    "Foreign": "foreign",
    "Result": "result",
    "Sequential": "sequential",
    "Surrogate": "surrogate",
    "use_kernels": "kernels",
}
_MODULES = {"foreign"}

__all__ = [
    "ALIF", "IF", "KLIF", "LIF", "PLIF", "AdLIF", "Alpha", "Foreign", "Lapicque", "Leaky",
    "Network", "Neuron", "Poisson", "RLeaky", "RSynaptic", "Result", "Sequential", "SigmaDelta",
    "Surrogate", "Synaptic", "build", "use_kernels",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
