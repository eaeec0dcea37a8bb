"""A registry of a few made-up components: the spec is tested without the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spikex_lab.errors import InvalidError, nearest
from spikex_lab.spec import Shape


def _same(params: Mapping[str, Any], shape: Shape) -> Shape:
    return shape


def _vector(params: Mapping[str, Any], shape: Shape) -> Shape:
    if len(shape) != 1:
        raise InvalidError("needs a vector [features]")
    return (params["features"],)


def _conv(params: Mapping[str, Any], shape: Shape) -> Shape:
    if len(shape) != 3:
        raise InvalidError("needs [channels, height, width]")
    return (params["channels"], shape[1] - 2, shape[2] - 2)


def _flat(params: Mapping[str, Any], shape: Shape) -> Shape:
    size = 1
    for n in shape:
        size *= n
    return (size,)


@dataclass(frozen=True)
class FakeComponent:
    id: str
    kind: str
    shape: Callable[[Mapping[str, Any], Shape], Shape] = _same
    defaults: dict[str, Any] = field(default_factory=dict)
    dense: bool = False
    inputs: tuple[str, ...] = ("x",)
    states: tuple[str, ...] = ()

    @property
    def spiking(self) -> bool:
        return self.kind == "neuron"

    def resolve(self, params: Mapping[str, Any], *, where: str = "") -> dict[str, Any]:
        for key in params:
            if key not in self.defaults:
                hint = nearest(key, list(self.defaults))
                raise InvalidError(f'{self.id} has no parameter "{key}"', where=where, hint=hint)
        return {**self.defaults, **params}

    def output_shape(self, params: Mapping[str, Any], shape: Shape) -> Shape:
        return self.shape(params, shape)

    def weights(self, params: Mapping[str, Any], shape: Shape) -> dict[str, Shape]:
        if not self.dense:
            return {}
        return {"weight": (params["features"], shape[0]), "bias": (params["features"],)}


class FakeRegistry:
    def __init__(self) -> None:
        items = [
            FakeComponent("synapses/dense", "synapse", _vector, {"features": 1}, dense=True),
            FakeComponent("synapses/conv2d", "synapse", _conv, {"channels": 1}),
            FakeComponent("layers/flatten", "layer", _flat),
            FakeComponent(
                "neurons/leaky",
                "neuron",
                defaults={"beta": 0.9, "threshold": 1.0},
                inputs=("I", "g_exc"),
                states=("mem",),
            ),
            FakeComponent("synapses/ampa", "synapse", inputs=("x", "V"), states=("g",)),
            FakeComponent("encoders/direct", "encoder"),
            FakeComponent("encoders/rate", "encoder", defaults={"gain": 1.0}),
            FakeComponent("decoders/spike-count", "decoder"),
            FakeComponent("surrogates/atan", "surrogate", defaults={"alpha": 2.0}),
        ]
        self.items = {item.id: item for item in items}

    def get(self, component: str, *, where: str = "") -> FakeComponent:
        if component not in self.items:
            hint = nearest(component, list(self.items))
            raise InvalidError(f'no component "{component}"', where=where, hint=hint)
        return self.items[component]

    def ids(self, kind: str | None = None) -> Sequence[str]:
        return sorted(item.id for item in self.items.values() if kind in (None, item.kind))
