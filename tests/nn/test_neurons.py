"""Neurons against closed forms and against their equations written out in numpy."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from spikex_lab.catalog import Component
from spikex_lab.errors import InvalidError
from spikex_lab.nn import ALIF, LIF, Leaky, Neuron, Surrogate, Synaptic, use_kernels
from spikex_lab.spec.documents import load_document

DOUBLE = torch.float64


def times(spikes: torch.Tensor, dt: float) -> np.ndarray:
    return (np.flatnonzero(spikes.flatten().numpy()) + 1) * dt


@pytest.mark.parametrize("dt", [0.1, 0.05, 1.0])
@pytest.mark.parametrize("current", [380.0, 500.0, 800.0, 2000.0])
@pytest.mark.parametrize("tau_m", [10.0, 20.0])
def test_lif_frequency(current: float, dt: float, tau_m: float) -> None:
    """Inter-spike intervals equal t_ref + tau ln(…) within one dt (catalogue 2.2)."""
    resistance = tau_m / 250.0
    if resistance * current <= 15.0:
        pytest.skip("below rheobase")
    period = 2.0 + tau_m * math.log(resistance * current / (resistance * current - 15.0))
    neuron = Neuron("lif", dt=dt, tau_m=tau_m)
    steps = int(6 * period / dt) + 1
    out = neuron.simulate(torch.full((steps, 1), current, dtype=DOUBLE))
    gaps = np.diff(times(out["s"], dt))
    assert len(gaps) >= 4
    assert np.all(np.abs(gaps - period) <= dt + 1e-9)


def test_lif_rheobase_and_refractory() -> None:
    """375 pA is the rheobase of the defaults; while refractory the potential stands still."""
    below = Neuron("lif", dt=0.1).simulate(torch.full((5000, 1), 374.9, dtype=DOUBLE))
    assert below["s"].sum() == 0
    assert below["v"][-1].item() == pytest.approx(-70 + 0.04 * 374.9, abs=1e-6)
    out = Neuron("lif", dt=0.1, t_ref=3.0).simulate(torch.full((2000, 1), 600.0, dtype=DOUBLE))
    fired = int(np.flatnonzero(out["s"].flatten().numpy())[0])
    assert torch.all(out["v"][fired : fired + 31] == -70.0)
    assert out["v"][fired + 31] > -70.0


def test_lif_is_exact_at_any_step() -> None:
    """The propagator has no error: one step of 4 ms equals forty of 0.1 ms."""
    coarse = Neuron("lif", dt=4.0).simulate(torch.full((3, 1), 300.0, dtype=DOUBLE))["v"]
    fine = Neuron("lif", dt=0.1).simulate(torch.full((120, 1), 300.0, dtype=DOUBLE))["v"][39::40]
    assert torch.allclose(coarse, fine, rtol=0, atol=1e-10)
    closed = [-70 + 12 * (1 - math.exp(-t / 10)) for t in (4, 8, 12)]
    assert coarse.flatten().tolist() == pytest.approx(closed, abs=1e-10)


def test_lif_unit_preset_trains() -> None:
    neuron = Neuron("lif", preset="unit", learn=["tau_m"])
    x = (torch.rand(30, 4, 6) * 2.5).requires_grad_()
    spikes = neuron(x)
    assert 5 < spikes.sum() < spikes.numel()
    spikes.sum().backward()
    assert x.grad.abs().sum() > 0
    assert neuron.tau_m.grad.abs() > 0


def test_alif_written_out() -> None:
    """The equations of Bellec et al. 2020 in numpy, every step, float64."""
    generator = np.random.default_rng(0)
    drive = generator.normal(0.15, 0.3, (200, 7))
    out = ALIF(dt=1.0, tau_m=20.0, tau_a=150.0, beta=0.3, v_th=0.8).simulate(torch.tensor(drive))
    alpha, rho = math.exp(-1 / 20), math.exp(-1 / 150)
    v, a, z = np.zeros(7), np.zeros(7), np.zeros(7)
    for t in range(200):
        a = rho * a + z
        v = alpha * v + drive[t] - z * 0.8
        z = (v > 0.8 + 0.3 * a).astype(float)
        assert np.allclose(out["v"][t].numpy(), v, atol=1e-12)
        assert np.allclose(out["a"][t].numpy(), a, atol=1e-12)
        assert np.array_equal(out["s"][t].numpy(), z)
    assert 10 < out["s"].sum() < 700


def test_alif_adapts() -> None:
    """Under a constant current the gaps between spikes grow; without beta they do not."""
    drive = torch.full((400, 1), 0.12, dtype=DOUBLE)
    gaps = np.diff(times(ALIF(beta=0.3)(drive), 1.0))
    assert gaps[0] < gaps[-1]
    plain = np.diff(times(ALIF(beta=0.0)(drive), 1.0))
    assert plain.max() - plain.min() <= 1


def test_alif_remembers_through_its_threshold() -> None:
    """The gradient reaches back through the adaptation, far beyond the membrane's memory."""
    x = torch.full((300, 1), 0.0, dtype=DOUBLE)
    x[5] = 1.5
    x.requires_grad_()
    out = ALIF(tau_m=5.0, tau_a=500.0).simulate(x)
    (gradient,) = torch.autograd.grad(out["a"][-1].sum(), x)
    assert gradient[5].item() > 1e-4


def test_every_neuron_by_name() -> None:
    x = torch.rand(6, 2, 3)
    for neuron in (Leaky(), Synaptic(), LIF(), ALIF(), Neuron("neurons/leaky", reset="zero")):
        out = neuron.simulate(x)
        assert set(out) == {"s", *neuron.component.states}
        assert all(value.shape == x.shape for value in out.values())
        assert torch.equal(neuron(x), out["s"])


def test_float64_is_not_rounded_to_float32() -> None:
    x = torch.full((3, 1), 1 / 3, dtype=DOUBLE)
    mem = Neuron("leaky", beta=0.9, reset="none").simulate(x)["mem"]
    assert mem[1].item() == 0.9 * (1 / 3) + 1 / 3


def test_surrogate_by_name_and_parameters() -> None:
    u = torch.linspace(-1, 1, 11)
    neuron = Neuron("leaky", surrogate=("fast-sigmoid", {"slope": 10}))
    assert torch.allclose(neuron.surrogate.derivative(u), 1 / (1 + 10 * u.abs()) ** 2)
    assert repr(Surrogate("atan", alpha=3.0)) == "atan(alpha=3.0)"
    for name in ("atan", "fast-sigmoid"):  # the antiderivative in the file is what it says
        program = Surrogate(name).component
        assert program.spec.antiderivative is not None


def test_bad_calls_say_what_to_do() -> None:
    with pytest.raises(InvalidError, match='did you mean "neurons/leaky"'):
        Neuron("laeky")
    with pytest.raises(InvalidError, match='did you mean "beta"'):
        Neuron("leaky", bete=0.5)
    with pytest.raises(InvalidError, match="at least 0 and at most 1"):
        Neuron("leaky", beta=1.5)
    with pytest.raises(InvalidError, match="above 0 ms"):
        Neuron("lif", tau_m=0.0)
    with pytest.raises(InvalidError, match="one of: subtract, zero, none"):
        Neuron("leaky", reset="soft")
    with pytest.raises(InvalidError, match="is a synapse, not a neuron"):
        Neuron("synapses/dense")
    with pytest.raises(InvalidError, match="no time steps"):
        Neuron("leaky")(torch.zeros(0, 2, 3))
    with pytest.raises(InvalidError, match="floating point"):
        Neuron("leaky")(torch.zeros(4, 2, 3, dtype=torch.int64))


def test_kernels_choice(caplog: pytest.LogCaptureFixture) -> None:
    x = torch.rand(5, 2, 3)
    with caplog.at_level("INFO", logger="spikex_lab.nn.kernels"), use_kernels("fused"):
        fused = Neuron("synaptic")(x)
        Neuron("synaptic")(x)
    assert torch.equal(fused, Neuron("synaptic")(x))
    assert [record.getMessage() for record in caplog.records].count(
        "neurons/synaptic has no fused kernel; it runs on the reference"
    ) <= 1
    with pytest.raises(ValueError, match="reference"):
        use_kernels("quick")  # type: ignore[arg-type]


QIF = """
schema: spikex/component@1
id: neurons/qif
name: QIF
kind: neuron
version: 0.1.0
authors: [me]
license: BSD-3-Clause
summary: Quadratic integrate-and-fire with a trace of its spikes.
parameters:
  tau: {value: 5.0, unit: ms, range: [0, null], exclusive: true, doc: pace, trainable: true}
state: {v: {doc: potential}, trace: {doc: trace of spikes}}
inputs: {I: {doc: input}}
equations: [dv/dt = (v*v + I)/tau, dtrace/dt = -trace/tau]
integrator: rk4
spike: {when: v >= 1, reset: [v = -1, trace += 1]}
conventions: {threshold: ">=", reset_moment: same_step, reset_kind: value, input_gain: 1/tau}
"""


def test_a_neuron_of_ones_own_spikes_and_learns() -> None:
    """A few lines of equations are a neuron, with two states and a reset of two statements."""
    own = Component.of(load_document(QIF))
    neuron = Neuron(own, learn=["tau"])
    x = torch.full((60, 2, 3), 1.5, requires_grad=True)
    out = neuron.simulate(x)
    assert out["s"].sum() > 10
    assert out["trace"].max() >= 1
    out["s"].sum().backward()
    assert x.grad.abs().sum() > 0
    assert neuron.tau.grad.abs() > 0
