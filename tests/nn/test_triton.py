"""Triton's kernels against the reference, in Triton's interpreter, which needs no GPU.

What only a GPU can show is tested where there is one. What can be shown without: that the kernels
compile for one, and which instructions they compile to.
"""

from __future__ import annotations

import importlib.util
import inspect
import math
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikex_lab import nn
from spikex_lab.catalog import Component, library
from spikex_lab.catalog.codegen.kernel import Kernel, Real
from spikex_lab.nn import Neuron, fused, gpu, use_kernels
from spikex_lab.nn.cell import Cell
from spikex_lab.nn.flow import Flow

from .test_fused import CASES, apart, exact_in_any_precision, made, run, signals

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="Triton is made for Linux only"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),  # numpy's, of infinities
]
SHAPE = (5, 2, 7)
FEW = [case for case in CASES if case.values[0] in ("neurons/leaky", "neurons/adex")]


@pytest.fixture(autouse=True)
def interpreted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    gpu.machine.cache_clear()
    yield
    gpu.machine.cache_clear()


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRITON_INTERPRET")


@pytest.mark.parametrize(("name", "params"), CASES)
def test_float64_is_the_reference(name: str, params: dict[str, Any]) -> None:
    cell = made(name, params, torch.float64, learn=True)
    inputs = signals(cell, SHAPE)
    before = len(fused._machines)
    one, other = (run(kind, cell, inputs, torch.float64) for kind in ("reference", "fused"))
    used = {each.arguments for each in fused._machines[before:]}
    assert used == (set() if recurs(cell) else {gpu._Named})
    if cell.component.spiking:
        assert torch.equal(one.out, other.out)
    for mine, yours in zip(one.values, other.values, strict=True):
        assert apart(mine, yours) < 1e-12
    for mine, yours in zip(one.gradients, other.gradients, strict=True):
        assert apart(mine, yours) < 1e-10


@pytest.mark.parametrize(("name", "params"), CASES)
def test_float32_is_the_reference(name: str, params: dict[str, Any]) -> None:
    cell = made(name, params, torch.float32).requires_grad_(False)
    inputs = [x.float() for x in signals(cell, SHAPE)]
    results = []
    for kind in ("reference", "fused"):
        with use_kernels(kind):
            out, last, kept = cell.scan(
                inputs[0], keep=cell.states, others=[Flow(x) for x in inputs[1:]] or None
            )
        results.append([out, *last, *kept.values()])
    one, other = results
    if cell.component.spiking:
        assert torch.equal(one[0], other[0])
    for mine, yours in zip(one, other, strict=True):
        exact = exact_in_any_precision(cell)
        assert torch.equal(mine, yours) if exact else apart(mine, yours) < 1e-5


def recurs(cell: Cell) -> bool:
    """Say whether the cell hears itself: that runs on the reference."""
    back = cell.component.spec.recurrence
    return back is not None and cell.has_tensor(back.weight)


@settings(max_examples=12, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 12), st.integers(0, 2), st.sampled_from([1, 16, 17, 70])),
    seed=st.integers(0, 10_000),
    dtype=st.sampled_from([torch.float32, torch.float64]),
)
def test_any_shape(shape: tuple[int, int, int], seed: int, dtype: torch.dtype) -> None:
    cell = made("neurons/leaky", {}, dtype)
    inputs = signals(cell, shape, seed)
    one, other = (run(kind, cell, inputs, dtype) for kind in ("reference", "fused"))
    for mine, yours in zip(one.values, other.values, strict=True):
        assert torch.equal(mine, yours)
    assert apart(one.gradients[0], other.gradients[0]) < (1e-6 if dtype.itemsize == 4 else 1e-12)


def test_what_stays_the_same_over_time() -> None:
    x = 0.4 * torch.rand(2, 9)
    results = []
    for kind in ("reference", "fused"):
        cell = made("neurons/leaky", {}, torch.float32)
        now = x.clone().requires_grad_()
        with use_kernels(kind):
            out, _, kept = cell.scan(Flow(now, static=True), steps=15, keep=["mem"])
        (out * torch.arange(15.0).view(15, 1, 1)).sum().backward()
        results.append((out.detach(), kept["mem"].detach(), now.grad))
    (out, mem, grad), (other, other_mem, other_grad) = results
    assert out.sum() > 5
    assert torch.equal(out, other)
    assert torch.equal(mem, other_mem)
    assert apart(grad, other_grad) < 1e-6  # type: ignore[arg-type]


@pytest.mark.parametrize("wanted", ["out", "last", "kept"])
def test_states_go_on_and_gradients_may_be_absent(wanted: str) -> None:
    x = torch.rand(7, 2, 5, dtype=torch.float64)
    first = torch.rand(2, 2, 5, dtype=torch.float64)
    results = []
    for kind in ("reference", "fused"):
        cell = made("neurons/synaptic", {}, torch.float64)
        leaves = [x.clone().requires_grad_(), *(one.clone().requires_grad_() for one in first)]
        keep = ["mem"] if wanted == "kept" else []
        with use_kernels(kind):
            out, last, kept = cell.scan(leaves[0], leaves[1:], keep=keep)
        chosen = {"out": out, "last": last[1], "kept": kept.get("mem")}[wanted]
        assert chosen is not None
        grads = torch.autograd.grad((chosen * chosen.detach().cos()).sum(), leaves)
        results.append([out.detach(), *(one.detach() for one in last), *grads])
    for mine, yours in zip(*results, strict=True):
        assert apart(mine, yours) < 1e-13


@pytest.mark.parametrize("name", ["neurons/leaky", "neurons/alif"])
def test_samples_of_several_lengths(name: str) -> None:
    lengths = torch.tensor([9, 4, 0, 7])
    cell = made(name, {}, torch.float64, learn=True)
    x = signals(cell, (9, 4, 3))[0]
    results = []
    for kind in ("reference", "fused"):
        now = x.clone().requires_grad_()
        with use_kernels(kind):
            out, last, kept = cell.scan(now, keep=cell.states, lengths=lengths)
        values = [out, *last, *kept.values()]
        loss = sum((one * (1 + one.detach().cos())).sum() for one in values)
        grads = torch.autograd.grad(loss, [now, *cell.parameters()])  # type: ignore[arg-type]
        results.append([*(one.detach() for one in values), *grads])
    for mine, yours in zip(*results, strict=True):
        assert apart(mine, yours) < 1e-12


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e-40, -1e-40, 3e38])
@pytest.mark.parametrize(("name", "params"), FEW)
def test_numbers_at_the_edge(name: str, params: dict[str, Any], value: float) -> None:
    cell = made(name, params, torch.float32)
    x = signals(cell, (4, 1, 7))[0].float()
    x[1, 0, 1] = value
    results = []
    for kind in ("reference", "fused"):
        with use_kernels(kind):
            out, last, kept = cell.scan(x, keep=cell.states)
        results.append([out, *last, *kept.values()])
    for mine, yours in zip(*results, strict=True):
        torch.testing.assert_close(yours, mine, rtol=1e-5, atol=1e-30, equal_nan=True)


PLACES = [
    0.0, -0.0, 1e-40, 1e-7, -9e-6, 2e-5, 0.25, -0.49, 0.5, -0.5, 0.99, 1.0, -1.0, 1.5, 2.5, -3.5,
    4.7, -7.3, 12.0, -21.5, 30.1, -87.0, 88.0, 104.0, -120.0, 1e4, -1e4, math.inf, -math.inf,
    math.nan,
]  # fmt: skip
FUNCTIONS = [
    "abs(I)", "atan(I)", "ceil(I)", "cos(I)", "cosh(I)", "erf(I)", "exp(I)", "exprel(I)",
    "floor(I)", "log(I)", "log(abs(I))", "max(I, -0.5)", "min(I, 1.5)", "max(I, 0.3*I)",
    "min(I, 0.3*I)", "relu(I)", "clip(I, -2, 1)", "clip(I, -2, 0.1*I)", "round(I)", "sigmoid(I)",
    "sign(I)", "sin(I)", "sinh(I)", "sqrt(I)", "step(I)", "tan(I)", "tanh(I)", "I**2", "I**3",
    "I**-1", "I**0.5", "I**-0.5", "I**2.3", "I**5", "I**-2", "2**I", "I // 0.3", "I % 0.7",
    "I // -0.4", "I % -0.9", "5 // I", "7 % I", "-I", "3/I", "I if I > 0.2 and not I > 5 else -I",
]  # fmt: skip


def computing(text: str) -> Cell:
    """Return a cell that gives out `text` of its input ``I``."""
    component = Component.of(
        {
            "schema": "spikex/component@1",
            "id": "neurons/test-function",
            "name": "One function",
            "kind": "neuron",
            "version": "1.0.0",
            "authors": ["me"],
            "license": "BSD-3-Clause",
            "summary": "One function of its input.",
            "parameters": {},
            "inputs": {"I": {"doc": "d"}},
            "state": {"v": {"doc": "d"}},
            "equations": ["v[t] = I"],
            "output": text,
            "conventions": {
                "threshold": ">",
                "reset_moment": "same_step",
                "reset_kind": "none",
                "input_gain": "1",
            },
        }
    )
    return Cell(component, component.resolve({}), dt=1.0)


@pytest.mark.parametrize("text", FUNCTIONS)
def test_functions_of_the_language(text: str) -> None:
    """All at once the ordinary, the small, the large, and what is no number."""
    for dtype, digits in ((torch.float64, 1e-13), (torch.float32, 1e-6)):
        cell = computing(text).to(dtype)
        # torch's float32 remainder by a denormal number is none
        places = PLACES if text != "7 % I" else [one for one in PLACES if one != 1e-40]
        x = torch.tensor(places, dtype=dtype).view(1, 1, -1)
        with use_kernels("fused"):
            found = cell.scan(x).out
        with use_kernels("reference"):
            wanted = cell.scan(x).out
        torch.testing.assert_close(found, wanted, rtol=digits, atol=1e-40, equal_nan=True)


@pytest.mark.parametrize("text", [one for one in FUNCTIONS if "//" not in one and one != "7 % I"])
def test_derivatives_of_the_functions(text: str) -> None:
    cell = computing(text).double()
    ordinary = [one for one in PLACES if 1e-9 < abs(one) < 25]
    slopes = []
    for kind in ("reference", "fused"):
        x = torch.tensor(ordinary, dtype=torch.float64).view(1, 1, -1).requires_grad_()
        with use_kernels(kind):
            (slope,) = torch.autograd.grad(cell.scan(x).out.sum() + 0 * x.sum(), x)
        slopes.append(slope)
    torch.testing.assert_close(slopes[1], slopes[0], rtol=1e-11, atol=1e-13, equal_nan=True)


def test_random_numbers_are_those_of_the_reference() -> None:
    component = library().get("neurons/poisson")
    rates = torch.full((20, 2, 3), 200.0)
    spikes = []
    for kind in ("reference", "fused"):
        cell = Cell(component, component.resolve({}), dt=1.0)
        torch.manual_seed(3)
        with use_kernels(kind):
            spikes.append(cell.apply_once(rates))
    assert torch.equal(*spikes)


def test_without_triton_the_reference_runs_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    x = torch.rand(5, 2, 3)
    with use_kernels("reference"):
        expected = Neuron("synaptic")(x)
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "triton" else found(name)
    )
    monkeypatch.setattr(nn.kernels, "_told", set())
    with caplog.at_level("INFO", logger="spikex_lab.nn.kernels"):
        assert all(torch.equal(Neuron("synaptic")(x), expected) for _ in range(2))
    told = [record.getMessage() for record in caplog.records]
    assert told == ["neurons/synaptic runs on the reference: Triton is not installed"]


# -- for a GPU, without one ----------------------------------------------------------------------


def instructions(kernel: Kernel, which: str) -> list[str]:
    """Return the instructions of a kernel compiled for a GPU, which need not be there."""
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    function = gpu.functions(kernel, "neurons/test")[which]
    number = {"float": "*fp32", "double": "*fp64"}[kernel.real]
    types, constants = {}, {}
    for name in inspect.signature(function.fn).parameters:
        if name.startswith("moves") or name == "block":
            types[name], constants[name] = "constexpr", 32 if name == "block" else True
        elif name in ("steps", "every", "segments", "columns") or name.startswith("span"):
            types[name] = "i32"
        else:
            types[name] = number
    made = triton.compile(
        ASTSource(function, signature=types, constexprs=constants),
        target=GPUTarget("cuda", 80, 32),
        options={**gpu.options(), "num_warps": 1},
    )
    assert made.asm["cubin"]
    return re.findall(r"^\s+(?:@\S+ )?([a-z][\w.]+)", made.asm["ptx"], re.MULTILINE)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("real", ["float", "double"])
@pytest.mark.parametrize("name", ["neurons/leaky", "neurons/alif", "neurons/eif"])
def test_the_gpu_rounds_as_the_reference(name: str, real: Real) -> None:
    component = library().get(name)
    slope = library().get("surrogates/atan").surrogate()
    for masked in (False, True):
        kernel = Kernel(component.program(), slope, (), real, None, masked)
        for which in ("forward", "backward"):
            found = instructions(kernel, which)
            assert any(one.startswith("ld.global") for one in found)
            rough = r"fma|\.approx|\.ftz|div\.full|\.nc\b|cp\.async"
            assert [one for one in found if re.search(rough, one)] == []
            # what one thread stores and another reads waits for all
            waits = sum(one in ("bar.sync", "bar.warp.sync") for one in found)
            assert waits >= (2 if which == "backward" else 0)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize(("name", "params"), CASES)
def test_on_a_gpu(name: str, params: dict[str, Any]) -> None:
    for dtype in (torch.float32, torch.float64):
        cell = made(name, params, dtype, learn=True)
        inputs = signals(cell, (30, 3, 7))
        one = run("reference", cell, inputs, dtype)
        other = run("fused", cell.to("cuda"), [x.cuda() for x in inputs], dtype)
        exact = exact_in_any_precision(cell)
        for mine, yours in zip(one.values, other.values, strict=True):
            close = 1e-5 if dtype == torch.float32 else 1e-11
            assert torch.equal(mine, yours.cpu()) if exact else apart(mine, yours.cpu()) < close
        if dtype == torch.float64:
            for mine, yours in zip(one.gradients, other.gradients, strict=True):
                assert apart(mine, yours.cpu()) < 1e-10
