"""Shape rules and weights, worked out from ``component.yaml`` without torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from spikex_lab.catalog.evaluate import evaluate, holds
from spikex_lab.catalog.fields import Dimension
from spikex_lab.catalog.parser import parse, parse_test
from spikex_lab.catalog.schema import ComponentSpec
from spikex_lab.errors import InvalidError
from spikex_lab.spec.registry import Shape

MAX_ELEMENTS = 2**40


def names_of(spec: ComponentSpec, params: Mapping[str, Any], shape: Shape) -> dict[str, float]:
    """Return what rules may use: numeric parameters (true is 1), dimensions, ``size``, ``rank``.

    Raises
    ------
    InvalidError : `shape` does not have the dimensions that the component takes.
    """
    values: dict[str, float] = {
        name: int(value) if isinstance(value, bool) else value
        for name, value in params.items()
        if isinstance(value, (bool, int, float))
    }
    wanted = spec.shape.in_
    if wanted != "any":
        if len(wanted) != len(shape):
            raise InvalidError(
                f"{spec.id} takes [{', '.join(wanted)}], got {list(shape)}",
                where=spec.id,
                hint=spec.shape.hint,
            )
        values.update(zip(wanted, shape, strict=True))
    values["size"] = math.prod(shape)
    values["rank"] = len(shape)
    return values


def output_shape(spec: ComponentSpec, params: Mapping[str, Any], shape: Shape) -> Shape:
    """Return the shape that leaves; raise `InvalidError` where `shape` does not fit."""
    values = names_of(spec, params, shape)
    for index, rule in enumerate(spec.shape.require):
        where = f"{spec.id}/shape/require/{index}"
        if not holds(parse_test(rule.that, where=where), values, where=where):
            raise InvalidError(
                f"{rule.message}, got {list(shape)}", where=spec.id, hint=spec.shape.hint
            )
    if spec.shape.out == "same":
        return shape
    return tuple(
        _dimension(item, values, f"{spec.id}/shape/out/{index}")
        for index, item in enumerate(spec.shape.out)
    )


def weight_shapes(
    spec: ComponentSpec, params: Mapping[str, Any], shape: Shape, *, trainable: bool = True
) -> dict[str, Shape]:
    """Return the component's tensors with their shapes: learned parameters, then weights."""
    result: dict[str, Shape] = {}
    if trainable:
        result.update(dict.fromkeys(params.get("learn", ()), ()))
    values = names_of(spec, params, shape)
    for name, weight in spec.weights.items():
        where = f"{spec.id}/weights/{name}"
        if weight.trainable is not trainable:
            continue
        if weight.when is not None and not holds(
            parse_test(weight.when, where=where), values, where=where
        ):
            continue
        result[name] = tuple(_dimension(item, values, where) for item in weight.shape)
        if math.prod(result[name]) > MAX_ELEMENTS:
            raise InvalidError(f"weights of shape {list(result[name])} are too many", where=where)
    return result


def initial(
    spec: ComponentSpec, params: Mapping[str, Any], shape: Shape, name: str
) -> tuple[str, float]:
    """Return how weight `name` is drawn: uniform (bound), normal (deviation) or constant."""
    [(kind, value)] = spec.weights[name].init.items()
    where = f"{spec.id}/weights/{name}/init"
    return kind, float(
        evaluate(parse(str(value), where=where), names_of(spec, params, shape), where=where)
    )


def _dimension(item: Dimension, values: Mapping[str, float], where: str) -> int:
    value = evaluate(parse(str(item), where=where), values, where=where)
    if value != int(value):
        raise InvalidError(f"a dimension comes out as {value}, which is not whole", where=where)
    if not 1 <= value <= MAX_ELEMENTS:
        raise InvalidError(
            f"a dimension comes out as {int(value)}",
            where=where,
            hint="the input is too small or too large",
        )
    return int(value)
