"""What cases have in common: spike trains, a component or a small network run in float64."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from spikex_lab.catalog import Component

Array = np.ndarray[Any, np.dtype[np.float64]]


def pulses(steps: int, *places: int) -> Array:
    """Return `steps` zeros with a 1 at each of `places`."""
    train = np.zeros(steps)
    train[list(places)] = 1.0
    return train


def run(
    component: Component,
    x: Array,
    *,
    dt: float = 1.0,
    params: Mapping[str, Any] | None = None,
    weights: Mapping[str, Array] | None = None,
    others: Mapping[str, float] | None = None,
    stepwise: bool = False,
) -> dict[str, Array]:
    """Run `component` over `x`, ``[T]`` or ``[T, n]``, in float64.

    Parameters
    ----------
    weights : in place of the drawn ones.
    others : further inputs, held; without it at their defaults.
    stepwise : step a component that remembers through time, as inside a loop.

    Returns
    -------
    ``out`` and every state by its name, each of the shape of what goes out.
    """
    import torch

    from spikex_lab.nn.cell import Cell
    from spikex_lab.nn.flow import Flow
    from spikex_lab.nn.scripts import Layer, Mode
    from spikex_lab.nn.stateful import StatefulLayer, is_stateful

    resolved = component.resolve(dict(params or {}))
    series = torch.tensor(x, dtype=torch.float64).reshape(len(x), 1, -1)
    kept: dict[str, Any] = {}
    held = dict(others or {})
    if component.has_equations:
        cell = Cell(component, resolved, dt=dt).double()
        values = [
            held.get(name, component.spec.inputs[name].default)
            for name in list(component.spec.inputs)[1:]
        ]
        rest = [Flow(series.new_tensor(value), static=True) for value in values]
        out, _, kept = cell.scan(series, keep=cell.states, others=rest)
    else:
        shape = (series.shape[-1],)
        made: Any
        if is_stateful(component):
            made = StatefulLayer(component, resolved, shape, dt=dt, seed=0).double()
        else:
            made = Layer(component, resolved, shape, seed=0).double()
        with torch.no_grad():
            for name, value in (weights or {}).items():
                made.get_parameter(name).copy_(torch.as_tensor(value))
        if not is_stateful(component):
            out = made(series.flatten(0, 1), Mode(steps=len(series), dt=dt)).unsqueeze(1)
        elif stepwise:
            stepper = made.start(series[0])
            out = torch.stack([stepper(value) for value in series.unbind(0)])
        else:
            out = made(series)
    result = {"out": out, **kept}
    shape_of = x.shape if out.numel() == x.size else (len(x), -1)
    return {name: value.detach().reshape(shape_of).numpy() for name, value in result.items()}


def network(
    nodes: Sequence[Mapping[str, Any]],
    edges: Any,
    x: Array,
    record: Mapping[str, Sequence[str]],
    *,
    dt: float = 0.1,
) -> dict[str, dict[str, Array]]:
    """Run a network of `nodes` over `x` ``[T, n]`` in float64; return what was recorded."""
    import torch

    from spikex_lab import nn
    from spikex_lab.spec import ModelSpec

    spec = ModelSpec.parse(
        {
            "name": "case",
            "input": {"shape": [x.shape[1]]},
            "time": {"steps": len(x), "dt": dt},
            "nodes": list(nodes),
            "edges": edges,
            "readout": "decoders/membrane",
        }
    )
    net = nn.build(spec, seed=0).double()
    with torch.no_grad():
        result = net.run(torch.tensor(x).unsqueeze(1), record=record)
    return {
        node: {name: value.squeeze(1).numpy() for name, value in quantities.items()}
        for node, quantities in result.recorded.items()
    }
