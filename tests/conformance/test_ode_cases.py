"""The cases of the neurons with differential equations: they pass, and each of them can fail."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from spikex_lab.catalog import Component, library
from spikex_lab.conformance import simulate
from spikex_lab.conformance.cases import find
from spikex_lab.conformance.cases.patterns import ADEX, IZHIKEVICH, bursts, show

NEURONS = [
    "qif", "eif", "adex", "izhikevich", "hodgkin-huxley", "fitzhugh-nagumo", "morris-lecar",
    "srm0", "glif", "resonate-and-fire",
]  # fmt: skip


def changed(name: str, **parts: Any) -> Component:
    """Return a copy of a neuron with `parts` of its file replaced; mappings are merged."""
    data = library().get(f"neurons/{name}").spec.model_dump(by_alias=True, exclude_unset=True)
    for key, value in parts.items():
        data[key] = {**data[key], **value} if isinstance(value, dict) else value
    return Component.of(data)


def entries() -> list[Any]:
    return [
        pytest.param(name, index, id=f"{name}-{entry.case}-{index}")
        for name in NEURONS
        for index, entry in enumerate(library().get(f"neurons/{name}").spec.conformance)
        if entry.case
    ]


@pytest.mark.parametrize(("name", "index"), entries())
def test_case(name: str, index: int) -> None:
    component = library().get(f"neurons/{name}")
    entry = component.spec.conformance[index]
    assert isinstance(entry.tolerance, (int, float))
    assert find(entry.case)(component, entry.settings) <= entry.tolerance


def run(name: str, index: int, component: Component, **settings: Any) -> tuple[float, float]:
    """Return a case's error for another component, and its tolerance."""
    entry = component.spec.conformance[index]
    error = find(entry.case)(component, {**entry.settings, **settings})
    return error, float(entry.tolerance)


def wrong() -> list[Any]:
    """Neurons with one thing wrong, and the case that has to see it."""
    let, equations = "let", "equations"
    return [
        ("qif", 0, {equations: ["dv/dt = (a_0*(u - v_rest)*(u - v_c) + 1.01*I)/tau"]}),
        ("qif", 2, {equations: ["dv/dt = (a_0*(u - v_rest)*(u - v_c) + 1.01*I)/tau"]}),
        ("qif", 3, {"integrator": "euler"}),
        ("eif", 0, {equations: ["dV/dt = (-g_L*(U - E_L) + 1.01*g_L*Delta_T*exp(x) + I)/C"]}),
        ("eif", 1, {equations: ["dV/dt = (-1.05*g_L*(U - E_L) + g_L*Delta_T*exp(x) + I)/C"]}),
        ("adex", 0, {"spike": {"reset": ["V = V_r - 0.1*Delta_T", "w += b"]}}),
        ("adex", 1, {"spike": {"reset": ["V = V_r", "w += 0.9*b"]}}),
        ("izhikevich", 0, {let: {"linear": {"value": 5.02, "unit": "1/ms"}}}),
        ("izhikevich", 1, {let: {"linear": {"value": 5.02, "unit": "1/ms"}}}),
        ("hodgkin-huxley", 0, {let: {"r_bn": {"value": 0.126, "unit": "1/ms"}}}),
        ("hodgkin-huxley", 1, {let: {"r_bh": {"value": 1.1, "unit": "1/ms"}}}),
        ("fitzhugh-nagumo", 0, {let: {"x": "clip(1.01*v, -10, 10)"}}),
        ("morris-lecar", 0, {let: {"n_inf": "0.5*(1 + tanh((V - V_1)/V_4))"}}),
        ("srm0", 0, {"jumps": ["z += I"]}),
        ("srm0", 0, {"spike": {"reset": ["u -= theta", "r = -theta"]}}),
        ("glif", 0, {"spike": {"refractory": "t_ref/2"}}),
        ("glif", 1, {"integrator": "exponential_euler"}),
        ("resonate-and-fire", 0, {"integrator": "rk4"}),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "index", "parts"), wrong())
def test_a_wrong_neuron_is_seen(name: str, index: int, parts: dict[str, Any]) -> None:
    error, tolerance = run(name, index, changed(name, **parts))
    assert error > tolerance


def test_patterns_are_all_there() -> None:
    """Seven types of 2003, twenty of 2004 (three with equations of their own), eight of AdEx."""
    spec = library().get("neurons/izhikevich").spec
    assert len(IZHIKEVICH) == 27
    assert set(IZHIKEVICH) <= set(spec.presets)
    own = [name for name, preset in spec.presets.items() if preset.let or preset.equations]
    assert own == ["class-1", "integrator", "accommodation"]
    letters = sorted(p.doc[1] for p in spec.presets.values() if p.doc.startswith("("))
    assert "".join(letters) == "ABCDEFGHIJKLMNOPQRST"
    assert len(ADEX) == 8


def test_patterns_differ() -> None:
    """A class is a claim: the trace of one pattern does not pass for any pattern far from it."""
    neuron = library().get("neurons/izhikevich")
    far = ["tonic-spiking", "tonic-bursting", "phasic-bursting", "phasic-spiking", "class-1"]
    traces = {name: show(neuron, name) for name in far}
    for one, other in itertools.permutations(far, 2):
        if (one, other) != ("tonic-spiking", "class-1"):
            assert not IZHIKEVICH[one](traces[other])
    assert bursts(np.array([])) == []


@pytest.mark.parametrize("name", NEURONS)
@pytest.mark.parametrize("size", [-1e4, 1e4])
def test_no_input_makes_nan(name: str, size: float) -> None:
    """Inputs far out of range: whatever comes, comes in numbers (rates are cut, exponents too)."""
    neuron = library().get(f"neurons/{name}")
    bench = neuron.spec.bench
    scale = max(abs(bench.input), 1.0)
    trace = simulate(neuron, size * scale / 1e3, 5.0, min(bench.dt, 0.01))
    assert all(np.isfinite(trace[state]).all() for state in neuron.states)


def test_refractory_period_of_eif() -> None:
    trace = simulate("neurons/eif", 2.0, 100.0, 0.01)
    fired = np.flatnonzero(trace.output)[0]
    held = trace["V"][fired : fired + 170]
    assert (held == -68.0).all()
    assert trace["V"][fired + 171] > -68.0


def test_glif_levels_differ() -> None:
    """Each level adds something: after-spike currents slow down, and so does the threshold."""
    counts = [
        len(simulate("neurons/glif", 400.0, 300.0, 0.05, preset=f"glif{level}").spike_times)
        for level in range(1, 6)
    ]
    assert counts[2] < counts[0]
    assert counts[4] <= counts[3] < counts[1]


def test_oscillator_prefers_its_own_rhythm() -> None:
    """Weak pulses at the period of 6.28 ms fire it, a third slower or faster they never do."""

    def spikes(period: float) -> int:
        drive = np.zeros(10_000)
        for time in np.arange(5.0, 95.0, period):
            drive[round(time * 100) : round(time * 100) + 50] = 12.0
        return len(simulate("neurons/resonate-and-fire", drive, dt=0.01).spike_times)

    assert spikes(2 * math.pi) > 5
    assert spikes(2 * math.pi * 0.67) == spikes(2 * math.pi * 1.5) == 0
