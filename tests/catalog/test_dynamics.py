"""Lowering and integrators: against closed forms, and every part of the form that is served."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from spikex_lab.catalog import Component
from spikex_lab.errors import InvalidError
from spikex_lab.nn import Neuron

from .test_equations import leaky


def simulate(
    data: dict[str, Any], drive: list[float], dt: float = 1.0, **params: Any
) -> dict[str, list[float]]:
    x = torch.tensor(drive, dtype=torch.float64).reshape(-1, 1)
    out = Neuron(Component.of(data), dt=dt, **params).simulate(x)
    return {name: value.flatten().tolist() for name, value in out.items()}


@pytest.mark.parametrize(
    ("integrator", "order"),
    [("euler", 1), ("rk4", 4), ("exact", None), ("exponential_euler", None)],
)
def test_order_of_convergence(integrator: str, order: int | None) -> None:
    """dv/dt = (I - v)/tau: exact methods have no error, Euler falls as dt, RK4 as dt⁴."""
    data = leaky(integrator=integrator, spike={"when": "v >= 100"})
    closed = 1 - math.exp(-2.0)
    errors = []
    for steps in (10, 20):
        v = simulate(data, [1.0] * steps, dt=20 / steps)["v"][-1]
        errors.append(abs(v - closed))
    if order is None:
        assert max(errors) < 1e-14
    else:
        assert errors[0] / errors[1] == pytest.approx(2**order, rel=0.2)


def test_coupled_equations() -> None:
    """An oscillator comes back after one period (RK4); lets are evaluated at each stage."""
    data = leaky(
        parameters={"w": {"value": 0.1, "unit": "1/ms", "doc": "d"}},
        let={"force": "-w*x"},
        state={"x": {"init": "1", "doc": "d"}, "y": {"doc": "d"}},
        equations=["dx/dt = w*y", "dy/dt = force + I"],
        integrator="rk4",
        spike={"when": "x >= 10"},
    )
    steps = 2000
    out = simulate(data, [0.0] * steps, dt=20 * math.pi / steps)
    assert out["x"][-1] == pytest.approx(1.0, abs=1e-9)
    assert out["y"][-1] == pytest.approx(0.0, abs=1e-9)


def test_conditional_relaxation() -> None:
    """Exponential Euler serves rates that change; exprel has its value at 0."""
    data = leaky(
        let={"rate": "0.1*exprel(0*v)"},
        state={"v": {"doc": "d"}, "n": {"doc": "d"}},
        equations=["dv/dt = (I - v)/tau", "dn/dt = rate*(1 - n)"],
        integrator="exponential_euler",
        spike={"when": "v >= 100"},
    )
    out = simulate(data, [1.0] * 10)
    assert out["n"][-1] == pytest.approx(1 - math.exp(-1.0), abs=1e-12)


def test_if_neuron_needs_no_rate() -> None:
    data = leaky(equations=["dv/dt = I/tau"], spike={"when": "v >= 1", "reset": "v -= 1"})
    out = simulate(data, [2.5] * 20)
    assert sum(out["s"]) == 5  # 20 steps of 0.25


def test_reset_of_several_statements_and_refractory() -> None:
    data = leaky(
        state={"v": {"doc": "d"}, "w": {"doc": "d"}},
        equations=["dv/dt = I - w", "dw/dt = 0*w"],
        integrator="euler",
        spike={"when": "v >= 2", "reset": ["v = -1", "w += 0.25"], "refractory": 3},
    )
    out = simulate(data, [1.0] * 12)
    assert out["v"][:6] == [1.0, -1.0, -1.0, -1.0, -1.0, -0.25]
    assert out["s"][:6] == [0, 1, 0, 0, 0, 0]
    assert out["w"][:2] == [0.0, 0.25]


def test_what_is_held_while_refractory() -> None:
    """`hold` names the states that stand still; the others go on."""
    data = leaky(
        state={"v": {"doc": "d"}, "w": {"doc": "d"}},
        equations=["dv/dt = I", "dw/dt = I"],
        integrator="euler",
        spike={"when": "v >= 2", "reset": "v = 0", "refractory": {"duration": "2", "hold": ["w"]}},
    )
    out = simulate(data, [1.0] * 5)
    assert out["w"] == [1.0, 2.0, 2.0, 2.0, 3.0]
    assert out["v"] == [1.0, 0.0, 1.0, 2.0, 0.0]
    assert out["s"] == [0, 1, 0, 0, 1]


def test_late_reset_and_rising_edge() -> None:
    late = leaky(
        equations=["v[t] = v[t-1] + I"], integrator=None,
        spike={"when": "v >= 2", "reset": "v = 0", "timing": "next_step"},
    )  # fmt: skip
    assert simulate(late, [1.0] * 5)["v"] == [1, 2, 1, 2, 1]
    rising = leaky(
        equations=["v[t] = I"], integrator=None, spike={"when": "v >= 1", "edge": "rising"}
    )
    assert simulate(rising, [0, 2, 2, 0, 2, 2.0])["s"] == [0, 1, 0, 0, 1, 0]


def test_presets_may_bring_their_own_equations() -> None:
    data = leaky(
        presets={
            "slow": {"doc": "d", "parameters": {"tau": 50.0}},
            "perfect": {"doc": "d", "equations": ["dv/dt = I/tau"], "spike": {"reset": ["v -= 1"]}},
        }
    )
    component = Component.of(data)
    assert component.resolve({"preset": "slow"})["tau"] == 50.0
    assert component.resolve({"preset": "slow", "tau": 7})["tau"] == 7
    assert simulate(data, [0.5] * 4, preset="slow")["v"][-1] == pytest.approx(
        0.5 * (1 - math.exp(-0.08))
    )
    assert simulate(data, [0.5] * 4, preset="perfect")["v"][-1] == pytest.approx(0.2)


def test_further_inputs_have_their_default() -> None:
    data = leaky(
        inputs={"I": {"doc": "d"}, "g": {"doc": "d", "default": 0.25}},
        equations=["v[t] = I + g"], integrator=None,
    )  # fmt: skip
    assert simulate(data, [0.5] * 2)["v"] == [0.75, 0.75]


def test_resets_that_pass_gradients() -> None:
    """detach: false lets the gradient through the spike that resets; true does not."""
    gradients = []
    for detach in (True, False):
        data = leaky(
            equations=["v[t] = 0.5*v[t-1] + I"], integrator=None,
            spike={"when": "v >= 1", "reset": "v = 0.2*v", "detach": detach},
        )  # fmt: skip
        x = torch.tensor([[1.5], [0.1]], dtype=torch.float64, requires_grad=True)
        out = Neuron(Component.of(data)).simulate(x)
        assert out["v"][0].item() == pytest.approx(0.3)
        gradients.append(torch.autograd.grad(out["v"][1].sum(), x)[0][0].item())
    assert gradients[0] == pytest.approx(0.5 * 0.2)
    assert gradients[1] != pytest.approx(gradients[0])


def test_functions_print_and_agree_with_python() -> None:
    """Every function of the language, in torch and in plain Python."""
    from spikex_lab.catalog.evaluate import evaluate
    from spikex_lab.catalog.names import FUNCTIONS
    from spikex_lab.catalog.parser import parse

    calls = {"clip": "clip(I, tau, 3)", "min": "min(I, 1)", "max": "max(2, I)"}
    for name in FUNCTIONS:
        text = calls.get(name, f"{name}(I)")
        data = leaky(state={}, equations=[], spike=None, integrator=None, output=text + " + 0*tau")
        data["parameters"]["tau"]["value"] = 1.25
        for value in (0.3, 1.7, -0.4, 0.0):
            if name in ("log", "sqrt") and value <= 0:
                continue
            x = torch.tensor([[value]], dtype=torch.float64)
            got = Neuron(Component.of(data))(x).item()
            expected = evaluate(parse(text, where=""), {"I": value, "tau": 1.25})
            assert got == pytest.approx(expected, abs=1e-12), (name, value)


SECOND_ORDER: dict[str, Any] = {
    "parameters": {
        "tau": {"value": 10.0, "doc": "d"},
        "tau_s": {"value": 10.0, "doc": "d", "trainable": True},
    },
    "state": {"v": {"doc": "d"}, "i": {"doc": "d"}},
    "equations": ["dv/dt = (i - v)/tau", "di/dt = -i/tau_s"],
    "jumps": ["i += I"],
    "integrator": "exact",
    "spike": {"when": "v >= 100"},
}


@pytest.mark.parametrize("tau_s", [10.0, 10.0 + 1e-9, 2.0])
def test_exact_propagator_of_coupled_states(tau_s: float) -> None:
    """A pulse through two low-passes, also where their time constants are equal."""
    pulse = [1.0] + [0.0] * 49
    out = simulate(leaky(**SECOND_ORDER), pulse, dt=1.0, tau_s=tau_s)
    for t in range(50):
        assert out["i"][t] == pytest.approx(math.exp(-t / tau_s), rel=1e-13)
        if abs(tau_s - 10) < 1e-6:
            closed = t / 10 * math.exp(-t / 10)
        else:
            closed = tau_s / (10 - tau_s) * (math.exp(-t / 10) - math.exp(-t / tau_s))
        assert out["v"][t] == pytest.approx(closed, rel=1e-7 if tau_s > 10 else 1e-12, abs=1e-15)


def test_exact_propagator_has_gradients() -> None:
    """Through the matrix exponential: against central differences."""

    def area(tau_s: float) -> torch.Tensor:
        neuron = Neuron(Component.of(leaky(**SECOND_ORDER)), learn=["tau_s"]).double()
        neuron.tau_s.data.fill_(tau_s)
        x = torch.zeros(40, 1, dtype=torch.float64)
        x[0] = 1.0
        total: torch.Tensor = neuron.simulate(x)["v"].sum()
        total.backward()
        slope[0] = neuron.tau_s.grad.item()
        return total.detach()

    slope = [0.0]
    numeric = (area(5.0 + 1e-5) - area(5.0 - 1e-5)).item() / 2e-5
    area(5.0)
    assert slope[0] == pytest.approx(numeric, rel=1e-6)


def test_exact_states_that_nothing_couples_stay_apart() -> None:
    data = leaky(
        state={"v": {"doc": "d"}, "w": {"doc": "d"}, "u": {"doc": "d"}},
        equations=["dv/dt = (I - v)/tau", "dw/dt = (u - w)/tau", "du/dt = -u/tau + 1"],
        integrator="exact",
        spike={"when": "v >= 100"},
    )
    program = Component.of(data).program()
    names = [name for line in program.constants for name in line.targets]
    assert "c_decay_v" in names
    assert {"c_prop_1_1", "c_prop_1_2", "c_prop_2_2"} <= set(names)
    assert not any(name.startswith("c_prop_0") or name == "c_prop_2_1" for name in names)
    out = simulate(data, [1.0] * 400)
    assert out["u"][-1] == pytest.approx(10.0)
    assert out["w"][-1] == pytest.approx(10.0)


def test_users_choose_the_integrator() -> None:
    data = leaky(**SECOND_ORDER)
    exact = simulate(data, [1.0, 0.0, 0.0], dt=0.1)["v"][-1]
    assert simulate(data, [1.0, 0.0, 0.0], dt=0.1, integrator="rk4")["v"][-1] == pytest.approx(
        exact
    )
    assert simulate(data, [1.0, 0.0, 0.0], dt=0.1, integrator="euler")["v"][-1] != pytest.approx(
        exact, rel=1e-4
    )
    with pytest.raises(InvalidError, match="no integrator"):
        simulate(data, [1.0], integrator="magic")
    with pytest.raises(InvalidError, match="integrator"):
        Neuron("leaky", integrator="euler")  # a map has none


def test_jumps_act_after_the_step_in_their_order() -> None:
    """Each sees what the one before has done; lets are computed anew for each."""
    data = leaky(
        state={"v": {"doc": "d"}, "w": {"doc": "d"}},
        let={"twice": "2*v"},
        equations=["dv/dt = 0*v", "dw/dt = 0*w"],
        jumps=["v += I", "w += twice", "v -= 1"],
        integrator="euler",
        spike={"when": "v >= 100"},
    )
    out = simulate(data, [3.0, 0.0])
    assert out["v"] == [2.0, 1.0]
    assert out["w"] == [6.0, 10.0]


def test_refractory_states_take_no_jump() -> None:
    data = leaky(
        equations=["dv/dt = 0*v"],
        jumps=["v += I"],
        integrator="euler",
        spike={"when": "v >= 1", "reset": "v = 0", "refractory": "2"},
    )
    assert simulate(data, [1.0, 1.0, 1.0, 1.0])["s"] == [1.0, 0.0, 0.0, 1.0]


def test_noise_is_drawn_by_its_generator() -> None:
    data = leaky(
        noise={
            "xi": {"distribution": "uniform", "doc": "d"},
            "eta": {"distribution": "normal", "doc": "d"},
        },
        equations=["dv/dt = 0*v"],
        jumps=["v = xi + 10*eta*I"],
        integrator="euler",
        spike={"when": "v >= 1e9"},
    )
    neuron = Neuron(Component.of(data))
    x = torch.zeros(2000, 3)
    torch.manual_seed(0)
    first = neuron.simulate(x)["v"]
    torch.manual_seed(0)
    assert torch.equal(neuron.simulate(x)["v"], first)
    assert first.min() >= 0
    assert first.max() < 1
    assert first.mean() == pytest.approx(0.5, abs=0.02)
    wide = neuron.simulate(x + 1)["v"]
    assert wide.std() == pytest.approx(10.0, rel=0.05)


def test_lets_that_multiply_are_refused_where_they_are_written_out() -> None:
    """Each doubles the one before: 2^40 parts for the linear integrators, 40 lines for RK4."""
    let = {"l0": "v*tau"} | {f"l{i}": f"l{i - 1} + l{i - 1}" for i in range(1, 41)}
    data = leaky(let=let, equations=["dv/dt = l40"], spike={"when": "v >= 1"})
    for integrator in ("exact", "exponential_euler"):
        with pytest.raises(InvalidError, match="written out"):
            Component.of(data | {"integrator": integrator})
    Component.of(data | {"integrator": "rk4"})


def test_a_choice_between_literals_has_the_digits_of_the_state() -> None:
    data = leaky(
        equations=["dv/dt = (0.1 if I > 0 else 0.2) + 0*v"],
        integrator="euler",
        spike={"when": "v >= 100"},
    )
    assert simulate(data, [1.0])["v"] == [0.1]
