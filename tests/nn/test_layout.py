"""Images with their channels last: the same numbers, and no copy on the way."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from spikex_lab.nn import layout, use_kernels
from spikex_lab.nn.layout import Layout, answered_alike, channels_last, stacked
from spikex_lab.nn.network import build
from spikex_lab.spec import ModelSpec
from spikex_lab.spec.templates import template

LAST = torch.channels_last


def image(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(len(shape)))


def lies_last(x: torch.Tensor) -> bool:
    """Of ``[N, C, H, W]`` or ``[T, B, C, H, W]``."""
    return x.flatten(0, -4).is_contiguous(memory_format=LAST)


@pytest.mark.parametrize(
    "value",
    [
        image(2, 3, 4, 5),
        image(2, 3, 4, 5).contiguous(memory_format=LAST),
        image(2, 3, 4).transpose(1, 2),
        image(2, 1, 1, 1),
        image(4, 5)[:, ::2],  # with gaps
        image(4, 1).expand(4, 5),
        image(3),
    ],
)
def test_back_undoes_plain(value: torch.Tensor) -> None:
    found = Layout(value)
    assert torch.equal(found.back(found.plain(value)), value)
    series = torch.stack([value, value + 1])
    assert torch.equal(found.back(found.plain(series, series=True), series=True), series)
    number = torch.tensor(2.0)
    assert found.plain(number) is number
    steps = [value, value * 2, value * 3]
    assert torch.equal(stacked(steps), torch.stack(steps))


def test_what_lies_in_another_order_is_walked_in_it() -> None:
    value = image(2, 3, 4, 5).contiguous(memory_format=LAST)
    assert Layout(value).plain(value).is_contiguous()
    series = stacked([value, value])
    assert lies_last(series)
    assert Layout(value).plain(series, series=True).is_contiguous()
    plain = image(2, 3, 4, 5)
    assert Layout(plain).plain(plain) is plain
    assert stacked([plain, plain]).is_contiguous()


@pytest.mark.parametrize("shape", [(4, 3, 3, 3), (4, 1, 3, 3), (4, 3, 1, 1), (1, 1, 1, 1)])
def test_a_weight_with_channels_last_is_the_same_weight(shape: tuple[int, ...]) -> None:
    weight = image(*shape).requires_grad_()
    turned = channels_last(weight)
    assert torch.equal(turned, weight)
    turned.sum().backward()
    assert weight.grad is not None
    assert weight.grad.is_contiguous()
    double = image(*shape).double()
    assert channels_last(double) is double


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="no oneDNN in this torch")
@pytest.mark.parametrize("channels", [1, 3])
def test_a_convolution_gives_its_channels_last(channels: int) -> None:
    x = image(4, channels, 6, 6)
    weight = image(5, channels, 3, 3)
    out = torch.nn.functional.conv2d(x, channels_last(weight))
    assert lies_last(out)
    torch.testing.assert_close(out, torch.nn.functional.conv2d(x, weight))


def test_a_gradient_comes_back_as_its_value_lies() -> None:
    x = image(2, 3, 4, 4).contiguous(memory_format=LAST).requires_grad_()
    seen: list[torch.Tensor] = []
    pooled = torch.nn.functional.max_pool2d(x, 2)
    answered_alike(pooled)
    pooled.register_hook(lambda gradient: seen.append(gradient) or gradient)
    pooled.flatten(1).square().sum().backward()
    assert seen[0].is_contiguous(memory_format=LAST)
    plain = x.detach().contiguous().requires_grad_()
    torch.nn.functional.max_pool2d(plain, 2).flatten(1).square().sum().backward()
    assert torch.equal(x.grad, plain.grad)  # type: ignore[arg-type]


def network(shape: tuple[int, int, int], pool: str) -> ModelSpec:
    plain = template("snn-conv", input_shape=shape).to_dict()
    for node in plain["nodes"]:
        if node["component"] == "layers/max-pool2d":
            node["component"] = pool
    return ModelSpec.parse(plain)


@pytest.mark.parametrize("kernels", ["fused", "reference"])
@pytest.mark.parametrize("pool", ["layers/max-pool2d", "layers/avg-pool2d"])
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 9, 8)])
@pytest.mark.parametrize("encoder", ["encoders/direct", "encoders/rate"])
def test_a_network_gives_the_same_with_channels_last(
    kernels: Any,
    pool: str,
    shape: tuple[int, int, int],
    encoder: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Scores, recordings and gradients of the whole network, against weights left as they lie."""
    plain = network(shape, pool).to_dict()
    plain["input"]["encoder"] = encoder
    spec = ModelSpec.parse(plain)
    x = torch.rand(3, *shape, generator=torch.Generator().manual_seed(0))

    def run() -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        net = build(spec, seed=0)
        generator = torch.Generator().manual_seed(1)
        with use_kernels(kernels):
            result = net.run(
                x, generator=generator, record={"lif1": ["spikes", "mem"], "pool2": ["output"]}
            )
            (result.scores * torch.arange(10)).sum().backward()
        recorded = [one for values in result.recorded.values() for one in values.values()]
        return [result.scores, result.output, *recorded], [p.grad for p in net.parameters()]  # type: ignore[misc]

    values, gradients = run()
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    for one, other in zip(values, run()[0], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5)
    for one, other in zip(gradients, run()[1], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4 * float(other.abs().max()))


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="no oneDNN in this torch")
@pytest.mark.parametrize("kernels", ["fused", "reference"])
def test_no_layer_copies_images_into_another_layout(kernels: Any) -> None:
    """What leaves convolutions, neurons and poolings lies with its channels last throughout."""
    net = build(network((1, 8, 8), "layers/max-pool2d"), seed=0)
    nodes = ["conv1", "lif1", "pool1", "conv2", "lif2", "pool2"]
    with use_kernels(kernels):
        result = net.run(torch.rand(2, 1, 8, 8), record={name: ["output"] for name in nodes})
    for name in nodes:
        step = result.recorded[name]["output"][0]  # what is static is one step for all
        assert lies_last(step), name


def test_ensembles_and_single_samples_still_have_gradients() -> None:
    """torch.func goes through the copy of the weight and past the hook on the gradient."""
    x, weights = image(2, 3, 6, 6), image(4, 5, 3, 3, 3)

    def loss(weight: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        out = torch.nn.functional.conv2d(x, layout.channels_last(weight))
        return answered_alike(torch.nn.functional.max_pool2d(out, 2)).square().sum()

    each = torch.func.vmap(torch.func.grad(loss), (0, None))(weights, x)
    for weight, found in zip(weights, each, strict=True):
        mine = weight.clone().requires_grad_()
        loss(mine, x).backward()
        torch.testing.assert_close(found, mine.grad)
