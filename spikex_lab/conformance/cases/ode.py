"""Closed forms, limits and orders of convergence for the neurons with differential equations."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.conformance.cases import case
from spikex_lab.conformance.simulation import simulate
from spikex_lab.conformance.trace import Trace

Settings = Mapping[str, Any]
_CONTROL = frozenset({"input", "duration", "dt", "pulse", "order"})
"""Settings that are no parameters of the component."""
_NODES = 400_001


def _parameters(settings: Settings) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in _CONTROL}


def _interval(trace: Trace) -> float:
    """Return the mean interval between spikes in ms; infinite where there are not two."""
    found = trace.intervals
    return float(found.mean()) if len(found) else math.inf


def _steps_off(component: Component, settings: Settings, expected: Callable[..., float]) -> float:
    """Return how many steps the mean interval is off ``expected(params, input)``."""
    given = _parameters(settings)
    dt = float(settings["dt"])
    trace = simulate(component, settings["input"], settings["duration"], dt, **given)
    params = component.resolve(given)
    return abs(_interval(trace) - expected(params, float(settings["input"]))) / dt


def leaky_interval(current: float, tau: float, low: float, high: float, rest: float) -> float:
    """Return the time that a leaky membrane takes from `low` to `high` towards rest + `current`.

    Examples
    --------
    >>> round(leaky_interval(2.0, 10.0, 0.0, 1.0, 0.0), 6) == round(10 * math.log(2), 6)
    True
    """
    drive = rest + current
    return tau * math.log((drive - low) / (drive - high)) if drive > high else math.inf


@case("qif-f-i")
def qif_f_i(component: Component, settings: Settings) -> float:
    """Return how many steps the interval is off the closed form, an arctangent.

    Between -infinity and infinity with a_0 = 1 and v_rest = v_c this is the rate sqrt(I)/pi.
    """

    def expected(p: Mapping[str, float], current: float) -> float:
        middle, half = (p["v_rest"] + p["v_c"]) / 2, (p["v_c"] - p["v_rest"]) / 2
        drive = current - p["a_0"] * half**2
        scale = math.sqrt(p["a_0"] / drive)
        top = math.atan(scale * (p["v_peak"] - middle))
        return p["tau"] / math.sqrt(p["a_0"] * drive) * (
            top - math.atan(scale * (p["v_reset"] - middle))
        )  # fmt: skip

    return _steps_off(component, settings, expected)


@case("sqrt-f-i")
def sqrt_f_i(component: Component, settings: Settings) -> float:
    """Return the relative error of the rate against sqrt(I)/(pi tau), the limit of the QIF."""
    given = _parameters(settings)
    trace = simulate(component, settings["input"], settings["duration"], settings["dt"], **given)
    expected = math.sqrt(float(settings["input"])) / (math.pi * component.resolve(given)["tau"])
    return float(abs(1 / _interval(trace) / expected - 1))


@case("exponential-f-i")
def exponential_f_i(component: Component, settings: Settings) -> float:
    """Return how many steps the interval of EIF, or of AdEx with a = b = 0, is off its integral.

    The integral of dV/(dV/dt) from reset to peak, by the trapezoidal rule over many points.
    """

    def expected(p: Mapping[str, float], current: float) -> float:
        v = np.linspace(p["V_r"], p["V_peak"], _NODES)
        upstroke = p["g_L"] * p["Delta_T"] * np.exp((v - p["V_T"]) / p["Delta_T"])
        slope = (p["g_L"] * (p["E_L"] - v) + upstroke + current) / p["C"]
        return float(((1 / slope[1:] + 1 / slope[:-1]) / 2).sum() * (v[1] - v[0])) + p.get(
            "t_ref", 0.0
        )

    return _steps_off(component, settings, expected)


@case("eif-lif-limit")
def eif_lif_limit(component: Component, settings: Settings) -> float:
    """Return the relative error of the interval against leaky integrate-and-fire up to V_T."""
    given = _parameters(settings)
    trace = simulate(component, settings["input"], settings["duration"], settings["dt"], **given)
    p = component.resolve(given)
    current, tau = float(settings["input"]) / p["g_L"], p["C"] / p["g_L"]
    expected = p["t_ref"] + leaky_interval(current, tau, p["V_r"], p["V_T"], p["E_L"])
    return float(abs(_interval(trace) / expected - 1))


@case("glif-lif-limit")
def glif_lif_limit(component: Component, settings: Settings) -> float:
    """Return how many steps the interval of GLIF1 is off leaky integrate-and-fire."""

    def expected(p: Mapping[str, float], current: float) -> float:
        tau = p["C_m"] / p["g"]
        return p["t_ref"] + leaky_interval(current / p["g"], tau, p["E_L"], p["V_th"], p["E_L"])

    return _steps_off(component, settings, expected)


@case("glif-threshold")
def glif_threshold(component: Component, settings: Settings) -> float:
    """Return the error of potential and threshold in mV against their solution without spikes."""
    current, dt = float(settings["input"]), float(settings["dt"])
    trace = simulate(component, current, settings["duration"], dt, **_parameters(settings))
    p = component.resolve(_parameters(settings))
    fast, slow = p["g"] / p["C_m"], p["b_v"]
    drive = current / p["g"]
    potential = drive * (1 - np.exp(-fast * trace.t))
    # theta' = a_v (V - E_L) - b_v theta, with V as above
    mixed = (np.exp(-fast * trace.t) - np.exp(-slow * trace.t)) / (slow - fast)
    threshold = p["a_v"] * drive * ((1 - np.exp(-slow * trace.t)) / slow - mixed)
    worst = max(_largest(trace["V"] - p["E_L"] - potential), _largest(trace["theta_v"] - threshold))
    return worst + len(trace.spike_times)


@case("oscillator-step")
def oscillator_step(component: Component, settings: Settings) -> float:
    """Return the largest error of x + iy against z = (exp(s t) - 1) I/s, s = (b + i omega)/tau."""
    current = float(settings["input"])
    given = _parameters(settings)
    trace = simulate(component, current, settings["duration"], settings["dt"], **given)
    p = component.resolve(given)
    rate = complex(p["b"], p["omega"]) / p["tau"]
    z = np.array([(cmath.exp(rate * time) - 1) * current / (rate * p["tau"]) for time in trace.t])
    return max(_largest(trace["x"] - z.real), _largest(trace["y"] - z.imag)) + len(
        trace.spike_times
    )


@case("srm0-kernels")
def srm0_kernels(component: Component, settings: Settings) -> float:
    """Return the largest error of the potential against the sum of the kernels, at every step.

    One weak spike comes in, later one strong enough to make the neuron fire several times: each
    of its spikes replaces the refractory kernel of the one before.
    """
    dt, given = float(settings["dt"]), _parameters(settings)
    count = round(float(settings["duration"]) / dt)
    arrivals = {round(0.1 * count): 0.5, round(0.4 * count): 5.0}
    drive = np.zeros(count)
    for index, weight in arrivals.items():
        drive[index] = weight
    trace = simulate(component, drive, dt=dt, **given)
    p = component.resolve(given)
    u = np.zeros(count)
    for index, weight in arrivals.items():
        s = (np.arange(count) - index) * dt / p["tau_s"]
        u += np.where(s > 0, weight * s * np.exp(1 - s), 0.0)
    if len(trace.spike_times) < 2:
        return math.inf
    last = np.maximum.accumulate(np.where(trace.output > 0, np.arange(count), -1))
    since = (np.arange(count) - last) * dt
    u -= np.where(last >= 0, p["theta"] * np.exp(-since / p["tau_r"]), 0.0)
    return _largest(trace["u"] - u)


@case("rest")
def rest(component: Component, settings: Settings) -> float:
    """Return how far the states are from the given values at the end, after an early `pulse`.

    The settings name the states; every other is a parameter.
    """
    dt = float(settings["dt"])
    count = round(float(settings["duration"]) / dt)
    drive = np.full(count, float(settings.get("input", 0.0)))
    drive[: count // 10] += float(settings.get("pulse", 0.0))
    given = _parameters(settings)
    expected = {name: given.pop(name) for name in component.states if name in given}
    trace = simulate(component, drive, dt=dt, **given)
    return float(max(abs(trace[name][-1] - value) for name, value in expected.items()))


@case("order-of-convergence")
def order_of_convergence(component: Component, settings: Settings) -> float:
    """Return how far the observed order is from `order`, for the last state of a smooth stretch.

    Steps of dt, dt/2 and dt/4 give two differences; the order is the logarithm of their ratio.
    """
    ends = []
    for parts in (1, 2, 4):
        trace = simulate(
            component,
            settings["input"],
            settings["duration"],
            float(settings["dt"]) / parts,
            **_parameters(settings),
        )
        if len(trace.spike_times):
            return math.inf  # a spike falls on the grid: no order beyond the first
        ends.append(np.array([trace[name][-1] for name in component.states]))
    coarse, fine = (float(np.abs(ends[i] - ends[i + 1]).max()) for i in (0, 1))
    return abs(math.log2(coarse / fine) - float(settings["order"]))


@case("hh-onset")
def hh_onset(component: Component, settings: Settings) -> float:
    """Return how far the onset of repetitive firing lies outside `low` to `high`, 0 inside.

    Whether it still fires in the last fifth of a long step decides; `high - low` is the resolution.
    """
    low, high = float(settings["low"]), float(settings["high"])
    error = 0.0
    for current, fires in ((low, False), (high, True)):
        trace = simulate(component, current, settings["duration"], settings["dt"])
        late = bool((trace.spike_times > 0.8 * float(settings["duration"])).any())
        error += (high - low) * (late != fires)
    return error


def _largest(values: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    return float(np.abs(values).max())
