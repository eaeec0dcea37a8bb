"""neurons/leaky and neurons/synaptic are snnTorch's Leaky and Synaptic: exactly, every step."""

from __future__ import annotations

import warnings

import pytest
import torch

from spikex_lab.nn import Neuron, Surrogate

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    snntorch = pytest.importorskip("snntorch")
    from snntorch import surrogate as theirs

STEPS, BATCH, SIZE = 60, 5, 37
RESETS = ["subtract", "zero", "none"]
VALUES = [(0.9, 1.0), (0.5, 0.3), (0.99, 2.5), (1.0, 1.0), (0.0, 0.7)]


def drive(seed: int, scale: float) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(STEPS, BATCH, SIZE, generator=generator) * scale + 0.3 * scale


def run_theirs(layer: torch.nn.Module, x: torch.Tensor) -> list[torch.Tensor]:
    """Return spikes and states ``[T, B, N]`` of a snnTorch layer that gives (spike, *states)."""
    state: tuple[torch.Tensor, ...] = ()
    rows = []
    for step in x.unbind(0):
        out = layer(step, *state)
        state = out[1:]
        rows.append(out)
    return [torch.stack(series) for series in zip(*rows, strict=True)]


def gradient(outputs: list[torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    weight = torch.Generator().manual_seed(7)
    loss = sum((out * torch.randn(out.shape, generator=weight)).sum() for out in outputs)
    return torch.autograd.grad(loss, x)[0]


def assert_equal(ours: list[torch.Tensor], reference: list[torch.Tensor]) -> None:
    for mine, other in zip(ours, reference, strict=True):
        assert mine.dtype == other.dtype == torch.float32
        assert torch.equal(mine, other)  # 0.0: not "close"


def assert_same_gradient(mine: torch.Tensor, other: torch.Tensor) -> None:
    assert other.abs().max() > 0
    assert (mine - other).abs().max() <= 1e-6 * other.abs().max()


@pytest.mark.parametrize("delay", [True, False])
@pytest.mark.parametrize("reset", RESETS)
@pytest.mark.parametrize(("beta", "threshold"), VALUES)
def test_leaky(reset: str, delay: bool, beta: float, threshold: float) -> None:
    x = drive(1, threshold).requires_grad_()
    other = snntorch.Leaky(beta=beta, threshold=threshold, reset_mechanism=reset, reset_delay=delay)
    reference = run_theirs(other, x)
    assert 20 < reference[0].sum() < reference[0].numel()
    neuron = Neuron("leaky", beta=beta, threshold=threshold, reset=reset, reset_delay=delay)
    out = neuron.simulate(x)
    assert_equal([out["s"], out["mem"]], reference)
    assert torch.equal(neuron(x), reference[0])
    assert_same_gradient(gradient([out["s"], out["mem"]], x), gradient(reference, x))


@pytest.mark.parametrize("delay", [True, False])
@pytest.mark.parametrize("reset", RESETS)
@pytest.mark.parametrize(("beta", "threshold"), VALUES)
@pytest.mark.parametrize("alpha", [0.9, 0.2])
def test_synaptic(reset: str, delay: bool, alpha: float, beta: float, threshold: float) -> None:
    x = (drive(2, 0.5 * threshold)).requires_grad_()
    other = snntorch.Synaptic(
        alpha=alpha, beta=beta, threshold=threshold, reset_mechanism=reset, reset_delay=delay
    )
    spikes, syn, mem = run_theirs(other, x)
    assert spikes.sum() > 20
    out = Neuron(
        "synaptic", alpha=alpha, beta=beta, threshold=threshold, reset=reset, reset_delay=delay
    ).simulate(x)
    assert_equal([out["s"], out["syn"], out["mem"]], [spikes, syn, mem])
    assert_same_gradient(gradient([out["s"], out["mem"]], x), gradient([spikes, mem], x))


@pytest.mark.parametrize("delay", [True, False])
def test_leaky_far_above_threshold(delay: bool) -> None:
    """A membrane several thresholds high is reset again and again: where conventions differ."""
    x = drive(3, 6.0)
    reference = run_theirs(snntorch.Leaky(beta=0.95, reset_delay=delay), x)
    out = Neuron("leaky", beta=0.95, reset_delay=delay).simulate(x)
    assert_equal([out["s"], out["mem"]], reference)


@pytest.mark.parametrize(
    ("ours", "other"),
    [
        (Surrogate("atan"), theirs.atan()),
        (Surrogate("atan", alpha=2.0), theirs.atan(alpha=2.0)),
        (Surrogate("atan", alpha=5.5), theirs.atan(alpha=5.5)),
        (Surrogate("fast-sigmoid"), theirs.fast_sigmoid()),
        (Surrogate("fast-sigmoid", slope=25), theirs.fast_sigmoid(slope=25)),
        (Surrogate("fast-sigmoid", slope=3), theirs.fast_sigmoid(slope=3)),
    ],
)
def test_surrogates(ours: Surrogate, other: object) -> None:
    u = torch.linspace(-3, 3, 1001).requires_grad_()
    weight = torch.linspace(0.1, 1, 1001)
    spikes = ours.fire(strict=True)(u)
    (mine,) = torch.autograd.grad((spikes * weight).sum(), u)
    reference = other(u)  # type: ignore[operator]
    (theirs_,) = torch.autograd.grad((reference * weight).sum(), u)
    assert torch.equal(spikes, reference)
    assert ((mine - theirs_).abs() <= 1e-6 * theirs_.abs()).all()


@pytest.mark.parametrize("surrogate", ["atan", "fast-sigmoid"])
def test_learned_parameters(surrogate: str) -> None:
    """The gradients of beta and threshold agree too."""
    other = theirs.atan() if surrogate == "atan" else theirs.fast_sigmoid()
    x = drive(4, 1.0)
    layer = snntorch.Leaky(
        beta=0.8, threshold=1.0, learn_beta=True, learn_threshold=True, spike_grad=other
    )
    spikes, mem = run_theirs(layer, x)
    (spikes.sum() + mem.square().sum()).backward()
    neuron = Neuron(
        "leaky", beta=0.8, threshold=1.0, learn=["beta", "threshold"], surrogate=surrogate
    )
    out = neuron.simulate(x)
    (out["s"].sum() + out["mem"].square().sum()).backward()
    for name in ("beta", "threshold"):
        mine, reference = neuron.get_parameter(name).grad, layer.get_parameter(name).grad
        assert abs(mine - reference) <= 1e-5 * abs(reference)


def test_a_network_of_both() -> None:
    """Two dense layers with neurons between: scores and weight gradients as snnTorch's own loop."""
    from spikex_lab.nn import build
    from spikex_lab.spec.templates import template

    spec = template("snn-mlp")
    net = build(spec, seed=3)
    x = torch.rand(6, *spec.input.shape)
    leaky = [snntorch.Leaky(beta=0.9), snntorch.Leaky(beta=0.9)]
    first, second = net.node("fc1"), net.node("fc2")
    mems = [layer.reset_mem() for layer in leaky]
    total = torch.zeros(())
    for _ in range(spec.time.steps):
        s, mems[0] = leaky[0](
            torch.nn.functional.linear(x.flatten(1), first.weight, first.bias), mems[0]
        )
        s, mems[1] = leaky[1](torch.nn.functional.linear(s, second.weight, second.bias), mems[1])
        total = total + s
    assert total.sum() > 0
    target = torch.arange(6) % 10
    torch.nn.functional.cross_entropy(total, target).backward()
    reference = {name: p.grad.clone() for name, p in net.named_parameters()}
    net.zero_grad()
    scores = net(x)
    assert torch.equal(scores, total)
    torch.nn.functional.cross_entropy(scores, target).backward()
    for name, p in net.named_parameters():
        assert_same_gradient(p.grad, reference[name])
