"""Fused scans by Numba, where there is no compiler: the same numbers as the reference's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from spikex_lab import toolchain
from spikex_lab.catalog import library
from spikex_lab.catalog.define import define
from spikex_lab.nn import fused, packed, use_kernels
from spikex_lab.nn.cell import Cell
from spikex_lab.nn.flow import Flow

pytest.importorskip("numba")

FUNCTIONS = """
id: synapses/everything
equations:
  - s[t] = 0.9*s[t-1] + tanh(x)*k + max(x, s[t-1])*0.1 - min(s[t-1], 0.3*k) + clip(x, -0.5, 0.5)
  - m[t] = exp(-abs(x)) + log(1 + x**2) + sqrt(abs(s[t-1]) + 1) + sin(x) + cos(s[t-1]) + atan(x*k)
  - r[t] = x % 0.7 + floor(2*x) + ceil(x) + round(3*x) + sign(x) + erf(x) + cosh(x/4)
  - q[t] = sigmoid(x*k) + relu(x) + exprel(x*0.1) + x**3 + abs(x)**1.7 + sinh(x/4)
  - p[t] = 1 if x > 0 and not s[t-1] > 1 or x < -1 else x
output: s + m + r + q + p
parameters: {k: {value: 1.3, trainable: true}}
"""


@pytest.fixture(autouse=True)
def _no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[None]:
    monkeypatch.setattr(toolchain, "compiler", lambda: None)
    monkeypatch.setattr(packed, "FOLDER", tmp_path)
    fused.machine.cache_clear()
    yield
    fused.machine.cache_clear()


def both(cell: Cell, x: Flow, learned: list[str], **more: Any) -> list[list[Tensor]]:
    """Return what the reference and the fused kernel give: values, then gradients."""
    results = []
    for kind in ("reference", "fused"):
        now = x.value.clone().requires_grad_()
        with use_kernels(kind):
            out, last, kept = cell.scan(Flow(now, x.static), keep=cell.states, **more)
        values = [out, *last, *kept.values()]
        mixed = torch.Generator().manual_seed(1)
        loss = sum((v * torch.randn(v.shape, generator=mixed).to(v)).sum() for v in values)
        leaves = [now, *(cell.get_parameter(name) for name in learned)]
        grown = torch.autograd.grad(loss, leaves)  # type: ignore[arg-type]
        results.append([v.detach() for v in values] + list(grown))
    return results


def close(results: list[list[Tensor]], most: float) -> None:
    for mine, yours in zip(*results, strict=True):
        assert (mine - yours).abs().max() <= most * mine.abs().max()


@pytest.mark.parametrize(
    ("name", "dtype"), [("neurons/adlif", torch.float32), ("neurons/leaky", torch.float64)]
)
def test_it_is_the_reference(name: str, dtype: torch.dtype) -> None:
    component = library().get(name)
    learned = [key for key, one in component.spec.parameters.items() if one.trainable]
    cell = Cell(component, component.resolve({"learn": learned})).to(dtype)
    torch.manual_seed(0)
    x = 2 * component.spec.bench.input * torch.rand(20, 3, 7, dtype=dtype)
    results = both(cell, Flow(x), learned)
    assert torch.equal(results[0][0], results[1][0])
    assert 0 < results[0][0].sum() < results[0][0].numel()
    close(results, 1e-4 if dtype == torch.float32 else 1e-12)
    assert fused._machines[-1].kernel.program == component.program(cell.selection)


def test_what_stays_the_same_over_time_and_states_that_go_on() -> None:
    component = library().get("neurons/leaky")
    cell = Cell(component, component.resolve({})).to(torch.float64)
    torch.manual_seed(0)
    x = Flow(0.6 * torch.rand(4, 1_300, dtype=torch.float64), static=True)  # more than one tile
    start = [torch.rand(4, 1_300, dtype=torch.float64)]
    close(both(cell, x, [], steps=12, states=start), 1e-12)


def test_every_function() -> None:
    component = define(FUNCTIONS, author="me")
    cell = Cell(component, component.resolve({"learn": ["k"]})).to(torch.float64)
    torch.manual_seed(0)
    x = 2 * torch.randn(6, 3, 7, dtype=torch.float64)
    close(both(cell, Flow(x), ["k"]), 1e-10)


def test_neurons_that_hear_each_other_and_lengths_are_for_the_reference() -> None:
    component = library().get("neurons/leaky")
    chosen = component.selection(component.resolve({}))
    atan = library().get("surrogates/atan")
    assert fused.machine(component, chosen, atan, masked=True) is None
