"""Twins: snnTorch's neurons, and equations written out once more, by hand, in numpy."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.conformance.cases import case

if TYPE_CHECKING:
    import torch

Arrays = dict[str, np.ndarray[Any, np.dtype[np.float64]]]

STEPS, BATCH, SIZE = 50, 3, 11
SHORT = 25
"""Steps over which gradients are compared: through recurrence rounding grows with every one."""
_DELAYED = ("Leaky", "Synaptic", "RLeaky")
"""snnTorch's layers whose reset may come at once (RSynaptic takes the option and ignores it)."""
_DECAYS: dict[str, list[dict[str, float]]] = {
    "Leaky": [{"beta": 0.9}, {"beta": 0.5}],
    "Synaptic": [{"alpha": 0.9, "beta": 0.8}, {"alpha": 0.2, "beta": 0.5}],
    "Alpha": [{"alpha": 0.9, "beta": 0.8}, {"alpha": 0.95, "beta": 0.2}],
    "Lapicque": [{"R": 5.0, "C": 2.0}, {"R": 0.7, "C": 30.0}],
    "RLeaky": [{"beta": 0.9}, {"beta": 0.5}],
    "RSynaptic": [{"alpha": 0.9, "beta": 0.8}, {"alpha": 0.2, "beta": 0.5}],
}


@case("snntorch-twin")
def snntorch_twin(component: Component, settings: Mapping[str, Any]) -> float:
    """Return the largest difference from snnTorch's `layer`, in any spike or state of any variant.

    With ``gradient: true``, that of the gradients of the input, relative to the largest.
    """
    layer = str(settings["layer"])
    recurrent = layer in ("RLeaky", "RSynaptic")
    worst = 0.0
    for decays, reset, delay, dense in product(
        _DECAYS[layer],
        ("subtract", "zero", "none"),
        (True, False) if layer in _DELAYED else (True,),
        (True, False) if recurrent else (None,),
    ):
        worst = max(
            worst, _against(component, layer, decays, reset, delay, dense, settings.get("gradient"))
        )
    return worst


def _against(
    component: Component,
    layer: str,
    decays: Mapping[str, float],
    reset: str,
    delay: bool,
    dense: bool | None,
    gradient: Any,
) -> float:
    import torch

    from spikex_lab.nn import Neuron

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import snntorch
    extra: dict[str, Any] = {"reset_delay": delay} if layer in _DELAYED else {}
    form: dict[str, Any] = {} if dense is None else {"all_to_all": dense, "V": -0.4}
    shape = SIZE if dense else None
    ours = Neuron(component, shape=shape, reset=reset, **decays, **extra, **form)
    draw = torch.Generator().manual_seed(1)
    if dense:
        form["linear_features"] = SIZE
        for weight in ours.parameters():
            torch.nn.init.uniform_(weight, -(SIZE**-0.5), SIZE**-0.5, generator=draw)
    theirs: Any = getattr(snntorch, layer)(**decays, reset_mechanism=reset, **extra, **form)
    if dense:
        theirs.recurrent.load_state_dict(ours.state_dict())
    x = (torch.randn(STEPS, BATCH, SIZE, generator=draw) * 0.7 + 0.2).requires_grad_()
    found = ours.simulate(x)
    mine = [found["s"], *(found[name] for name in component.states if name != "spk")]
    rows, state = [], (torch.zeros(BATCH, SIZE),) * (len(mine) if dense is not None else 0)
    for step in x.unbind(0):
        out = theirs(step, *state)
        state = out if dense is not None else out[1:]
        rows.append(out)
    other = [torch.stack(series) for series in zip(*rows, strict=True)]
    if gradient:
        first, second = (_slope([row[:SHORT] for row in rows], x) for rows in (mine, other))
        return _largest(first - second) / _largest(second)
    return max(_largest(a - b) for a, b in zip(mine, other, strict=True))


def _largest(tensor: torch.Tensor) -> float:
    return float(tensor.detach().abs().max())


def _slope(outputs: list[torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    import torch

    draw = torch.Generator().manual_seed(7)
    total = sum((out * torch.randn(out.shape, generator=draw)).sum() for out in outputs)
    assert isinstance(total, torch.Tensor)  # noqa: S101 (there is at least one output)
    return torch.autograd.grad(total, x)[0]


@case("numpy-twin")
def numpy_twin(component: Component, settings: Mapping[str, Any]) -> float:
    """Return the largest difference of spikes and states from the same equations in numpy."""
    import torch

    from spikex_lab.nn import Neuron

    draw = np.random.default_rng(2)
    x = draw.normal(0.6, 1.0, (400, 7)) * float(settings.get("scale", 2.0))
    worst = 0.0
    for chosen in [
        {},
        *({"reset": "subtract"} for _ in range("reset" in component.spec.parameters)),
    ]:
        params = component.resolve(chosen)
        expected = _WRITTEN_OUT[component.id](params, x)
        found = Neuron(component, **chosen).simulate(torch.from_numpy(x))
        worst = max(
            worst,
            *(float(np.abs(found[name].numpy() - value).max()) for name, value in expected.items()),
        )
    return worst


def _plif(p: Mapping[str, Any], x: Any) -> Arrays:
    kappa = 1 / (1 + np.exp(-p["a"]))
    v = np.full(x.shape[1], p["v_reset"])
    rows = []
    for step in x:
        v = v + (step - (v - p["v_reset"])) * kappa
        s = (v >= p["v_th"]).astype(float)
        v = v - s * p["v_th"] if p["reset"] == "subtract" else np.where(s > 0, p["v_reset"], v)
        rows.append((s, v))
    return _named(rows, "s", "v")


def _klif(p: Mapping[str, Any], x: Any) -> Arrays:
    v = np.full(x.shape[1], p["v_reset"])
    rows = []
    for step in x:
        v = np.maximum(p["k"] * (v + (step - (v - p["v_reset"])) / p["tau"]), 0)
        s = (v >= p["v_th"]).astype(float)
        v = v - s * p["v_th"] if p["reset"] == "subtract" else np.where(s > 0, p["v_reset"], v)
        rows.append((s, v))
    return _named(rows, "s", "v")


def _adlif(p: Mapping[str, Any], x: Any) -> Arrays:
    alpha, rho = np.exp(-1 / p["tau_u"]), np.exp(-1 / p["tau_w"])
    u = w = np.zeros(x.shape[1])
    rows = []
    for step in x:
        u = alpha * u + (1 - alpha) * (step - w)
        s = (u > p["v_th"]).astype(float)
        u = u * (1 - s)
        w = rho * w + (1 - rho) * p["q"] * (p["a"] * u + p["b"] * s)
        rows.append((s, u, w))
    return _named(rows, "s", "u", "w")


def _alif(p: Mapping[str, Any], x: Any) -> Arrays:
    alpha, rho = np.exp(-1 / p["tau_m"]), np.exp(-1 / p["tau_a"])
    v = a = z = np.zeros(x.shape[1])
    rows = []
    for step in x:
        v = alpha * v + step - z * p["v_th"]
        a = rho * a + z
        z = (v > p["v_th"] + p["beta"] * a).astype(float)
        rows.append((z, a, v))
    return _named(rows, "s", "a", "v")


def _named(rows: list[tuple[Any, ...]], *names: str) -> Arrays:
    return {
        name: np.stack(series) for name, series in zip(names, zip(*rows, strict=True), strict=True)
    }


_WRITTEN_OUT: dict[str, Callable[[Mapping[str, Any], Any], Arrays]] = {
    "neurons/plif": _plif,
    "neurons/klif": _klif,
    "neurons/adlif": _adlif,
    "neurons/alif": _alif,
}
