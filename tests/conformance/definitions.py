"""Components for tests, as plain data."""

from __future__ import annotations

from typing import Any

from spikex_lab.catalog import Component


def definition(**changes: Any) -> dict[str, Any]:
    """Return a leaky neuron with noise, two inputs and a surrogate, with `changes` at its top."""
    return {
        "schema": "spikex/component@1",
        "id": "neurons/sample",
        "name": "Sample",
        "kind": "neuron",
        "version": "1.0.0",
        "authors": ["A. Person"],
        "license": "BSD-3-Clause",
        "summary": "A leaky neuron for tests.",
        "parameters": {
            "tau": {
                "value": 10.0,
                "unit": "ms",
                "range": [1, 100],
                "doc": "Time.",
                "trainable": True,
            },
            "theta": {"value": 1.0, "doc": "Threshold.", "trainable": True},
            "sigma": {"value": 0.0, "doc": "Strength of the noise."},
        },
        "state": {"v": {"init": 0, "doc": "Potential."}},
        "inputs": {"I": {"doc": "Input."}, "J": {"doc": "More input.", "default": 0.0}},
        "noise": {"xi": {"distribution": "normal", "doc": "Noise."}},
        "equations": ["dv/dt = (-v + I + J + sigma*xi)/tau"],
        "integrator": "exact",
        "spike": {"when": "v > theta", "reset": "v -= theta"},
        "surrogate": "surrogates/atan",
        "conventions": {
            "threshold": ">",
            "reset_moment": "same_step",
            "reset_kind": "subtract",
            "input_gain": "1 - exp(-dt/tau)",
        },
        "references": [{"authors": "A.", "title": "T.", "year": 2000, "doi": "10.1000/1"}],
        **changes,
    }


def component(**changes: Any) -> Component:
    """Return that neuron as a component."""
    return Component.of(definition(**changes))
