"""Event-driven layers: the dense layers' numbers, whatever the shape; the same on any threads."""

from __future__ import annotations

import copy
import logging
import pickle
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from spikex_lab import toolchain
from spikex_lab.errors import InvalidError
from spikex_lab.nn import build, events, use_kernels
from spikex_lab.nn.events import Choice, choices, directions, native, operators
from spikex_lab.nn.events.choose import Direction, Work, choose, limit
from spikex_lab.spec import ModelSpec

needs_compiler = pytest.mark.skipif(toolchain.compiler() is None, reason="no C++ compiler")
pytestmark = needs_compiler
ALL: dict[Direction, Any] = {"forward": "events", "weight": "events", "input": "events"}
TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5}


@pytest.fixture(autouse=True)
def _fused() -> Iterator[None]:
    with use_kernels("fused"):
        yield


def numbers(seed: int, *shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    made = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return made.to(dtype)


def spikes(
    share: float, binary: bool, *shape: int, dtype: torch.dtype = torch.float64, seed: int = 0
) -> Tensor:
    """Ones, or numbers of all sizes down to denormal ones, at that share of places."""
    generator = torch.Generator().manual_seed(seed)
    here = torch.rand(shape, generator=generator) < share
    if binary:
        return here.to(dtype)
    size = torch.tensor([1.0, 1e-3, torch.finfo(dtype).tiny / 8], dtype=dtype)
    kinds = torch.randint(0, 3, shape, generator=generator)
    return torch.where(here, numbers(seed, *shape, dtype=dtype) * size[kinds], 0)


def check(ours: Tensor | None, dense: Tensor, scale: Tensor, terms: int) -> None:
    """`scale` is the sum of the sizes of what was added: what rounding goes by."""
    assert ours is not None
    assert ours.shape == dense.shape
    assert ours.dtype == dense.dtype
    allowed = TOLERANCE[dense.dtype] * scale + torch.finfo(dense.dtype).tiny * (terms + 1)
    assert ((ours - dense).abs() <= allowed).all()


def both(
    x: Tensor, weight: Tensor, bias: Tensor | None, grad: Tensor | None, dense: Any, ours: Any
) -> None:
    """Compare outputs and all gradients, sparse ones on the way."""
    found = []
    for run in (dense, ours):
        leaves = [one.detach().clone().requires_grad_() for one in (x, weight)]
        leaves += [] if bias is None else [bias.detach().clone().requires_grad_()]
        out = run(*leaves)
        grad = numbers(3, *out.shape, dtype=x.dtype) if grad is None else grad
        found.append((out.detach(), *torch.autograd.grad(out, leaves, grad)))
    with use_kernels("reference"):
        leaves = [x.detach().abs().requires_grad_(), weight.detach().abs().requires_grad_()]
        out = ours(*leaves, *([] if bias is None else [bias.abs()]))
        scale = [out.detach(), *torch.autograd.grad(out, leaves, grad.abs())]
        scale += [] if bias is None else [grad.abs().transpose(0, 1).flatten(1).sum(1)]
    for a, b, size in zip(found[1], found[0], scale, strict=True):
        check(a, b, size, max(x.numel(), grad.numel()))


sizes = st.sampled_from([1, 2, 3, 7, 16, 31, 64, 129, 257])
shares = st.sampled_from([0.0, 0.02, 0.1, 0.5, 1.0])
dtypes = st.sampled_from([torch.float32, torch.float64])


@given(
    rows=st.sampled_from([1, 2, 5, 33, 1023, 1025]), inputs=sizes, outputs=sizes, share=shares,
    binary=st.booleans(), bias=st.booleans(), dtype=dtypes, seed=st.integers(0, 9),
)  # fmt: skip
def test_linear_is_the_dense_one(
    rows: int, inputs: int, outputs: int, share: float, binary: bool, bias: bool,
    dtype: torch.dtype, seed: int,
) -> None:  # fmt: skip
    x = spikes(share, binary, rows, inputs, dtype=dtype, seed=seed)
    weight = numbers(seed + 1, outputs, inputs, dtype=dtype)
    add = numbers(seed + 2, outputs, dtype=dtype) if bias else None
    grad = spikes(share, False, rows, outputs, dtype=dtype, seed=seed + 3)
    choice = Choice(ALL)
    both(
        x, weight, add, grad, functional.linear, lambda *a: events.linear(*a, choice=choice)
    )  # fmt: skip
    assert set(choice.last.values()) == {"events"}


@given(
    images=st.integers(1, 6), channels=st.integers(1, 9), outputs=st.sampled_from([1, 3, 17, 130]),
    size=st.tuples(st.integers(3, 9), st.integers(3, 9)),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    dilation=st.sampled_from([(1, 1), (1, 1), (2, 1), (1, 2)]),
    share=shares, binary=st.booleans(), bias=st.booleans(), last=st.booleans(), dtype=dtypes,
)  # fmt: skip
def test_convolution_is_the_dense_one(
    images: int, channels: int, outputs: int, size: tuple[int, int], kernel: tuple[int, int],
    stride: tuple[int, int], padding: tuple[int, int], dilation: tuple[int, int],
    share: float, binary: bool, bias: bool, last: bool, dtype: torch.dtype,
) -> None:  # fmt: skip
    form = torch.channels_last if last else torch.contiguous_format
    settings = (stride, padding, dilation)
    if min(directions.Field(*settings).out(size, kernel)) < 1:
        return
    x = spikes(share, binary, images, channels, *size, dtype=dtype).contiguous(memory_format=form)
    weight = numbers(1, outputs, channels, *kernel, dtype=dtype)
    add = numbers(2, outputs, dtype=dtype) if bias else None
    choice = Choice(ALL)

    def ours(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        return events.conv2d(x, weight, bias, *settings, choice=choice)

    def dense(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        return functional.conv2d(x, weight, bias, *settings)

    both(x, weight, add, None, dense, ours)
    expected = {"forward": "events", "weight": "events", "input": "events"}
    if stride != (1, 1):
        expected["input"] = "dense"
    assert choice.last == expected
    if channels > 1:  # else both forms are the same
        assert ours(x, weight).is_contiguous(memory_format=form)


def test_blocks_of_channels_and_tiles_of_outputs_leave_nothing_out() -> None:
    """More inputs, rows and outputs than one block or tile takes, none of them a multiple."""
    choice = Choice(ALL)
    x, weight = spikes(0.03, False, 2500, 2500), numbers(1, 300, 2500)
    both(
        x, weight, numbers(2, 300), spikes(0.1, False, 2500, 300, seed=5),
        functional.linear, lambda *a: events.linear(*a, choice=choice),
    )  # fmt: skip
    x, weight = spikes(0.1, False, 40, 300, 5, 5), numbers(1, 140, 300, 3, 3)
    both(
        x, weight, None, None, functional.conv2d, lambda *a: events.conv2d(*a, choice=choice)
    )  # fmt: skip


@pytest.mark.parametrize("rows", [0, 1])
def test_empty_batch(rows: int) -> None:
    choice = Choice(ALL)
    x = torch.zeros(rows, 5, requires_grad=True)
    out = events.linear(x, numbers(0, 7, 5, dtype=torch.float32), choice=choice)
    out.sum().backward()
    assert out.shape == (rows, 7)
    assert x.grad is not None
    image = events.conv2d(torch.zeros(rows, 2, 5, 5), torch.ones(3, 2, 3, 3), choice=choice)
    assert image.shape == (rows, 3, 3, 3)


def test_any_strides_and_any_leading_dimensions() -> None:
    choice = Choice(ALL)
    base = spikes(0.1, True, 40, 6, 50)
    weight = numbers(1, 50, 60).t()[:30]
    for x in (base[:, :, :50], base.transpose(0, 1), base[::2, ::3], base[:1].expand(9, 6, 50)):
        ours = events.linear(x, weight, choice=choice)
        assert torch.allclose(ours, functional.linear(x, weight), rtol=0, atol=1e-12)
    assert choice.last["forward"] == "events"
    image = spikes(0.1, True, 5, 8, 9, 10)[:, ::2, 1:, ::2]
    field = numbers(1, 3, 3, 4, 20).permute(3, 2, 0, 1)
    ours = events.conv2d(image, field, choice=choice)
    assert torch.allclose(ours, functional.conv2d(image, field), rtol=0, atol=1e-12)
    whole = functional.linear(base[0, 0], numbers(1, 7, 50))
    one = events.linear(base[0, 0], numbers(1, 7, 50), choice=choice)
    assert one.shape == (7,)
    assert torch.allclose(one, whole)


# -- nothing but the data decides ------------------------------------------------------------------


@pytest.mark.parametrize("binary", [True, False])
def test_bits_do_not_depend_on_threads(binary: bool) -> None:
    x = spikes(0.1, binary, 700, 300, dtype=torch.float32)
    image = spikes(0.1, binary, 20, 30, 9, 8, dtype=torch.float32)
    found = []
    for threads in (1, 2, 3, 1):
        torch.set_num_threads(threads)
        parts = []
        for given_, shape, layer in (
            (x, (200, 300), events.linear), (image, (40, 30, 3, 3), events.conv2d)
        ):  # fmt: skip
            leaf = given_.clone().requires_grad_()
            weight = numbers(1, *shape, dtype=torch.float32).requires_grad_()
            out = layer(leaf, weight, choice=Choice(ALL))
            grad = spikes(0.1, False, *out.shape, dtype=torch.float32)
            parts += [out, *torch.autograd.grad(out, (leaf, weight), grad)]
        found.append(parts)
    torch.set_num_threads(1)
    for other in found[1:]:
        assert all(torch.equal(a, b) for a, b in zip(found[0], other, strict=True))


@pytest.mark.skipif(platform.machine() != "x86_64", reason="names instruction sets of x86-64")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_bits_do_not_depend_on_the_width_of_vectors(
    dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets = [native.HERE, ("-march=x86-64",), ("-march=x86-64-v3",)]
    if "avx2" not in toolchain.processor():
        sets.pop()
    found = []
    for flags in sets:
        monkeypatch.setattr(native, "HERE", flags)
        native._library.cache_clear()
        parts = []
        for width in (1, 10, 33, 130, 300):
            x = spikes(0.1, False, 150, 70, dtype=dtype).requires_grad_()
            weight = numbers(1, width, 70, dtype=dtype).requires_grad_()
            out = events.linear(x, weight, choice=Choice(ALL))
            grad = spikes(0.1, False, *out.shape, dtype=dtype)
            parts += [out.detach(), *torch.autograd.grad(out, (x, weight), grad)]
        found.append(parts)
    native._library.cache_clear()
    for other in found[1:]:
        assert all(torch.equal(a, b) for a, b in zip(found[0], other, strict=True))


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("across", [True, False])
def test_counting_stops_at_the_limit_and_not_before(threads: int, across: bool) -> None:
    x = spikes(0.3, True, 500, 40, 2, 3)
    geometry = native.Geometry(
        *((40, 500) if across else (500, 40)), 2, 3, 8, 1, 1, 1, 1, 0, 0, 1, 1, 2, 3, 64
    )
    stride = x.stride()
    strides = (stride[1], stride[0], *stride[2:]) if across else stride
    count = int(x.sum())
    torch.set_num_threads(threads)
    try:
        for limit_, found in ((count, True), (count + 9, True), (count - 1, False), (0, False)):
            lists = native.find(x, strides, geometry, across=across, limit=limit_)
            assert (lists is not None) == found
            assert lists is None or (lists.count, lists.ones) == (count, True)
        x[3, 3, 0, 0] = 0.5
        lists = native.find(x, strides, geometry, across=across, limit=x.numel())
        assert lists is not None
        assert not lists.ones
    finally:
        torch.set_num_threads(1)


@given(
    direction=st.sampled_from(["forward", "weight", "input"]),
    work=st.builds(
        Work, *[st.sampled_from([0, 1, 10, 100, 2000])] * 3, plane=st.sampled_from([1, 144])
    ),
    events_=st.integers(0, 10**9),
)
def test_choose_is_a_threshold_on_the_count(direction: Any, work: Work, events_: int) -> None:
    most = limit(direction, work)
    assert 0 <= most <= work.entries(direction)
    assert choose(direction, work, events_) == ("events" if 0 < most >= events_ else "dense")


def test_a_layer_runs_by_its_activity() -> None:
    weight = numbers(1, 256, 256, dtype=torch.float32).requires_grad_()
    for share, kind in ((0.02, "events"), (0.6, "dense")):
        choice = Choice()
        x = spikes(share, True, 1000, 256, dtype=torch.float32).requires_grad_()
        out = events.linear(x, weight, choice=choice)
        out.backward(spikes(share, False, *out.shape, dtype=torch.float32))
        assert choice.last == dict.fromkeys(("forward", "weight", "input"), kind)
    few = Choice()
    events.linear(torch.zeros(2, 256), weight, choice=few)
    assert few.last == {}  # torch's own layer, at once


def test_the_reference_switches_events_off() -> None:
    choice = Choice(ALL)
    x, weight = torch.zeros(500, 300), torch.randn(200, 300)
    with use_kernels("reference"):
        events.linear(x, weight, choice=choice)
        operators.convolution(
            x[:, :, None, None], weight[:, :, None, None], None, [1, 1], [0, 0], [1, 1], 1,
            choice.handle,
        )  # fmt: skip
    assert choice.last == {"forward": "dense"}


# -- numbers that are not finite -------------------------------------------------------------------

ODD = [float("nan"), float("inf"), -float("inf")]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("where", ["x", "weight", "grad"])
def test_what_is_not_finite_goes_where_the_dense_layer_takes_it(odd: float, where: str) -> None:
    x, weight = spikes(0.1, True, 50, 40), numbers(1, 30, 40)
    image, field = spikes(0.1, True, 4, 5, 6, 6), numbers(2, 7, 5, 3, 3)
    grads = numbers(3, 50, 30), numbers(4, 4, 7, 4, 4)
    for given_, weights, grad, dense, ours in (
        (x, weight, grads[0], functional.linear, events.linear),
        (image, field, grads[1], functional.conv2d, events.conv2d),
    ):
        {"x": given_, "weight": weights, "grad": grad}[where].view(-1)[5] = odd
        found = []
        for run in (dense, lambda *a, ours=ours: ours(*a, choice=Choice(ALL))):
            leaves = [given_.clone().requires_grad_(), weights.clone().requires_grad_()]
            out = run(*leaves)
            found.append((out, *torch.autograd.grad(out, leaves, grad)))
        for a, b in zip(*found, strict=True):
            assert torch.allclose(a, b, rtol=1e-9, atol=1e-9, equal_nan=True)


# -- fixed, kept, copied ---------------------------------------------------------------------------


def network() -> Any:
    leaky = {"component": "neurons/leaky", "surrogate": "surrogates/boxcar"}
    body = {
        "schema": "spikex/model@1",
        "name": "events",
        "input": {"shape": [2, 8, 8], "encoder": "encoders/rate"},
        "time": {"steps": 10},
        "nodes": [
            {"id": "conv", "component": "synapses/conv2d", "params": {"channels": 96}},
            {"id": "lif1", **leaky},
            {"id": "flatten", "component": "layers/flatten"},
            {"id": "fc", "component": "synapses/dense", "params": {"features": 128}},
            {"id": "lif2", **leaky},
            {"id": "out", "component": "synapses/dense", "params": {"features": 4}},
            {"id": "lif3", **leaky},
        ],
        "readout": "decoders/spike-count",
    }
    return build(ModelSpec.parse(body), seed=0)


def learn(net: Any, brightness: float) -> Any:
    x = brightness * torch.rand(32, 2, 8, 8, generator=torch.Generator().manual_seed(1))
    net.zero_grad()
    result = net.run(x, generator=torch.Generator().manual_seed(2))
    (result.output.sum() + result.states["mem"].square().sum()).backward()
    return result


def test_a_network_runs_on_events_with_the_same_numbers() -> None:
    net = network()
    names = list(net.state_dict())
    with use_kernels("reference"):
        dense = learn(net, 0.1)
        before = {name: p.grad.clone() for name, p in net.named_parameters()}
    ours = learn(net, 0.1)
    assert net.node("fc").choice.last["forward"] == "events"
    assert net.node("conv").choice.last["forward"] == "events"
    assert torch.equal(ours.output, dense.output)
    for name, p in net.named_parameters():
        assert torch.allclose(p.grad, before[name], rtol=1e-4, atol=1e-5 * before[name].abs().max())
    assert list(net.state_dict()) == names


def test_fixed_choices_outlive_a_change_of_activity() -> None:
    net = network()
    assert events.fix(net) == {}
    learn(net, 0.1)
    fixed = events.fix(net)
    assert fixed["fc"]["forward"] == "events"
    assert events.fix(net) == {}
    assert events.state(net) == fixed
    learn(net, 1.0)
    assert {n: net.node(n).choice.last for n in fixed} == fixed
    events.restore(net, {})
    learn(net, 1.0)
    assert net.node("conv").choice.last["forward"] == "dense"
    events.restore(net, fixed)
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert events.state(other) == fixed
        assert other.node("fc").choice.handle != net.node("fc").choice.handle
    with pytest.raises(InvalidError, match="no layer"):
        events.restore(net, {"nobody": {"forward": "dense"}})
    with pytest.raises(InvalidError, match="unknown: slow"):
        events.restore(net, {"fc": {"forward": "slow"}})
    assert events.state(net) == fixed


def test_a_choice_is_let_go_with_its_layer() -> None:
    handle = Choice(ALL).handle
    assert choices.at(handle).fixed == {}


def test_a_component_of_the_users_own_runs_its_own_code() -> None:
    assert network().node("flatten").choice is None


# -- what torch's own tools make of the operators --------------------------------------------------


def test_operators_pass_torch_s_checks() -> None:
    ones, none = [1, 1], [0, 0]
    x = spikes(0.1, True, 30, 3, 6, 5)
    for form in (torch.contiguous_format, torch.channels_last):
        leaf = x.contiguous(memory_format=form).requires_grad_()
        weight = numbers(1, 70, 3, 3, 3).requires_grad_()
        torch.library.opcheck(
            operators.convolution, (leaf, weight, numbers(2, 70), ones, [1, 0], ones, 1, 0)
        )
        torch.library.opcheck(
            operators.backward,
            (numbers(3, 30, 70, 6, 3), leaf, weight, ones, [1, 0], ones, 1, True, True, 0),
        )
    flat = [spikes(0.1, True, 90, 40, 1, 1), numbers(1, 70, 40, 1, 1), None]
    torch.library.opcheck(operators.convolution, (*flat, ones, none, ones, 1, 0))


def test_gradients_of_gradients() -> None:
    choice = Choice(ALL)
    x, weight = numbers(0, 6, 2, 4, 4).requires_grad_(), numbers(1, 3, 2, 3, 3).requires_grad_()
    assert torch.autograd.gradgradcheck(
        lambda x, w: events.conv2d(x, w, padding=1, choice=choice), (x, weight)
    )
    assert torch.autograd.gradgradcheck(
        lambda w: events.conv2d(x.detach(), w, stride=2, choice=choice), (weight,)
    )


def test_compiled_whole() -> None:
    choice = Choice()
    weight = numbers(1, 256, 256, dtype=torch.float32).requires_grad_()
    compiled = torch.compile(
        lambda x: events.linear(x, weight, choice=choice).relu().sum(),
        fullgraph=True, backend="aot_eager",
    )  # fmt: skip
    for share, kind in ((0.02, "events"), (0.6, "dense")):
        x = spikes(share, True, 1000, 256, dtype=torch.float32)
        weight.grad = None
        compiled(x).backward()
        ours = weight.grad
        assert choice.last == {"forward": kind, "weight": kind}
        (expected,) = torch.autograd.grad(functional.linear(x, weight).relu().sum(), weight)
        assert torch.allclose(ours, expected, rtol=1e-4, atol=1e-3)


def test_autocast_computes_in_half_precision() -> None:
    x, weight = spikes(0.02, True, 1000, 256, dtype=torch.float32), torch.randn(256, 256)
    weight.requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        ours, dense = events.linear(x, weight), functional.linear(x, weight)
    assert ours.dtype == torch.bfloat16
    assert torch.equal(ours, dense)
    ours.float().sum().backward()
    assert weight.grad is not None
    assert weight.grad.dtype == torch.float32


def test_transforms_of_torch_func() -> None:
    x, weight = spikes(0.02, True, 3, 500, 300), numbers(1, 200, 300)

    def loss(layer: Any) -> Any:
        return torch.func.vmap(
            torch.func.grad(lambda w, x: layer(x, w).square().sum()), in_dims=(None, 0)
        )(weight, x)

    assert torch.allclose(loss(events.linear), loss(functional.linear))


def test_without_a_compiler_layers_run_dense(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SPIKEX_CXX", "")
    toolchain.compiler.cache_clear()
    native._library.cache_clear()
    try:
        choice = Choice(ALL)
        x, weight = spikes(0.02, True, 500, 300), numbers(1, 200, 300)
        with caplog.at_level(logging.INFO, logger="spikex_lab.nn.events"):
            for _ in range(2):
                assert torch.equal(
                    events.linear(x, weight, choice=choice), functional.linear(x, weight)
                )
        assert choice.last == {"forward": "dense"}
        assert [r.message for r in caplog.records if "no C++ compiler" in r.message] == [
            "no C++ compiler: events are not used, linear layers and convolutions run dense"
        ]
    finally:
        monkeypatch.undo()
        toolchain.compiler.cache_clear()
        native._library.cache_clear()


@pytest.mark.skipif(platform.machine() != "x86_64", reason="names instruction sets of x86-64")
def test_the_source_compiles_for_a_plain_processor_without_warnings() -> None:
    flags = (*native.FLAGS, *native.THREADS, *toolchain.STRICT)
    assert toolchain.check(native.source(), flags=flags)
    assert toolchain.check(native.source(), flags=(*flags, "-march=x86-64-v3"))


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="no list of loaded libraries")
def test_one_openmp_in_the_process() -> None:
    """Two would mean two pools of threads that get in each other's way."""
    assert native.here()
    lines = Path("/proc/self/maps").read_text().splitlines()
    assert len({line.split()[-1] for line in lines if "libgomp" in line}) <= 1
