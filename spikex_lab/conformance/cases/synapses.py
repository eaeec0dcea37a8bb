"""Closed forms of synapses: time courses, conductances, short-term plasticity, gap junctions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spikex_lab.catalog import Component, library
from spikex_lab.conformance.cases import case
from spikex_lab.conformance.cases.driving import network, pulses, run

Settings = Mapping[str, Any]


@case("delta-jump")
def delta_jump(component: Component, settings: Settings) -> float:
    """A spike of weight w lifts neurons/lif behind the synapse by w, which then decays."""
    dt, weight = float(settings["dt"]), 5.0
    lif = library().get("neurons/lif")
    current = run(component, weight * pulses(100, 10), dt=dt)["out"]
    potential = run(lif, current, dt=dt)["v"] - lif.resolve({})["E_L"]
    since = np.arange(100) - 10
    expected = np.where(since >= 0, np.exp(-since * dt / lif.resolve({})["tau_m"]), 0.0)
    return float(np.abs(potential / weight - expected).max())


@case("exponential-current")
def exponential_current(component: Component, settings: Settings) -> float:
    """Two spikes: the sum of two exponentials."""
    tau = component.resolve({})["tau_s"]
    return _course(component, settings, lambda t: np.exp(-t / tau))


@case("alpha-current")
def alpha_current(component: Component, settings: Settings) -> float:
    """Two spikes: the sum of two alpha functions, each with its peak at tau_s."""
    tau = component.resolve({})["tau_s"]
    return _course(component, settings, lambda t: t / tau * np.exp(1 - t / tau))


@case("double-exponential-current")
def double_exponential_current(component: Component, settings: Settings) -> float:
    """Two spikes: the sum of two differences of exponentials."""
    return _course(component, settings, _beta(component))


@case("psp-peak")
def psp_peak(component: Component, settings: Settings) -> float:
    """When the potential of neurons/lif peaks after one spike, in ms."""
    dt = float(settings["dt"])
    lif = library().get("neurons/lif")
    rise, decay = component.resolve({})["tau_s"], lif.resolve({})["tau_m"]
    current = run(component, 10.0 * pulses(round(20 / dt), 0), dt=dt)["out"]
    potential = run(lif, current, dt=dt)["v"]
    expected = decay * rise / (decay - rise) * np.log(decay / rise)
    return float(abs(np.argmax(potential) * dt - expected))


@case("conductance-current")
def conductance_current(component: Component, settings: Settings) -> float:
    """Two spikes at a held potential: conductance times driving force, and none at E_rev."""
    p = component.resolve({})
    errors = []
    for potential in (-90.0, -65.0, p["E_rev"], 20.0):
        force = block(p, potential) * (p["E_rev"] - potential)
        course = _beta(component)
        errors.append(
            _course(
                component, settings, lambda t, f=force, c=course: f * c(t), others={"V": potential}
            )
            / max(abs(force), 1.0)
        )
    return float(max(errors))


@case("magnesium-block")
def magnesium_block(component: Component, settings: Settings) -> float:
    """The share of channels that magnesium leaves open, as published: 1 mM, at four potentials."""
    spikes = pulses(200, 0)
    free = (
        run(component, spikes, dt=0.5, params={"Mg": 0.0}, others={"V": -20.0})["out"].max() / 20.0
    )
    errors = []
    for potential in (-80.0, -40.0, 40.0):
        current = run(component, spikes, dt=0.5, others={"V": potential})["out"]
        share = current[np.abs(current).argmax()] / (free * -potential)
        errors.append(abs(share - 1 / (1 + np.exp(-0.062 * potential) / 3.57)))
    return float(max(errors))


@case("tsodyks-markram-events")
def tsodyks_markram_events(component: Component, settings: Settings) -> float:
    """Efficacy of each spike against the recursion from spike to spike, at random intervals."""
    dt, count = float(settings["dt"]), int(settings["spikes"])
    preset = {"preset": settings["preset"]} if "preset" in settings else {}
    params = {**preset, "A": 1.7, "give": "pulse"}
    p = component.resolve(params)
    gaps = np.random.default_rng(7).integers(1, 200, count)
    places = np.cumsum(gaps)
    given = run(component, pulses(int(places[-1]) + 1, *places), dt=dt, params=params)["out"]
    x, u, expected = 1.0, p["U"], []
    for index in range(count):
        if index:
            time = gaps[index] * dt
            x = 1 + (x - x * u - 1) * np.exp(-time / p["tau_rec"])
            u = p["U"] + u * (1 - p["U"]) * np.exp(-time / p["tau_fac"])
        expected.append(p["A"] * u * x)
    silent = np.delete(given, places)
    return float(max(np.abs(given[places] - expected).max(), np.abs(silent).max()))


@case("gap-coupling")
def gap_coupling(component: Component, settings: Settings) -> float:
    """Two passive cells, a current into one: how much of its rise the other shows."""
    g, leak = float(settings["g"]), 5.0
    cell = {"component": "dendrites/passive-compartment", "params": {"g_L": leak, "E_L": 0.0}}
    result = network(
        nodes=[
            {"id": "cells", **cell},
            {"id": "gap", "component": component.id, "params": {"g": g}},
        ],
        edges=[
            ["input", "cells"],
            {"from": "cells.V", "to": "gap", "delay": 1},
            ["gap", "cells"],
        ],
        x=np.tile([100.0, 0.0], (1500, 1)),
        dt=0.5,
        record={"cells": ["V"]},
    )
    first, second = result["cells"]["V"][-1]
    return float(abs(second / first / (g / (g + leak)) - 1))


@case("gap-zero-sum")
def gap_zero_sum(component: Component, settings: Settings) -> float:
    """Random potentials and conductances: nothing is lost, and each pair acts both ways alike."""
    rng = np.random.default_rng(3)
    weights = {"g": rng.uniform(-1, 3, (30, 30))}
    current = run(component, rng.normal(-60, 15, (20, 30)), weights=weights)["out"]
    lost = np.abs(current.sum(1)).max() / np.abs(current).max()
    # lift one cell after the other: what flows from the others is the row of their conductances
    pairs = run(component, np.eye(30), weights=weights)["out"]
    uneven = np.abs(pairs - pairs.T).max() / np.abs(pairs).max()
    return float(max(lost, uneven))


def block(p: Mapping[str, Any], potential: float) -> float:
    """Return the share of channels that magnesium leaves open; 1 for channels without a block."""
    if "Mg" not in p:
        return 1.0
    return float(1 / (1 + p["Mg"] / p["Mg_half"] * np.exp(-p["k_Mg"] * potential)))


def _beta(component: Component) -> Any:
    p = component.resolve({})
    rise, decay = p["tau_r"], p["tau_d"]
    peak = decay * rise / (decay - rise) * np.log(decay / rise)

    def raw(t: Any) -> Any:
        return np.exp(-t / decay) - np.exp(-t / rise)

    return lambda t: raw(t) / raw(peak)


def _course(
    component: Component,
    settings: Settings,
    course: Any,
    others: Mapping[str, float] | None = None,
) -> float:
    """Return the largest difference from `course` after spikes of weight 1 and 0.5."""
    dt = float(settings["dt"])
    spikes = pulses(600, 5) + 0.5 * pulses(600, 40)
    given = run(component, spikes, dt=dt, others=others)["out"]
    since = np.arange(600) * dt
    expected = np.zeros(600)
    expected[5:] += course(since[: 600 - 5])
    expected[40:] += 0.5 * course(since[: 600 - 40])
    return float(np.abs(given - expected).max())
