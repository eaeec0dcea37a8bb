"""The cases of synapses, axons and dendrites: within tolerance, and not for something else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from spikex_lab.catalog import Component, library
from spikex_lab.catalog.schema import ConformanceSpec
from spikex_lab.conformance.cases import find

IDS = [
    *(f"synapses/{name}" for name in (
        "delta", "exponential", "alpha", "double-exponential", "ampa", "nmda", "gaba-a",
        "tsodyks-markram", "gap-junction",
    )),
    "axons/delay-line", "axons/delay-distribution", "dendrites/passive-compartment",
    "dendrites/cable", "dendrites/two-compartment", "dendrites/dendritic-spike",
]  # fmt: skip
ENTRIES = [
    (name, entry) for name in IDS for entry in library().get(name).spec.conformance if entry.case
]


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=lambda value: getattr(value, "case", None))
def test_it_keeps_its_word(name: str, entry: ConformanceSpec) -> None:
    error = find(entry.case)(library().get(name), entry.settings)
    assert error <= float(entry.tolerance)


def test_each_has_a_case() -> None:
    assert {name for name, _ in ENTRIES} == set(IDS)


WRONG = [
    ("synapses/delta", "output: lift*x", "output: lift*x*1.001"),
    ("synapses/exponential", "I += x", "I += 1.001*x"),
    ("synapses/exponential", "dI/dt = -I/tau_s", "dI/dt = -I/(1.02*tau_s)"),
    ("synapses/alpha", "exp(1)*x/tau_s", "2.7*x/tau_s"),
    ("synapses/double-exponential", "fast += x", "fast += 0.99*x"),
    ("synapses/ampa", "(E_rev - V)", "(V - E_rev)"),
    ("synapses/nmda", "exp(-k_Mg*V)", "exp(-1.01*k_Mg*V)"),
    ("synapses/tsodyks-markram", "- I = A*u*x*s", "- I = A*U*x*s"),
    ("synapses/tsodyks-markram", "du/dt = -u/tau_fac", "du/dt = (U - u)/tau_fac"),
    ("synapses/gap-junction", "(w[\"g\"] + w[\"g\"].T) / 2", "w[\"g\"]"),
    ("synapses/gap-junction", "- x * g.sum(0)", "- 0.9 * x * g.sum(0)"),
    ("axons/delay-line", "round(p.delay / mode.dt)", "round(p.delay / mode.dt) + 1"),
    ("axons/delay-distribution", "2**0.5 * torch.erfinv", "torch.erfinv"),
    ("axons/delay-distribution", "(p.high - p.low)", "0.9 * (p.high - p.low)"),
    ("dendrites/passive-compartment", "g_c*(V_n - V)", "g_c*V_n - 1.01*g_c*V"),
    ("dendrites/cable", "diameter**2 / 4", "diameter**2 / 3.5"),
    ("dendrites/two-compartment", "g_c/(1 - p)*(V_s - V_d)", "g_c/p*(V_s - V_d)*1.01"),
    ("dendrites/dendritic-spike", "left > dt/2", "left > 0 - dt/2"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "right", "wrong"), WRONG)
def test_a_wrong_component_is_caught(name: str, right: str, wrong: str, tmp_path: Path) -> None:
    """One thing changed in the component's equations or code, and one of its cases fails."""
    folder = shutil.copytree(library().get(name).folder, tmp_path / name)
    changed = 0
    for file in [folder / "component.yaml", *folder.glob("*.py")]:
        text = file.read_text()
        if right in text and not text.startswith("# Rendered"):
            file.write_text(text.replace(right, wrong))
            changed += 1
    assert changed
    component = Component.load(folder, trusted=True)
    errors = [
        find(entry.case)(component, entry.settings) - float(entry.tolerance)
        for entry in component.spec.conformance
        if entry.case
    ]
    assert max(errors) > 0
