"""The threshold: a step forward, a surrogate's derivative backward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from spikex_lab.catalog import Component
from spikex_lab.catalog.overlay import shelf
from spikex_lab.nn.compiled import derivative
from spikex_lab.nn.noise import draw
from spikex_lab.spec.registry import Registry


class _Threshold(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, margin: torch.Tensor, slope: Callable[..., Any], strict: bool, scale: Any
    ) -> torch.Tensor:
        ctx.save_for_backward(margin, scale)
        ctx.slope = slope
        return (margin > 0 if strict else margin >= 0).to(margin.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        margin, scale = ctx.saved_tensors
        if scale is None:
            return ctx.slope(margin) * gradient, None, None, None
        return ctx.slope(margin / scale) / scale * gradient, None, None, None


class Surrogate:
    """What stands for the derivative of the threshold.

    Parameters
    ----------
    component : a surrogate of the library, by id or the last part of it (``"atan"``).
    params : its parameters (``alpha=2``).

    References
    ----------
    Neftci, Mostafa, Zenke, IEEE Signal Process. Mag. 36(6), 2019, doi:10.1109/MSP.2019.2931595.
    """

    def __init__(
        self,
        component: str | Component = "atan",
        *,
        registry: Registry | None = None,
        **params: Any,
    ) -> None:
        if isinstance(component, str):
            name = component if "/" in component else f"surrogates/{component}"
            found = (registry or shelf()).get(name, where="surrogate")
            assert isinstance(found, Component)  # noqa: S101 (what every registry of ours holds)
            component = found
        self.component = component
        self.params = component.resolve(params, where="surrogate")
        self._known: dict[tuple[torch.dtype, torch.device], list[torch.Tensor]] = {}

    def __repr__(self) -> str:
        given = ", ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.component.id.split('/')[1]}({given})"

    def __getstate__(self) -> dict[str, Any]:
        return {"component": self.component, "params": self.params, "_known": {}}

    def derivative(self, u: torch.Tensor) -> torch.Tensor:
        """Return the derivative at `u`, the distance above threshold."""
        _, function = derivative(self.component)
        return function(u, *self.given(u), *draw(self.component, u))

    def given(self, like: torch.Tensor) -> list[torch.Tensor]:
        """Return the parameters in the order of its program, of the type of `like`."""
        program, _ = derivative(self.component)
        key = (like.dtype, like.device)
        if key not in self._known:
            self._known[key] = [
                torch.tensor(self.params[name], dtype=like.dtype, device=like.device)
                for name in program.parameters
            ]
        return self._known[key]

    def fire(self, strict: bool) -> Callable[..., torch.Tensor]:
        """Return ``fire(margin, scale=None)``: 1 above 0 (and at 0 unless `strict`)."""
        slope = self.derivative

        def fire(margin: torch.Tensor, scale: torch.Tensor | None = None) -> torch.Tensor:
            fired: torch.Tensor = _Threshold.apply(margin, slope, strict, scale)  # type: ignore[no-untyped-call]
            return fired

        return fire
