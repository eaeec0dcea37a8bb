"""Learning rules over batches: the mean over samples, as matrix products where they come apart."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from spikex_lab.catalog import Component, library
from spikex_lab.catalog.codegen.factors import BatchPrinter
from spikex_lab.catalog.codegen.torch import step_source
from spikex_lab.errors import InvalidError
from spikex_lab.nn import use_kernels
from spikex_lab.nn.plasticity import Rule

T, B, N, P = 12, 5, 3, 4


def rule(name: str, **params: Any) -> Rule:
    return Rule(library().get(f"learning/{name}"), params)


def mine(line: str, **more: Any) -> Component:
    """A rule whose weight changes by one line."""
    return Component.of(
        {
            "schema": "spikex/component@1",
            "id": "learning/mine",
            "name": "Mine",
            "kind": "learning",
            "version": "1.0.0",
            "authors": ["A"],
            "license": "none",
            "summary": "A test.",
            "parameters": {"a": {"value": 0.3, "doc": "a"}},
            "state": {"w": {"per": "synapse", "kept": True, "doc": "weight"}},
            "inputs": {
                "pre": {"per": "pre", "doc": "in"},
                "post": {"per": "post", "default": 0, "doc": "out"},
                "reward": {"default": 0, "doc": "reward"},
            },
            "equations": [f"w[t] = {line}"],
            "output": "w",
            **more,
        }
    )


def signals(seed: int = 0, *, spikes: bool = True, **more: tuple[int, ...]) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(seed)
    shapes = {"pre": (T, B, P), "post": (T, B, N), **more}
    drawn = {
        name: torch.rand(shape, generator=generator, dtype=torch.float64)
        for name, shape in shapes.items()
    }
    return {name: (x < 0.3).to(x) if spikes else x - 0.4 for name, x in drawn.items()}


def weights(seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 0.3 + 0.4 * torch.rand(N, P, generator=generator, dtype=torch.float64)


def text(name: str, **params: Any) -> str:
    return step_source(rule(name, **params).step.program, by=BatchPrinter)


@pytest.mark.parametrize(
    ("name", "params", "products"),
    [
        ("stdp", {}, 2),
        ("stdp", {"pairing": "nearest"}, 2),
        ("triplet-stdp", {}, 2),
        ("hebb", {}, 1),
        ("oja", {}, 1),
        ("bcm", {}, 1),
        ("homeostasis", {"form": "threshold"}, 1),
        ("homeostasis", {"form": "inhibitory"}, 2),
        ("perceptron", {}, 1),
        ("r-stdp", {}, 0),
    ],
)
def test_changes_are_matrix_products(name: str, params: dict[str, Any], products: int) -> None:
    """The eligibility of R-STDP is each sample's own and each synapse's: there is none."""
    assert text(name, **params).count("torch.matmul") == products


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("stdp", {"eta": 1e-3}),
        ("triplet-stdp", {"A2_minus": 1e-3}),
        ("r-stdp", {}),
        ("hebb", {}),
        ("perceptron", {}),
        ("homeostasis", {}),
    ],
)
def test_a_batch_moves_by_the_mean_of_its_samples(name: str, params: dict[str, Any]) -> None:
    one = rule(name, **params)
    given = signals()
    if "reward" in one.inputs:
        given["reward"] = torch.linspace(-1, 1, T * B, dtype=torch.float64).reshape(T, B)
    start = weights()
    together, _ = one.run(start, given)
    alone = [one.run(start, {k: v[:, i : i + 1] for k, v in given.items()})[0] for i in range(B)]
    assert not torch.equal(together, start)
    torch.testing.assert_close(together, torch.stack(alone).mean(0), rtol=1e-12, atol=1e-14)


FORMS = {
    "w[t-1] + (a - pre[t])*(post[t] + 2)/(1 + post[t]*post[t])": (
        lambda w, x, y, r: w + (0.3 - x) * (y + 2) / (1 + y * y)
    ),
    "w[t-1] - -(pre[t]*post[t])*w[t-1] - a": lambda w, x, y, r: w + x * y * w - 0.3,
    "w[t-1] + sigmoid(pre[t]*post[t])": lambda w, x, y, r: w + torch.sigmoid(x * y),
    "w[t-1] + post[t]/(2 + pre[t]*post[t])": lambda w, x, y, r: w + y / (2 + x * y),
    "w[t-1] + reward[t]*pre[t]*post[t]": lambda w, x, y, r: w + r * x * y,
    "w[t-1] + reward[t]*a": lambda w, x, y, r: w + r * 0.3 + 0 * x * y,
    "0.9*w[t-1]": lambda w, x, y, r: 0.9 * w + 0 * x * y,
    "(1 - pre[t])*w[t-1] + pre[t]*post[t]": lambda w, x, y, r: (1 - x) * w + x * y,
    "w[t-1] + pre[t]*post[t] if a > 0 else w[t-1]": lambda w, x, y, r: w + x * y,
}


@pytest.mark.parametrize("line", FORMS)
def test_any_form_of_change_is_the_mean_over_samples(line: str) -> None:
    given = signals(spikes=False, reward=(T, B))
    expected = weights()
    for t in range(T):
        x, y = given["pre"][t][:, None, :], given["post"][t][:, :, None]
        expected = FORMS[line](expected, x, y, given["reward"][t][:, None, None]).mean(0)
    found, _ = Rule(mine(line)).run(weights(), given)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


def test_what_is_kept_lives_on_and_what_was_given_stays() -> None:
    one = rule("bcm", theta_0=0.5)
    given, start = signals(spikes=False), weights()
    before = start.clone()
    after, kept = one.run(start, given)
    assert list(kept) == ["theta"]
    assert kept["theta"].shape == (N, 1)
    assert torch.equal(start, before)
    halves = [{k: v[:6] for k, v in given.items()}, {k: v[6:] for k, v in given.items()}]
    first, between = one.run(start, halves[0])
    second, _ = one.run(first, halves[1], between)
    torch.testing.assert_close(second, after, rtol=1e-12, atol=0)
    forgetful, _ = one.run(first, halves[1])
    assert not torch.allclose(forgetful, after)


def test_traces_begin_anew() -> None:
    one, start = rule("stdp"), weights()
    pre, post = torch.zeros(2, 1, P).double(), torch.zeros(2, 1, N).double()
    pre[0], post[1] = 1, 1
    assert not torch.equal(one.run(start, {"pre": pre, "post": post})[0], start)
    between, _ = one.run(start, {"pre": pre[:1], "post": post[:1]})
    after, _ = one.run(between, {"pre": pre[1:], "post": post[1:]})
    assert torch.equal(after, start)


def test_the_reference_polls_at_every_step_and_a_poll_may_raise() -> None:
    polls = 0

    def poll() -> None:
        nonlocal polls
        polls += 1
        if polls == 7:
            raise KeyboardInterrupt

    start = weights()
    before = start.clone()
    with use_kernels("reference"), pytest.raises(KeyboardInterrupt):
        rule("stdp").run(start, signals(), poll=poll)
    assert polls == 7
    assert torch.equal(start, before)


def test_weights_stay_within_the_rules_own_limits() -> None:
    given = {"pre": torch.ones(T, B, P), "post": torch.ones(T, B, N)}
    high, _ = rule("stdp", eta=1.0, alpha=0.0).run(torch.full((N, P), 0.9), given)
    low, _ = rule("stdp", eta=1.0, alpha=9.0).run(torch.full((N, P), 0.1), given)
    assert torch.equal(high, torch.ones(N, P))
    assert torch.equal(low, torch.zeros(N, P))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"post": (T, B, N + 1)}, "shape"),
        ({"pre": (T, B, P + 1)}, "shape"),
        ({"post": (T, B + 1, N)}, "shape"),
        ({"target": (T, B, N)}, "no input"),
    ],
)
def test_signals_that_do_not_fit_are_refused(change: dict[str, Any], word: str) -> None:
    given = signals() | {name: torch.zeros(shape) for name, shape in change.items()}
    with pytest.raises(InvalidError, match=word):
        rule("stdp").run(weights(), given)
    with pytest.raises(InvalidError, match="pre"):
        rule("stdp").run(weights(), {"post": signals()["post"]})


def test_only_learning_rules_with_a_weight_are_rules() -> None:
    with pytest.raises(InvalidError, match="no learning rule"):
        Rule(library().get("neurons/leaky"))
    with pytest.raises(InvalidError, match="no learning rule"):
        Rule(library().get("learning/bptt"))
    wrong = {"theta": {"per": "post", "doc": "theta"}, "w": {"per": "synapse", "doc": "w"}}
    component = mine(
        "w[t-1]", state=wrong, equations=["w[t] = w[t-1]", "theta[t] = post[t]"], output="theta"
    )
    with pytest.raises(InvalidError, match="per synapse"):
        Rule(component)
