"""Fused scans against the reference, for every component that has states."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from spikex_lab import nn, toolchain
from spikex_lab.catalog import library
from spikex_lab.catalog.codegen import words
from spikex_lab.catalog.define import define
from spikex_lab.catalog.expr import Call, walk
from spikex_lab.errors import InvalidError
from spikex_lab.nn import Neuron, fused, scanning, use_kernels
from spikex_lab.nn.cell import Cell
from spikex_lab.nn.flow import Flow

KINDS = ("neuron", "synapse", "dendrite")
EXACT = {"fire", "hit", "detach", "max", "min", "relu", "clip", "abs", "step"}
"""Functions that round nowhere."""
CASES = [
    pytest.param(name, dict(variant.chosen[0]), id=f"{name} {variant.label}".strip())
    for kind in KINDS
    for name in library().ids(kind)
    if library().get(name).has_equations
    for variant in words.variants(library().get(name))
    if variant.program.states
]

pytestmark = pytest.mark.skipif(toolchain.compiler() is None, reason="no C++ compiler here")


@dataclass
class Outcome:
    """What a scan gives, and the gradients of a weighted sum of it all."""

    out: Tensor
    values: list[Tensor]
    gradients: list[Tensor]


def made(name: str, params: dict[str, Any], dtype: torch.dtype, learn: bool = False) -> Cell:
    component = library().get(name)
    params = {key: value for key, value in params.items() if key != "integrator" or value}
    learned = [key for key, one in component.spec.parameters.items() if one.trainable]
    if learn and learned:
        params["learn"] = learned
    shape = (7,) if component.spec.weights else None
    resolved = component.resolve(params)
    return Cell(component, resolved, dt=component.spec.bench.dt, shape=shape, seed=0).to(dtype)


def signals(cell: Cell, shape: Sequence[int], seed: int = 1) -> list[Tensor]:
    """Return an input for each of the component's, as strong as on its bench, float64."""
    drawn = torch.Generator().manual_seed(seed)
    size = 2 * float(cell.component.spec.bench.input)
    return [
        size * torch.rand(*shape, generator=drawn, dtype=torch.float64)
        for _ in cell.component.spec.inputs
    ]


def run(kind: Any, cell: Cell, inputs: Sequence[Tensor], dtype: torch.dtype) -> Outcome:
    given = [x.to(dtype).requires_grad_() for x in inputs]
    with use_kernels(kind):
        out, last, kept = cell.scan(
            given[0], keep=cell.states, others=[Flow(x) for x in given[1:]] or None
        )
    values = [out, *last, *kept.values()]
    drawn = torch.Generator().manual_seed(2)
    weights = [torch.randn(v.shape, generator=drawn, dtype=torch.float64) for v in values]
    loss = sum((v * w.to(dtype)).sum() for v, w in zip(values, weights, strict=True))
    leaves = [*given, *cell.parameters()]
    found = torch.autograd.grad(loss, leaves, allow_unused=True)  # type: ignore[arg-type]
    gradients = [
        torch.zeros_like(leaf) if one is None else one
        for leaf, one in zip(leaves, found, strict=True)
    ]
    return Outcome(out.detach(), [v.detach() for v in values], gradients)


def apart(one: Tensor, other: Tensor) -> float:
    """Return how far two tensors are from each other, in units of the first one's largest value."""
    if not one.numel():
        return 0.0
    return float((one - other).abs().max() / one.abs().max().clamp(min=1e-30))


@pytest.mark.parametrize(("name", "params"), CASES)
def test_float64_is_the_reference(name: str, params: dict[str, Any]) -> None:
    cell = made(name, params, torch.float64, learn=True)
    inputs = signals(cell, (30, 3, 7))
    one, other = (run(kind, cell, inputs, torch.float64) for kind in ("reference", "fused"))
    if cell.component.spiking:
        assert torch.equal(one.out, other.out)
    for mine, yours in zip(one.values, other.values, strict=True):
        assert apart(mine, yours) < 1e-12
    for mine, yours in zip(one.gradients, other.gradients, strict=True):
        assert apart(mine, yours) < 1e-10


@pytest.mark.parametrize(("name", "params"), CASES)
def test_float32_is_the_reference(name: str, params: dict[str, Any]) -> None:
    cell = made(name, params, torch.float32, learn=True)
    exact = exact_in_any_precision(cell)
    wrong: list[list[float]] = []  # by input and learned parameter: the worst of several draws
    missed: list[list[float]] = []
    for seed in range(4):
        inputs = [x.float().double() for x in signals(cell, (30, 3, 7), seed)]
        one, other = (run(kind, cell, inputs, torch.float32) for kind in ("reference", "fused"))
        if cell.component.spiking:
            assert torch.equal(one.out, other.out)
        for mine, yours in zip(one.values, other.values, strict=True):
            assert torch.equal(mine, yours) if exact else apart(mine, yours) < 1e-5
        true = run("reference", made(name, params, torch.float64, True), inputs, torch.float64)
        other_spikes = cell.component.spiking and not torch.equal(one.out.double(), true.out)
        told = one if other_spikes else true
        each = list(zip(told.gradients, one.gradients, other.gradients, strict=True))
        wrong.append([apart(exactly.double(), yours.double()) for exactly, _, yours in each])
        missed.append([apart(exactly.double(), mine.double()) for exactly, mine, _ in each])
    for place, (yours, mine) in enumerate(
        zip(map(max, zip(*wrong, strict=True)), map(max, zip(*missed, strict=True)), strict=True)
    ):
        # 1e-5 for sums over steps and batch; where much cancels, both round, the one as the other
        assert yours < max(1e-6 if place < len(inputs) else 1e-5, 8 * mine)


def exact_in_any_precision(cell: Cell) -> bool:
    """Say whether the equations compute with + - * / only, which every machine rounds alike."""
    trees = [tree for line in cell.compiled.program.body for tree in line.trees]
    calls = {part.function for tree in trees for part in walk(tree) if isinstance(part, Call)}
    summed = cell.component.spec.recurrence is not None and "weight" in cell.state_dict()
    return calls <= EXACT and not summed


SHAPES = st.tuples(st.integers(1, 12), st.integers(0, 5), st.integers(1, 70))


@settings(max_examples=40, deadline=None)
@given(
    shape=SHAPES,
    seed=st.integers(0, 10_000),
    beta=st.floats(0.0, 1.0),
    threshold=st.floats(0.1, 2.0),
    reset=st.sampled_from(["subtract", "zero", "none"]),
    late=st.booleans(),
    dtype=st.sampled_from([torch.float32, torch.float64]),
)
def test_any_shape_and_any_parameters(
    shape: tuple[int, int, int], seed: int, beta: float, threshold: float, reset: str, late: bool,
    dtype: torch.dtype,
) -> None:  # fmt: skip
    params = {"beta": beta, "threshold": threshold, "reset": reset, "reset_delay": late}
    cell = made("neurons/leaky", params, dtype)
    inputs = signals(cell, shape, seed)
    one, other = (run(kind, cell, inputs, dtype) for kind in ("reference", "fused"))
    for mine, yours in zip(one.values, other.values, strict=True):
        assert torch.equal(mine, yours)
    assert apart(one.gradients[0], other.gradients[0]) < (1e-6 if dtype.itemsize == 4 else 1e-12)


@settings(max_examples=15, deadline=None)
@given(
    shape=SHAPES,
    seed=st.integers(0, 10_000),
    name=st.sampled_from(["neurons/adex", "neurons/glif", "neurons/alif", "synapses/nmda"]),
)
def test_any_shape_of_larger_components(shape: tuple[int, int, int], seed: int, name: str) -> None:
    cell = made(name, {}, torch.float64)
    inputs = signals(cell, shape, seed)
    one, other = (run(kind, cell, inputs, torch.float64) for kind in ("reference", "fused"))
    for mine, yours in zip(one.values, other.values, strict=True):
        assert apart(mine, yours) < 1e-11


def test_many_neurons() -> None:
    cell = made("neurons/leaky", {}, torch.float32)
    inputs = signals(cell, (3, 1, 100_003))
    one, other = (run(kind, cell, inputs, torch.float32) for kind in ("reference", "fused"))
    assert all(torch.equal(a, b) for a, b in zip(one.values, other.values, strict=True))
    assert apart(one.gradients[0], other.gradients[0]) < 1e-6


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e-40, -1e-40, 3e38])
@pytest.mark.parametrize(("name", "params"), CASES)
def test_numbers_at_the_edge(name: str, params: dict[str, Any], value: float) -> None:
    """What is no number, infinite, or all but 0 goes where the reference lets it go."""
    cell = made(name, params, torch.float32, learn=True)  # the kernel that is there already
    inputs = [x.float() for x in signals(cell, (6, 1, 7))]
    inputs[0][2, 0, 1] = value
    results = []
    for kind in ("reference", "fused"):
        with use_kernels(kind):
            out, last, kept = cell.scan(
                inputs[0], keep=cell.states, others=[Flow(x) for x in inputs[1:]] or None
            )
        results.append([out, *last, *kept.values()])
    for mine, yours in zip(*results, strict=True):
        torch.testing.assert_close(yours, mine, rtol=1e-5, atol=1e-30, equal_nan=True)


def test_what_stays_the_same_over_time() -> None:
    x = 0.4 * torch.rand(4, 9)
    grown = []
    for kind in ("reference", "fused"):
        cell = made("neurons/leaky", {}, torch.float32)
        now = x.clone().requires_grad_()
        with use_kernels(kind):
            out, _, kept = cell.scan(Flow(now, static=True), steps=20, keep=["mem"])
        (out * torch.arange(20.0).view(20, 1, 1)).sum().backward()
        grown.append((out.detach(), kept["mem"].detach(), now.grad))
    (out, mem, grad), (other, other_mem, other_grad) = grown
    assert out.sum() > 10
    assert torch.equal(out, other)
    assert torch.equal(mem, other_mem)
    assert apart(grad, other_grad) < 1e-6  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["neurons/leaky", "neurons/glif", "neurons/rleaky"])
def test_samples_of_several_lengths(name: str) -> None:
    """Each sample goes as if it were alone and ended there."""
    lengths = torch.tensor([9, 4, 0, 7])
    cell = made(name, {}, torch.float64, learn=True)
    (x, *_) = signals(cell, (9, 4, 7))
    mix = torch.rand(x.shape, dtype=torch.float64)
    found = []
    for kind in ("reference", "fused"):
        now = x.clone().requires_grad_()
        with use_kernels(kind):
            out, last, kept = cell.scan(now, keep=cell.states, lengths=lengths)
        loss = (out * mix).sum() + sum((one * mix).sum() for one in kept.values())
        leaves = [now, *cell.parameters()]
        slopes = torch.autograd.grad(loss, leaves, allow_unused=True)
        used = [one for one in slopes if one is not None]
        found.append([out, *last, *kept.values(), *used])
    for one, other in zip(*found, strict=True):
        assert apart(one.detach(), other.detach()) < 1e-11
    out, *rest = found[1]
    for place, length in enumerate(lengths.tolist()):
        assert not out[length:, place].any()
        if length:
            alone, states, _ = cell.scan(x[:length, place : place + 1])
            assert torch.allclose(out[:length, place], alone[:, 0])
            for state, last in zip(states, rest, strict=False):
                assert torch.allclose(last[place], state[0])


def test_lengths_are_one_for_each_sample() -> None:
    with pytest.raises(InvalidError, match="one number for each of 2 samples"):
        Neuron("leaky")(torch.rand(4, 2, 3), torch.tensor([4]))


def test_states_go_on_and_hand_their_gradient_back() -> None:
    x = torch.rand(12, 3, 5, dtype=torch.float64, requires_grad=True)
    cell = made("neurons/synaptic", {}, torch.float64)
    whole, _, _ = cell.scan(x)
    first, states, _ = cell.scan(x[:5])
    second, _, _ = cell.scan(x[5:], states)
    assert torch.equal(whole, torch.cat([first, second]))
    mix = torch.rand(whole.shape, dtype=torch.float64)
    (one,) = torch.autograd.grad((whole * mix).sum(), x)
    (other,) = torch.autograd.grad((torch.cat([first, second]) * mix).sum(), x)
    assert apart(one, other) < 1e-13


def test_threads_change_nothing() -> None:
    cell = made("neurons/alif", {}, torch.float32, learn=True)
    inputs = signals(cell, (9, 5, 1_001))
    before = torch.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            results.append(run("fused", cell, inputs, torch.float32))
    finally:
        torch.set_num_threads(before)
    for other in results[1:]:
        for mine, yours in zip(
            [*results[0].values, *results[0].gradients], [*other.values, *other.gradients],
            strict=True,
        ):  # fmt: skip
            assert torch.equal(mine, yours)


def test_other_threads_go_on_meanwhile() -> None:
    """A kernel lets go of the interpreter: Python counts while it runs."""
    neuron = Neuron("leaky")
    x = torch.rand(64, 1, 1 << 16)
    neuron(x[:1])  # compiled
    inside = threading.Event()
    counted = 0
    kernel = scanning.found_for(neuron, [Flow(x)])
    assert isinstance(kernel, fused.Machine)
    forward = kernel.forward

    def watched(call: Any) -> None:
        inside.set()
        forward(call)
        inside.clear()

    kernel.forward = watched
    worker = threading.Thread(target=lambda: [neuron(x) for _ in range(10)])
    try:
        worker.start()
        while worker.is_alive():
            counted += inside.is_set()
    finally:
        worker.join()
        kernel.forward = forward
    assert counted > 1000


def test_random_numbers_are_those_of_the_reference() -> None:
    component = library().get("neurons/poisson")
    rates = torch.full((50, 2, 3), 200.0)
    spikes = []
    for kind in ("reference", "fused"):
        cell = Cell(component, component.resolve({}), dt=1.0)
        torch.manual_seed(3)
        with use_kernels(kind):
            spikes.append(cell.apply_once(rates))
    assert torch.equal(*spikes)


def test_torch_knows_the_operation() -> None:
    cell = made("neurons/leaky", {}, torch.float32)
    x = torch.rand(4, 3)
    machine = fused.machine(cell.component, cell.selection, library().get("surrogates/atan"))
    assert machine is not None
    fixed = torch.tensor([1.0, 0.9, 2.0])
    arguments = ([x], [torch.tensor(0.0)], fixed, [True], [True], 4, machine.key, [], None)
    torch.library.opcheck(fused.scan, arguments)
    gradients = [torch.rand(4, 3), None, None]
    rest = ([x], *arguments[1:], [True, False, False])
    torch.library.opcheck(fused.scan_backward, (gradients, *rest))


def test_torch_compile_goes_through_it() -> None:
    neuron = Neuron("leaky")
    x = torch.rand(6, 2, 3, requires_grad=True)
    compiled = torch.compile(lambda x: neuron(2 * x) * x, backend="aot_eager")
    results = []
    for function in (lambda x: neuron(2 * x) * x, compiled):
        out = function(x)
        results.append((out.detach(), torch.autograd.grad(out.sum(), x)[0]))
    assert torch.equal(results[0][0], results[1][0])
    assert torch.equal(results[0][1], results[1][1])


def test_torch_func_goes_through_it() -> None:
    neuron = Neuron("leaky")
    x = torch.rand(6, 2, 3)

    def loss(x: Tensor) -> Tensor:
        return (neuron(x) * x).sum()

    grown = x.clone().requires_grad_()
    loss(grown).backward()
    assert torch.equal(torch.func.grad(loss)(x), grown.grad)  # type: ignore[arg-type]
    many = torch.rand(4, 6, 2, 3)
    each = torch.stack([neuron(one) for one in many])
    assert torch.equal(torch.func.vmap(neuron)(many), each)
    assert torch.equal(torch.func.vmap(neuron, 2, 1)(many.movedim(0, 2)), each.transpose(0, 1))


def test_autocast_keeps_the_states_digits() -> None:
    net = nn.Sequential(torch.nn.Linear(8, 16), Neuron("leaky"))
    x = torch.rand(5, 4, 8)
    with torch.autocast("cpu", torch.bfloat16):
        out = net(x)
    assert out.dtype == torch.float32
    out.sum().backward()


def test_a_compiler_without_openmp_serves_on_one_thread(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plain = tmp_path / "c++"
    plain.write_text(
        '#!/bin/sh\nfor word; do case "$word" in -fopenmp|-march=native)\n'
        'echo "error: unknown option $word" >&2; exit 1;; esac; done\n'
        f'exec {toolchain.compiler()} "$@"\n'
    )
    plain.chmod(0o755)
    x = torch.rand(5, 2, 3)
    with use_kernels("reference"):
        expected = Neuron("leaky")(x)
    fused.machine.cache_clear()
    monkeypatch.setattr(toolchain, "compiler", lambda: str(plain))
    try:
        neuron = Neuron("leaky")
        assert isinstance(scanning.found_for(neuron, [Flow(x)]), fused.Machine)
        assert torch.equal(neuron(x), expected)
    finally:
        fused.machine.cache_clear()


def test_the_whole_part_of_a_division_by_nothing() -> None:
    mine = define(
        "id: neurons/steps\nequations:\n  - v[t] = v[t-1]*0.5 + I[t]//d[t]\n"
        "inputs: {I: {unit: '1'}, d: {unit: '1', default: 1}}\noutput: v\n",
        author="me",
    )
    cell = Cell(mine, mine.resolve({}), dt=1.0)
    x = torch.tensor([[[7.5, -7.5, 1.0, -1.0, 0.0, 3.0]]])
    y = torch.tensor([[[2.0, 2.0, 0.0, 0.0, 0.0, -0.0]]])
    found = []
    for kind in ("reference", "fused"):
        with use_kernels(kind):  # type: ignore[arg-type]
            found.append(cell.scan(x, others=[Flow(y)])[0])
    assert found[0].flatten().tolist()[:4] == [3.0, -4.0, math.inf, -math.inf]
    assert torch.equal(found[0].nan_to_num(nan=5.0), found[1].nan_to_num(nan=5.0))


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_no_memory_for_a_scan_is_an_error_not_the_end(tmp_path: Path) -> None:
    script = tmp_path / "scan.py"
    script.write_text(
        "import resource, psutil, torch\n"
        "from spikex_lab.nn import Neuron\n"
        "neuron = Neuron('leaky')\n"
        "x = torch.randn(1_000_000, 1, 8).requires_grad_()\n"
        "neuron(x[:9]).sum().backward()\n"
        "y, weight = neuron(x), torch.ones(x.shape)\n"
        "room = psutil.Process().memory_info().vms + 90_000_000\n"
        "resource.setrlimit(resource.RLIMIT_AS, (room, room))\n"
        "try:\n    y.backward(weight)\n"
        "except MemoryError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout == "no memory for what a scan of 1000000 steps works on\n"


def test_without_a_compiler_the_reference_runs_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    x = torch.rand(5, 2, 3)
    expected = Neuron("synaptic")(x)
    fused.machine.cache_clear()
    monkeypatch.setattr(toolchain, "compiler", lambda: None)
    monkeypatch.setattr(fused.jitted, "functions", lambda _: None)
    monkeypatch.setattr(nn.kernels, "_told", set())
    try:
        with caplog.at_level("INFO", logger="spikex_lab.nn.kernels"):
            found = [Neuron("synaptic")(x) for _ in range(2)]
    finally:
        fused.machine.cache_clear()
    assert all(torch.equal(one, expected) for one in found)
    told = [record.getMessage() for record in caplog.records]
    assert told == ["neurons/synaptic runs on the reference: no C++ compiler was found"]
