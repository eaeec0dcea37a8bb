"""One element on the bench: closed forms, two engines with the same numbers, one clear message."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from spikex_lab import toolchain
from spikex_lab.conformance import NotFiniteError, simulate
from spikex_lab.errors import InvalidError, NotFoundError, SpikexError
from tests.conformance.definitions import component

needs_compiler = pytest.mark.skipif(toolchain.compiler() is None, reason="no C++ compiler")


def interval(current: float) -> float:
    """Return the closed form of neurons/lif with its own values."""
    drive = 10.0 / 250.0 * current
    return 2.0 + 10.0 * math.log(drive / (drive - 15.0))


@pytest.mark.parametrize("current", [380.0, 500.0, 1500.0])
@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=needs_compiler)])
def test_lif_fires_at_the_rate_of_its_closed_form(current: float, compiled: bool) -> None:
    trace = simulate("neurons/lif", I=current, duration=300, dt=0.05, compiled=compiled)
    expected = interval(current)
    assert int(302 / (expected + 0.05)) <= len(trace.spike_times) <= int(302 / expected)
    assert trace.spike_times[0] == pytest.approx(expected - 2.0, abs=0.05)
    assert np.abs(trace.intervals - expected).max() < 0.05
    assert simulate("neurons/lif", I=374.0, duration=300, compiled=compiled).spike_times.size == 0


@needs_compiler
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("neurons/hodgkin-huxley", {"I": 10.0, "duration": 50, "dt": 0.01}),
        ("neurons/adex", {"preset": "regular-bursting"}),
        ("neurons/glif", {"I": 400.0, "duration": 100}),
        ("neurons/izhikevich", {"preset": "accommodation"}),
        ("synapses/nmda", {"x": [1.0] + 99 * [0.0], "V": -20.0, "dt": 1.0}),
        ("synapses/alpha", {"x": [1.0] + 99 * [0.0], "dt": 0.1}),
        ("neurons/lif", {"I": 500.0, "integrator": "exponential_euler"}),
    ],
)
def test_python_and_cpp_give_the_same_numbers(name: str, options: dict) -> None:
    fast = simulate(name, compiled=True, **options)
    slow = simulate(name, compiled=False, **options)
    assert np.array_equal(fast.spike_times, slow.spike_times)
    for state, series in fast.states.items():
        assert np.abs(series - slow[state]).max() <= 1e-9 * max(1.0, np.abs(series).max())
    assert np.abs(fast.output - slow.output).max() <= 1e-9 * max(1.0, np.abs(fast.output).max())


def test_without_a_compiler_python_steps_in(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = simulate("neurons/lif").spike_times
    monkeypatch.setattr("spikex_lab.conformance.native.driver", lambda *_: None)
    assert np.array_equal(simulate("neurons/lif").spike_times, expected)
    with pytest.raises(InvalidError, match="no C\\+\\+ compiler"):
        simulate("neurons/lif", compiled=True)


def test_input_over_time_and_axis() -> None:
    series = np.zeros(300)
    series[100:] = 500.0
    trace = simulate("neurons/lif", I=series, dt=0.1)
    assert len(trace) == 300
    assert trace.t[0] == 0.1
    assert trace.t[-1] == pytest.approx(30.0)
    assert trace["v"][99] == -70.0
    assert trace["v"][100] > -70.0
    assert trace.spike_times[0] == pytest.approx(10.0 + interval(500.0) - 2.0, abs=0.1)
    assert list(trace["I"][99:101]) == [0.0, 500.0]


def test_further_inputs_parameters_and_noise_by_name() -> None:
    sample = component()
    alone = simulate(sample, I=0.5, duration=50, dt=0.5)
    helped = simulate(sample, I=0.25, J=0.25, duration=50, dt=0.5)
    assert np.array_equal(alone["v"], helped["v"])
    assert simulate(sample, I=0.5, duration=50, dt=0.5, tau=5.0)["v"][-1] > alone["v"][-1]
    noisy = [
        simulate(sample, I=0.5, duration=50, dt=0.5, sigma=1.0, seed=seed)["v"]
        for seed in (1, 1, 2)
    ]
    assert np.array_equal(noisy[0], noisy[1])
    assert not np.array_equal(noisy[0], noisy[2])


def test_presets_bring_their_parameters_and_their_drive() -> None:
    shown = simulate("neurons/izhikevich", preset="phasic-spiking")
    assert len(shown.spike_times) == 1
    assert shown.t[-1] == 200.0
    driven = simulate("neurons/izhikevich", preset="phasic-spiking", I=0.0, duration=50, dt=0.1)
    assert driven.t[-1] == pytest.approx(50.0)
    assert not driven.spike_times.size


def test_another_integrator() -> None:
    exact = simulate("neurons/lif", I=300.0, duration=30, dt=1.0)
    euler = simulate("neurons/lif", I=300.0, duration=30, dt=1.0, integrator="euler")
    assert exact["v"][-1] == pytest.approx(-70 + 12 * (1 - math.exp(-3)), abs=1e-12)
    assert euler["v"][-1] == pytest.approx(-70 + 12 * (1 - 0.9**30), abs=1e-9)


def test_record_keeps_what_is_named() -> None:
    trace = simulate("neurons/adex", duration=20, record=["V"])
    assert list(trace.states) == ["V"]
    with pytest.raises(NotFoundError, match='"w" was not recorded'):
        trace["w"]
    assert "refractory" not in simulate("neurons/lif", duration=5).states


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dt": 0}, "dt is above 0 ms"),
        ({"dt": "fast"}, "dt is a number of ms"),
        ({"duration": math.inf}, "duration is above 0"),
        ({"duration": 0.01}, "not one step"),
        ({"duration": 1e12}, "too many"),
        ({"I": [1.0, 2.0], "duration": 10}, "I has 2 values for 100 steps"),
        ({"I": [[1.0], [2.0]]}, "one number per step"),
        ({"I": "much"}, "I is a number"),
        ({"I": math.nan}, "no numbers"),
        ({"record": ["u"]}, 'no state "u"'),
        ({"tau": 3.0}, 'did you mean "tau_m"'),
        ({"tau_m": 0}, "out of range"),
        ({"preset": "nets"}, 'did you mean "nest"'),
        ({"integrator": "magic"}, 'no integrator "magic"'),
    ],
)
def test_bad_input_has_one_clear_message(options: dict, message: str) -> None:
    with pytest.raises(InvalidError) as caught:
        simulate("neurons/lif", **{"dt": 0.1, **options})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_has_no_equations_is_refused() -> None:
    for name in ("synapses/dense", "surrogates/atan"):
        with pytest.raises(InvalidError, match="cannot be simulated"):
            simulate(name)
    with pytest.raises(InvalidError, match="shorter than tau_d"):
        simulate("synapses/ampa", tau_r=5.0)


@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=needs_compiler)])
def test_a_state_that_runs_away_is_told_with_its_time(compiled: bool) -> None:
    wild = component(
        equations=["dv/dt = (v*v + I + J + sigma*xi)/tau"],
        integrator="rk4",
        spike={"when": "v > 1e200*theta", "reset": "v -= 0*theta"},
    )
    with pytest.raises(NotFiniteError, match=r"v is no longer finite at t = \d+ ms"):
        simulate(wild, I=10.0, duration=200, dt=1.0, compiled=compiled)


def test_plot_and_plain_data() -> None:
    trace = simulate("neurons/adex", I=800.0, duration=100)
    figure = trace.plot()
    assert [axis.get_ylabel() for axis in figure.axes] == ["w (pA)", "V (mV)", "I (pA)"]
    assert figure._repr_png_()[:4] == b"\x89PNG"
    plain = json.loads(json.dumps(trace.to_dict()))
    assert plain["spike_times"] == trace.spike_times.tolist()
    assert set(plain["states"]) == {"V", "w"}
    assert len(plain["t"]) == len(plain["states"]["V"]) == len(trace)


def test_plot_without_matplotlib_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "spikex_lab.conformance.plot", None)
    with pytest.raises(SpikexError, match="pip install matplotlib"):
        simulate("neurons/lif", duration=5).plot()


def test_importing_and_simulating_needs_no_torch() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from spikex_lab.conformance import simulate;"
        "simulate('neurons/lif', duration=5); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_a_trace_names_what_it_has() -> None:
    assert "1 spikes; v" in repr(simulate("neurons/lif", I=500, duration=20))
    assert "spikes" not in repr(simulate("synapses/ampa", duration=20))
