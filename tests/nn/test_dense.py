"""Dense products in kept buffers are torch's own."""

from __future__ import annotations

import math
from typing import NoReturn

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from spikex_lab import nn, toolchain
from spikex_lab.nn import buffers, dense, products
from spikex_lab.nn.buffers import LEAST, Pool

ROWS, INPUTS, OUTPUTS = 700, 400, 600  # large enough for the pool


def test_values_and_gradients_are_torchs() -> None:
    drawn = torch.Generator().manual_seed(0)
    x, w, b = (
        torch.randn(*shape, generator=drawn, requires_grad=True)
        for shape in ((ROWS, INPUTS), (OUTPUTS, INPUTS), (OUTPUTS,))
    )
    assert x.numel() * 4 >= LEAST
    mix = torch.randn(ROWS, OUTPUTS, generator=drawn)
    found = []
    for function in (functional.linear, dense.linear):
        for bias in (b, None):
            out = function(x, w, bias)
            leaves = [x, w] if bias is None else [x, w, b]
            found.append([out, *torch.autograd.grad((out * mix).sum(), leaves)])
    for one, other in zip(found[:2], found[2:], strict=True):
        for mine, yours in zip(one, other, strict=True):
            scale = float(mine.detach().abs().max())
            assert float((mine - yours).detach().abs().max()) < 1e-5 * scale


def test_whatever_library_multiplies_the_digits_are_those_of_float32(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = torch.Generator().manual_seed(0)
    a, b = (torch.randn(*s, generator=drawn) for s in ((ROWS, INPUTS), (OUTPUTS, INPUTS)))
    exact = a.double() @ b.double().t()
    for held_back in {False, dense.held_back()}:
        monkeypatch.setattr(dense, "held_back", lambda held_back=held_back: held_back)
        assert float((dense.product(a, b) - exact).abs().max()) < 1e-5 * float(exact.abs().max())
        views = dense.product(b.t(), a[:, : len(b)].repeat(2, 2)[: len(b)].t()[:9])
        assert views.shape == (INPUTS, 9)


def test_second_derivatives() -> None:
    x = torch.randn(ROWS, INPUTS, requires_grad=True)
    w = torch.randn(OUTPUTS, INPUTS, requires_grad=True)
    for function in (functional.linear, dense.linear):
        out = function(x, w).square().sum()
        (slope,) = torch.autograd.grad(out, x, create_graph=True)
        (second,) = torch.autograd.grad(slope.square().sum(), w)
        assert torch.isfinite(second).all()
        assert second.abs().sum() > 0


def test_a_layer_of_torchs_in_a_sequence_is_the_same_layer() -> None:
    linear = torch.nn.Linear(INPUTS, OUTPUTS)
    x = (torch.rand(20, 35, INPUTS) < 0.03).float()
    inside = nn.Sequential(linear)(x)
    assert torch.allclose(inside, linear(x), atol=1e-5)
    seen = []
    handle = linear.register_forward_hook(lambda *_: seen.append(1))
    nn.Sequential(linear)(x)
    handle.remove()
    assert seen


def test_buffers_come_back_and_are_bounded() -> None:
    pool = Pool(bound=5 * LEAST)
    first = pool.empty((LEAST // 4,), torch.float32)
    place = first.data_ptr()
    assert place % 64 == 0
    view = first[3:]
    del first
    assert pool.unused == 0  # somebody still looks at it
    del view
    assert pool.unused >= LEAST
    assert pool.empty((LEAST // 4,), torch.float32).data_ptr() == place
    kept = [pool.empty((LEAST // 4,), torch.float32) for _ in range(9)]
    del kept
    assert pool.unused <= 5 * LEAST
    assert pool.empty((3,), torch.float64).shape == (3,)
    pool.clear()
    assert pool.unused == 0


def test_a_buffer_for_which_there_is_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool(bound=5 * LEAST)
    kept = pool.empty((LEAST,), torch.uint8)
    del kept
    asked: list[int] = []

    def none_left(size: int) -> NoReturn:
        asked.append(pool.unused)
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(buffers, "_pages", none_left)
    with pytest.raises(MemoryError, match="no memory for a buffer of 2,097,152 bytes"):
        pool.empty((2 * LEAST,), torch.uint8)
    assert asked == [LEAST, 0]  # what lay unused was given back before the second try


SIZES = st.sampled_from([0, 1, 2, 7, 8, 9, 16, 17, 31, 33, 48, 50, 97, 129, 257, 300, 1025])
LIE = ("plain", "turned", "cut", "every other", "one for all")


def matrix(rows: int, columns: int, lie: str, drawn: torch.Generator) -> Tensor:
    """Return a matrix of random numbers that lies in memory as `lie` says."""
    if lie == "turned":
        return torch.randn(columns, rows, generator=drawn).t()
    if lie == "cut":
        return torch.randn(rows, columns + 5, generator=drawn)[:, 2 : 2 + columns]
    if lie == "every other":
        return torch.randn(rows, 2 * columns, generator=drawn)[:, ::2]
    if lie == "one for all":
        return torch.randn(1, 1, generator=drawn).expand(rows, columns)
    return torch.randn(rows, columns, generator=drawn)


@pytest.mark.skipif(toolchain.compiler() is None, reason="no C++ compiler here")
@settings(max_examples=60, deadline=None)
@given(SIZES, SIZES, SIZES, st.sampled_from(LIE), st.sampled_from(LIE), st.booleans())
@example(33, 1025, 1025, "plain", "plain", True)  # every thread lays out panels of its own
@example(17, 97, 1025, "turned", "turned", True)  # few rows: nothing is laid out but an edge
@example(300, 257, 1025, "turned", "turned", False)  # both are
def test_the_product_of_any_shape_is_the_same_on_any_number_of_threads(
    m: int, n: int, k: int, lie: str, other: str, biased: bool
) -> None:
    drawn = torch.Generator().manual_seed(m + 7 * n + 49 * k)
    a, b = matrix(m, k, lie, drawn), matrix(n, k, other, drawn)
    bias = torch.randn(n, generator=drawn) if biased else None
    wanted = a.double() @ b.double().t() + (0 if bias is None else bias.double())
    before, found = torch.get_num_threads(), []
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(products, "_SHARE", 1)
            for threads in (1, 2, 3):
                torch.set_num_threads(threads)
                found.append(products.product(a, b, bias))
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(one, found[0]) for one in found)
    size = a.double().abs() @ b.double().abs().t() + 4
    assert ((found[0] - wanted).abs() <= 5e-6 * size).all()


@pytest.mark.skipif(toolchain.compiler() is None, reason="no C++ compiler here")
def test_the_product_passes_on_what_is_no_number() -> None:
    a, b = torch.ones(40, 300), torch.ones(70, 300)
    a[3, 5], b[6, 7], a[9, 9] = math.nan, math.inf, -math.inf
    found, wanted = products.product(a, b), a @ b.t()
    assert torch.equal(found.isnan(), wanted.isnan())
    assert torch.equal(found.nan_to_num(), wanted.nan_to_num())


@pytest.mark.parametrize("rows", [128, 129, 700])
def test_where_mkl_holds_back_values_and_gradients_are_torchs_too(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        pytest.skip("torch without oneDNN")
    monkeypatch.setattr(dense, "held_back", lambda: True)
    drawn = torch.Generator().manual_seed(0)
    x, w, b = (
        torch.randn(*shape, generator=drawn, requires_grad=True)
        for shape in ((rows, INPUTS), (OUTPUTS, INPUTS), (OUTPUTS,))
    )
    mix = torch.randn(rows, OUTPUTS, generator=drawn)
    found = []
    for function in (functional.linear, dense.linear):
        out = function(x, w, b)
        found.append([out.detach(), *torch.autograd.grad((out * mix).sum(), (x, w, b))])
    for theirs, ours in zip(*found, strict=True):
        assert (theirs - ours).abs().max() <= 1e-5 * theirs.abs().max()
