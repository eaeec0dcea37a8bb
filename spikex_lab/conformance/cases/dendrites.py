"""Closed forms of dendrites: charging, cable decay, two compartments, plateaus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.conformance.cases import case
from spikex_lab.conformance.cases.driving import pulses, run

Settings = Mapping[str, Any]


@case("compartment-charging")
def compartment_charging(component: Component, settings: Settings) -> float:
    """A constant current, with a neighbour held at -50 mV: one exponential towards the rest."""
    dt, current, neighbour = float(settings["dt"]), 40.0, -50.0
    params = {"g_c": 3.0}
    p = component.resolve(params)
    given = run(component, np.full(2000, current), dt=dt, params=params, others={"V_n": neighbour})[
        "out"
    ]
    total = p["g_L"] + p["g_c"]
    rest = (p["g_L"] * p["E_L"] + p["g_c"] * neighbour + current) / total
    time = np.arange(1, 2001) * dt
    expected = rest + (p["E_L"] - rest) * np.exp(-time * total / p["C_m"])
    return float(np.abs(given - expected).max() / abs(rest - p["E_L"]))


@case("cable-decay")
def cable_decay(component: Component, settings: Settings) -> float:
    """Current into the middle of a long cable until nothing changes: the decay over distance."""
    n = int(settings["compartments"])
    p = component.resolve({})
    reach = np.sqrt(p["diameter"] * 1e-4 / 4 * p["R_m"] * 1e3 / p["R_i"]) * 1e4  # um
    length = 16 * reach
    x = np.zeros((3, n))
    x[:, n // 2] = 10.0
    # steps of 100 ms are exact, so three of them reach the end to 1e-6
    potential = run(component, x, dt=100.0, params={"length": length})["out"][-1] - p["E_L"]
    distance = np.abs(np.arange(n) - n // 2) * length / n
    near = distance <= 3 * reach
    share = potential[near] / potential[n // 2]
    return float(np.abs(share / np.exp(-distance[near] / reach) - 1).max())


@case("cable-charge")
def cable_charge(component: Component, settings: Settings) -> float:
    """Charge moves along the cable but leaves it only through the membrane."""
    n, dt = int(settings["compartments"]), float(settings["dt"])
    p = component.resolve({})
    x = np.zeros((500, n))
    x[:, 2], x[:, 11] = 15.0, -4.0
    potential = run(component, x, dt=dt)["out"] - p["E_L"]
    tau = p["R_m"] * p["C_m"]
    area = np.pi * p["diameter"] * p["length"] / n * 1e-8
    charge = potential.sum(1) * p["C_m"] * area * 1e6
    expected = 11.0 * tau * (1 - np.exp(-np.arange(1, 501) * dt / tau))
    return float(np.abs(charge / expected - 1).max())


@case("two-compartment-steady")
def two_compartment_steady(component: Component, settings: Settings) -> float:
    """Constant currents below threshold: both potentials against the solved pair of equations."""
    p = component.resolve({})
    soma, dendrite = 0.2, 0.3
    held = {"I_d": dendrite}
    result = run(component, np.full(4000, soma), dt=float(settings["dt"]), others=held)
    near, far = p["g_c"] / p["p"], p["g_c"] / (1 - p["p"])
    matrix = np.array([[p["g_L"] + near, -near], [-far, p["g_L"] + far]])
    rise = np.linalg.solve(matrix, [soma / p["p"], dendrite / (1 - p["p"])])
    given = np.array([result["V_s"][-1], result["V_d"][-1]]) - p["E_L"]
    return float(np.abs(given - rise).max() / rise[0])


@case("plateau-duration")
def plateau_duration(component: Component, settings: Settings) -> float:
    """A strong short input starts one plateau at the threshold, which lasts tau_p."""
    dt = float(settings["dt"])
    p = component.resolve({})
    steps = round(3 * p["tau_p"] / dt)
    result = run(component, 4000.0 * pulses(steps, *range(20, 40)), dt=dt)
    on = np.flatnonzero(result["plateau"])
    begin = int(np.argmax(result["V"] > p["theta_d"]))
    wrong = abs(int(on[0]) - begin) + abs(len(on) - round(p["tau_p"] / dt))
    gap = int(on[-1] - on[0] + 1 - len(on))
    return float(wrong + gap)
