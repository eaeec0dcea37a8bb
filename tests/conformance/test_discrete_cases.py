"""The cases that discrete neurons and threshold units declare: they hold, and they can fail."""

from __future__ import annotations

from typing import Any

import pytest

from spikex_lab.catalog import Component, library
from spikex_lab.conformance.cases import find

ENTRIES = [
    (name, entry)
    for name in [
        "layers/relu", "layers/sigmoid", "layers/tanh", "neurons/adlif", "neurons/alif",
        "neurons/alpha", "neurons/if", "neurons/klif", "neurons/lapicque", "neurons/leaky",
        "neurons/lif", "neurons/mcculloch-pitts", "neurons/perceptron", "neurons/plif",
        "neurons/poisson", "neurons/rleaky", "neurons/rsynaptic", "neurons/sigma-delta",
        "neurons/synaptic",
    ]
    for entry in library().get(name).spec.conformance
    if entry.case
]  # fmt: skip


@pytest.mark.parametrize(("name", "entry"), ENTRIES)
def test_holds(name: str, entry: Any) -> None:
    if entry.case == "snntorch-twin":
        pytest.importorskip("snntorch")
    error = find(entry.case)(library().get(name), entry.settings)
    assert isinstance(error, float)
    assert error <= entry.tolerance


def changed(name: str, **keys: Any) -> Component:
    spec = library().get(name).spec.model_dump(by_alias=True, exclude_none=True)
    return Component.of({**spec, **keys})


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("neurons/if", {"equations": ["dv/dt = I/C_m/1.01"]}),
    ("neurons/lif", {"equations": ["dv/dt = (E_L - v + tau_m*I/C_m)/tau_m/1.02"]}),
    ("neurons/leaky", {"let": {"decay": "clip(beta, 0, 1)*1.0000002"}}),
    ("neurons/plif", {"equations": ["v[t] = v[t-1]*(1 - kappa) + I[t]*kappa + 1e-9"]}),
    ("neurons/alif", {"spike": {"when": "v > v_th + beta*1.01*a", "detach": False}}),
    ("neurons/sigma-delta", {"output": "sent*0.9"}),
    ("neurons/poisson", {"spike": {"when": "p*1.02 > xi"}}),
    ("neurons/mcculloch-pitts", {"spike": {"when": "x - 0.5*veto >= theta"}}),
    ("layers/tanh", {"output": "2*sigmoid(2*a) - 1"}),
]


@pytest.mark.parametrize(("name", "keys"), WRONG)
def test_can_fail(name: str, keys: dict[str, Any]) -> None:
    entry = library().get(name).spec.conformance[0]
    if entry.case == "snntorch-twin":
        pytest.importorskip("snntorch")
    assert find(entry.case)(changed(name, **keys), entry.settings) > entry.tolerance
