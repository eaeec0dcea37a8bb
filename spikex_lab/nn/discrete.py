"""More of the library's neurons as classes of their own; `spikex_lab.nn.Neuron` builds any."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from spikex_lab.errors import InvalidError
from spikex_lab.nn.neuron import Neuron


class IF(Neuron):
    """Perfect integrate-and-fire neuron (``neurons/if``)."""

    def __init__(self, **params: Any) -> None:
        super().__init__("neurons/if", **params)


class Lapicque(Neuron):
    """Resistor and capacitor, equal to snnTorch's Lapicque (``neurons/lapicque``).

    Give `R` (MOhm) and `C` (nF), or the decay `beta` per step of length `dt` (ms) and none or one
    of them: the missing one follows from ``beta = exp(-dt/(R*C))``, R being 1 where both are.

    Raises
    ------
    InvalidError : all three are given, or `beta` does not lie between 0 and 1.
    """

    def __init__(
        self,
        beta: float | None = None,
        R: float | None = None,  # noqa: N803 (the symbols of the circuit)
        C: float | None = None,  # noqa: N803
        *,
        dt: float = 1.0,
        **params: Any,
    ) -> None:
        if beta is not None:
            R, C = _circuit(beta, R, C, dt)  # noqa: N806
        params |= {name: value for name, value in (("R", R), ("C", C)) if value is not None}
        super().__init__("neurons/lapicque", dt=dt, **params)


def _circuit(beta: float, r: float | None, c: float | None, dt: float) -> tuple[float, float]:
    """Return R and C of the decay `beta`, rounded as snnTorch rounds them (float32)."""
    if not 0 < beta < 1 or (r is not None and c is not None):
        raise InvalidError(
            "beta lies between 0 and 1 and comes with at most one of R and C",
            where="neurons/lapicque",
        )
    known = torch.tensor(1.0 if c is None and r is None else c if r is None else r)
    other = torch.tensor(dt) / (known * torch.log(1 / torch.tensor(beta)))
    return (known.item(), other.item()) if c is None else (other.item(), known.item())


class Alpha(Neuron):
    """Second-order neuron with alpha-shaped answers, equal to snnTorch's Alpha."""

    def __init__(self, alpha: float = 0.9, beta: float = 0.8, **params: Any) -> None:
        super().__init__("neurons/alpha", alpha=alpha, beta=beta, **params)


class RLeaky(Neuron):
    """Recurrent leaky neurons, equal to snnTorch's RLeaky (``neurons/rleaky``).

    `features`, their number or shape, is needed unless ``all_to_all=False``.
    """

    def __init__(
        self, features: int | Sequence[int] | None = None, beta: float = 0.9, **params: Any
    ) -> None:
        super().__init__("neurons/rleaky", shape=features, beta=beta, **params)


class RSynaptic(Neuron):
    """Recurrent current-based leaky neurons, equal to snnTorch's RSynaptic.

    `features`, their number or shape, is needed unless ``all_to_all=False``.
    """

    def __init__(
        self,
        features: int | Sequence[int] | None = None,
        alpha: float = 0.9,
        beta: float = 0.8,
        **params: Any,
    ) -> None:
        super().__init__("neurons/rsynaptic", shape=features, alpha=alpha, beta=beta, **params)


class PLIF(Neuron):
    """Leaky neuron that learns its time constant, `tau` steps at first (``neurons/plif``).

    Raises
    ------
    InvalidError : `tau` is not above 1.
    """

    def __init__(self, tau: float = 2.0, **params: Any) -> None:
        if not tau > 1:
            raise InvalidError(f"tau is above 1 step, got {tau}", where="neurons/plif")
        params.setdefault("learn", ["a"])
        super().__init__("neurons/plif", a=-math.log(tau - 1), **params)


class KLIF(Neuron):
    """Leaky neuron that learns how steeply its potential is scaled (``neurons/klif``)."""

    def __init__(self, **params: Any) -> None:
        params.setdefault("learn", ["k"])
        super().__init__("neurons/klif", **params)


class AdLIF(Neuron):
    """Leaky neuron with an adaptation current, symplectic Euler (``neurons/adlif``)."""

    def __init__(self, **params: Any) -> None:
        super().__init__("neurons/adlif", **params)


class SigmaDelta(Neuron):
    """Sums what it hears, sends how much its activation has changed (``neurons/sigma-delta``)."""

    def __init__(self, **params: Any) -> None:
        super().__init__("neurons/sigma-delta", **params)


class Poisson(Neuron):
    """A source of spikes at random, as often as its input (Hz) says (``neurons/poisson``)."""

    def __init__(self, **params: Any) -> None:
        super().__init__("neurons/poisson", **params)
