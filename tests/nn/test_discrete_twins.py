"""Alpha, Lapicque, RLeaky and RSynaptic are snnTorch's: exactly, every step, every state."""

from __future__ import annotations

import pytest
import torch

from spikex_lab.catalog import Component
from spikex_lab.nn import Alpha, Lapicque, Neuron, RLeaky, RSynaptic

from .test_twins import (
    BATCH,
    RESETS,
    SIZE,
    assert_equal,
    assert_same_gradient,
    drive,
    gradient,
    run_theirs,
    snntorch,
)

SHORT = 25
"""Steps over which gradients are compared: through recurrence rounding grows with every one."""
RECURRENT = [(0.9, 1.0), (0.5, 0.3), (0.0, 0.7)]


@pytest.fixture(autouse=True)
def _same_weights() -> None:
    torch.manual_seed(0)


def states(out: dict[str, torch.Tensor], names: list[str]) -> list[torch.Tensor]:
    return [out["s"], *(out[name] for name in names)]


def share(neuron: Neuron, layer: torch.nn.Module) -> None:
    """Give snnTorch's dense recurrence the weights of `neuron`."""
    layer.recurrent.load_state_dict(
        {"weight": neuron.get_parameter("weight"), "bias": neuron.get_parameter("bias")}
    )


def run_recurrent(layer: torch.nn.Module, x: torch.Tensor, states: int) -> list[torch.Tensor]:
    """Return what a layer gives that wants all of it back: spikes first, then the states."""
    state = (torch.zeros(BATCH, SIZE),) * states
    rows = []
    for step in x.unbind(0):
        state = layer(step, *state)
        rows.append(state)
    return [torch.stack(series) for series in zip(*rows, strict=True)]


@pytest.mark.parametrize("reset", RESETS)
@pytest.mark.parametrize(
    ("alpha", "beta", "threshold"),
    [(0.9, 0.8, 1.0), (0.95, 0.2, 0.3), (1.0, 0.5, 1.0), (0.5, 0.0, 0.05)],
)
def test_alpha(reset: str, alpha: float, beta: float, threshold: float) -> None:
    x = drive(1, threshold).requires_grad_()
    other = snntorch.Alpha(alpha=alpha, beta=beta, threshold=threshold, reset_mechanism=reset)
    reference = run_theirs(other, x)
    assert (reference[0].sum() > 20) == (alpha < 1 or reset == "none" or beta > 0)
    out = Alpha(alpha=alpha, beta=beta, threshold=threshold, reset=reset).simulate(x)
    ours = states(out, ["syn_exc", "syn_inh", "mem"])
    assert_equal(ours, reference)
    assert_same_gradient(gradient(ours, x), gradient(reference, x))


@pytest.mark.parametrize("reset", RESETS)
@pytest.mark.parametrize(
    "circuit",
    [{"beta": 0.9}, {"beta": 0.7, "R": 3.0}, {"beta": 0.7, "C": 2.5}, {"R": 5.1, "C": 5.0}],
)
@pytest.mark.parametrize(("dt", "threshold"), [(1.0, 1.0), (0.1, 0.4)])
def test_lapicque(reset: str, circuit: dict[str, float], dt: float, threshold: float) -> None:
    other = snntorch.Lapicque(**circuit, time_step=dt, threshold=threshold, reset_mechanism=reset)
    x = (drive(2, threshold) * float(other.C) / dt).requires_grad_()
    reference = run_theirs(other, x)
    assert reference[0].sum() > 20
    out = Lapicque(**circuit, threshold=threshold, reset=reset, dt=dt).simulate(x)
    ours = states(out, ["mem"])
    assert_equal(ours, reference)
    assert_same_gradient(gradient(ours, x), gradient(reference, x))


@pytest.mark.parametrize("all_to_all", [True, False])
@pytest.mark.parametrize("delay", [True, False])
@pytest.mark.parametrize("reset", RESETS)
@pytest.mark.parametrize(("beta", "threshold"), RECURRENT)
def test_rleaky(reset: str, delay: bool, all_to_all: bool, beta: float, threshold: float) -> None:
    x = drive(3, threshold).requires_grad_()
    form = {"linear_features": SIZE} if all_to_all else {"V": -0.4, "all_to_all": False}
    other = snntorch.RLeaky(
        beta=beta, threshold=threshold, reset_mechanism=reset, reset_delay=delay, **form
    )
    neuron = RLeaky(
        SIZE if all_to_all else None,
        beta=beta,
        V=-0.4,
        all_to_all=all_to_all,
        threshold=threshold,
        reset=reset,
        reset_delay=delay,
    )
    if all_to_all:
        share(neuron, other)
    spikes, mem = run_recurrent(other, x, 2)
    assert 20 < spikes.sum() < spikes.numel()
    out = neuron.simulate(x)
    assert_equal(states(out, ["spk", "mem"]), [spikes, spikes, mem])
    ours, theirs = [out["s"], out["mem"]], [spikes, mem]
    assert_same_gradient(*(gradient([v[:SHORT] for v in both], x) for both in (ours, theirs)))


@pytest.mark.parametrize("all_to_all", [True, False])
@pytest.mark.parametrize("delay", [True, False])
@pytest.mark.parametrize("reset", RESETS)
@pytest.mark.parametrize(("beta", "threshold"), RECURRENT)
@pytest.mark.parametrize("alpha", [0.9, 0.2])
def test_rsynaptic(
    reset: str, delay: bool, all_to_all: bool, alpha: float, beta: float, threshold: float
) -> None:
    """snnTorch's reset_delay=False computes what it does not keep: `delay` makes no difference."""
    x = drive(4, 0.5 * threshold).requires_grad_()
    form = {"linear_features": SIZE} if all_to_all else {"V": -0.2, "all_to_all": False}
    other = snntorch.RSynaptic(
        alpha=alpha,
        beta=beta,
        threshold=threshold,
        reset_mechanism=reset,
        reset_delay=delay,
        **form,
    )
    neuron = RSynaptic(
        SIZE if all_to_all else None,
        alpha=alpha,
        beta=beta,
        V=-0.2,
        all_to_all=all_to_all,
        threshold=threshold,
        reset=reset,
    )
    if all_to_all:
        share(neuron, other)
    spikes, syn, mem = run_recurrent(other, x, 3)
    assert spikes.sum() > 20
    out = neuron.simulate(x)
    assert_equal(states(out, ["spk", "syn", "mem"]), [spikes, spikes, syn, mem])
    ours, theirs = [out["s"], out["mem"]], [spikes, mem]
    assert_same_gradient(*(gradient([v[:SHORT] for v in both], x) for both in (ours, theirs)))


def compare_learned(neuron: Neuron, layer: torch.nn.Module, x: torch.Tensor) -> None:
    """Assert that every learned number and weight of `neuron` has the gradient it has there."""
    out = neuron.simulate(x)
    (out["s"].sum() + out["mem"].square().mean()).backward()
    spikes, *_, mem = run_recurrent(layer, x, len(neuron.states))
    (spikes.sum() + mem.square().mean()).backward()
    theirs = {name.split(".")[-1]: p.grad for name, p in layer.named_parameters()}
    assert {name for name, _ in neuron.named_parameters()} == set(theirs)
    for name, p in neuron.named_parameters():
        if name == "V" and neuron.params["reset"] == "zero" and "syn" not in neuron.states:
            # a spike comes back in the very step in which it sets the membrane to zero
            assert p.grad == theirs[name] == 0
        else:
            assert_same_gradient(p.grad, theirs[name])


@pytest.mark.parametrize("all_to_all", [True, False])
@pytest.mark.parametrize("reset", RESETS)
def test_learned_parameters_and_weights(reset: str, all_to_all: bool) -> None:
    x = drive(5, 0.6)[:SHORT]
    own = ["alpha", "beta", "threshold", *([] if all_to_all else ["V"])]
    flags = {f"learn_{name}": True for name in own if name != "V"}
    form = {"linear_features": SIZE} if all_to_all else {"all_to_all": False}
    other = snntorch.RSynaptic(0.7, 0.8, reset_mechanism=reset, **flags, **form)
    mine = RSynaptic(
        SIZE if all_to_all else None, 0.7, 0.8, reset=reset, all_to_all=all_to_all, learn=own
    )
    if all_to_all:
        share(mine, other)
    compare_learned(mine, other, x)

    flags.pop("learn_alpha")
    other = snntorch.RLeaky(0.8, reset_mechanism=reset, **flags, **form)
    mine = RLeaky(
        SIZE if all_to_all else None, 0.8, reset=reset, all_to_all=all_to_all, learn=own[1:]
    )
    if all_to_all:
        share(mine, other)
    compare_learned(mine, other, x)


def test_sums_in_another_order_would_be_seen() -> None:
    """These tests can fail: input and recurrence added first is another last bit somewhere."""
    spec = RLeaky(SIZE).component.spec.model_dump(by_alias=True, exclude_none=True)
    spec["let"]["charge"]["value"] = "decay*mem[t-1] + (I[t] + back)"
    swapped = Neuron(Component.of(spec), shape=SIZE, beta=0.9)
    neuron = RLeaky(SIZE, beta=0.9)
    swapped.load_state_dict(neuron.state_dict())
    x = drive(3, 1.0)
    assert not torch.equal(swapped.simulate(x)["mem"], neuron.simulate(x)["mem"])
