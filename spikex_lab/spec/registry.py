"""What the spec needs to know of components; `catalog` supplies it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Shape = tuple[int, ...]
"""Shape of one sample at one step: no batch, no time."""


class ComponentInfo(Protocol):
    """A component as far as a graph of shapes is concerned."""

    @property
    def id(self) -> str:
        """Folder's plural and name: ``neurons/lif``."""

    @property
    def kind(self) -> str:
        """Singular kind: ``neuron``, ``synapse``, …"""

    @property
    def spiking(self) -> bool:
        """Whether it emits spikes."""

    @property
    def inputs(self) -> Sequence[str]:
        """Names of its inputs: the first is fed by ordinary edges, the others by name."""

    @property
    def states(self) -> Sequence[str]:
        """Names of its states, at which an edge may start."""

    def resolve(self, params: Mapping[str, Any], *, where: str = "") -> dict[str, Any]:
        """Return `params` with the defaults filled in; raise `InvalidError` for a bad one."""

    def output_shape(self, params: Mapping[str, Any], shape: Shape) -> Shape:
        """Return the shape that comes out where `shape` goes in.

        Raises
        ------
        InvalidError : `shape` does not fit; the message says what shape would.
        """

    def weights(self, params: Mapping[str, Any], shape: Shape) -> dict[str, Shape]:
        """Return the trainable tensors by name with their shapes."""


class Registry(Protocol):
    """Looks components up by id."""

    def get(self, component: str, *, where: str = "") -> ComponentInfo:
        """Return the component; raise `InvalidError` that names the nearest known id."""

    def ids(self, kind: str | None = None) -> Sequence[str]:
        """Return the known ids, sorted."""
