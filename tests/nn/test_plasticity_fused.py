"""Fused learning rules against the reference: every rule of the library, and some odd ones."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from spikex_lab import toolchain
from spikex_lab.catalog import Component, library
from spikex_lab.catalog.codegen import words
from spikex_lab.catalog.codegen.rule import RuleKernel
from spikex_lab.catalog.expr import Call, walk
from spikex_lab.errors import InvalidError
from spikex_lab.nn import kernels, rules, use_kernels
from spikex_lab.nn.plasticity import Rule

from .test_plasticity import FORMS, mine

pytestmark = pytest.mark.skipif(toolchain.compiler() is None, reason="no C++ compiler here")

EXACT = {"mean", "outer", "max", "min", "clip", "abs"}
"""Functions that round as every machine does, where there is one sample."""
CASES = [
    pytest.param(name, dict(variant.chosen[0]), id=f"{name} {variant.label}".strip())
    for name in library().ids("learning")
    if library().get(name).has_equations
    for variant in words.variants(library().get(name))
]
SIZES = ((12, 5, 6, 7), (5, 1, 1, 1), (9, 1, 3, 33), (4, 20, 9, 17), (6, 3, 1, 40), (7, 2, 5, 1))
"""Steps, samples, neurons, inputs."""
TRACES = {"x": {"per": "pre", "doc": "x"}, "y": {"per": "post", "doc": "y"}}
ODD: dict[str, dict[str, Any]] = {
    # a trace that hears a mean of its own step, and a mean that hears that trace
    "two sweeps": {
        "state": {
            "theta": {"per": "post", "kept": True, "doc": "theta"},
            "rate": {"per": "post", "kept": True, "doc": "rate"},
            "y": {"per": "post", "doc": "y"},
            "w": {"per": "synapse", "kept": True, "doc": "w"},
        },
        "equations": [
            "theta[t] = 0.9*theta[t-1] + 0.1*post[t]*y[t-1]",
            "y[t] = 0.5*y[t-1] + post[t] - theta[t]",
            "rate[t] = rate[t-1] + 0.1*(y[t] - rate[t-1])",
            "w[t] = w[t-1] + a*pre[t]*(y[t] - rate[t])",
        ],
    },
    "one for all": {
        "state": {
            "D": {"kept": True, "doc": "D"},
            "E": {"doc": "E"},
            "w": {"per": "synapse", "kept": True, "doc": "w"},
        },
        "equations": [
            "D[t] = 0.9*D[t-1] + reward[t]",
            "E[t] = 0.5*E[t-1] + reward[t] - D[t]",
            "w[t] = 0.99*w[t-1] + a*E[t]*pre[t]*post[t] + 0.01*D[t]",
        ],
    },
    "synapses of samples": {
        "state": {
            **TRACES,
            "c": {"per": "synapse", "doc": "c"},
            "k": {"per": "synapse", "kept": True, "doc": "k"},
            "w": {"per": "synapse", "kept": True, "doc": "w"},
        },
        "equations": [
            "x[t] = 0.8*x[t-1] + pre[t]",
            "y[t] = 0.7*y[t-1] + post[t]",
            "k[t] = 0.9*k[t-1] + 0.1*c[t-1]*x[t]",
            "c[t] = 0.9*c[t-1] + x[t]*y[t]*(1 - k[t])",
            "w[t] = w[t-1] + a*c[t]*reward[t] - 0.1*k[t]*w[t-1]",
        ],
    },
    "nothing of its own": {"equations": ["w[t] = w[t-1] - a*w[t-1]"]},
}


def own(name: str) -> Component:
    return mine("", **{"state": ODD[name].get("state", {"w": {"per": "synapse", "kept": True,
        "doc": "w"}}), **ODD[name]})  # fmt: skip


def signals(
    rule: Rule, size: tuple[int, ...], seed: int = 0, spikes: bool = True
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return weights and something for every input, float64."""
    steps, samples, neurons, inputs = size
    drawn = torch.Generator().manual_seed(seed)
    last = {"pre": [inputs], "post": [neurons], "neuron": [], "synapse": [neurons, inputs]}
    found = {}
    for name in rule.inputs:
        shape = [steps, samples, *last[rule.component.spec.inputs[name].per]]
        x = torch.rand(shape, generator=drawn, dtype=torch.float64)
        found[name] = (x < 0.2).to(x) if spikes else x - 0.4
    weight = 0.2 + 0.5 * torch.rand(neurons, inputs, generator=drawn, dtype=torch.float64)
    return -weight if "inhibitory" in rule.params.values() else weight, found


def run(kind: Any, rule: Rule, weight: Tensor, given: dict[str, Tensor]) -> list[Tensor]:
    with use_kernels(kind):
        if kind == "fused":
            assert rules.serving(rule.component, rule.selection, weight) is not None
        after, kept = rule.run(weight, given)
    return [after, *kept.values()]


def both(rule: Rule, weight: Tensor, given: dict[str, Tensor], dtype: torch.dtype) -> Any:
    given = {name: one.to(dtype) for name, one in given.items()}
    return zip(*(run(kind, rule, weight.to(dtype), given) for kind in ("reference", "fused")),
               strict=True)  # fmt: skip


def check(rule: Rule, size: tuple[int, ...], seed: int, spikes: bool, dtype: torch.dtype) -> None:
    weight, given = signals(rule, size, seed, spikes)
    calls = {
        part.function
        for line in rule.step.program.body
        for part in walk(line.value)
        if isinstance(part, Call)
    }
    for one, other in both(rule, weight, given, dtype):
        assert one.shape == other.shape
        if size[1] == 1 and calls <= EXACT:
            assert torch.equal(one, other)
        else:
            most = one.abs().max().clamp(min=1e-30) if one.numel() else torch.ones(())
            apart = ((one - other).abs() / most).nan_to_num()
            assert torch.equal(one.isnan(), other.isnan())
            assert not (apart > (1e-6 if dtype.itemsize == 4 else 1e-12)).any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("name", "params"), CASES)
def test_the_reference(name: str, params: dict[str, Any], dtype: torch.dtype) -> None:
    rule = Rule(library().get(name), params)
    for size in SIZES:
        for spikes in (True, False):
            check(rule, size, 1, spikes, dtype)


@pytest.mark.parametrize("line", FORMS)
def test_any_form_of_change(line: str) -> None:
    for size in SIZES:
        check(Rule(mine(line)), size, 2, False, torch.float64)


@pytest.mark.parametrize("name", ODD)
def test_rules_of_ones_own(name: str) -> None:
    for size in SIZES:
        check(Rule(own(name)), size, 3, False, torch.float64)


@settings(max_examples=60, deadline=None)
@given(
    case=st.sampled_from([one.values for one in CASES]),
    size=st.tuples(st.integers(0, 9), st.integers(0, 18), st.integers(1, 9), st.integers(1, 70)),
    seed=st.integers(0, 10_000),
    spikes=st.booleans(),
    dtype=st.sampled_from([torch.float32, torch.float64]),
)
def test_any_shape(
    case: Any, size: tuple[int, ...], seed: int, spikes: bool, dtype: torch.dtype
) -> None:
    name, params = case
    check(Rule(library().get(name), params), size, seed, spikes, dtype)


@pytest.mark.parametrize("powers", [(0.4, 0.7), (1.0, 1.0), (0.0, 1.0), (2.0, 0.5)])
def test_powers_of_the_weight(powers: tuple[float, float]) -> None:
    params = {"mu_plus": powers[0], "mu_minus": powers[1]}
    rule = Rule(library().get("learning/stdp"), params)
    for dtype in (torch.float32, torch.float64):
        check(rule, (12, 3, 5, 40), 4, True, dtype)


@pytest.mark.parametrize("weight", [0.0, -0.0, 1.0, 1e-40, 1e-20, -0.5, 2.0, math.inf, math.nan])
@pytest.mark.parametrize("power", [0.4, -0.4, 3.5])
def test_powers_at_the_edge(weight: float, power: float) -> None:
    """0 to a power, a root of a negative number, what is too small for one."""
    rule = Rule(mine(f"min(w[t-1]**({power}), 9) + a*pre[t]*post[t]"))
    _, given = signals(rule, (2, 1, 3, 20), 8)
    for one, other in both(rule, torch.full((3, 20), weight), given, torch.float32):
        torch.testing.assert_close(other, one, rtol=1e-6, atol=0, equal_nan=True)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e-40, 3e38])
@pytest.mark.parametrize("place", ["pre", "post", "weight"])
@pytest.mark.parametrize(("name", "params"), CASES)
def test_numbers_at_the_edge(name: str, params: dict[str, Any], place: str, value: float) -> None:
    """Also where all that they meet is 0."""
    rule = Rule(library().get(name), params)
    weight, given = signals(rule, (6, 2, 5, 20), 5)
    weight, given = weight.float(), {key: one.float() for key, one in given.items()}
    if place == "weight":
        weight[3, 7] = value
    else:
        given[place][2, 1, 3] = value
    other = "post" if place == "pre" else "pre"
    given[other][2:4] = 0
    for one, yours in both(rule, weight, given, torch.float32):
        torch.testing.assert_close(yours, one, rtol=1e-5, atol=1e-30, equal_nan=True)


def test_what_is_left_out_has_its_default() -> None:
    for name in ("stdp", "bcm", "r-stdp", "perceptron"):
        rule = Rule(library().get(f"learning/{name}"))
        weight, given = signals(rule, (6, 3, 5, 20))
        for one, other in both(rule, weight, {"pre": given["pre"]}, torch.float64):
            torch.testing.assert_close(other, one, rtol=1e-12, atol=1e-12)


def test_what_is_kept_goes_on() -> None:
    rule = Rule(own("two sweeps"))
    weight, given = signals(rule, (10, 3, 5, 20), spikes=False)
    _, after = rule.run(weight, given)
    first, between = rule.run(weight, {key: one[:4] for key, one in given.items()})
    assert between["theta"].shape == (5, 1)
    with use_kernels("reference"):
        there = rule.run(weight, {key: one[:4] for key, one in given.items()})
    torch.testing.assert_close((first, between), there, rtol=1e-12, atol=1e-14)
    assert not torch.equal(between["theta"], after["theta"])


@pytest.mark.parametrize("name", ["stdp", "r-stdp", "bcm"])
def test_stretches_change_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps one by one, or all in one call: traces and calm synapses go on."""
    rule = Rule(library().get(f"learning/{name}"))
    weight, given = signals(rule, (30, 2, 5, 40))
    polls = []
    whole = rule.run(weight, given, poll=lambda: polls.append(0))
    assert len(polls) == 1
    monkeypatch.setattr(rules, "_HANDS", 1)
    parts = rule.run(weight, given, poll=lambda: polls.append(1))
    assert sum(polls) == 30
    assert torch.equal(whole[0], parts[0])
    assert all(torch.equal(one, parts[1][key]) for key, one in whole[1].items())


def test_a_poll_may_raise_and_nothing_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_HANDS", 1)
    rule = Rule(library().get("learning/stdp"))
    weight, given = signals(rule, (30, 2, 5, 40))
    before, left = weight.clone(), [0, 0, 0]

    def poll() -> None:
        if not left:
            raise KeyboardInterrupt
        left.pop()

    with pytest.raises(KeyboardInterrupt):
        rule.run(weight, given, poll=poll)
    assert torch.equal(weight, before)


@pytest.mark.parametrize("name", ["stdp", "r-stdp", "oja"])
def test_threads_change_nothing(name: str) -> None:
    rule = Rule(library().get(f"learning/{name}"))
    weight, given = signals(rule, (9, 3, 23, 700), spikes=name != "oja")
    before, found = torch.get_num_threads(), []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            found.append(run("fused", rule, weight, given)[0])
    finally:
        torch.set_num_threads(before)
    assert torch.equal(found[0], found[1])
    assert torch.equal(found[0], found[2])


def test_signals_need_not_lie_side_by_side() -> None:
    rule = Rule(library().get("learning/perceptron"))
    weight, given = signals(rule, (6, 3, 5, 20))
    plain = run("fused", rule, weight, given)[0]
    turned = {key: one.permute(2, 0, 1).contiguous().permute(1, 2, 0) for key, one in given.items()}
    turned["target"] = given["target"][:1].expand(6, -1, -1)
    same = {**given, "target": turned["target"].contiguous()}
    assert torch.equal(run("fused", rule, weight.t().contiguous().t(), turned)[0],
                       run("fused", rule, weight, same)[0])  # fmt: skip
    assert not torch.equal(plain, weight)


def test_inputs_per_synapse() -> None:
    inputs = {
        "pre": {"per": "pre", "doc": "in"},
        "post": {"per": "post", "default": 0, "doc": "out"},
        "gate": {"per": "synapse", "default": 1, "doc": "gate"},
    }
    rule = Rule(mine("w[t-1] + a*gate[t]*pre[t]*post[t]", inputs=inputs))
    for size in SIZES:
        check(rule, size, 6, False, torch.float64)


def test_half_precision_and_traces_of_synapses_run_on_the_reference(
    caplog: pytest.LogCaptureFixture,
) -> None:
    kernels._told.clear()
    caplog.set_level("INFO", "spikex_lab.nn")
    rule = Rule(library().get("learning/hebb"))
    weight, given = signals(rule, (6, 3, 5, 20))
    rule.run(weight.bfloat16(), {key: one.bfloat16() for key, one in given.items()})
    state = {**TRACES, "w": {"per": "synapse", "kept": True, "doc": "w"}}
    lines = ["x[t] = x[t-1] + post[t]", "y[t] = post[t]", "w[t] = w[t-1] + x[t]*y[t]"]
    wide = Rule(mine("", state=state, equations=lines))
    wide.run(weight, given | {"reward": torch.zeros(6, 3).double()})
    assert "learning/hebb runs on the reference: its weights are bfloat16" in caplog.text
    assert "learning/mine runs on the reference: x hears" in caplog.text


def test_without_a_compiler_the_reference_serves(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(toolchain, "fast", lambda text: None)
    rules._machine.cache_clear()
    kernels._told.clear()
    caplog.set_level("INFO", "spikex_lab.nn")
    rule = Rule(library().get("learning/hebb"))
    weight, given = signals(rule, (6, 3, 5, 20))
    after, _ = rule.run(weight, given)
    with use_kernels("reference"):
        assert torch.equal(after, rule.run(weight, given)[0])
    rules._machine.cache_clear()
    assert "no C++ compiler was found" in caplog.text


@pytest.mark.parametrize(("name", "params"), CASES)
def test_the_text_compiles_without_warnings(name: str, params: dict[str, Any]) -> None:
    rule = Rule(library().get(name), params)
    step = rule.batched
    text = RuleKernel(step.program, step.axes).source
    assert toolchain.check(text, flags=(*toolchain.FAST, *toolchain.STRICT))


def test_a_kernel_says_what_a_trace_may_not_hear() -> None:
    lines = ["x[t] = x[t-1] + post[t]", "y[t] = post[t]", "w[t] = w[t-1] + x[t]*y[t]"]
    state = {**TRACES, "w": {"per": "synapse", "kept": True, "doc": "w"}}
    step = Rule(mine("", state=state, equations=lines)).batched
    with pytest.raises(InvalidError, match="x hears"):
        _ = RuleKernel(step.program, step.axes).parts
