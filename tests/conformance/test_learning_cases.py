"""The cases of the learning rules: within tolerance, and not for another rule."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from spikex_lab.catalog import Component, library
from spikex_lab.catalog.schema import ConformanceSpec
from spikex_lab.conformance.cases import find

NAMES = (
    "stdp", "triplet-stdp", "r-stdp", "hebb", "oja", "bcm", "homeostasis", "perceptron",
)  # fmt: skip
IDS = [*(f"learning/{name}" for name in NAMES), "synapses/lateral-inhibition"]
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
    ("stdp", "x*post", "1.001*x*post", {"stdp-window", "stdp-trains", "stdp-weight-dependence"}),
    ("stdp", "dy/dt = -y/tau_minus", "dy/dt = -y/tau_plus", {"stdp-weight-dependence"}),
    ("triplet-stdp", "A3_plus*o2", "A3_plus*o1", {"triplet-window", "triplet-trains"}),
    ("triplet-stdp", "A3_minus*r2", "A3_minus*r1", {"triplet-window", "triplet-trains"}),
    ("r-stdp", "dc/dt = -c/tau_c", "dc/dt = -c/tau_d", {"r-stdp-distal-reward"}),
    ("r-stdp", "c*(D - D_0)", "c*(0.5 + D)", {"r-stdp-distal-reward", "r-stdp-task"}),
    ("hebb", "eta*pre[t]*post[t]", "eta*pre[t]", {"hebb-correlation"}),
    ("oja", "- post[t]*w[t-1]", "- pre[t]*w[t-1]", {"oja-eigenvector"}),
    ("bcm", "(post - theta)", "post", {"bcm-selectivity"}),
    ("homeostasis", "(post - rho_0*dt)", "(post - 1.2*rho_0*dt)", {"homeostasis-threshold"}),
    ("homeostasis", "(1 - nu/rho_0)", "(1.2 - nu/rho_0)", {"homeostasis-scaling"}),
    ("homeostasis", "2*rho_0*tau", "rho_0*tau", {"homeostasis-inhibitory"}),
    ("perceptron", "(target[t] - post[t])", "(0.5 - post[t])", {"perceptron-mistakes"}),
]


@pytest.mark.parametrize(("name", "right", "wrong", "cases"), WRONG)
def test_a_changed_rule_is_found_out(
    tmp_path: Path, name: str, right: str, wrong: str, cases: set[str]
) -> None:
    folder = tmp_path / "learning" / name
    source = library().get(f"learning/{name}").folder
    assert source is not None
    shutil.copytree(source, folder)
    file = folder / "component.yaml"
    text = file.read_text()
    assert right in text
    file.write_text(text.replace(right, wrong))
    component = Component.load(folder)
    entries = [e for e in component.spec.conformance if e.case in cases]
    assert len(entries) == len(cases)
    for entry in entries:
        assert not find(entry.case)(component, entry.settings) <= float(entry.tolerance)
