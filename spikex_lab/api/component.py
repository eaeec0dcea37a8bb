"""Entries of the neural component library as a notebook user holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spikex_lab.api import display
from spikex_lab.api.authored import Authored
from spikex_lab.api.listing import Table

if TYPE_CHECKING:
    from spikex_lab.api.trace import Trace


class Component(Authored, display.Displayed):
    """One entry of the library: equations, parameters, generated code, papers.

    Examples
    --------
    >>> sx.Component.open("neurons/lif")  # doctest: +SKIP
    """

    @property
    def id(self) -> str:
        """Folder's plural and name: ``neurons/lif``."""
        return str(self._entry.id)

    @property
    def spec(self) -> Any:
        """Everything in its ``component.yaml``."""
        return self._entry.spec

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        for holder in (self.__dict__["_entry"], self.__dict__["_entry"].spec):
            if hasattr(holder, name):
                return getattr(holder, name)
        raise AttributeError(f"a component has no {name!r}")

    def code(self, language: str = "python") -> str:
        """Return its readable code: rendered from the equations, else as it was written.

        `language`: ``python``, ``cpp``, ``javascript``, ``latex`` or ``mathml``.

        Raises
        ------
        InvalidError : it is not to be had in `language`.
        """
        from spikex_lab.api.component_code import known_code

        return known_code(self._entry, language)

    def simulate(
        self,
        I: Any = None,  # noqa: E741, N803 (the field's symbol)
        duration: float | None = None,
        dt: float | None = None,
        **options: Any,
    ) -> Trace:
        """Simulate one element from rest: `I` in the component's unit, times in ms.

        A number is a constant input, an array one value per step. `options`: ``preset``,
        ``record=["V"]``, ``integrator``, ``seed``, parameters and further inputs by name.

        Examples
        --------
        >>> tr = Component.open("neurons/lif").simulate(I=500.0, duration=100.0, dt=0.1)
        >>> len(tr.spike_times)
        6
        """
        from spikex_lab.api.trace import simulate

        return simulate(self._entry, I, duration, dt, **options)

    def check(self) -> Table:
        """Check it as ``spikex components check`` does; one row a check.

        Examples
        --------
        >>> all(row.ok for row in Component.open("layers/relu").check())
        True
        """
        from spikex_lab.conformance.check import check

        checks = check(self._entry).to_dict()["checks"]
        return Table(["name", "ok", "against", "error", "tolerance"], checks)

    def to_dict(self) -> dict[str, Any]:
        """Return its ``component.yaml`` as plain data."""
        return dict(self._entry.spec.model_dump(mode="json", by_alias=True, exclude_none=True))

    def __repr__(self) -> str:
        return f"Component({self.id!r}: {self._entry.summary})"

    def _html(self) -> str:
        from spikex_lab.api.component_page import page

        return page(self._entry)


def equations(data: dict[str, Any]) -> list[str]:
    """Return the equations in a ``component.yaml``, one a line, with what a spike does."""
    spike = data.get("spike") or {}
    named = {**data, "fires when": spike.get("when"), "reset": "; ".join(spike.get("reset") or [])}
    words = ("fires when", "reset", "output", "derivative")
    return [*(data.get("equations") or []), *(f"{w}: {named[w]}" for w in words if named.get(w))]
